"""What people type -> the partner or account they mean: any case, any alias, without the "Inc."; asks when unsure."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from sqlalchemy import ColumnElement
from sqlmodel import col

from bot.did_you_mean import alike, normal
from bot.errors import Refused
from bot.reading import names
from models.partners import Account, Partner
from models.risks import Commitment, Risk
from models.store import UnitOfWork

Named = TypeVar("Named", Partner, Account)

# Words that tell apart only companies of one name: "Globex" means Globex Consulting where there is no other Globex.
_GENERIC = (
    "consulting consultants services solutions systems technologies technology tech software partners digital group "
    "holding holdings global international the"
)
_GENERIC_WORDS = frozenset(_GENERIC.split())
_EDGES = "with at for of from by about on regarding re the a an our their : -"
_GLUE = frozenset(_EDGES.split())
_LONGEST_NAME = 5  # words
_MOST_OFFERED = 5


class Ambiguous(Refused):
    """Several partners or accounts fit `text`; `options` are their names."""

    def __init__(self, text: str, options: Sequence[str]) -> None:
        self.text = text
        self.options = tuple(options)
        listed = " or ".join(f"“{name}”" for name in self.options)
        super().__init__(f"“{text}” could be {listed}. Please say which one.")


class Unknown(Refused):
    """Nothing is called `text`; `options` are the names most like it, the likeliest first."""

    def __init__(self, text: str, kind: str, options: Sequence[str]) -> None:
        self.text = text
        self.options = tuple(options)
        listed = " or ".join(f"“{name}”" for name in self.options)
        then = f"Did you mean {listed}?" if options else "It has to be in the partner book first."
        super().__init__(f"I know no {kind} called “{text}”. {then}")


@dataclass(frozen=True, slots=True)
class _Known(Generic[Named]):
    row: Named
    others: tuple[str, ...]

    def fits(self, text: str) -> int:
        """0 not at all, 1 by its distinctive words, 2 by alias, domain or without the legal form, 3 by its name."""
        wanted = normal(text)
        if not wanted:
            return 0
        if wanted == normal(self.row.name):
            return 3
        said = (self.row.name, *self.others)
        if any(wanted == normal(name) or names.core(text) == names.core(name) for name in said):
            return 2
        return int(any(_stem(text) == _stem(name) for name in said))


class AccountNames:
    """Accounts as (id, name, domain), by all they are called: for many names at once. Finds what `resolve_account`
    would."""

    def __init__(self, rows: Iterable[tuple[int, str, str]]) -> None:
        self._names: dict[int, str] = {}
        self._called: defaultdict[tuple[int, object], set[int]] = defaultdict(set)
        for number, name, domain in rows:
            self._names[number] = name
            self._called[3, normal(name)].add(number)
            for each in (name, domain) if domain else (name,):
                for key in ((2, normal(each)), (2, names.core(each)), (1, _stem(each))):
                    self._called[key].add(number)

    def called(self, text: str) -> int | None:
        """The id of the account called so, None when there is none. Raises Ambiguous."""
        wanted = normal(text)
        if not wanted:
            return None
        found = (
            self._under(3, wanted)
            or self._under(2, wanted) | self._under(2, names.core(text))
            or self._under(1, _stem(text))
        )
        if len(found) > 1:
            raise Ambiguous(text, sorted(self._names[number] for number in found))
        return next(iter(found), None)

    def _under(self, fit: int, said: object) -> set[int]:
        return self._called.get((fit, said), set())


def resolve_partner(uow: UnitOfWork, text: str) -> Partner:
    """The partner called `text` (name, alias, domain). Raises Refused with a suggestion, or Ambiguous."""
    known = _partners(uow)
    found = _best(text, known)
    if found is None:
        raise _unknown(text, "partner", known)
    return found


def resolve_account(uow: UnitOfWork, text: str) -> Account:
    """The account called `text` (name or domain). Raises Refused with a suggestion, or Ambiguous."""
    known = _accounts(uow)
    found = _best(text, known)
    if found is None:
        raise _unknown(text, "account", known)
    return found


def resolve_either(uow: UnitOfWork, text: str) -> tuple[Partner | None, Account | None]:
    """The partner and the account called `text`: one of them, or both when a company is both.

    Raises Refused with a suggestion when neither exists, Ambiguous when several partners or several accounts fit.
    """
    partners, accounts = _partners(uow), _accounts(uow)
    partner, account = _best(text, partners), _best(text, accounts)
    if partner is None and account is None:
        raise _unknown(text, "partner or account", [*partners, *accounts])
    return partner, account


@dataclass(frozen=True, slots=True)
class NamedIn:
    """What a phrase names, a partner or an account or both, and the words beside the name."""

    partner: Partner | None
    account: Account | None
    rest: str


def named_in(uow: UnitOfWork, text: str) -> NamedIn | None:
    """The partner or account a phrase begins or ends with ("support issue with Globex", "Acme's invoice"), the longest
    name first; None when it names neither. Raises Ambiguous."""
    partners, accounts = _partners(uow), _accounts(uow)
    said = text.split()
    for size in range(min(len(said), _LONGEST_NAME), 0, -1):
        for name, rest in ((said[-size:], said[:-size]), (said[:size], said[size:])):
            called = re.sub(r"['’]s$", "", " ".join(name).strip(",.;:"))
            partner, account = _best(called, partners), _best(called, accounts)
            if partner is not None or account is not None:
                return NamedIn(partner, account, " ".join(_without_glue(rest)))
    return None


def _without_glue(said: Sequence[str]) -> list[str]:
    """The words without the prepositions at their ends."""
    words = list(said)
    while words and words[-1].casefold() in _GLUE:
        words.pop()
    while words and words[0].casefold() in _GLUE:
        words.pop(0)
    return words


def about(uow: UnitOfWork, text: str, model: type[Risk] | type[Commitment]) -> ColumnElement[bool]:
    """The condition for rows of the partner called `text`, or of the account where no partner is. Raises Refused."""
    partner, account = resolve_either(uow, text)
    if partner is not None:
        return col(model.partner_id) == partner.id
    return col(model.account_id) == (account.id if account else None)


def _partners(uow: UnitOfWork) -> list[_Known[Partner]]:
    return [_Known(row, (*row.aliases, *row.domains)) for row in uow.list(Partner)]


def _accounts(uow: UnitOfWork) -> list[_Known[Account]]:
    return [_Known(row, (row.domain,) if row.domain else ()) for row in uow.list(Account)]


def _best(text: str, known: list[_Known[Named]]) -> Named | None:
    """The one that fits best, None when nothing fits at all."""
    fits = [(entry.fits(text), entry.row) for entry in known]
    best = max((fit for fit, _ in fits), default=0)
    rows = [row for fit, row in fits if best and fit == best]
    if len(rows) > 1:
        raise Ambiguous(text, sorted(row.name for row in rows))
    return rows[0] if rows else None


def _stem(name: str) -> tuple[str, ...]:
    words = names.core(name)
    return tuple(word for word in words if word not in _GENERIC_WORDS) or words


def _unknown(text: str, kind: str, known: Sequence[_Known[Partner] | _Known[Account]]) -> Refused:
    if not normal(text):
        return Refused(f"Please name the {kind}.")
    called = {name: entry.row.name for entry in known for name in (*entry.others, entry.row.name)}
    options = dict.fromkeys(called[name] for name in alike(text, called))
    return Unknown(text, kind, [*options][:_MOST_OFFERED])
