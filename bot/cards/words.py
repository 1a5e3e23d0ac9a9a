"""The words cards share: what a category is called, who said something, which deal it threatens."""

from __future__ import annotations

from collections.abc import Sequence

from bot.cards import text
from bot.cards.blocks import Node, bold, line, link, quote, when
from bot.cards.limits import clip
from bot.desk.views import CommitmentView, DealView, EvidenceView, PersonView, RiskView

CATEGORIES = {
    "delay": "Delay",
    "blocked": "Blocked",
    "at_risk": "At risk",
    "missed": "Missed date",
    "scope": "Scope unclear",
    "misalignment": "Plans do not match",
    "relationship": "Relationship",
    "technical": "Technical issue",
    "silence": "No answer",
    "watch": "Open dependency",
}
ROLES = {
    "partner_manager": "partner manager",
    "senior_manager": "senior manager",
    "director": "director",
    "vp": "VP",
    "owner": "owner",
    "ae": "account executive",
    "sa": "solution architect",
    "ps": "professional services",
}
_SIDES = {"partner": "the partner", "us": "our side", "customer": "the customer"}
_NAME = 60


def category(value: str) -> str:
    return CATEGORIES.get(value, value.replace("_", " ").capitalize())


def role(value: str) -> str:
    return ROLES.get(value, value.replace("_", " "))


def name(person: PersonView | None, otherwise: str = "somebody") -> str:
    """A person's name as plain characters, however they wrote it in their profile."""
    if person is None:
        return otherwise
    flat = " ".join(text.clean(person.name).split())
    return clip(flat, _NAME) or person.slack_id


def subject(partner: str, account: str) -> str:
    """ "Globex Consulting, Acme Corp", or what is known of it."""
    return ", ".join(part for part in (partner, account) if part) or "no partner linked"


def called(risk: RiskView) -> str:
    """ "Delay: Globex Consulting, Acme Corp"."""
    return f"{category(risk.category)}: {subject(risk.partner, risk.account)}"


def words_said(evidence: EvidenceView, limit: int = 3_000) -> list[Node]:
    """The exact words as a quote, then who said them when, with the way back to the thread."""
    return [quote(shown_quote(evidence, limit)), said_by(evidence)]


def shown_quote(evidence: EvidenceView, limit: int = 3_000) -> str:
    """The quote for a rich_text element. Deleted text is never shown, whatever the store still holds."""
    if evidence.state == "deleted" or not evidence.quote:
        return "(the message was deleted)"
    return clip(text.readable(evidence.quote), limit)


def said_by(evidence: EvidenceView) -> Node:
    """ "Lee Chan (the partner) said this today at 10:05, 15:05 CET there. Edited since. Open the thread"."""
    side = _SIDES.get(evidence.side, "")
    who = name(evidence.author, "Somebody") + (f" ({side})" if side else "")
    zone = text.zone_of(evidence.author.zone)
    there = "" if zone.key == "UTC" else f" ({text.local(evidence.said_at, zone.key)}, their time)"
    edited = " The message was edited since." if evidence.state == "edited" else ""
    return line(f"{who} said this ", when(evidence.said_at), f"{there}.{edited} ", *open_thread(evidence))


def spoken_quote(evidence: Sequence[EvidenceView]) -> str:
    """Who said what, newest, as harmless mrkdwn for the top-level text; empty when it was deleted."""
    newest = evidence[0]
    if newest.state == "deleted" or not newest.quote:
        return ""
    return f"{text.title(name(newest.author))}: “{text.title(newest.quote, 200)}”"


def open_thread(evidence: EvidenceView) -> list[Node]:
    """A link to the message; nothing when no link is known."""
    known = evidence.permalink.startswith("https://") and evidence.state != "deleted"
    return [link(evidence.permalink, "Open the thread")] if known else []


def deals(items: Sequence[DealView]) -> list[Node]:
    """One line for the deals it threatens, nothing when there is none."""
    if not items:
        return []
    shown = "; ".join(deal(item) for item in items[:3])
    more = f"; and {text.count(len(items) - 3, 'more deal')}" if len(items) > 3 else ""
    return [line(bold("Threatens: "), shown + more)]


def deal(item: DealView) -> str:
    """ "Acme ERP, USD 250,000, closes Tue 30 Jun 2026"."""
    closes = f"closes {text.day(item.close_on)}" if item.close_on else ""
    return ", ".join(p for p in (item.name or item.external_id, text.money(item.amount, item.currency), closes) if p)


def due(item: RiskView | CommitmentView) -> str:
    """ "due Fri 13 Mar 2026", from the words "by Friday" when there is no day; empty when no date was said."""
    if item.due_on:
        return f"due {text.day(item.due_on)}"
    return f"due “{text.readable(item.due_phrase)}” (no date given)" if item.due_phrase else ""


def owner_and_due(item: RiskView | CommitmentView) -> list[Node]:
    """One line with the owner and the date, nothing when neither is known."""
    parts = [f"owner {item.owner}" if item.owner else "", due(item)]
    said = ", ".join(part for part in parts if part)
    return [line(bold("Dependency: "), said)] if said else []


def provenance(reader: str, rule: str, policy_version: str, degraded: str = "") -> tuple[str, ...]:
    """The small print: how it was found, by which rule, under which policy."""
    found = {
        "rules": "Found by pattern match; check it against the thread.",
        "model": "Found by a trained reader; check it against the thread.",
        "claude": "Found by Claude and checked word for word against the message.",
        "person": "Flagged by a person.",
    }.get(reader, "")
    rules = (f"rule {rule}" if rule else "", f"policy {policy_version}" if policy_version else "")
    return tuple(part for part in (found, ", ".join(part for part in rules if part), degraded) if part)
