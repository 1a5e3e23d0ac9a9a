"""The escalation map and its clocks, on both databases."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from bot.desk import approvals, escalations, handling, handoffs, proposals, risks, threads
from bot.errors import Refused
from models.delivery import Delivery, DeliveryState
from models.escalations import Escalation, Handoff, Proposal
from models.events import Event
from models.risks import Commitment, Evidence, Risk
from models.store import Store
from tests.desk.world import HOME, World, build


@pytest.fixture
def world(store: Store) -> World:
    return build(store)


def post_everything(world: World) -> None:
    """What the outbox does when Slack accepts every message."""
    with world.store.write(HOME) as uow:
        for row in uow.list(Delivery, state=DeliveryState.PENDING):
            if row.not_before <= world.clock.now():
                row.state, row.sent_at, row.ts = DeliveryState.SENT, world.clock.now(), f"{row.id}.0"
                escalations.delivered(uow, row, now=world.clock.now(), policy=world.policy)


def fire(world: World) -> int:
    with world.store.write(HOME) as uow:
        return escalations.fire_due(uow, now=world.clock.now(), policy=world.policy)


def targets(world: World, card: str = "escalation") -> list[str]:
    return sorted(row.target for row in world.deliveries(card) if row.updates is None)


def test_a_risk_goes_to_the_senior_manager_at_once_and_the_account_executive_is_informed(world: World) -> None:
    ts, result = world.say("Morning all\n[risk delay] the cutover slips to the 26th")
    assert len(result.risks) == 1
    assert targets(world) == ["C0ALERTS", "U0AE", "U0SM"]
    with world.store.read(HOME) as uow:
        risk, evidence = uow.list(Risk)[0], uow.list(Evidence)[0]
        rows = {row.recipient: row for row in uow.list(Escalation)}
        assert (risk.state, risk.category, evidence.quote) == ("detected", "delay", "the cutover slips to the 26th")
        assert evidence.permalink == f"https://contoso.slack.com/archives/C0JOINT/p{ts.replace('.', '')}"
        assert not rows["U0SM"].informs
        assert rows["U0AE"].informs
        shown = escalations.view(uow, rows["U0SM"].id or 0, now=world.clock.now(), policy=world.policy)
        assert shown is not None
        assert [deal.external_id for deal in shown.risk.deals] == ["OPP-1"]
        assert shown.climbs_to is not None
        assert shown.climbs_to.name == "Vera Petit"


def test_a_relationship_risk_goes_to_both_managers_at_once(world: World) -> None:
    world.say("[relationship] we have lost trust in this programme")
    assert targets(world) == ["C0ALERTS", "U0PM", "U0SM"]


@pytest.mark.parametrize("kind", ["scope", "misalignment", "watch"])
def test_what_is_unclear_waits_a_day_and_only_then_reaches_the_senior_manager(world: World, kind: str) -> None:
    world.say(f"[{kind}] nobody has said who owns the SSO change")
    assert targets(world) == []
    with world.store.read(HOME) as uow:
        due = {row.recipient: row.due_at for row in uow.list(Escalation)}
    assert due["U0PM"] is None  # the digest
    assert due["U0SM"] == world.clock.now() + timedelta(hours=24)
    world.pass_time(hours=23, minutes=59)
    assert fire(world) == 0
    world.pass_time(minutes=1)
    assert fire(world) == 1
    assert targets(world) == ["U0SM"]


def test_a_day_that_ends_on_a_saturday_waits_for_monday_morning(world: World) -> None:
    world.clock.set(datetime(2026, 3, 13, 20, 0, tzinfo=UTC))  # Friday 16:00 in New York
    world.say("[scope] reporting was never in the order form")
    with world.store.read(HOME) as uow:
        [due] = [row.due_at for row in uow.list(Escalation) if row.recipient == "U0SM"]
    assert due == datetime(2026, 3, 16, 13, 0, tzinfo=UTC)


def test_it_does_not_go_up_when_it_was_resolved_in_time(world: World) -> None:
    _, found = world.say("[scope] reporting was never in the order form")
    with world.store.write(HOME) as uow:
        risks.resolve(uow, found.risks[0], actor="U0PM", now=world.clock.now(), policy=world.policy)
    world.pass_time(hours=30)
    fire(world)
    assert targets(world) == []


def test_unacknowledged_it_climbs_in_working_hours_and_no_higher_than_the_line(world: World) -> None:
    world.say("[risk blocked] we cannot go on without the firewall rule")
    post_everything(world)
    world.pass_time(hours=3, minutes=59)
    assert fire(world) == 0
    world.pass_time(minutes=1)
    assert fire(world) == 1
    assert targets(world) == ["C0ALERTS", "U0AE", "U0SM", "U0VP"]
    with world.store.read(HOME) as uow:
        states = {row.recipient: (row.state, row.reason) for row in uow.list(Escalation)}
    assert states["U0SM"][0] == "climbed"
    assert states["U0VP"] == ("open", "Sam Ortiz has not acknowledged it in 4 working hours")
    post_everything(world)
    world.pass_time(days=3)
    fire(world)
    assert targets(world) == ["C0ALERTS", "U0AE", "U0SM", "U0VP"]


def test_acknowledged_it_does_not_climb_and_every_card_is_edited(world: World) -> None:
    _, found = world.say("[risk delay] the cutover slips")
    post_everything(world)
    with world.store.write(HOME) as uow:
        risks.acknowledge(uow, found.risks[0], actor="U0SM", now=world.clock.now(), policy=world.policy)
    edited = sorted(row.target for row in world.deliveries("escalation") if row.updates is not None)
    assert edited == ["C0ALERTS", "U0AE", "U0SM"]
    world.pass_time(days=2)
    assert fire(world) == 0
    with world.store.write(HOME) as uow, pytest.raises(Refused, match="already acknowledged, by Sam Ortiz"):
        risks.acknowledge(uow, found.risks[0], actor="U0PM", now=world.clock.now(), policy=world.policy)


def test_snoozed_it_comes_back_and_then_climbs(world: World) -> None:
    _, found = world.say("[risk delay] the cutover slips")
    post_everything(world)
    with world.store.write(HOME) as uow:
        risks.snooze(uow, found.risks[0], hours=24, actor="U0SM", now=world.clock.now(), policy=world.policy)
    world.pass_time(hours=23)
    assert fire(world) == 0
    world.pass_time(hours=1)
    assert fire(world) == 1
    assert targets(world) == ["C0ALERTS", "U0AE", "U0SM", "U0SM"]
    post_everything(world)
    world.pass_time(hours=4)
    fire(world)
    assert "U0VP" in targets(world)


def test_handed_off_the_named_person_gets_it_and_the_giver_is_done(world: World) -> None:
    _, found = world.say("[risk delay] the cutover slips")
    post_everything(world)
    with world.store.write(HOME) as uow:
        risks.hand_off(uow, found.risks[0], to="U0NEW", actor="U0SM", now=world.clock.now(), policy=world.policy)
    assert "U0NEW" in targets(world)
    with world.store.write(HOME) as uow:
        view = risks.resolve(uow, found.risks[0], actor="U0NEW", now=world.clock.now(), policy=world.policy)
    assert view.state == "mitigated"


@pytest.mark.parametrize("actor", ["U0PARTNER", "U0GHOST"])
def test_nobody_from_outside_can_settle(world: World, actor: str) -> None:
    _, found = world.say("[risk delay] the cutover slips")
    for act in (risks.acknowledge, risks.resolve, risks.dismiss):
        with world.store.write(HOME) as uow, pytest.raises(Refused, match="workspace I am installed in"):
            act(uow, found.risks[0], actor=actor, now=world.clock.now(), policy=world.policy)
    with world.store.read(HOME) as uow:
        assert uow.list(Risk)[0].state == "detected"


def test_a_colleague_it_did_not_go_to_cannot_settle_it(world: World) -> None:
    _, found = world.say("[risk delay] the cutover slips")
    with world.store.write(HOME) as uow, pytest.raises(Refused, match="only the people it went to"):
        risks.resolve(uow, found.risks[0], actor="U0NEW", now=world.clock.now(), policy=world.policy)


def test_a_card_that_cannot_be_delivered_goes_to_the_next_manager(world: World) -> None:
    world.say("[risk delay] the cutover slips")
    with world.store.write(HOME) as uow:
        [row] = [row for row in uow.list(Delivery) if row.target == "U0SM"]
        escalations.delivery_failed(uow, row, now=world.clock.now(), policy=world.policy)
    with world.store.read(HOME) as uow:
        states = {row.recipient: row.state for row in uow.list(Escalation)}
    assert states["U0SM"] == "send_failed"
    assert states["U0VP"] == "open"


@pytest.mark.parametrize(("kind", "to"), [("technical", "U0SA"), ("referral", "U0AE"), ("sow", "U0PS")])
def test_work_for_another_role_is_handed_over_with_its_words(world: World, kind: str, to: str) -> None:
    world.say(f"[{kind}] the connector drops every third record")
    assert targets(world, "handoff") == [to]
    with world.store.read(HOME) as uow:
        handoff = uow.list(Handoff)[0]
        shown = handoffs.view(uow, handoff.id or 0)
        assert shown is not None
        assert shown.evidence[0].quote == "the connector drops every third record"
    with world.store.write(HOME) as uow:
        handling.accept(uow, handoff.id or 0, actor=to, now=world.clock.now(), policy=world.policy)
    with world.store.write(HOME) as uow, pytest.raises(Refused, match="already accepted"):
        handling.accept(uow, handoff.id or 0, actor=to, now=world.clock.now(), policy=world.policy)


def test_a_handoff_nobody_accepts_reaches_the_partner_manager_once(world: World) -> None:
    world.say("[sow] this needs a change order")
    for _ in range(3):
        world.pass_time(hours=30)
        with world.store.write(HOME) as uow:
            handoffs.fire_due(uow, now=world.clock.now(), policy=world.policy)
    assert targets(world, "handoff") == ["U0PM", "U0PS"]


def test_said_again_is_one_risk_with_two_quotes_and_no_second_message(world: World) -> None:
    first, found = world.say("[risk delay] the data migration cutover slips")
    post_everything(world)
    _, again = world.say("[risk missed] still no migration cutover, the date has passed", thread=first)
    assert again.risks == found.risks
    assert targets(world) == ["C0ALERTS", "U0AE", "U0SM"]
    with world.store.read(HOME) as uow:
        risk = uow.list(Risk)[0]
        assert (risk.times_seen, risk.category, len(uow.list(Evidence))) == (2, "missed", 2)
    _, third = world.say("[risk delay] the badge readers for the warehouse arrive late")
    assert len(third.risks) == 1
    assert third.risks != found.risks


def test_a_dismissed_sentence_is_not_raised_again(world: World) -> None:
    _, found = world.say("[risk delay] the cutover slips")
    with world.store.write(HOME) as uow:
        risks.dismiss(uow, found.risks[0], actor="U0SM", now=world.clock.now(), policy=world.policy)
    _, again = world.say("[risk delay] the cutover slips")
    assert again.risks == ()


def test_done_proposes_closing_and_a_person_closes(world: World) -> None:
    thread, found = world.say("[risk blocked] we cannot go on without the firewall rule")
    _, done = world.say("That is resolved, thanks everyone.", by="U0PARTNER", thread=thread)
    assert len(done.proposals) == 1
    assert targets(world, "proposal") == ["U0PM"]
    with world.store.read(HOME) as uow:
        assert uow.list(Risk)[0].closed_at is None
    _, twice = world.say("It is resolved now.", thread=thread)
    assert twice.proposals == ()
    with world.store.write(HOME) as uow:
        approvals.approve(uow, done.proposals[0], actor="U0PM", now=world.clock.now(), policy=world.policy)
    with world.store.write(HOME) as uow, pytest.raises(Refused, match="already approved by Dana Park"):
        approvals.approve(uow, done.proposals[0], actor="U0PM", now=world.clock.now(), policy=world.policy)
    with world.store.read(HOME) as uow:
        assert uow.list(Risk)[0].state == "mitigated"
        assert uow.list(Proposal)[0].state == "approved"
        assert [e.to_state for e in uow.list(Event, subject_kind="risk", subject_id=found.risks[0])][-1] == "mitigated"


def test_every_state_change_left_an_event(world: World) -> None:
    _, found = world.say("[risk delay] the cutover slips")
    post_everything(world)
    with world.store.write(HOME) as uow:
        risks.acknowledge(uow, found.risks[0], actor="U0SM", now=world.clock.now(), policy=world.policy)
        risks.resolve(uow, found.risks[0], actor="U0SM", now=world.clock.now(), policy=world.policy)
    with world.store.read(HOME) as uow:
        trail = [(e.from_state, e.to_state, e.actor) for e in uow.list(Event, subject_kind="risk")]
    assert trail == [
        ("", "detected", "partnerdesk"),
        ("detected", "confirmed", "U0SM"),
        ("confirmed", "mitigated", "U0SM"),
    ]


def test_old_news_found_by_rereading_goes_to_the_digest_only(world: World) -> None:
    old = f"{world.clock.now().timestamp() - 10 * 86_400:.6f}"
    world.say("[risk delay] the cutover slips", ts=old, live=False)
    assert targets(world) == []
    with world.store.read(HOME) as uow:
        assert [(row.recipient, row.via, row.due_at) for row in uow.list(Escalation)] == [("U0PM", "digest", None)]
    world.say("[risk delay] the warehouse badges arrive late", live=False)
    assert targets(world) == ["C0ALERTS", "U0AE", "U0SM"]


def test_sent_proposes_that_the_promise_was_kept(world: World) -> None:
    thread, _ = world.say("[commitment] we send the mapping file by Friday")
    _, sent = world.say("The mapping file has been delivered.", thread=thread)
    assert targets(world, "proposal") == ["U0PM"]
    with world.store.write(HOME) as uow:
        approvals.approve(uow, sent.proposals[0], actor="U0PM", now=world.clock.now(), policy=world.policy)
    with world.store.read(HOME) as uow:
        assert [(row.state, row.closed_at is not None) for row in uow.list(Commitment)] == [("kept", True)]


def test_a_done_technical_handoff_closes_its_risk(world: World) -> None:
    world.say("[technical] the connector drops every third record")
    with world.store.write(HOME) as uow:
        handling.accept(uow, 1, actor="U0SA", now=world.clock.now(), policy=world.policy)
    with world.store.read(HOME) as uow:
        assert (uow.list(Risk)[0].held_by, uow.list(Risk)[0].state) == ("U0SA", "confirmed")
    with world.store.write(HOME) as uow:
        handling.done(uow, 1, actor="U0SA", now=world.clock.now(), policy=world.policy)
    with world.store.read(HOME) as uow:
        assert uow.list(Risk)[0].state == "mitigated"


def test_deleted_words_cannot_be_handed_over(world: World) -> None:
    ts, found = world.say("[risk delay] the cutover slips")
    threads.deleted(world.store, HOME, "C0JOINT", ts, now=world.clock.now())
    with world.store.write(HOME) as uow, pytest.raises(Refused, match="no words left"):
        risks.hand_off(uow, found.risks[0], to="U0NEW", actor="U0SM", now=world.clock.now(), policy=world.policy)


def test_whoever_it_was_handed_to_can_acknowledge_it_too(world: World) -> None:
    _, found = world.say("[risk delay] the cutover slips")
    post_everything(world)
    with world.store.write(HOME) as uow:
        risks.hand_off(uow, found.risks[0], to="U0NEW", actor="U0SM", now=world.clock.now(), policy=world.policy)
    post_everything(world)
    with world.store.write(HOME) as uow:
        view = risks.acknowledge(uow, found.risks[0], actor="U0NEW", now=world.clock.now(), policy=world.policy)
        assert view.held_by is not None
        assert view.held_by.name == "Nia Ewing"
    with world.store.write(HOME) as uow, pytest.raises(Refused, match="already acknowledged"):
        risks.acknowledge(uow, found.risks[0], actor="U0NEW", now=world.clock.now(), policy=world.policy)
    world.pass_time(days=3)
    assert fire(world) == 0


def test_a_question_about_what_was_closed_another_way_ends(world: World) -> None:
    thread, found = world.say("[risk blocked] we cannot go on without the firewall rule")
    _, done = world.say("That is resolved, thanks everyone.", thread=thread)
    post_everything(world)
    with world.store.write(HOME) as uow:
        risks.resolve(uow, found.risks[0], actor="U0SM", now=world.clock.now(), policy=world.policy)
    with world.store.read(HOME) as uow:
        shown = proposals.view(uow, done.proposals[0], now=world.clock.now())
        assert shown is not None
        assert shown.state == "expired"
    assert any(row.updates for row in world.deliveries("proposal"))
