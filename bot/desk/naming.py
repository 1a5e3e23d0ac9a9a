"""Names for people and links for messages, from what the store knows; ids only where nothing better is known."""

from __future__ import annotations

from bot.desk.views import EvidenceView, PersonView
from models.base import Workspace
from models.partners import Account, Partner, Person
from models.risks import Evidence
from models.store import UnitOfWork

_SIDES = {"partner": "the partner", "us": "our side", "customer": "the customer"}


def person_view(uow: UnitOfWork, slack_id: str) -> PersonView:
    """The person as people know them; an unknown id stands for itself, in UTC."""
    person = uow.find(Person, slack_id=slack_id)
    if person is None:
        return PersonView(slack_id=slack_id, name=slack_id)
    return PersonView(slack_id=slack_id, name=person.display_name, zone=person.zone)


def optional_person_view(uow: UnitOfWork, slack_id: str | None) -> PersonView | None:
    return person_view(uow, slack_id) if slack_id else None


def owner_name(uow: UnitOfWork, owner: str | None, partner: str) -> str:
    """Who owns it, in words: a person's name, the partner's name, "our side", or "" when nobody was named."""
    if not owner:
        return ""
    if owner == "partner" and partner:
        return partner
    return _SIDES.get(owner) or person_view(uow, owner).name


def partner_name(uow: UnitOfWork, partner_id: int | None) -> str:
    partner = uow.get(Partner, partner_id)
    return partner.name if partner else ""


def account_name(uow: UnitOfWork, account_id: int | None) -> str:
    account = uow.get(Account, account_id)
    return account.name if account else ""


def permalink(uow: UnitOfWork, channel: str, ts: str, thread_ts: str | None) -> str:
    """Slack's archive link of a message (format of chat.getPermalink), built without asking Slack."""
    workspace = uow.session.get(Workspace, uow.workspace_id)
    base = (workspace.url if workspace and workspace.url else "https://slack.com").rstrip("/")
    link = f"{base}/archives/{channel}/p{ts.replace('.', '')}"
    return f"{link}?thread_ts={thread_ts}&cid={channel}" if thread_ts and thread_ts != ts else link


def evidence_views(uow: UnitOfWork, subject_kind: str, subject_id: int) -> tuple[EvidenceView, ...]:
    """The evidence of one subject, newest words first."""
    rows = uow.list(Evidence, subject_kind=subject_kind, subject_id=subject_id)
    ordered = sorted(rows, key=lambda row: (row.said_at, row.start), reverse=True)
    return tuple(evidence_view(uow, row) for row in ordered)


def evidence_view(uow: UnitOfWork, row: Evidence) -> EvidenceView:
    return EvidenceView(
        channel=row.channel,
        ts=row.ts,
        permalink=row.permalink,
        author=person_view(uow, row.author),
        side=row.side,
        said_at=row.said_at,
        quote=row.quote,
        state=row.state,
    )
