"""A conflict case, for the managers in it: both claims beside each other, the clock, and what can be done.

It names both sides, so it goes by direct message only.
"""

from __future__ import annotations

from bot.cards import text, words
from bot.cards.blocks import Node, Piece, actions, bold, bullets, button, footer, header, line, rich, spoken, when
from bot.cards.card import Card
from bot.cards.registration import STATES, to_tell
from bot.desk.conflicts import VERDICTS
from bot.desk.registrations_views import CaseView, MomentView

_NEXT = {"open": "triage it", "triaged": "look into it", "investigating": "decide it", "appealed": "decide for good"}
_MOMENTS = 8


def conflict_card(view: CaseView, reader: str) -> Card:
    """The case for `reader` (a user id): the owner and who stands above decide, the other side agrees or appeals."""
    deal = view.registration
    heading = f"Conflict about {deal.account}: case #{view.id}"
    said = _state(view)
    blocks = [
        header(heading),
        rich(line(*said)),
        rich(line(bold("The claims, by time")), bullets(*_claims(view))),
        rich(*_referee(view), to_tell(deal)),
    ]
    if view.timeline:
        blocks.append(rich(line(bold("What happened")), bullets(*map(_moment, view.timeline[-_MOMENTS:]))))
    if made := _buttons(view, reader):
        blocks.append(actions(made, f"conflict:{view.id}:{view.state}"))
    blocks.append(footer(_why(view, reader), "Keep the names inside: the partners are told the words above, no more."))
    return Card(text=text.own(f"{heading}. {spoken(said, view.owner.zone)}", 600), blocks=blocks)


def _referee(view: CaseView) -> list[Node]:
    """Why it is a case; once it is over that is history."""
    return [] if view.state == "closed" else [line(bold("Referee: "), f"{view.registration.reason} (rule {view.rule})")]


def _state(view: CaseView) -> list[Piece]:
    until: list[Piece] = [" by ", when(view.until)] if view.until else []
    by = words.name(view.decided_by)
    if view.state == "decided":
        what = VERDICTS.get(view.decision, view.decision)
        effect: list[Piece] = [" It takes effect ", when(view.until), "."] if view.until else []
        return [bold(f"Decided by {by}: "), f"{what}. “{view.words}”", *effect]
    if view.state == "closed":
        what = VERDICTS.get(view.decision, "")
        return [bold("Closed. "), f"{by}: {what}. “{view.words}”" if what else "It is not needed any more."]
    whose = "The manager above" if view.state == "appealed" else words.name(view.owner)
    return [bold("Next: "), f"{whose} has to {_NEXT.get(view.state, 'decide it')}", *until, "."]


def closing_words(view: CaseView) -> str:
    """What a manager hears who decided or appealed: no names of the other side in it."""
    deal = f"deal #{view.registration.id} ({view.registration.account})"
    if view.state == "decided":
        return f"Decided. It takes effect on {deal} when the other side agrees, or after the time for an appeal."
    if view.state == "appealed":
        return f"Appealed. The manager above decides about {deal} for good."
    now = STATES.get(view.registration.state, view.registration.state).lower()
    return f"Case #{view.id} is closed; {deal} is {now}."


def _claims(view: CaseView) -> list[list[Piece]]:
    deal = view.registration
    money = text.money(deal.value, deal.currency)
    mine: list[Piece] = [when(deal.submitted_at, near=False), f" {deal.partner}: #{deal.id}, {money}, under this case"]
    if view.rival is None or view.rival_submitted_at is None:
        direct = [[f"Our own deal {view.direct}", *_manager(view)]] if view.direct else []
        return [*direct, mine]
    row = view.rival
    state = STATES.get(row.state, row.state).lower()
    theirs: list[Piece] = [
        when(view.rival_submitted_at, near=False),
        f" {row.partner}: #{row.id}, {text.money(row.value, row.currency)}, {state}",
        *_manager(view),
    ]
    return [mine, theirs] if deal.submitted_at < view.rival_submitted_at else [theirs, mine]


def _manager(view: CaseView) -> list[Piece]:
    return [f" ({words.name(view.rival_manager)})"] if view.rival_manager else []


def _moment(moment: MomentView) -> list[Piece]:
    who = f" by {words.name(moment.who)}" if moment.who else ""
    return [when(moment.at, near=False), f" {moment.what}{who}{f': {moment.words}' if moment.words else ''}"]


def _buttons(view: CaseView, reader: str) -> list[Node]:
    value = str(view.id)
    is_other = view.rival_manager is not None and view.rival_manager.slack_id == reader
    if view.state == "decided":
        answer = [
            button("Agree", "conflict_accept", value, style="primary"),
            button("Appeal", "conflict_appeal", value),
        ]
        return answer if is_other else []
    if view.state == "appealed":
        decided_before = view.decided_by is not None and view.decided_by.slack_id == reader
        is_side = is_other or reader == view.owner.slack_id or decided_before
        return [] if is_side else [button("Decide for good", "conflict_decide", value, style="primary")]
    made = []
    if view.state == "open":
        made.append(button("Triage", "conflict_triage", value))
    if view.state == "triaged":
        made.append(button("Investigate", "conflict_investigate", value))
    if view.state in ("open", "triaged", "investigating") and (not is_other or reader == view.owner.slack_id):
        made.append(button("Decide", "conflict_decide", value, style="primary"))
    return made


def _why(view: CaseView, reader: str) -> str:
    if reader == view.owner.slack_id:
        return f"You get this because you manage {view.registration.partner}."
    if view.rival_manager is not None and view.rival_manager.slack_id == reader:
        side = view.rival.partner if view.rival else "our own deal"
        return f"You get this because you look after {side}."
    return f"You get this because it was late or appealed and you are above {words.name(view.owner)}."
