"""Who owes it and by when, for any sentence known to be a commitment or a request, whoever heard it.

An owner is a user id, a side, or None when nobody can be named.
"""

from bot.reading.slots.commitments import owner_of_commitment
from bot.reading.slots.requests import due_of_request, owner_of_request

__all__ = ["due_of_request", "owner_of_commitment", "owner_of_request"]
