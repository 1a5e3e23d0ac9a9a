"""Errors a person may read."""

from __future__ import annotations


class Refused(Exception):
    """A request that cannot be done, in one clear sentence with a next step. Shown to the person as it stands;
    nothing has been changed when it is raised."""
