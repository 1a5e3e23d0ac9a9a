"""The figures of a business review: computed from what is stored, each with the rows behind it; nothing is made up.

A pack is plain data. What nobody recorded is said in `Pack.missing`; currencies are never added to each other.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from dateutil.relativedelta import relativedelta
from pydantic import TypeAdapter
from sqlmodel import col, or_, select

from bot.cards.text import readable
from bot.desk import qbr_pack_reads as stored
from bot.desk.naming import person_view
from bot.desk.qbr_periods import following, months_of, period_of, target_window, tiling
from bot.desk.qbr_views import Figure, Item, Onboarding, Pack, Promise, Quota, Rows, Sums
from bot.language.slots.periods import Period
from bot.metrics import deals as metric
from bot.metrics.deals import Credit, Deal
from bot.metrics.window import Window
from bot.policy import Policy
from bot.reading import names
from models.base import row_id
from models.calendar import OnboardingPlan, OnboardingTask
from models.deals import DealRegistration
from models.partners import ContactRole, Partner, PartnerContact, PartnerTarget
from models.risks import SubjectKind
from models.states import TaskState
from models.store import UnitOfWork

_PROMISES, _ITEMS = 12, 6
_YEAR = 12
_SHORTEST = 4  # letters of a first word that may stand for a company alone
_STORED: TypeAdapter[Pack] = TypeAdapter(Pack)
Foreign = Callable[[str], bool]


def dumped(pack: Pack, *, rows: bool = True) -> dict[str, Any]:
    """The pack as JSON, without the words of messages: they are kept in one place only, and go when they are deleted.
    Without `rows` it is small enough to travel with a delivery."""
    promises = tuple(replace(each, what="") if _is_said(each) else each for each in pack.promises)
    pack = replace(pack, promises=promises, asks=tuple(replace(each, what="") for each in pack.asks))
    if not rows:
        pack = replace(pack, figures=tuple(replace(figure, rows=()) for figure in pack.figures))
    made: dict[str, Any] = _STORED.dump_python(pack, mode="json")
    return made


def loaded(uow: UnitOfWork, stored_pack: dict[str, Any]) -> Pack:
    """A pack that was dumped, with the words as they are now."""
    pack = _STORED.validate_python(stored_pack)
    partner = uow.get(Partner, pack.partner_id)
    foreign = _foreign(uow, partner) if partner else lambda _text: True
    promised = stored.quotes(uow, SubjectKind.COMMITMENT, [each.id for each in pack.promises if _is_said(each)])
    asked = stored.quotes(uow, SubjectKind.ASK, [each.id for each in pack.asks])
    promises = [
        replace(each, what=promised.get(each.id) or stored.GONE) if _is_said(each) else each for each in pack.promises
    ]
    asks = [replace(each, what=asked.get(each.id) or stored.GONE) for each in pack.asks]
    return _marked(replace(pack, promises=tuple(promises), asks=tuple(asks)), foreign)


def _marked(pack: Pack, foreign: Foreign) -> Pack:
    """The pack with every line that names another partner marked as not for this one."""

    def items(these: Iterable[Item]) -> tuple[Item, ...]:
        return tuple(replace(each, is_ours=not (foreign(each.what) or foreign(each.note))) for each in these)

    return replace(
        pack,
        promises=tuple(
            replace(each, is_ours=not (foreign(each.what) or foreign(each.owner))) for each in pack.promises
        ),
        wins=items(pack.wins),
        ahead=items(pack.ahead),
        risks=items(pack.risks),
        asks=items(pack.asks),
    )


def _is_said(promise: Promise) -> bool:
    return promise.kind == "commitment"


def compute(uow: UnitOfWork, partner: Partner, period: Period, *, now: datetime, policy: Policy) -> Pack:
    """The pack of `partner` for `period` from what is stored now. Days are those of its manager's zone."""
    zone = person_view(uow, partner.manager).zone if partner.manager else "UTC"
    today = now.astimezone(ZoneInfo(zone)).date()
    window = Window(period.start, period.end)
    ahead = following(period, policy.fiscal.year_starts)
    found = stored.deals(uow, row_id(partner), policy.fiscal.currency)
    wins, coming = metric.won(found, window), metric.closing(found, Window(ahead.start, ahead.end))
    logos = metric.new_logos(wins, *stored.buying(uow, row_id(partner), window), window)
    promised, promises = _promised(uow, partner, window, zone, today)
    people, contacts_missing = _people(uow, partner, window, today)
    onboarding, steps = _onboarding(uow, row_id(partner), today)
    risks, asks = stored.open_risks(uow, row_id(partner)), stored.open_asks(uow, row_id(partner))
    asked = stored.quotes(uow, SubjectKind.ASK, [number for number, _, _ in asks[:_ITEMS]])
    quota, year_quota, no_quota = _quotas(uow, partner, found, period, today, policy)
    figures = (
        *promised,
        *_deal_figures(found, wins, window, logos, coming),
        *_registrations(uow, row_id(partner), window, zone),
        *people,
        *steps,
        _figure("risks", "risk", [number for number, *_ in risks]),
        _figure("asks", "ask", [number for number, *_ in asks]),
    )
    pack = Pack(
        partner_id=row_id(partner),
        partner=partner.name,
        tier=partner.tier,
        label=period.label,
        covers_from=period.start,
        covers_to=period.end,
        next_label=ahead.label,
        made_at=now,
        is_running=today < period.end,
        zone=zone,
        policy_version=policy.version,
        figures=tuple(figure for figure in figures if figure.count or figure.key in _ALWAYS),
        quota=quota,
        year_quota=year_quota,
        promises=tuple(promises),
        wins=_items(uow, wins, "closed_on"),
        ahead=_items(uow, coming, "closes_on"),
        risks=tuple(Item(category, account, _day(seen, zone)) for _, category, account, seen in risks[:_ITEMS]),
        asks=tuple(
            Item(asked.get(number) or stored.GONE, side, _day(at, zone), id=number)
            for number, side, at in asks[:_ITEMS]
        ),
        onboarding=onboarding,
        missing=(*no_quota, *_missing(found, logos), *contacts_missing),
    )
    return _marked(pack, _foreign(uow, partner))


# Figures that are shown when they are nothing, too.
_ALWAYS = frozenset(
    {"won", "wins", "new_logos", "sourced", "co_sell", "influenced", "registrations", "certified", "risks", "ahead"}
)


def _figure(key: str, kind: str, ids: Iterable[int]) -> Figure:
    numbers = tuple(ids)
    return Figure(key, len(numbers), (Rows(kind, numbers),) if numbers else ())


def _deals(key: str, found: Iterable[Deal]) -> Figure:
    total = metric.total(found)
    rows = (Rows("opportunity", total.ids),) if total.ids else ()
    return Figure(key, total.count, rows, total.sums, total.unpriced)


def _deal_figures(
    found: Sequence[Deal], wins: Sequence[Deal], window: Window, logos: metric.NewLogos, coming: Sequence[Deal]
) -> list[Figure]:
    unsettled = [deal for deal in found if deal.credit is None and _touches(deal, window)]
    return [
        _deals("won", [deal for deal in wins if deal.counts_to_quota]),
        _deals("wins", wins),
        replace(_deals("new_logos", logos.deals), count=len(logos.accounts)),
        _deals("lost", metric.lost(found, window)),
        *(_deals(credit.value, metric.opened(found, window, credit)) for credit in Credit),
        _deals("unsettled", unsettled),
        _deals("ahead", coming),
    ]


def _touches(deal: Deal, window: Window) -> bool:
    return window.has(deal.opened_on) or window.has(deal.closed_on)


def _promised(
    uow: UnitOfWork, partner: Partner, window: Window, zone: str, today: date
) -> tuple[list[Figure], list[Promise]]:
    start, end = _midnight(window.start, zone), _midnight(window.end, zone)
    found = stored.promises(uow, row_id(partner), start, end, today)
    figures = []
    for state, each in found.items():
        kinds = {kind: tuple(one.id for one in each if one.kind == kind) for kind in ("commitment", "action")}
        rows = tuple(Rows(kind, ids) for kind, ids in kinds.items() if ids)
        figures.append(Figure(f"promises_{state}", len(each), rows))
    return figures, stored.first_promises(uow, found, partner.name, _PROMISES)


def _quotas(
    uow: UnitOfWork, partner: Partner, found: Sequence[Deal], period: Period, today: date, policy: Policy
) -> tuple[Quota | None, Quota | None, list[str]]:
    """The quota of the period and that of its fiscal year so far, and what to say where the first is not recorded."""
    starts = policy.fiscal.year_starts
    targets = [
        (window, target)
        for target in uow.list(PartnerTarget, partner_id=row_id(partner))
        if (window := target_window(target.period, starts)) is not None
    ]
    window = Window(period.start, period.end)
    quota = _quota(found, period.label, window, targets, until=window.end)
    year = period_of(period.end - relativedelta(days=1), _YEAR, starts)
    whole = Window(year.start, year.end)
    until = min(window.end, today + relativedelta(days=1))
    year_quota = _quota(found, year.label, whole, targets, until=until) if months_of(period) < _YEAR else None
    said = f"No quota is recorded for {period.label}: add it under targets in the partner book."
    return quota, year_quota, [] if quota else [said]


def _quota(
    found: Sequence[Deal], label: str, window: Window, targets: Sequence[tuple[Window, PartnerTarget]], *, until: date
) -> Quota | None:
    """The quota recorded for `window`, else for the parts that make it up; what was won from its start to `until`."""
    whole = [target for each, target in targets if each == window]
    parts = whole or tiling(window, targets)
    if not parts or len({target.currency for target in parts}) > 1:
        return None
    currency = parts[0].currency
    amount = sum((target.amount for target in parts), Decimal())
    won = metric.total(deal for deal in metric.won(found, Window(window.start, until)) if deal.counts_to_quota)
    elsewhere = tuple(pair for pair in won.sums if pair[0] != currency)
    achieved = won.of(currency)
    return Quota(label, amount, currency, achieved, metric.attainment(achieved, amount), elsewhere)


def _registrations(uow: UnitOfWork, partner_id: int, window: Window, zone: str) -> list[Figure]:
    """Those submitted in the window: all of them, then by the state they are in now."""
    statement = (
        select(DealRegistration)
        .where(
            DealRegistration.partner_id == partner_id,
            col(DealRegistration.submitted_at) >= _midnight(window.start, zone),
            col(DealRegistration.submitted_at) < _midnight(window.end, zone),
        )
        .order_by(col(DealRegistration.id))
    )
    rows = uow.session.exec(statement).all()
    by_state = {state: [row for row in rows if row.state == state] for state in sorted({row.state for row in rows})}
    return [
        _registered("registrations", rows),
        *(_registered(f"registrations_{state}", each) for state, each in by_state.items()),
    ]


def _registered(key: str, rows: Sequence[DealRegistration]) -> Figure:
    sums: dict[str, Decimal] = {}
    for row in rows:
        sums[row.currency] = sums.get(row.currency, Decimal()) + row.value
    largest: Sums = tuple(sorted(sums.items(), key=lambda pair: (-pair[1], pair[0])))
    return replace(_figure(key, "registration", [row_id(row) for row in rows]), sums=largest)


def _people(uow: UnitOfWork, partner: Partner, window: Window, today: date) -> tuple[list[Figure], list[str]]:
    statement = (
        select(PartnerContact)
        .where(
            PartnerContact.partner_id == partner.id,
            or_(col(PartnerContact.active_from).is_(None), col(PartnerContact.active_from) <= today),
            or_(col(PartnerContact.active_to).is_(None), col(PartnerContact.active_to) >= today),
        )
        .order_by(col(PartnerContact.id))
    )
    active = uow.session.exec(statement).all()
    kinds = {
        "sellers": [each for each in active if each.role == ContactRole.SELLER],
        "engineers": [each for each in active if each.role == ContactRole.SE],
        "certified": [each for each in active if each.certified_on is not None and each.certified_on <= today],
        "newly_certified": [each for each in active if window.has(each.certified_on)],
    }
    figures = [_figure(key, "contact", [row_id(each) for each in found]) for key, found in kinds.items()]
    nobody = f"No people at {partner.name} are recorded, so nothing is known of sellers and certificates."
    return figures, [] if active else [nobody]


def _onboarding(uow: UnitOfWork, partner_id: int, today: date) -> tuple[Onboarding | None, list[Figure]]:
    """The running onboarding; nothing when none runs."""
    running = select(OnboardingPlan).where(
        OnboardingPlan.partner_id == partner_id, col(OnboardingPlan.closed_at).is_(None)
    )
    plan = uow.session.exec(running).first()
    if plan is None:
        return None, []
    tasks = uow.list(OnboardingTask, plan_id=row_id(plan))
    left = [task for task in tasks if task.state == TaskState.OPEN]
    progress = Onboarding(len(tasks) - len(left), len(tasks), sum(task.due_on < today for task in left))
    return progress, [_figure("steps", "task", [row_id(task) for task in left])]


def _items(uow: UnitOfWork, found: Sequence[Deal], day: str) -> tuple[Item, ...]:
    return tuple(
        Item(what=each.name, note=each.account, on=each.on, amount=each.amount, currency=each.currency)
        for each in stored.named(uow, found, day=day, limit=_ITEMS)
    )


def _missing(found: Sequence[Deal], logos: metric.NewLogos) -> list[str]:
    """What nobody recorded of the deals, in whole sentences."""
    counted = [deal for deal in found if deal.credit]
    unopened = sum(deal.opened_on is None for deal in counted)
    unclosed = sum(deal.is_won is True and deal.closed_on is None for deal in counted)
    undated = sum(deal.is_won is None and deal.closes_on is None for deal in counted)
    unclear = len({deal.account for deal in logos.unclear})
    said = [
        (unopened, "without the day {it} opened, so {it} {is_} in no period's pipeline"),
        (unclosed, "won without the day {it} closed, so {it} {is_} in no period's wins"),
        (undated, "open without an expected close, so {it} {is_} in no period to come"),
    ]
    sentences = [_sentence(count, words) for count, words in said if count]
    if unclear:
        accounts = "1 account was" if unclear == 1 else f"{unclear} accounts were"
        sentences.append(f"{accounts} won that may be new: nobody recorded whether they had bought before.")
    return sentences


def _sentence(count: int, words: str) -> str:
    if count == 1:
        return f"1 deal is recorded {words.format(it='it', is_='is')}."
    return f"{count:,} deals are recorded {words.format(it='they', is_='are')}."


def _foreign(uow: UnitOfWork, partner: Partner) -> Foreign:
    """Whether words, as people will see them, name another partner: by name, alias, domain, or a longer name's first
    word; also in the plural, in a channel's name or with a digit behind it."""
    own = {_folded(each) for each in (partner.name, *partner.aliases, *partner.domains)}
    own_words = set(names.core(partner.name))
    said: set[str] = set()
    for other in uow.list(Partner):
        if other.id == partner.id:
            continue
        core = names.core(other.name)
        said |= {_folded(each) for each in (other.name, *other.aliases, *other.domains, " ".join(core))}
        if len(core) > 1 and len(core[0]) >= _SHORTEST and core[0] not in own_words:
            said.add(core[0])
    known = "|".join(re.escape(each) for each in sorted(said - own - {""}))
    pattern = re.compile(rf"(?<![^\W\d_])(?:{known})(?:['’]?s)?(?![^\W\d_])")
    return lambda words: bool(known and pattern.search(_folded(words)))


def _folded(words: str) -> str:
    """What people see of `words`, without case, accents and width."""
    plain = unicodedata.normalize("NFKD", readable(words).casefold())
    return " ".join("".join(each for each in plain if not unicodedata.combining(each)).split())


def _midnight(day: date, zone: str) -> datetime:
    return datetime.combine(day, time(), tzinfo=ZoneInfo(zone)).astimezone(UTC)


def _day(moment: datetime, zone: str) -> date:
    return moment.astimezone(ZoneInfo(zone)).date()
