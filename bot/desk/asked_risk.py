"""Which risk is meant by "#12", "Globex", "the support issue with Globex" or the thread it was typed in. Nothing is
guessed: what may mean several things is asked, and what no message says can still go out as a request.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from sqlmodel import col, or_, select

from bot.desk import asked_person, lookup
from bot.desk.asked_person import is_user_id
from bot.desk.evidence import quotes_of
from bot.errors import Choice, Refused
from bot.reading.subject import content_words
from models.base import row_id
from models.messages import Message
from models.partners import Account, Channel, Partner
from models.risks import Risk, SubjectKind
from models.store import UnitOfWork

_NUMBER = re.compile(r"^(?:risk\s*)?#?(\d{1,9})$", re.IGNORECASE)
_FLAG = "On the message that shows it, open the menu and choose “Flag partner risk”; or mention me in its thread."


def find(uow: UnitOfWork, what: str, to: str, *, actor: str, channel: str, thread_ts: str | None) -> Risk | Message:
    """The open risk, or the message of the thread that is to become one. `to` is for the requests that answer a
    question. Raises Choice, Refused when nothing fits, Ambiguous when several partners fit a name in `what`."""
    what = re.sub(r"^that\s+", "", what.strip(), flags=re.IGNORECASE)
    number = _NUMBER.match(what)
    if number:
        risk = uow.get(Risk, int(number.group(1)))
        if risk is None or risk.closed_at is not None:
            raise Refused(f"There is no open risk #{number.group(1)}. `/pm risks` lists the open ones.")
        return risk
    named = lookup.named_in(uow, what)
    about = named.rest if named else what
    place = uow.find(Channel, slack_id=channel)
    here = uow.get(Partner, place.partner_id) if place else None
    is_elsewhere = named is not None and named.partner != here and named.account is None
    said = None if is_elsewhere else of_thread(uow, channel, thread_ts, about, actor=actor)
    if said is not None:
        others = _fitting(uow, _open(uow, here, None), about) if here else []
        if isinstance(said, Risk) or not others:
            return said
        return _one(uow, others, to)
    unheard = _Unheard(what if content_words(about) else "", to, actor)
    if named is None and here is None:
        return _anywhere(uow, about, to, unheard)
    partner, account = (named.partner, named.account) if named else (here, None)
    return _of(uow, partner, account, about, to, unheard)


def open_in_thread(uow: UnitOfWork, channel: str, thread_ts: str) -> Risk | None:
    """The open risk that stands on this thread."""
    its = select(Risk).where(Risk.channel == channel, Risk.thread_ts == thread_ts, col(Risk.closed_at).is_(None))
    return uow.session.exec(its).first()


def of_thread(uow: UnitOfWork, channel: str, thread_ts: str | None, about: str, *, actor: str) -> Risk | Message | None:
    """The open risk that stands on this thread, else the message in it that says most of what it is `about`, else its
    first. None without a thread, and when nothing of it was read."""
    if not thread_ts:
        return None
    risk = open_in_thread(uow, channel, thread_ts)
    if risk is not None:
        return risk
    in_it = or_(Message.ts == thread_ts, Message.thread_ts == thread_ts)
    statement = select(Message).where(Message.channel == channel, in_it, Message.text != "", col(Message.is_speech))
    read = uow.session.exec(statement.order_by(col(Message.ts))).all()
    # What the asker says to PartnerDesk is no evidence.
    said = [each for each in read if not (each.author == actor and each.text.startswith("<@"))]
    wanted = content_words(about)
    return max(said, key=lambda message: len(wanted & content_words(message.text)), default=None)


@dataclass(frozen=True, slots=True)
class _Unheard:
    """What no message says (it came by phone): `what` in the asker's words, "" when they said nothing of it."""

    what: str
    to: str
    actor: str

    def request(self, uow: UnitOfWork, partner: Partner | None, account: Account | None) -> tuple[str, str] | None:
        """(a request that sends those words to the person, its label); None without words."""
        if not self.what:
            return None
        asked = f"handoff {self.what} to"
        person = asked_person.find(uow, self.to, partner, account, actor=self.actor, asked=asked)
        return f"{asked} <@{person.slack_id}>", f"Send it to {person.display_name} as a request"

    def refused(self, uow: UnitOfWork, nothing: str, partner: Partner | None, account: Account | None) -> Refused:
        """That there is no risk, how to make one, and the way without."""
        offered = self.request(uow, partner, account)
        if offered is None:
            return Refused(f"{nothing} {_FLAG}")
        request, label = offered
        return Choice(
            f"{nothing} {_FLAG} If no message shows it, send it in your own words:", [request], labels=[label]
        )


def _of(
    uow: UnitOfWork, partner: Partner | None, account: Account | None, about: str, to: str, unheard: _Unheard
) -> Risk:
    """One of the open risks of a partner or account."""
    name = partner.name if partner else account.name if account else ""
    open_ones = _open(uow, partner, account)
    if not open_ones:
        raise unheard.refused(uow, f"{name} has no open risk.", partner, account)
    if not content_words(about):
        return _one(uow, open_ones, to)
    fitting = _fitting(uow, open_ones, about)
    if fitting:
        return _one(uow, fitting, to)
    question = f"None of the open risks with {name} mentions “{about}”. Which one do you mean?"
    raise _which(uow, question, open_ones, to, unheard.request(uow, partner, account))


def _anywhere(uow: UnitOfWork, about: str, to: str, unheard: _Unheard) -> Risk:
    """Where nothing says which partner: the one risk that holds all the words and shares them with no other partner's,
    else the question which partner."""
    open_ones = _open(uow, None, None)
    if not open_ones:
        raise unheard.refused(uow, "No risk is open.", None, None)
    fitting, wanted = _fitting(uow, open_ones, about), content_words(about)
    if len(fitting) == 1 and wanted:
        quotes = quotes_of(uow, SubjectKind.RISK, [row_id(risk) for risk in open_ones])
        said = {row_id(risk): wanted & content_words(" ".join(quotes[row_id(risk)])) for risk in open_ones}
        strangers = [risk for risk in open_ones if said[row_id(risk)] and risk.partner_id != fitting[0].partner_id]
        if said[row_id(fitting[0])] == wanted and not strangers:
            return fitting[0]
    partners = (uow.get(Partner, number) for number in dict.fromkeys(risk.partner_id for risk in open_ones))
    names = sorted(partner.name for partner in partners if partner is not None)
    if not names:
        raise _which(uow, "Which risk do you mean?", open_ones, to)
    asked = [f"escalate {about} with {_quoted(name)} to {_whom(to)}" for name in names]
    raise Choice("Which partner is it about?", [" ".join(each.split()) for each in asked], labels=names)


def _open(uow: UnitOfWork, partner: Partner | None, account: Account | None) -> list[Risk]:
    """The open risks of either, or all of them, the oldest first."""
    statement = select(Risk).where(col(Risk.closed_at).is_(None))
    if partner is not None or account is not None:
        of = [col(Risk.partner_id) == partner.id] if partner else []
        of += [col(Risk.account_id) == account.id] if account else []
        statement = statement.where(or_(*of))
    return list(uow.session.exec(statement.order_by(col(Risk.id))).all())


def _fitting(uow: UnitOfWork, open_ones: Sequence[Risk], about: str) -> list[Risk]:
    """Those whose quotes hold most of the words."""
    words = content_words(about)
    quotes = quotes_of(uow, SubjectKind.RISK, [row_id(risk) for risk in open_ones])
    scores = {row_id(risk): len(words & content_words(" ".join(quotes[row_id(risk)]))) for risk in open_ones}
    best = max(scores.values(), default=0)
    return [risk for risk in open_ones if best and scores[row_id(risk)] == best]


def _one(uow: UnitOfWork, fitting: Sequence[Risk], to: str) -> Risk:
    if len(fitting) > 1:
        raise _which(uow, "More than one open risk fits. Which one?", fitting, to)
    return fitting[0]


def _which(
    uow: UnitOfWork, question: str, risks: Sequence[Risk], to: str, none: tuple[str, str] | None = None
) -> Choice:
    """`none` is the request, and its label, that stands for none of the risks."""
    asked = [(f"escalate #{row_id(risk)} to {_whom(to)}", _labelled(uow, risk)) for risk in risks]
    asked += [none] if none else []
    return Choice(question, [request for request, _ in asked], labels=[label for _, label in asked])


def _labelled(uow: UnitOfWork, risk: Risk) -> str:
    """ "#12 The cutover has slipped…"."""
    [quote] = quotes_of(uow, SubjectKind.RISK, [row_id(risk)])[row_id(risk)][:1] or [risk.category]
    return f"#{row_id(risk)} {quote or risk.category}"


def _whom(to: str) -> str:
    return f"<@{to}>" if is_user_id(to) else to


def _quoted(name: str) -> str:
    return '"' + name.replace('"', "'") + '"'
