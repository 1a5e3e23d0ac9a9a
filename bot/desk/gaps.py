"""What a partnership lacks to stand on its own: people, the next review, a known end. Only what is recorded counts, so
a gap may also mean that nobody wrote it down."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from sqlmodel import col, func, or_, select

from bot.policy import Policy
from models.base import row_id
from models.calendar import Qbr, Renewal
from models.partners import ContactRole, Partner, PartnerContact, Person
from models.states import QbrState
from models.store import UnitOfWork

# The partner pod of the domain model: an executive sponsor, sellers (the policy says how many) and two engineers.
_ENGINEERS = 2
_TO_COME = (QbrState.DUE, QbrState.SCHEDULED, QbrState.PREPARED)


class GapKind(StrEnum):
    TIER = "tier"
    SPONSOR = "sponsor"
    SELLERS = "sellers"
    ENGINEERS = "engineers"
    QBR = "qbr"
    RENEWAL_OWNER = "renewal_owner"
    AGREEMENT_END = "agreement_end"


@dataclass(frozen=True, slots=True)
class Gap:
    """`words` completes "Globex Consulting has …"."""

    kind: GapKind
    words: str


def gaps(uow: UnitOfWork, partner_id: int, now: datetime, *, policy: Policy) -> tuple[Gap, ...]:
    """The gaps of one partner as of `now` (UTC), the weightiest first; () when nothing is missing."""
    return of_partners(uow, [partner_id], now, policy=policy).get(partner_id, ())


def of_partners(
    uow: UnitOfWork, partner_ids: Collection[int], now: datetime, *, policy: Policy
) -> dict[int, tuple[Gap, ...]]:
    """The gaps of many partners, by id, with the same few queries however many they are."""
    today = now.date()
    partners = uow.session.exec(select(Partner).where(col(Partner.id).in_(partner_ids))).all()
    people = _present(uow, partners)
    contacts = _contacts(uow, partner_ids, today)
    to_come = select(Qbr.partner_id).where(
        col(Qbr.partner_id).in_(partner_ids), col(Qbr.closed_at).is_(None), col(Qbr.state).in_(_TO_COME)
    )
    reviewed = set(uow.session.exec(to_come).all())
    open_renewals = select(Renewal.partner_id, Renewal.owner).where(
        col(Renewal.partner_id).in_(partner_ids), col(Renewal.closed_at).is_(None)
    )
    owners = dict(uow.session.exec(open_renewals).all())
    found = {}
    for partner in partners:
        number = row_id(partner)
        lacking = {
            GapKind.TIER: policy.unknown_tier(partner.tier),
            GapKind.SPONSOR: "" if partner.exec_sponsor in people else "no executive sponsor",
            GapKind.SELLERS: _too_few(contacts[number, ContactRole.SELLER], policy.onboarding.sellers, "active seller"),
            GapKind.ENGINEERS: _too_few(contacts[number, ContactRole.SE], _ENGINEERS, "active SE"),
            GapKind.QBR: "" if number in reviewed else "no next QBR",
            GapKind.RENEWAL_OWNER: "" if owners.get(number, partner.manager) in people else "no renewal owner",
            GapKind.AGREEMENT_END: "" if partner.agreement_ends else "no recorded end of the agreement",
        }
        found[number] = tuple(Gap(kind, words) for kind, words in lacking.items() if words)
    return found


def _present(uow: UnitOfWork, partners: Collection[Partner]) -> frozenset[str]:
    """Who of the sponsors, managers and others named is still with us."""
    gone = select(Person.slack_id).where(or_(col(Person.is_deleted), col(Person.is_stranger), col(Person.is_guest)))
    renewing = select(Renewal.owner).where(col(Renewal.closed_at).is_(None), col(Renewal.owner).is_not(None))
    named = {who for partner in partners for who in (partner.exec_sponsor, partner.manager)}
    named.update(uow.session.exec(renewing).all())
    return frozenset(who for who in named if who) - set(uow.session.exec(gone).all())


def _contacts(uow: UnitOfWork, partner_ids: Collection[int], today: date) -> Counter[tuple[int, str]]:
    """How many people of each role each partner has today."""
    statement = (
        select(PartnerContact.partner_id, PartnerContact.role, func.count())
        .where(
            col(PartnerContact.partner_id).in_(partner_ids),
            or_(col(PartnerContact.active_from).is_(None), col(PartnerContact.active_from) <= today),
            or_(col(PartnerContact.active_to).is_(None), col(PartnerContact.active_to) >= today),
        )
        .group_by(col(PartnerContact.partner_id), col(PartnerContact.role))
    )
    return Counter({(partner_id, role): number for partner_id, role, number in uow.session.exec(statement).all()})


def _too_few(number: int, wanted: int, what: str) -> str:
    if number >= wanted:
        return ""
    return f"{number or 'no'} {what}{'' if number == 1 else 's'} recorded ({wanted} wanted)"
