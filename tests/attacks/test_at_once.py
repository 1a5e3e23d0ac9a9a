"""Two processes do it at the same moment: one effect, nothing lost, nobody stuck."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import timedelta
from typing import TypeVar

import pytest

from bot.compose import compose
from bot.desk import approvals, commitments, digests, escalations, handling, handoffs, hints, proposals, risks
from bot.desk.evidence import message_deleted
from bot.desk.threads import Sighting, sight
from bot.errors import Refused
from models import outbox
from models.base import row_id
from models.delivery import Delivery
from models.escalations import Escalation, Handoff, Proposal
from models.events import Event
from models.messages import Message
from models.partners import Channel, Partner
from models.risks import Commitment, CommitmentDate, Evidence, Hint, Lesson, Risk
from models.store import Store, UnitOfWork
from tests.desk.world import HOME, JOINT, START, Scripted, World, build

T = TypeVar("T")
SECOND_CHANNEL = "C0JOINT2"


@pytest.fixture
def world(store: Store) -> World:
    return build(store)


@pytest.fixture
def other(database: str, store: Store) -> Iterator[Store]:
    """The same database as a second process sees it."""
    assert store.url == database
    opened = Store(database)
    yield opened
    opened.dispose()


def beside(other: Store, uow: UnitOfWork, second: Callable[[UnitOfWork], T]) -> Future[T]:
    """Begin `second` in another process while `uow` has not been committed, and give it time to get where it can."""
    assert uow.session.in_transaction()
    begun = threading.Event()

    def work() -> T:
        begun.set()
        with other.write(HOME) as its:
            return second(its)

    pool = ThreadPoolExecutor(1)
    future = pool.submit(work)
    pool.shutdown(wait=False)
    begun.wait(5)
    threading.Event().wait(0.1)
    return future


def one_risk(world: World) -> int:
    _, result = world.say("[risk delay] the cutover slips by two weeks")
    return result.risks[0]


def moves(world: World, kind: str, row: int, to_state: str) -> list[Event]:
    with world.store.read(HOME) as uow:
        return [*uow.list(Event, subject_kind=kind, subject_id=row, to_state=to_state)]


Settle = Callable[..., object]


@pytest.mark.parametrize(
    ("first", "second", "state"),
    [
        (risks.acknowledge, risks.acknowledge, "confirmed"),
        (risks.dismiss, risks.resolve, "dismissed"),
        (risks.resolve, risks.acknowledge, "mitigated"),
    ],
)
def test_two_clicks_on_one_risk_are_one_effect(
    world: World, other: Store, first: Settle, second: Settle, state: str
) -> None:
    risk = one_risk(world)
    now, policy = world.clock.now(), world.policy
    with world.store.write(HOME) as uow:
        first(uow, risk, actor="U0PM", now=now, policy=policy)
        late = beside(other, uow, lambda its: second(its, risk, actor="U0SM", now=now, policy=policy))
    with pytest.raises(Refused, match="already"):
        late.result(10)
    with world.store.read(HOME) as uow:
        assert [row.state for row in uow.list(Risk)] == [state]
    assert [event.actor for event in moves(world, "risk", risk, state)] == ["U0PM"]


def test_a_proposal_is_carried_out_once(world: World, other: Store) -> None:
    first, _ = world.say("[risk delay] the cutover slips by two weeks")
    _, result = world.say("All resolved now, we are back on track.", thread=first)
    [proposal] = result.proposals
    now, policy = world.clock.now(), world.policy
    with world.store.write(HOME) as uow:
        proposals.decline(uow, proposal, actor="U0PM", now=now, policy=policy)
        late = beside(other, uow, lambda its: approvals.approve(its, proposal, actor="U0SM", now=now, policy=policy))
    with pytest.raises(Refused, match="already declined"):
        late.result(10)
    with world.store.read(HOME) as uow:
        assert [row.state for row in uow.list(Proposal)] == ["declined"]
        assert [row.state for row in uow.list(Risk)] == ["detected"], "what was declined did not happen"


def test_a_request_is_confirmed_once(world: World, other: Store) -> None:
    params = {"risk_id": str(one_risk(world)), "to": "U0VP", "role": "vp"}
    now, policy = world.clock.now(), world.policy
    with world.store.write(HOME) as uow:
        asked = proposals.request(uow, kind="escalate", params=params, actor="U0PM", now=now, policy=policy)
        proposal = row_id(asked)
    with world.store.write(HOME) as uow:
        approvals.approve(uow, proposal, actor="U0PM", now=now, policy=policy)
        late = beside(other, uow, lambda its: approvals.approve(its, proposal, actor="U0PM", now=now, policy=policy))
    with pytest.raises(Refused, match="already, and it was done once"):
        late.result(10)
    with world.store.read(HOME) as uow:
        assert len(uow.list(Escalation, recipient="U0VP")) == 1


@pytest.mark.parametrize(
    ("first", "second", "state"), [(hints.take, hints.dismiss, "taken"), (hints.dismiss, hints.take, "dismissed")]
)
def test_what_is_worth_a_look_is_answered_once(
    world: World, other: Store, first: Settle, second: Settle, state: str
) -> None:
    _, result = world.say("[risk delay 0.6] the cutover may slip")
    [hint] = result.hints
    now, policy = world.clock.now(), world.policy
    with world.store.write(HOME) as uow:
        first(uow, hint, actor="U0PM", now=now, policy=policy)
        late = beside(other, uow, lambda its: second(its, hint, actor="U0SM", now=now, policy=policy))
        assert hints.expire(uow, now=now + timedelta(days=99), policy=policy) == 0
    with pytest.raises(Refused, match="already"):
        late.result(10)
    with world.store.read(HOME) as uow:
        assert [row.state for row in uow.list(Hint)] == [state]
        assert [lesson.by for lesson in uow.list(Lesson)] == ["U0PM"]
        assert len(uow.list(Risk)) == (state == "taken")


def test_a_hint_being_answered_does_not_hold_up_expiry(world: World, other: Store) -> None:
    _, result = world.say("[risk delay 0.6] the cutover may slip")
    [hint] = result.hints
    late, policy = world.clock.now() + timedelta(days=99), world.policy
    if world.store.engine.dialect.name == "sqlite":
        pytest.skip("one writer at a time")
    with world.store.write(HOME) as uow:
        hints.dismiss(uow, hint, actor="U0PM", now=late, policy=policy)
        expired = beside(other, uow, lambda its: hints.expire(its, now=late, policy=policy))
        assert expired.result(10) == 0


def test_expiry_waits_for_nobody_who_deletes_the_message(world: World, other: Store) -> None:
    """Who deletes it has its words and wants the hint next; expiry has the hint and wants the words."""
    ts, _ = world.say("[risk delay 0.6] the cutover may slip")
    late, policy = world.clock.now() + timedelta(days=99), world.policy
    if world.store.engine.dialect.name == "sqlite":
        pytest.skip("one writer at a time")
    with world.store.write(HOME) as uow:
        message = uow.find(Message, channel=JOINT, ts=ts)
        assert message is not None
        changed = message_deleted(uow, message, late)
        uow.session.flush()
        expired = beside(other, uow, lambda its: hints.expire(its, now=late, policy=policy))
        assert expired.result(10) == 1
        assert hints.withdraw(uow, changed, now=late) == []
    with world.store.read(HOME) as uow:
        assert [(row.quote, row.state) for row in uow.list(Evidence)] == [("", "deleted")]


def test_a_handoff_is_accepted_by_one(world: World, other: Store) -> None:
    _, result = world.say("[referral] Initech asked who could help them")
    [handoff] = result.handoffs
    now, policy = world.clock.now(), world.policy
    with world.store.write(HOME) as uow:
        handling.accept(uow, handoff, actor="U0AE", now=now, policy=policy)
        late = beside(other, uow, lambda its: handling.accept(its, handoff, actor="U0PM", now=now, policy=policy))
    with pytest.raises(Refused, match="already accepted, by Alex Eng"):
        late.result(10)
    with world.store.read(HOME) as uow:
        assert [row.assignee for row in uow.list(Handoff)] == ["U0AE"]


def test_a_handoff_taken_on_while_its_risk_is_dismissed_waits_and_is_told(world: World, other: Store) -> None:
    """Both change the risk and the handoff: taken in different orders they would wait for each other for ever."""
    _, result = world.say("[technical] the API answers 500 to every call")
    risk = result.risks[0]
    with world.store.read(HOME) as uow:
        handoff = row_id(uow.list(Handoff)[0])
    now, policy = world.clock.now(), world.policy
    with world.store.write(HOME) as uow:
        risks.dismiss(uow, risk, actor="U0PM", now=now, policy=policy)
        late = beside(other, uow, lambda its: handling.accept(its, handoff, actor="U0SA", now=now, policy=policy))
    with pytest.raises(Refused, match="already cancelled"):
        late.result(10)
    with world.store.write(HOME) as uow:
        assert [row.state for row in uow.list(Risk)] == ["dismissed"]


def test_a_promise_is_kept_once(world: World, other: Store) -> None:
    _, result = world.say("[commitment] we will send the plan")
    [promise] = result.commitments
    now, policy = world.clock.now(), world.policy
    with world.store.write(HOME) as uow:
        commitments.keep(uow, promise, actor="U0PM", now=now, policy=policy)
        late = beside(other, uow, lambda its: commitments.keep(its, promise, actor="U0SM", now=now, policy=policy))
    with pytest.raises(Refused, match="closed already"):
        late.result(10)
    assert len(moves(world, "commitment", promise, "kept")) == 1


@pytest.mark.parametrize("channels", [[JOINT], [JOINT, SECOND_CHANNEL]])
def test_what_many_say_at_once_is_one_risk_with_every_quote(world: World, other: Store, channels: list[str]) -> None:
    with world.store.write(HOME) as uow:
        partner, joint = uow.list(Partner)[0], uow.list(Channel, slack_id=JOINT)[0]
        uow.add(
            Channel(
                workspace_id=HOME,
                slack_id=SECOND_CHANNEL,
                partner_id=partner.id,
                account_id=joint.account_id,
                watched=True,
            )  # fmt: skip
        )
    stores, count, together = [world.store, other], 8, threading.Barrier(8)

    def hear(number: int) -> None:
        seen = Sighting(
            channel=channels[number % len(channels)], ts=f"{START.timestamp() + number:.6f}", thread_ts=None,
            author="U0PARTNER", author_team="", text="[risk delay] the data migration cutover slips again",
        )  # fmt: skip
        together.wait(5)
        sight(stores[number % 2], Scripted(), HOME, seen, now=START, policy=world.policy)

    with ThreadPoolExecutor(count) as pool:
        for done in [pool.submit(hear, number) for number in range(count)]:
            done.result(20)
    with world.store.read(HOME) as uow:
        [risk] = uow.list(Risk)
        assert risk.times_seen == count
        assert len(uow.list(Evidence, subject_kind="risk")) == count
        assert len(uow.list(Escalation, recipient="U0SM")) == 1


def test_a_promise_given_new_dates_at_once_keeps_them_all(world: World, other: Store) -> None:
    root, result = world.say("[commitment] we will send the signed migration plan")
    stores, together = [world.store, other], threading.Barrier(4)

    def again(number: int) -> None:
        seen = Sighting(
            channel=JOINT, ts=f"{START.timestamp() + 50 + number:.6f}", thread_ts=root, author="U0PARTNER",
            author_team="", text="[commitment] we will send the signed migration plan",
        )  # fmt: skip
        together.wait(5)
        sight(stores[number % 2], Scripted(), HOME, seen, now=START, policy=world.policy)

    with ThreadPoolExecutor(4) as pool:
        for done in [pool.submit(again, number) for number in range(4)]:
            done.result(20)
    with world.store.read(HOME) as uow:
        assert [row.id for row in uow.list(Commitment)] == [*result.commitments]
        assert not uow.list(CommitmentDate)
        assert len(uow.list(Evidence, subject_kind="commitment")) == 5


def test_what_is_said_again_while_it_is_resolved_is_not_lost(world: World, other: Store) -> None:
    """It is the closed one's last word or a new risk; never words hung on something closed that nobody looks at."""
    root, result = world.say("[risk delay] the cutover slips by two weeks")
    now, policy = world.clock.now(), world.policy
    seen = Sighting(
        channel=JOINT, ts=f"{START.timestamp() + 90:.6f}", thread_ts=root, author="U0PARTNER", author_team="",
        text="[risk delay] the cutover slips again",
    )  # fmt: skip
    with world.store.write(HOME) as uow, ThreadPoolExecutor(1) as pool:
        risks.resolve(uow, result.risks[0], actor="U0PM", now=now, policy=policy)
        late = pool.submit(sight, other, Scripted(), HOME, seen, now=now, policy=policy)
        threading.Event().wait(0.1)
        uow.session.commit()
        assert late.result(20).risks != result.risks
    with world.store.read(HOME) as uow:
        assert [row.state for row in uow.list(Risk)] == ["mitigated", "detected"]


def test_two_pulses_climb_once(world: World, other: Store) -> None:
    one_risk(world)
    _deliver(world)
    world.pass_time(days=1)
    now, policy = world.clock.now(), world.policy
    with world.store.write(HOME) as uow:
        assert escalations.fire_due(uow, now=now, policy=policy) == 1
        late = beside(other, uow, lambda its: escalations.fire_due(its, now=now, policy=policy))
    assert late.result(10) == 0
    with world.store.read(HOME) as uow:
        assert [row.recipient for row in uow.list(Escalation, level=1)] == ["U0VP"]


def test_a_click_during_the_pulse_is_either_before_or_after_it(world: World, other: Store) -> None:
    """The pulse has the escalation and wants the risk, the click has the risk and wants the escalation."""
    risk = one_risk(world)
    _deliver(world)
    world.pass_time(days=1)
    now, policy = world.clock.now(), world.policy
    with world.store.write(HOME) as uow:
        risks.acknowledge(uow, risk, actor="U0SM", now=now, policy=policy)
        late = beside(other, uow, lambda its: escalations.fire_due(its, now=now, policy=policy))
    late.result(10)
    with world.store.read(HOME) as uow:
        assert not uow.list(Escalation, level=1), "acknowledged, it does not climb"
        assert [row.state for row in uow.list(Escalation, recipient="U0SM")] == ["acked"]


def test_pulses_and_clicks_all_over_each_other_end_well(world: World, other: Store) -> None:
    topics = ("cutover", "firewall", "training", "invoice", "warehouse", "payroll", "firmware", "contract")
    ids = [world.say(f"[risk delay] the {topic} slips")[1].risks[0] for topic in topics]
    assert len({*ids}) == len(topics)
    _deliver(world)
    world.pass_time(days=1)
    now, policy = world.clock.now(), world.policy
    together = threading.Barrier(3)

    def pulse(store: Store) -> None:
        together.wait(5)
        for use_case in (escalations.fire_due, handoffs.fire_due, digests.plan_due):
            with store.write(HOME) as uow:
                use_case(uow, now=now, policy=policy)

    def click() -> None:
        together.wait(5)
        for risk in reversed(ids):
            with other.write(HOME) as uow:
                risks.resolve(uow, risk, actor="U0SM", now=now, policy=policy)

    with ThreadPoolExecutor(3) as pool:
        for done in [pool.submit(pulse, world.store), pool.submit(pulse, other), pool.submit(click)]:
            done.result(30)
    with world.store.write(HOME) as uow:
        assert {row.state for row in uow.list(Risk)} == {"mitigated"}
        assert {row.state for row in uow.list(Escalation)} == {"resolved"}, "what a pulse raised meanwhile is settled"
        assert escalations.fire_due(uow, now=now + timedelta(days=2), policy=policy) == 0


def test_a_card_sent_during_a_click_is_not_left_as_it_was(world: World, other: Store) -> None:
    """The click sees a card that waits; the sender composes it before the click is committed."""
    risk = one_risk(world)
    now, policy = world.clock.now(), world.policy

    def send(its: UnitOfWork) -> list[tuple[int, bool]]:
        claims = outbox.claim(its.session, now=now, machine_now=now, lease=timedelta(minutes=1), limit=10)
        made = [(claim.delivery, compose(its, claim.delivery, now=now, policy=policy)) for claim in claims]
        return [(delivery.id or 0, "risk_resolve" in str(card and card.blocks)) for delivery, card in made]

    with world.store.write(HOME) as uow:
        risks.resolve(uow, risk, actor="U0PM", now=now, policy=policy)
        late = beside(other, uow, send)
    sent = late.result(10)
    with world.store.read(HOME) as uow:
        edited = {row.updates for row in uow.list(Delivery) if row.updates is not None}
    assert all(delivery in edited for delivery, old in sent if old), "posted with its buttons, and no edit to come"


def test_a_card_delivered_while_it_is_settled_starts_no_clock(world: World, other: Store) -> None:
    risk = one_risk(world)
    now, policy = world.clock.now(), world.policy
    with world.store.read(HOME) as uow:
        card = next(row for row in uow.list(Delivery, card="escalation") if row.target == "U0SM")

    def settle(its: UnitOfWork) -> None:
        escalations.delivered(its, card, now=now, policy=policy)

    with world.store.write(HOME) as uow:
        risks.resolve(uow, risk, actor="U0PM", now=now, policy=policy)
        late = beside(other, uow, settle)
    late.result(10)
    with world.store.read(HOME) as uow:
        [row] = uow.list(Escalation, recipient="U0SM")
        assert (row.state, row.due_at) == ("resolved", None)


def _deliver(world: World) -> None:
    """As the outbox does when everything queued was posted."""
    with world.store.write(HOME) as uow:
        for delivery in uow.list(Delivery, state="pending"):
            escalations.delivered(uow, delivery, now=world.clock.now(), policy=world.policy)
