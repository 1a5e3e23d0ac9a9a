"""`/pm status of Globex`: one card on how a partner or an account stands."""

from __future__ import annotations

from datetime import date

from bot.cards import text, words
from bot.cards.blocks import Node, Piece, bold, header, rich, when
from bot.cards.card import Card
from bot.cards.limits import clip
from bot.cards.notice import request_buttons
from bot.desk.standing import AccountStanding, Counts, PartnerStanding, Standing

_TYPES = {"si": "SI", "msp": "MSP", "isv": "ISV"}
_NAME = 80


def standing_card(view: Standing) -> Card:
    """What is open, what comes next and what is missing, with the ways to see more."""
    blocks: list[Node] = []
    told: list[str] = []
    if view.partner is not None:
        blocks += _partner(view.partner, view.day)
        told.append(f"{view.partner.name}: {_open(view.partner.counts)}")
    if view.account is not None:
        blocks += _account(view.account)
        told.append(f"{view.account.name}: {_open(view.account.counts)}")
    return Card(text=text.own(" ".join(told), 600), blocks=blocks)


def _partner(view: PartnerStanding, day: date) -> list[Node]:
    kind = " ".join(part for part in (view.tier, _TYPES.get(view.type, view.type), "partner") if part)
    about = f"{kind[:1].upper()}{kind[1:]}, {view.status.replace('_', ' ')}. "
    sponsor = f" Executive sponsor: {words.name(view.sponsor)}." if view.sponsor else ""
    lines: list[list[Piece]] = [
        [about, bold("Manager: "), f"{words.name(view.manager, 'nobody')}.", sponsor],
        *_counts(view.counts),
        [bold("Onboarding: "), _onboarding(view)] if view.onboarding else [],
        _next(view, day),
        [bold("Agreement: "), _agreement(view, day)],
        [bold("Missing: "), f"{view.name} has {'; '.join(view.gaps)}."] if view.gaps else [],
    ]
    name = text.clean(view.name).replace('"', "'")
    requests = [f'risks "{name}"', f'commitments "{name}"', f'brief "{name}"', f'qbr "{name}"', f'renewal of "{name}"']
    labels = ["Risks", "Commitments", "Brief me", "QBR", "Renewal"]
    return [header(clip(view.name, _NAME)), rich(*words.lines(*lines)), *request_buttons(requests, labels)]


def _account(view: AccountStanding) -> list[Node]:
    about = ", ".join(part for part in ("Account", view.segment) if part)
    deals = "; ".join(words.deal(deal) for deal in view.deals)
    more = f"; and {text.count(view.more_deals, 'more deal')}" if view.more_deals else ""
    lines: list[list[Piece]] = [
        [f"{about}. ", bold("Owner: "), f"{words.name(view.owner, 'nobody')}."],
        *_counts(view.counts),
        [bold("Open deals: "), f"{deals}{more}." if deals else "none recorded."],
        [bold("Partners on them: "), f"{', '.join(view.partners)}."] if view.partners else [],
    ]
    name = text.clean(view.name).replace('"', "'")
    again = [f'risks "{name}"', f'commitments "{name}"', f'deals "{name}"']
    return [
        header(f"{clip(view.name, _NAME)} (account)"),
        rich(*words.lines(*lines)),
        *request_buttons(again, ["Risks", "Commitments", "Deals"]),
    ]


def _counts(counts: Counts) -> list[list[Piece]]:
    kinds = ", ".join(f"{times} {words.category(each).lower()}" for each, times in counts.by_category)
    promised = text.count(counts.commitments, "open commitment")
    agreed = f", {text.count(counts.actions, 'agreed action')}" if counts.actions else ""
    late = f", {counts.late} late" if counts.late else ""
    deals = ", ".join(f"{times} {state.replace('_', ' ')}" for state, times in counts.registrations)
    return [
        [bold("Risks: "), f"{counts.risks} open{f' ({kinds})' if kinds else ''}."],
        [bold("Promises: "), f"{promised}{agreed}{late}."],
        [bold("Registrations: "), f"{deals}." if deals else "none open."],
    ]


def _open(counts: Counts) -> str:
    """ "2 open risks, 3 open commitments, 1 late, 1 registration to decide on."."""
    parts = (
        text.count(counts.risks, "open risk"),
        text.count(counts.commitments, "open commitment"),
        f"{counts.late} late" if counts.late else "",
        f"{text.count(counts.undecided, 'registration')} to decide on" if counts.undecided else "",
    )
    return f"{', '.join(part for part in parts if part)}."


def _onboarding(view: PartnerStanding) -> str:
    settled, steps, late, due_on = view.onboarding or (0, 0, 0, date.min)
    behind = f", {text.count(late, 'step')} late" if late else ""
    return f"{settled} of {text.count(steps, 'step')} done{behind}, to be finished by {text.day(due_on)}."


def _next(view: PartnerStanding, day: date) -> list[Piece]:
    """The next check-in and business review, or that there is none."""
    meeting: list[Piece] = ["no check-in planned; "]
    if view.check_in:
        meeting = ["check-in ", when(view.check_in), "; "]
    if view.qbr is None:
        return [bold("Next: "), *meeting, "no QBR planned."]
    label, state, due_on, starts_at = view.qbr
    if state == "held":
        return [bold("Next: "), *meeting, f"QBR {label} was held and is to be closed with actions."]
    if starts_at is not None:
        return [bold("Next: "), *meeting, f"QBR {label} ", when(starts_at), "."]
    late = " (overdue)" if due_on < day else ""
    return [bold("Next: "), *meeting, f"QBR {label} due {text.day(due_on)}{late}, not scheduled."]


def _agreement(view: PartnerStanding, day: date) -> str:
    if view.renewal is not None:
        left = (view.renewal - day).days
        far = f"in {text.count(left, 'day')}" if left > 0 else "today" if left == 0 else "past"
        return f"ends {text.day(view.renewal)} ({far}), nothing decided."
    return f"ends {text.day(view.agreement_ends)}." if view.agreement_ends else "nobody recorded when it ends."
