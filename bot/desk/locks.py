"""Who waits for whom when several processes work at once (PostgreSQL; SQLite lets one unit of work write at a time).

READ COMMITTED shows two units the same open risk; so whoever is about to decide something takes the row first
(`UnitOfWork.lock`). Rows are always taken in this order, so that nobody waits in a circle:

    Partner, Channel -> Risk or Commitment -> Proposal -> Handoff -> Escalation -> a Delivery that waits -> Person
    Partner -> OnboardingPlan -> OnboardingTask
    Partner -> Cadence -> CheckIn -> ActionItem
    Partner -> Qbr or Renewal -> ActionItem

The Proposal of a request (`proposals.request`) comes before all of these: only its asker's own click waits for it.
Whoever changes deal registrations takes the workspace's turn right after that (`registrations_base.take_turn`), before
a Partner: two claims on one company have no row in common. DealRegistrations, their ApprovalSteps and ConflictCases
are taken only under that turn, so their order among themselves does not matter.
Clocks pass over what somebody holds (`wait=False`) and find it again at the next pulse; but they wait for the turn.
A Hint is taken under its Channel, before or after the risk it becomes, or without waiting for it.
A risk's row stands for everything about it: its proposals, handoffs and escalations change only under it.
"""

from __future__ import annotations

from models.base import row_id
from models.partners import Channel, Partner
from models.store import UnitOfWork


def take_channel(uow: UnitOfWork, slack_id: str) -> Channel | None:
    """The channel, None when it is unknown. What is said in all channels of its partner is taken in one after the
    other: the same thing said in two of them is one risk."""
    channel = uow.find(Channel, slack_id=slack_id)
    if channel is None:
        return None
    uow.lock(Partner, channel.partner_id)
    return uow.lock(Channel, row_id(channel))
