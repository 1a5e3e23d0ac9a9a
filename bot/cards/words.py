"""The words cards share: what a category is called, who said something, which deal it threatens."""

from __future__ import annotations

from collections.abc import Sequence

from bot.cards import text
from bot.cards.blocks import Node, Piece, bold, line, link, quote, when
from bot.cards.limits import clip
from bot.desk.views import CommitmentView, DealView, EvidenceView, HintView, PersonView, RiskView

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
_HOLDERS = {"partner": "They", "us": "We", "customer": "The customer"}
_NAME = 60
_VIEW = 300  # characters of a view
_NOTE = 200
_PIECE, _PIECES = 80, 3  # characters of a phrase that weighed, and how many


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
    """ "Globex Consulting, Acme Corp", or what is known of it; a company that is both is named once."""
    return ", ".join(dict.fromkeys(part for part in (partner, account) if part)) or "no partner linked"


def called(risk: RiskView) -> str:
    """ "Delay: Globex Consulting, Acme Corp"."""
    return f"{category(risk.category)}: {subject(risk.partner, risk.account)}"


def words_said(evidence: EvidenceView, zone: str = "") -> list[Node]:
    """The exact words as a quote, then who said them when, with the way back to the thread.

    `zone` is the reader's (IANA), "" when several may read it.
    """
    side = _SIDES.get(evidence.side, "")
    who = name(evidence.author, "Somebody") + (f" ({side})" if side else "")
    edited = " The message was edited since." if evidence.state == "edited" else ""
    said = line(f"{who}, ", *said_at(evidence, zone), f".{edited} ", *open_thread(evidence))
    return [quote(shown_quote(evidence)), said]


def said_short(evidence: EvidenceView, zone: str) -> list[Piece]:
    """ "Lee Chan, Tue 10 Mar 10:05 (22:05 theirs), edited since", for one line of a list."""
    edited = ", edited since" if evidence.state == "edited" else ""
    return [f"{name(evidence.author, 'Somebody')}, ", *said_at(evidence, zone), edited]


def shown_quote(evidence: EvidenceView, limit: int = 3_000) -> str:
    """The quote for a rich_text element. Deleted text is never shown, whatever the store still holds."""
    if evidence.state == "deleted" or not evidence.quote:
        return "(the message was deleted)"
    return clip(text.readable(evidence.quote), limit)


def said_at(evidence: EvidenceView, zone: str) -> list[Piece]:
    """ "Tue 10 Mar 10:05 (22:05 theirs)" for a reader in `zone`, Slack's own date where that is not known.

    UTC stands for a zone nobody told us.
    """
    known, there = text.zone_of(zone).key != "UTC", text.zone_of(evidence.author.zone).key
    here: Piece = text.short(evidence.said_at, zone) if known else when(evidence.said_at, near=False)
    theirs = text.short(evidence.said_at, there)
    if there == "UTC" or theirs == here:
        return [here]
    day, _, clock = theirs.rpartition(" ")
    same_day = isinstance(here, str) and here.startswith(day)
    return [here, f" ({clock if same_day else theirs} theirs)"]


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


def held(risk: RiskView, reader: PersonView | None = None) -> str:
    """ "Sam Ortiz has it", to Sam himself "you have it"; empty while nobody took it on."""
    if risk.held_by is None:
        return ""
    yours = reader is not None and reader.slack_id == risk.held_by.slack_id
    return "you have it" if yours else f"{name(risk.held_by)} has it"


def deals(risk: RiskView, most: int = 3) -> list[Piece]:
    """ "Threatens: Acme ERP, USD 250,000, …": the first `most` deals; nothing when there is none.

    What is merely unclear or open threatens nothing yet: there the deal is named, no more.
    """
    if not risk.deals:
        return []
    shown = "; ".join(deal(item) for item in risk.deals[:most])
    hidden = len(risk.deals) - most
    more = f"; and {text.count(hidden, 'more deal')}" if hidden > 0 else ""
    return [bold("Threatens: " if risk.kind == "risk" else "Deal: "), shown + more]


def deal(item: DealView) -> str:
    """ "Acme ERP, USD 250,000, closes Tue 30 Jun 2026"."""
    closes = f"closes {text.day(item.close_on)}" if item.close_on else ""
    return ", ".join(p for p in (item.name or item.external_id, text.money(item.amount, item.currency), closes) if p)


def due(item: RiskView | CommitmentView) -> str:
    """ "due Fri 13 Mar 2026", from the words "by Friday" when there is no day; empty when no date was said."""
    if item.due_on:
        return f"due {text.day(item.due_on)}"
    return f"due “{text.readable(item.due_phrase)}” (no date given)" if item.due_phrase else ""


def dependency(risk: RiskView) -> list[Piece]:
    """ "Dependency: owner Globex Consulting, due Fri 13 Mar 2026", nothing when neither is known."""
    parts = [f"owner {risk.owner}" if risk.owner else "", due(risk)]
    said = ", ".join(part for part in parts if part)
    return [bold("Dependency: "), said] if said else []


def lines(*parts: Sequence[Piece]) -> list[Node]:
    """A line for each part that has something in it."""
    return [line(*part) for part in parts if any(part)]


def dotted(*parts: Sequence[Piece]) -> list[Node]:
    """All the parts that have something in them on one line, with dots between; no line for none."""
    pieces = [piece for part in parts if any(part) for piece in (" · ", *part)]
    return [line(*pieces[1:])] if pieces else []


def positions(risk: RiskView, zone: str) -> list[Node]:
    """ "They: “plus 7” Lee Chan, Tue 10 Mar 10:05": both views of a disagreement, a line each."""
    return [
        line(
            bold(f"{_HOLDERS.get(each.side, 'One view')}: "),
            f"“{shown_quote(each.said, _VIEW)}” ",
            *said_short(each.said, zone),
        )
        for each in risk.positions
    ]


def heard(risk: RiskView | HintView) -> str:
    """ "Heard by the model, 0.91, because of “nobody has rung him”", "Heard by pattern match: the plan says Cutover, 14
    March 2026"; empty for what a person flagged, and where there is no more to say than the small print does."""
    by = {"rules": "pattern match", "model": "the model", "claude": "Claude"}.get(risk.reader)
    score = f", {risk.confidence:.2f}" if risk.confidence < 1 else ""
    pieces = ", ".join(f"“{clip(text.readable(piece), _PIECE)}”" for piece in risk.weighed[:_PIECES])
    because = f", because of {pieces}" if pieces else ""
    against = f": {note(risk)}" if risk.note else ""
    why = f"{score}{because}{against}"
    return f"Heard by {by}{why}" if by and why else ""


def note(risk: RiskView | HintView) -> str:
    """ "the plan says Cutover, 14 March 2026": what it stands against; empty for what stands in the thread alone."""
    return clip(" ".join(text.clean(risk.note).split()), _NOTE)


def provenance(reader: str, rule: str, policy_version: str) -> tuple[str, ...]:
    """The small print: how it was found, by which rule, under which policy."""
    found = {
        "rules": "Found by pattern match; check it against the thread.",
        "model": "Found by a trained reader; check it against the thread.",
        "claude": "Found by Claude and checked word for word against the message.",
        "person": "Flagged by a person.",
    }.get(reader, "")
    rules = (f"rule {rule}" if rule else "", f"policy {policy_version}" if policy_version else "")
    return tuple(part for part in (found, ", ".join(part for part in rules if part)) if part)
