"""The Home tab: what waits, for oneself, one's team or everybody, as it is now."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime

from sqlalchemy import ColumnElement
from sqlmodel import and_, col, or_, select

from bot.desk import digest_view, digests, mornings, portfolio, rights, status
from bot.desk.agenda import Agenda, merged
from bot.desk.digest_sections import Section
from bot.desk.naming import person_view
from bot.desk.portfolio import PortfolioView
from bot.desk.views import DigestView, PersonView, StatusView
from bot.policy import Policy
from models.base import row_id
from models.partners import Partner
from models.risks import Risk
from models.store import UnitOfWork

SCOPES = ("mine", "team", "all")
_LISTED = 15  # of a section
_PEOPLE = 15  # whose agendas are put together
_PARTNERS = 98  # to choose from: a menu has 100


@dataclass(frozen=True, slots=True)
class Filters:
    """What somebody looks at: `scope` is one of SCOPES or "" for their usual one, `partner` a row id or None for all of
    them, `section` a Section or "" for all."""

    scope: str = ""
    partner: int | None = None
    section: str = ""

    @classmethod
    def read(cls, kept: Mapping[str, str]) -> Filters:
        """The filters as the view kept them; what makes no sense is left out."""
        scope, partner, section = (kept.get(name, "") for name in ("scope", "partner", "section"))
        return cls(
            scope if scope in SCOPES else "",
            int(partner) if partner.isdecimal() and len(partner) < 10 else None,
            section if section in set(Section) else "",
        )

    def kept(self) -> dict[str, str]:
        """What the view keeps of them."""
        return {"scope": self.scope, "partner": str(self.partner or ""), "section": self.section}


@dataclass(frozen=True, slots=True)
class HomeView:
    """`partners` are those to choose from (row id and name), `more_partners` how many a menu has no room for."""

    reader: PersonView
    filters: Filters
    status: StatusView
    digest: DigestView
    portfolio: PortfolioView
    partners: tuple[tuple[int, str], ...]
    more_partners: int


def view(uow: UnitOfWork, actor: str, filters: Filters, *, now: datetime, policy: Policy, reads_with: str) -> HomeView:
    """Everything on `actor`'s Home tab. `reads_with` is what reads their messages, in words. Raises Refused."""
    person = rights.require_member(uow, actor)
    filters = replace(filters, scope=filters.scope or portfolio.usual_scope(person))
    partners = portfolio.in_scope(uow, actor, filters.scope)
    chosen = next((each for each in partners if each.id == filters.partner), None)
    filters = filters if chosen else replace(filters, partner=None)
    shown = portfolio.view(uow, actor, filters.scope, now=now)
    if chosen is not None:
        shown = portfolio.only(shown, chosen.name)
    digest = digests.live(uow, actor, now=now, policy=policy, without=())
    if filters.scope != "mine" or chosen is not None:
        digest = _of_scope(uow, digest, filters, chosen, now=now, policy=policy)
    # Menus have room for a hundred: those with something to say first.
    numbers = {row.name: place for place, row in enumerate(shown.partners)}
    ordered = sorted(partners, key=lambda each: (numbers.get(each.name, len(numbers)), each.name))
    listed = [chosen, *(each for each in ordered if each is not chosen)] if chosen else ordered
    return HomeView(
        reader=person_view(uow, actor),
        filters=filters,
        status=status.overview(uow, now=now, policy=policy, reader=reads_with),
        digest=_only(digest, filters.section),
        portfolio=shown,
        partners=tuple((row_id(each), each.name) for each in listed[:_PARTNERS]),
        more_partners=max(0, len(listed) - _PARTNERS),
    )


def _of_scope(
    uow: UnitOfWork, own: DigestView, filters: Filters, chosen: Partner | None, *, now: datetime, policy: Policy
) -> DigestView:
    """Risks, promises and due items of the partners of a scope, or of one of them; and of what is the reader's `own`,
    what waits for their answer."""
    actor = own.person.slack_id
    whose = portfolio.condition(uow, actor, filters.scope)
    if chosen is not None:
        whose = and_(whose, col(Partner.id) == chosen.id)
    person = rights.require_member(uow, actor)
    morning = mornings.live(uow, person, now)
    its: ColumnElement[bool] = col(Risk.partner_id).in_(select(Partner.id).where(whose))
    if chosen is None:
        its = or_(its, digest_view.reached(actor))
    risks, more_risks = digest_view.risks_where(uow, its, now=now, limit=_LISTED)
    promises, more_promises = digest_view.promises_where(uow, whose, morning, now=now, limit=_LISTED)
    due = _agenda(uow, actor, filters, chosen, morning.day, now=now, policy=policy)
    more: dict[str, int] = {Section.RISKS: more_risks, Section.PROMISES: more_promises, Section.DUE: due.more}
    return DigestView(
        person=own.person,
        day=morning.day,
        decisions=tuple(item for item in own.decisions if chosen is None or item.partner == chosen.name),
        handoffs=tuple(each for each in own.handoffs if chosen is None or each.partner == chosen.name),
        risks=risks,
        commitments_due=promises,
        agenda=due.items,
        more=more | {name: own.more.get(name, 0) for name in (Section.DECISIONS, Section.HANDOFFS) if chosen is None},
        unanswered=digest_view.unanswered(uow, actor, risks),
    )


def _agenda(
    uow: UnitOfWork, actor: str, filters: Filters, chosen: Partner | None, day: date, *, now: datetime, policy: Policy
) -> Agenda:
    """What is due for the people who manage the partners of the scope; a few of them where they are many."""
    if chosen is not None:
        people = [who for who in dict.fromkeys([chosen.manager, actor]) if who]
    else:
        managers = select(Partner.manager).where(portfolio.condition(uow, actor, filters.scope)).distinct()
        people = [who for who in uow.session.exec(managers.order_by(col(Partner.manager))).all() if who][:_PEOPLE]
    found = [digests.agenda_of(uow, who, now=now, policy=policy) for who in people]
    if chosen is not None:
        found = [Agenda(tuple(item for item in each.items if item.partner == chosen.name)) for each in found]
    unique = {(item.kind, item.id): item for agenda in found for item in agenda.items}
    return merged([Agenda(tuple(unique.values()), sum(agenda.more for agenda in found))], day, _LISTED)


def _only(digest: DigestView, section: str) -> DigestView:
    """The digest with one section, or all of it."""
    if not section:
        return digest
    empty = DigestView(person=digest.person, day=digest.day, more=digest.more, unanswered=digest.unanswered)
    field = _FIELDS.get(section)
    return replace(empty, **{field: getattr(digest, field)}) if field else empty


_FIELDS: Mapping[str, str] = {
    Section.DECISIONS: "decisions", Section.DUE: "agenda", Section.RISKS: "risks",
    Section.PROMISES: "commitments_due", Section.SLIPPED: "slipped", Section.HANDOFFS: "handoffs",
    Section.CHANGES: "changes", Section.WORTH_A_LOOK: "hints",
}  # fmt: skip
