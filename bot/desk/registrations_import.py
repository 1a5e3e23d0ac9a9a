"""Registrations from a file into the store: what would come of it, and the import itself.

Rows are submitted in the order of their submission, whatever their order in the file, and reviewed after all are in:
so the earlier claim wins. Running it twice changes nothing; a returned registration whose row has changed is sent in
again.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.desk import approval_chain, lookup, registrations, registrations_review
from bot.desk.registrations import Submission
from bot.desk.registrations_base import partner_of, take_turn
from bot.errors import Refused
from bot.imports.registrations import RegistrationFile, RegistrationRow
from bot.policy import Policy
from models.base import row_id
from models.deals import DealRegistration
from models.partners import Partner
from models.states import RegistrationState as State
from models.store import UnitOfWork


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


def apply(
    uow: UnitOfWork, file: RegistrationFile, *, actor: str, now: datetime, policy: Policy, dry_run: bool = False
) -> RegistrationDiff:
    """Bring the rows in; good ones go in where others are wrong. With `dry_run` (in a unit that may write) everything
    is tried and taken back. `actor` is the Slack user id of whoever imports."""
    found: list[RegistrationDiff] = []
    try:
        with uow.session.begin_nested():
            found.append(_bring_in(uow, file, actor=actor, now=now, policy=policy))
            if dry_run:
                raise _DryRun
    except _DryRun:
        uow.session.expire_all()
    return found[0]


def _bring_in(
    uow: UnitOfWork, file: RegistrationFile, *, actor: str, now: datetime, policy: Policy
) -> RegistrationDiff:
    take_turn(uow)
    problems = [(problem.line, problem.text) for problem in file.problems]
    fresh: list[tuple[RegistrationRow, DealRegistration, bool]] = []
    unchanged = 0
    for row in sorted(file.rows, key=lambda each: (each.submitted_at or now, each.line)):
        known = uow.find(DealRegistration, external_id=row.external_id)
        try:
            with uow.session.begin_nested():
                submission = _submission(uow, row)
                if known is not None and not _differs(uow, known, submission):
                    unchanged += 1
                    continue
                if row.submitted_at and row.submitted_at > now:
                    raise Refused("submitted at lies in the future")
                _require_approvers(uow, submission, actor=actor, policy=policy)
                stored = registrations.submit_as(
                    uow, submission, number=_again(known), external_id=row.external_id, actor=actor,
                    at=(row.submitted_at if known is None else None) or now, now=now, policy=policy,
                )  # fmt: skip
                fresh.append((row, stored, known is not None))
        except Refused as refused:
            problems.append((row.line, str(refused)))
    made = _review(uow, fresh, actor=actor, now=now, policy=policy)
    return RegistrationDiff(
        created=tuple(each for each, again in made if not again),
        sent_again=tuple(each for each, again in made if again),
        unchanged=unchanged,
        problems=tuple(sorted(problems)),
        unread=file.unread,
    )


def _again(known: DealRegistration | None) -> int | None:
    """The number of a returned registration. Raises Refused for one that cannot be changed."""
    if known is not None and known.state != State.RETURNED:
        words = known.state.replace("_", " ")
        raise Refused(f"differs from #{known.id}, which is {words}: return or withdraw that one first")
    return row_id(known) if known is not None else None


def _review(
    uow: UnitOfWork,
    fresh: Sequence[tuple[RegistrationRow, DealRegistration, bool]],
    *,
    actor: str,
    now: datetime,
    policy: Policy,
) -> list[tuple[Imported, bool]]:
    for _line, stored, _again in fresh:
        registrations_review.review(uow, stored, actor=actor, now=now, policy=policy)
    made = []
    for row, stored, again in fresh:
        partner = partner_of(uow, stored)
        what = Imported(row.line, row_id(stored), partner.name, stored.account_name, stored.state, stored.rule)
        made.append((what, again))
    return made


def _submission(uow: UnitOfWork, row: RegistrationRow) -> Submission:
    """Raises Refused: no such partner, or several fit."""
    return Submission(
        partner_id=row_id(lookup.resolve_partner(uow, row.partner)),
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


def _require_approvers(uow: UnitOfWork, submission: Submission, *, actor: str, policy: Policy) -> None:
    """Raise Refused where nobody could approve it, before it is stored."""
    partner = uow.get(Partner, submission.partner_id)
    assert partner is not None  # it was just resolved
    approval_chain.chain_for(
        uow, partner, value=submission.value, currency=submission.currency, submitted_by=actor, policy=policy
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
