"""`/pm policy`: who is told what, and when, in words."""

from __future__ import annotations

from bot.cards import text, words
from bot.cards.blocks import Piece, bold, bullets, footer, header, line, rich
from bot.cards.card import Card
from bot.policy import Policy, Route

_KINDS = {
    "risk": "A delay, a block, a missed date or something at risk",
    "relationship": "Trouble in the relationship",
    "scope": "Unclear scope",
    "misalignment": "Plans that do not match",
    "watch": "A dependency nobody resolved",
    "technical": "A technical issue",
    "referral": "A referral",
    "sow": "A statement of work needed",
}


def policy_card(policy: Policy) -> Card:
    routes: list[list[Piece]] = [
        [bold(_KINDS.get(kind.value, kind.value)), ": " + "; ".join(_route(route) for route in found)]
        for kind, found in policy.routes.items()
        if found
    ]
    clocks = _clocks(policy)
    blocks = [
        header("Who is told what, and when"),
        rich(bullets(*routes)) if routes else rich(line("No finding goes to anybody.")),
        rich(bullets(*([rule] for rule in clocks))),
        footer(f"Policy {policy.version}. Whoever runs me changes it in bot/policy.yml or with PARTNERDESK_POLICY."),
    ]
    return Card(text=text.own(f"Who is told what, and when (policy {policy.version}). {clocks[0]}", 500), blocks=blocks)


def _clocks(policy: Policy) -> tuple[str, ...]:
    hours = policy.hours
    days = ", ".join(day.capitalize() for day in hours.days)
    holidays = ", without public holidays" if hours.holidays else ""
    return (
        f"When nobody acknowledges within {text.count(policy.escalation.acknowledge_within_hours, 'business hour')},"
        f" it goes to their manager, up to {text.count(policy.escalation.climb_levels, 'level')} up.",
        f"When nobody accepts a handoff within {text.count(policy.handoff.accept_within_hours, 'business hour')},"
        " the partner manager is told.",
        f"Business hours are {hours.start:%H:%M} to {hours.end:%H:%M}, {days}, in each person's own zone{holidays}.",
        f"Digests come at {policy.digest.at:%H:%M}. React with :{policy.flag_emoji}: to flag a message.",
        f"Message text is kept for {text.count(policy.retention.message_text_days, 'day')}, quotes of closed items for"
        f" {text.count(policy.retention.quote_days, 'day')}.",
    )


def _route(route: Route) -> str:
    """ "senior manager at once", "partner manager in the digest", "solution architect as a handoff"."""
    how = {"digest": "in the digest", "handoff": "as a handoff", "dm": ""}[route.via]
    at = "the same business day" if route.same_business_day else ""
    if not at and route.within_hours:
        at = f"after {text.count(route.within_hours, 'hour')} if it is still open"
    if not at and route.via != "digest":
        at = "at once"
    told = "informed" if route.informs and route.via == "dm" else ""
    return " ".join(part for part in (words.role(route.to), told, how, at) if part)
