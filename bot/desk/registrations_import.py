"""Registrations from a file into the store: what would come of it, and the import itself.

Rows are submitted and reviewed one after the other in the order of their submission, whatever their order in the file:
so the earlier claim wins, as it would have then. A row goes in whole or not at all. Running it twice changes nothing,
and running it again after it was cut off brings in the rest; a returned registration whose row has changed is sent in
again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import col, select

from bot.desk import approval_chain, lookup, registrations, registrations_review
from bot.desk.registrations import Submission
from bot.desk.registrations_base import partner_of, take_turn
from bot.desk.registrations_claims import pieces
from bot.errors import Refused
from bot.imports.registrations import RegistrationFile, RegistrationRow
from bot.policy import Policy
from models.base import row_id
from models.deals import DealRegistration
from models.partners import Partner
from models.states import RegistrationState as State
from models.store import UnitOfWork

Units = Callable[[], AbstractContextManager[UnitOfWork]]
ROWS_AT_ONCE = 50  # in one unit of work: about half a second, and on SQLite nobody else writes meanwhile


@dataclass(frozen=True, slots=True)
class Imported:
    """One line that changed something: what became of it."""

    line: int
    number: int
    partner: str
    account: str
    state: str
    rule: str


@dataclass(frozen=True, slots=True)
class RegistrationDiff:
    """`problems` as (line, sentence); `unread` are columns that were left out."""

    created: tuple[Imported, ...]
    sent_again: tuple[Imported, ...]
    unchanged: int
    problems: tuple[tuple[int, str], ...]
    unread: tuple[str, ...]


class _DryRun(Exception):
    """Takes the import back after it was tried."""


def bring_in(
    units: Units, file: RegistrationFile, *, actor: str, now: datetime, policy: Policy, dry_run: bool = False
) -> RegistrationDiff:
    """Bring the rows in, some at a time, so that nobody who writes meanwhile waits long; with `dry_run` all at once, to
    take them back. `units` opens a unit of work that may write; `actor` is the Slack user id of whoever imports."""
    size = len(file.rows) if dry_run else ROWS_AT_ONCE
    diffs = [RegistrationDiff((), (), 0, tuple((each.line, each.text) for each in file.problems), file.unread)]
    for rows in pieces(_in_order(file.rows, now), max(size, 1)):
        with units() as uow:
            part = RegistrationFile(file.name, tuple(rows), (), ())
            diffs.append(apply(uow, part, actor=actor, now=now, policy=policy, dry_run=dry_run))
    return RegistrationDiff(
        created=tuple(each for diff in diffs for each in diff.created),
        sent_again=tuple(each for diff in diffs for each in diff.sent_again),
        unchanged=sum(diff.unchanged for diff in diffs),
        problems=tuple(sorted(each for diff in diffs for each in diff.problems)),
        unread=file.unread,
    )


def apply(
    uow: UnitOfWork, file: RegistrationFile, *, actor: str, now: datetime, policy: Policy, dry_run: bool = False
) -> RegistrationDiff:
    """`bring_in` in one unit of work: good rows go in where others are wrong."""
    found: list[RegistrationDiff] = []
    try:
        with uow.session.begin_nested():
            found.append(_bring_in(uow, file, actor=actor, now=now, policy=policy))
            if dry_run:
                raise _DryRun
    except _DryRun:
        uow.session.expire_all()
    return found[0]


def _in_order(rows: Iterable[RegistrationRow], now: datetime) -> list[RegistrationRow]:
    return sorted(rows, key=lambda row: (row.submitted_at or now, row.line))


def _bring_in(
    uow: UnitOfWork, file: RegistrationFile, *, actor: str, now: datetime, policy: Policy
) -> RegistrationDiff:
    take_turn(uow)
    partners, stored_before = _Partners(uow), _known(uow, file.rows)
    problems = [(problem.line, problem.text) for problem in file.problems]
    fresh: list[tuple[RegistrationRow, DealRegistration, bool]] = []
    for row in _in_order(file.rows, now):
        known = stored_before.get(row.external_id)
        try:
            with uow.session.begin_nested():
                stored = _submit(uow, row, partners, known, actor=actor, now=now, policy=policy)
            if stored is not None:
                fresh.append((row, stored, known is not None))
        except Refused as refused:
            problems.append((row.line, str(refused)))
    return RegistrationDiff(
        created=tuple(_imported(uow, row, stored) for row, stored, again in fresh if not again),
        sent_again=tuple(_imported(uow, row, stored) for row, stored, again in fresh if again),
        unchanged=len(file.rows) - len(fresh) - (len(problems) - len(file.problems)),
        problems=tuple(sorted(problems)),
        unread=file.unread,
    )


def _submit(
    uow: UnitOfWork,
    row: RegistrationRow,
    partners: _Partners,
    known: DealRegistration | None,
    *,
    actor: str,
    now: datetime,
    policy: Policy,
) -> DealRegistration | None:
    """Store one row and let the referee look at it; None when it says nothing new. Raises Refused."""
    partner = partners.called(row.partner)
    submission = _submission(row, partner)
    if known is not None and not _differs(uow, known, submission):
        return None
    if row.submitted_at and row.submitted_at > now:
        raise Refused("submitted at lies in the future")
    at = (row.submitted_at if known is None else None) or now
    stored = registrations.submit_as(
        uow, submission, number=_again(known), external_id=row.external_id, actor=actor, at=at, now=now, policy=policy
    )
    ruling = registrations_review.review(uow, stored, actor=actor, now=now, policy=policy)
    if ruling.opens_case:
        partners.require_approvers(partner, submission, actor=actor, policy=policy)
    return stored


def _imported(uow: UnitOfWork, row: RegistrationRow, stored: DealRegistration) -> Imported:
    partner = partner_of(uow, stored)
    return Imported(row.line, row_id(stored), partner.name, stored.account_name, stored.state, stored.rule)


def _known(uow: UnitOfWork, rows: Iterable[RegistrationRow]) -> dict[str, DealRegistration]:
    """What is stored of them, by external id."""
    ids = [row.external_id for row in rows]
    found: dict[str, DealRegistration] = {}
    for part in pieces(ids, ROWS_AT_ONCE):
        its = select(DealRegistration).where(col(DealRegistration.external_id).in_(part))
        found |= {stored.external_id: stored for stored in uow.session.exec(its).all()}
    return found


def _again(known: DealRegistration | None) -> int | None:
    """The number of a returned registration. Raises Refused for one that cannot be changed."""
    if known is not None and known.state != State.RETURNED:
        words = known.state.replace("_", " ")
        raise Refused(f"differs from #{known.id}, which is {words}: return or withdraw that one first")
    return row_id(known) if known is not None else None


class _Partners:
    """Whom the rows name. They are kept, so that they are loaded once and not for every row."""

    def __init__(self, uow: UnitOfWork) -> None:
        self._uow = uow
        self._called: dict[str, Partner] = {}
        self._have_approvers: set[int] = set()

    def called(self, name: str) -> Partner:
        """Raises Refused: no such partner, or several fit."""
        if name not in self._called:
            self._called[name] = lookup.resolve_partner(self._uow, name)
        return self._called[name]

    def require_approvers(self, partner: Partner, submission: Submission, *, actor: str, policy: Policy) -> None:
        """Raise Refused where nobody could approve a deal of `partner` once its case is decided."""
        if partner.id not in self._have_approvers:
            approval_chain.chain_for(
                self._uow, partner, value=submission.value, currency=submission.currency, sent_by={actor},
                policy=policy,
            )  # fmt: skip
            self._have_approvers.add(row_id(partner))


def _submission(row: RegistrationRow, partner: Partner) -> Submission:
    return Submission(
        partner_id=row_id(partner),
        account=row.account,
        value=row.money.amount,
        currency=row.money.currency,
        type=row.type,
        domain=row.domain,
        products=registrations.products_of(row.products),
        region=row.region,
        contact=row.contact,
        expected_close=row.expected_close,
        customer_choice=row.customer_choice,
    )


def _differs(uow: UnitOfWork, known: DealRegistration, submission: Submission) -> bool:
    """Whether the row says anything else than what is stored."""
    fresh = registrations.as_row(uow, submission, submitted_by="", submitted_at=known.submitted_at)
    return any(getattr(known, name) != getattr(fresh, name) for name in registrations.SAID)


def render(diff: RegistrationDiff, name: str, *, dry_run: bool = False) -> str:
    """The import in lines for the command line."""
    would = "would be " if dry_run else ""
    lines = [
        f"{len(diff.created)} {would}created, {len(diff.sent_again)} {would}sent again, {diff.unchanged} unchanged,"
        f" {len(diff.problems)} not taken."
    ]
    for verb, rows in (("+", diff.created), ("~", diff.sent_again)):
        lines += [
            f"{verb} line {row.line}: {'' if dry_run else f'#{row.number} '}{row.partner}, {row.account}:"
            f" {row.state.replace('_', ' ')} (rule {row.rule})"
            for row in rows
        ]
    lines += [f"{name}:{line}: {words}" for line, words in diff.problems]
    if diff.unread:
        lines.append(f"Columns left out: {', '.join(diff.unread)}.")
    return "\n".join(lines)
