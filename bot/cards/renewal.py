"""A renewal: the dossier to decide by, the list of terms that end in a period, and what was decided."""

from __future__ import annotations

from collections.abc import Sequence

from bot.cards import text, words
from bot.cards.blocks import Node, Piece, actions, bold, bullets, button, footer, header, line, quote, rich
from bot.cards.card import Card
from bot.cards.limits import clip
from bot.cards.notice import notice_card, request_buttons
from bot.cards.renewal_forms import RENEWED, TERMINATED
from bot.desk.actions import ActionView
from bot.desk.qbr_views import Quota, Sums
from bot.desk.renewals_views import Dossier, Ending, Health, Plan, RenewalView
from bot.desk.views import PersonView
from models.states import RenewalState

LAPSE = "renewal_lapse"
_QUOTE, _BUTTONS, _UNKNOWN = 160, 10, 5
_TASK = {"done": "done", "dropped": "no longer needed"}


def dossier_card(dossier: Dossier) -> Card:
    """What the term was worth, how the partner is doing, what is to be done next, and the buttons that decide."""
    view = dossier.renewal
    heading = f"Renewal of {view.partner}"
    blocks = [header(heading), rich(line(bold(_when(view))), *_about(view)), rich(*_figures(dossier))]
    blocks.append(rich(*_health(dossier.health), *_people(dossier), *_not_known(dossier)))
    if dossier.tasks:
        blocks.append(rich(line(bold("To do")), bullets(*(_task(task) for task in dossier.tasks))))
    blocks += [rich(line(bold("Next: "), _next(dossier))), *_buttons(dossier)]
    return Card(text=text.own(f"{heading}. {_when(view)} Next: {_next(dossier)}", 1_000), blocks=blocks)


def ending_card(ending: Ending, reader: PersonView) -> Card:
    """The terms that end in a period, each with a button to its dossier."""
    found = ending.renewals
    heading = f"{text.count(len(found) + ending.more, 'agreement')} ending in {ending.label}"
    if not found:
        heading = f"No recorded agreement ends in {ending.label}."
    entries: list[list[Piece]] = [[bold(view.partner), f": {_entry(view, reader)}"] for view in found]
    names = [view.partner for view in found][:_BUTTONS]
    asked = [f'prepare renewal for "{_quotable(name)}"' for name in names]
    left = len(found) + ending.more - len(names)
    rest = f"{left} more than there are buttons for. Ask for one: prepare renewal for <partner>" if left else ""
    unknown = _unknown(ending.unknown)
    blocks = [
        header(heading) if found else rich(line(heading)),
        *([rich(bullets(*entries))] if entries else []),
        *request_buttons(asked, names),
        *([footer(rest, unknown)] if rest or unknown else []),
    ]
    spoken = "; ".join(f"{view.partner}: {_entry(view, reader)}" for view in found)
    return Card(text=text.own(f"{heading} {spoken} {unknown}", 2_000), blocks=blocks)


def decided_card(view: RenewalView, _reader: PersonView) -> Card:
    """What was decided, in one sentence."""
    return notice_card(f"{view.partner}: {_when(view)}")


def negotiating_card(view: RenewalView, _reader: PersonView) -> Card:
    return notice_card(f"The renewal of {view.partner} is being negotiated. {_when(view)}")


def question(plan: Plan) -> list[str]:
    """What deciding would do, for the confirmation."""
    view = plan.renewal
    ends = text.day(view.ends_on) if view.ends_on else ""
    dropped = "What is still to be done for this renewal is dropped." if view.id else ""
    if plan.outcome == RenewalState.RENEWED and plan.until is not None:
        first = f"Renew the agreement with {view.partner} until {text.day(plan.until)}?"
        lines = [first, f"It ends {ends} now. The partner book will say the new day."]
    elif plan.outcome == RenewalState.LAPSED:
        lines = [f"Let the agreement with {view.partner} lapse?", f"It ends {ends} and is not counted down any more."]
    else:
        lines = [f"Mark the agreement with {view.partner} as terminated?", f"Its term ends {ends}. Why: {plan.reason}"]
    return [each for each in (*lines, dropped) if each]


def negotiation(view: RenewalView) -> list[str]:
    """What starting negotiations early does, for the confirmation."""
    return [f"Mark the renewal of {view.partner} as being negotiated?", _when(view)]


def _when(view: RenewalView) -> str:
    """Where the term stands, in one sentence."""
    if view.ends_on is None:
        return "Nobody recorded when the agreement ends."
    day = text.day(view.ends_on)
    by = f", by {words.name(view.decided_by)}" if view.decided_by and view.decided_by.slack_id[:1] in "UW" else ""
    because = f": {clip(view.reason, _QUOTE)}" if view.reason else ""
    if view.state == RenewalState.RENEWED and view.renewed_to is not None:
        return f"The agreement is renewed until {text.day(view.renewed_to)}{by}. The term before ends {day}."
    if view.state == RenewalState.LAPSED:
        return f"The agreement lapses with its term, {day}{by}{because}."
    if view.state == RenewalState.TERMINATED:
        return f"The agreement is terminated{by}{because}. Its term ends {day}."
    if view.left < 0:
        return f"The agreement ended {day}, {text.count(-view.left, 'day')} ago, and nobody recorded what was decided."
    left = "today" if view.left == 0 else f"in {text.count(view.left, 'day')}"
    return f"The agreement ends {day}, {left}."


def _about(view: RenewalView) -> list[Node]:
    owner = words.name(view.owner) if view.owner else "nobody sees to it"
    return words.dotted([_undecided(view).capitalize()], [view.tier], [owner])


def _undecided(view: RenewalView) -> str:
    """Of a term that is counted down. Its stage says how many days are left, not what people did: it is not shown."""
    return "nothing decided" if view.state and view.is_open else ""


def _figures(dossier: Dossier) -> list[Node]:
    kept = dossier.promises
    counted = ((kept.kept, "kept"), (kept.slipped, "slipped"), (kept.broken, "broken"), (kept.late, "late"))
    promises = ", ".join(f"{number} {word}" for number, word in (*counted, (kept.open, "open")) if number)
    lines: list[list[Piece]] = [[bold("Value: "), _worth(dossier)], [bold("Tier: "), _tier(dossier)]]
    lines += [[bold(f"{quota.period}: "), _attained(quota)] for quota in dossier.quotas]
    lines.append([bold("Commitments: "), promises or "none in this term"])
    return [line(bold(f"Since {text.day(dossier.covers_from)}")), bullets(*lines)]


def _worth(dossier: Dossier) -> str:
    """ "USD 250,000 and EUR 40,000 won in 3 deals, 1 of them without an amount"."""
    if not dossier.won_count:
        return "no deal was won"
    unpriced = f", {dossier.unpriced} of them without an amount" if dossier.unpriced else ""
    worth = f"{_sums(dossier.won)} won in " if dossier.won else "won "
    return f"{worth}{text.count(dossier.won_count, 'deal')}{unpriced}"


def _tier(dossier: Dossier) -> str:
    brought = f"{text.money(dossier.brought, dossier.currency)} won in the last twelve months"
    elsewhere = f"; {_sums(dossier.elsewhere)} in other currencies not counted" if dossier.elsewhere else ""
    if dossier.needs is None:
        return f"{brought}{elsewhere}"
    enough = "enough for" if dossier.brought >= dossier.needs else "short of"
    return f"{brought}, {enough} {dossier.renewal.tier} ({text.money(dossier.needs, dossier.currency)}){elsewhere}"


def _attained(quota: Quota) -> str:
    goal, won = text.money(quota.amount, quota.currency), text.money(quota.won, quota.currency)
    elsewhere = f"; {_sums(quota.elsewhere)} in other currencies not counted" if quota.elsewhere else ""
    return (f"{quota.percent} % of {goal} ({won})" if quota.percent is not None else f"{won}, no quota") + elsewhere


def _health(health: Health) -> list[Node]:
    lines = [
        f"{text.count(health.risk_count, 'open risk')}" if health.risk_count else "No open risk",
        f"{text.count(health.overdue, 'commitment')} overdue" if health.overdue else "",
        _silence(health),
        f"last QBR {text.day(health.last_qbr)}" if health.last_qbr else "no QBR is recorded as held",
        f"last check-in {text.day(health.last_check_in)}" if health.last_check_in else "",
    ]
    made = [line(bold("Health: "), "; ".join(each for each in lines if each), ".")]
    for risk in health.risks:
        said = [quote(words.shown_quote(each, _QUOTE)) for each in risk.evidence[:1]]
        made += [line(f"#{risk.id} {words.called(risk)}"), *said]
    return made + ([line(bold("Missing: "), "; ".join(health.gaps), ".")] if health.gaps else [])


def _silence(health: Health) -> str:
    if not health.is_read:
        return "no channel with them is read"
    if health.silent_days is None:
        return "they wrote nothing in the channels I read"
    return f"they last wrote {text.count(health.silent_days, 'day')} ago" if health.silent_days else "they wrote today"


def _people(dossier: Dossier) -> list[Node]:
    roles = {"se": "SE", "exec": "executive"}
    theirs = [f"{clip(each.name, 60)} ({roles.get(each.role, each.role)})" for each in dossier.contacts]
    more = dossier.contact_count - len(theirs)
    named = ", ".join(theirs) + (f" and {more} more" if more > 0 else "")
    sponsor = f"our sponsor {words.name(dossier.sponsor)}; " if dossier.sponsor else ""
    return [line(bold("People: "), sponsor, f"theirs: {named}" if named else "nobody of theirs is recorded", ".")]


def _not_known(dossier: Dossier) -> list[Node]:
    return [line(bold("Not recorded: "), " ".join(dossier.missing))] if dossier.missing else []


def _task(task: ActionView) -> list[Piece]:
    if not task.is_open:
        return [f"{task.what}: {_TASK.get(task.state, task.state)}"]
    due = f", by {text.day(task.due_on)}" if task.due_on else ""
    owner = f", {words.name(task.owner)}" if task.owner else ""
    return [f"{task.what}{due}{owner}{', late' if task.is_late else ''}"]


def _next(dossier: Dossier) -> str:
    view = dossier.renewal
    if view.ends_on is None:
        return "add the end of the agreement to the partner book (agreement: {ends: YYYY-MM-DD})."
    if view.state in (RenewalState.RENEWED, RenewalState.TERMINATED):
        return "nothing, it is decided."
    task = _first_open(dossier.tasks)
    if task is not None:
        late = "late, " if task.is_late else ""
        due = f" ({late}due {text.day(task.due_on)})" if task.due_on else ""
        return f"{task.what[:1].lower()}{task.what[1:]}{due}."
    if view.id is None and view.left >= 0:
        return "nothing yet; its tasks come with the countdown."
    return "record what was decided."


def _first_open(tasks: Sequence[ActionView]) -> ActionView | None:
    return next((task for task in tasks if task.is_open), None)


def _buttons(dossier: Dossier) -> list[Node]:
    view = dossier.renewal
    if view.ends_on is None or view.state in (RenewalState.RENEWED, RenewalState.TERMINATED):
        return []
    value, task = str(view.partner_id), _first_open(dossier.tasks)
    done = [button(clip(f"Done: {task.what}", 75), "action_done", str(task.id), style="primary")] if task else []
    decide = [button("Renewed…", RENEWED, value), button("Terminated…", TERMINATED, value)]
    lapse = [button("Let it lapse", LAPSE, value)] if view.is_open else []
    return [actions([*done, *decide, *lapse], f"listed-renewal:{value}")]


def _entry(view: RenewalView, reader: PersonView) -> str:
    yours = view.owner is not None and view.owner.slack_id == reader.slack_id
    owner = "yours" if yours else words.name(view.owner, "")
    return ", ".join(each for each in (_when(view).removesuffix("."), _undecided(view), view.tier, owner) if each)


def _unknown(names: Sequence[str]) -> str:
    if not names:
        return ""
    listed = ", ".join(names[:_UNKNOWN]) + (" and others" if len(names) > _UNKNOWN else "")
    return f"The end is not recorded for {listed}. Add it to the partner book (agreement: {{ends: YYYY-MM-DD}})."


def _sums(sums: Sums) -> str:
    return " and ".join(text.money(amount, currency) for currency, amount in sums)


def _quotable(name: str) -> str:
    return name.replace('"', "'")
