"""Which open claims, and which companies of the book, can be about one company: found without looking at every one.

What is found here may be about it; whether it is, the referee says (bot/desk/referee.py). Each unit of work reads the
names once and keeps them, which is right because only one unit at a time changes registrations (`take_turn`): who
stores a claim in it adds it (`remember`).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import TypeVar

from sqlmodel import col, select

from bot.desk.lookup import AccountNames
from bot.desk.referee import Company
from bot.desk.registrations_alike import Spelling, maybe_alike, spelling
from models.base import row_id
from models.deals import DealRegistration
from models.partners import Account, Partner
from models.store import UnitOfWork

Item = TypeVar("Item")
_CLAIMS, _BOOK, _NAMES = "registrations:claims", "registrations:book", "registrations:names"
_AT_ONCE = 500  # so many numbers in one statement


class Companies:
    """Numbered companies, found by account, domain, name, family, and likeness of the name."""

    def __init__(self) -> None:
        self._by_key: defaultdict[str, list[int]] = defaultdict(list)
        self._spelled: defaultdict[Spelling, list[int]] = defaultdict(list)

    def add(self, number: int, company: Company, called: str = "") -> None:
        """`called` is what it was registered as, where that is not its name."""
        for key in _keys(company):
            self._by_key[key].append(number)
        if called and called != company.name:
            self._by_key[f"name {spelling(called).said}"].append(number)
        self._spelled[spelling(company.name)].append(number)

    def same(self, company: Company) -> set[int]:
        """Those with its account, domain, name or family, or another name of that spelling."""
        wanted = [*_keys(company), f"parent {spelling(company.name).text}"]
        if company.parent:
            wanted.append(f"name {spelling(company.parent).text}")
        return {number for key in wanted for number in self._by_key.get(key, ())}

    def like(self, company: Company, least: float) -> set[int]:
        """`same`, and those whose names may be alike by `least` (0 to 1) or more."""
        near = maybe_alike(spelling(company.name), self._spelled, least)
        return self.same(company).union(*(self._spelled[each] for each in near))


def _keys(company: Company) -> Iterator[str]:
    name = spelling(company.name)
    yield f"name {name.text}"
    if name.said != name.text:
        yield f"name {name.said}"
    if company.account_id is not None:
        yield f"account {company.account_id}"
    if company.domain:
        yield f"domain {company.domain.casefold()}"
    if company.parent:
        yield f"parent {spelling(company.parent).text}"


def company_of(row: DealRegistration, account: Account | None) -> Company:
    """The company a claim is on."""
    if account is None:
        return Company(row.account_name, row.account_domain)
    return Company(account.name, account.domain or row.account_domain, account.id, account.parent)


def remember(uow: UnitOfWork, row: DealRegistration) -> None:
    """A claim was stored, or says something else now."""
    _claims(uow).add(row_id(row), company_of(row, uow.get(Account, row.account_id)), row.account_name)


def same_claims(uow: UnitOfWork, row: DealRegistration) -> list[DealRegistration]:
    """Other open claims that may be for the same account, whoever made them."""
    numbers = _claims(uow).same(company_of(row, uow.get(Account, row.account_id))) - {row.id}
    rows: list[DealRegistration] = []
    for part in pieces(sorted(numbers), _AT_ONCE):
        its = select(DealRegistration).where(col(DealRegistration.id).in_(part))
        rows += uow.session.exec(its.where(col(DealRegistration.closed_at).is_(None))).all()
    return rows


def rival_claims(
    uow: UnitOfWork, row: DealRegistration, least: float
) -> list[tuple[DealRegistration, Partner, Account | None]]:
    """Open claims of other partners that may be about the same company, or one whose name is alike by `least`."""
    numbers = _claims(uow).like(company_of(row, uow.get(Account, row.account_id)), least) - {row.id}
    found: list[tuple[DealRegistration, Partner, Account | None]] = []
    for part in pieces(sorted(numbers), _AT_ONCE):
        statement = (
            select(DealRegistration, Partner, Account)
            .join(Partner, col(Partner.id) == col(DealRegistration.partner_id))
            .outerjoin(Account, col(Account.id) == col(DealRegistration.account_id))
            .where(
                col(DealRegistration.id).in_(part),
                col(DealRegistration.closed_at).is_(None),
                DealRegistration.partner_id != row.partner_id,
            )
        )
        found += [(claim, partner, account) for claim, partner, account in uow.session.exec(statement).all()]
    return found


def _claims(uow: UnitOfWork) -> Companies:
    kept = uow.session.info.get(_CLAIMS)
    if isinstance(kept, Companies):
        return kept
    claims = uow.session.info[_CLAIMS] = Companies()
    statement = (
        select(
            DealRegistration.id, DealRegistration.account_name, DealRegistration.account_domain,
            DealRegistration.account_id,
        )
        .where(col(DealRegistration.closed_at).is_(None))
    )  # fmt: skip
    companies = dict(_accounts(uow))
    for number, name, domain, account_id in uow.session.exec(statement).all():
        known = companies.get(account_id or 0)
        company = Company(name, domain)
        if known is not None:
            company = Company(known.name, known.domain or domain, known.account_id, known.parent)
        claims.add(number or 0, company, name)
    return claims


def known_like(uow: UnitOfWork, company: Company, least: float) -> tuple[Company, ...]:
    """Companies of the book that may be this one, or of its family."""
    kept = uow.session.info.get(_BOOK)
    if kept is None:
        index, companies = Companies(), dict(_accounts(uow))
        for number, each in companies.items():
            index.add(number, each)
        kept = uow.session.info[_BOOK] = (index, companies)
    index, companies = kept
    return tuple(companies[number] for number in sorted(index.like(company, least)))


def account_names(uow: UnitOfWork) -> AccountNames:
    """Which account of the book is called so."""
    kept = uow.session.info.get(_NAMES)
    if isinstance(kept, AccountNames):
        return kept
    made = AccountNames((number, each.name, each.domain) for number, each in _accounts(uow))
    uow.session.info[_NAMES] = made
    return made


def _accounts(uow: UnitOfWork) -> Iterator[tuple[int, Company]]:
    rows = uow.session.exec(select(Account.id, Account.name, Account.domain, Account.parent)).all()
    return ((number or 0, Company(name, domain, number, parent)) for number, name, domain, parent in rows)


def pieces(items: Sequence[Item], size: int) -> Iterable[Sequence[Item]]:
    """`items` in order, in parts of `size`; the last may be smaller."""
    return (items[start : start + size] for start in range(0, len(items), size))
