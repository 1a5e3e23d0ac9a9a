"""Worth a look: what the reader is not sure of is listed in a digest, and a person says what it is."""

from __future__ import annotations

import pytest

from bot.desk import digest_view, digests, hints, retention, threads
from bot.desk.views import DigestView
from bot.errors import Refused
from models.base import Workspace, row_id
from models.delivery import Delivery
from models.escalations import Escalation, Handoff
from models.events import Event
from models.partners import Account, Channel, Partner, Person
from models.risks import Ask, Commitment, Evidence, Hint, Lesson, Risk
from models.store import Store
from tests.desk.world import HOME, JOINT, World, build

MAYBE = "[risk delay 0.62] the mapping might not make it"


@pytest.fixture
def world(store: Store) -> World:
    return build(store)


def the_hints(world: World) -> list[Hint]:
    with world.store.read(HOME) as uow:
        return [*uow.list(Hint)]


def digest(world: World) -> DigestView | None:
    with world.store.read(HOME) as uow:
        found = digests.live(uow, "U0PM", now=world.clock.now(), policy=world.policy)
        return found if digest_view.is_worth_sending(found) or found.hints else None


def take(world: World, number: int = 1, by: str = "U0PM") -> None:
    with world.store.write(HOME) as uow:
        hints.take(uow, number, actor=by, now=world.clock.now(), policy=world.policy)


def dismiss(world: World, number: int = 1, by: str = "U0PM") -> None:
    with world.store.write(HOME) as uow:
        hints.dismiss(uow, number, actor=by, now=world.clock.now(), policy=world.policy)


def another_partner(world: World, channel: str = "C0INITECH") -> str:
    with world.store.write(HOME) as uow:
        partner = uow.add(Partner(workspace_id=HOME, name="Initech", manager="U0PM"))
        uow.add(Channel(workspace_id=HOME, slack_id=channel, name="joint-initech", partner_id=partner.id, watched=True))
    return channel


@pytest.mark.parametrize(
    "kind", ["risk delay", "watch", "relationship", "scope", "technical", "referral", "sow", "commitment", "request"]
)
def test_what_is_not_sure_is_kept_for_the_digest_and_nothing_else_comes_of_it(world: World, kind: str) -> None:
    _, result = world.say(f"[{kind} 0.6] hmm, the mapping")
    assert len(result.hints) == 1
    assert (result.risks, result.commitments, result.asks, result.handoffs) == ((), (), (), ())
    with world.store.read(HOME) as uow:
        for table in (Risk, Commitment, Ask, Handoff, Escalation, Delivery):
            assert uow.list(table) == [], table
    shown = digest(world)
    assert shown is not None
    [hint] = shown.hints
    assert (hint.evidence[0].quote, hint.confidence, hint.weighed) == ("hmm, the mapping", 0.6, ("hmm,",))
    assert hint.evidence[0].permalink.startswith("https://contoso.slack.com/archives/C0JOINT/p")


def test_the_same_words_are_listed_once_until_they_are_old(world: World) -> None:
    world.say(MAYBE)
    world.say(MAYBE)
    assert len(the_hints(world)) == 1
    dismiss(world)
    world.pass_time(days=13)
    world.say(MAYBE)
    assert len(the_hints(world)) == 1, "answered a moment ago"
    world.pass_time(days=2)
    world.say(MAYBE)
    assert len(the_hints(world)) == 2, "demoted, but not unheard for ever"


def test_what_is_on_somebodys_desk_is_not_listed_too(world: World) -> None:
    ts, _ = world.say("[risk delay] the mapping of the vendors is late")
    world.say("[risk delay 0.6] the mapping of the vendors may stay late", thread=ts)
    world.say("[risk delay] the badge printer is broken\n[watch 0.6] the badge printer is broken")
    assert the_hints(world) == []
    world.say(
        "[commitment] we send the deck by Friday, probably\n[risk delay 0.6] we send the deck by Friday, probably"
    )
    assert [hint.kind for hint in the_hints(world)] == ["risk"], "a promise is one thing, the risk in it another"


@pytest.mark.parametrize("kind", ["referral", "sow"])
def test_what_somebody_was_asked_to_do_in_the_thread_is_not_listed_too(world: World, kind: str) -> None:
    root, _ = world.say(f"[{kind}] Initech asked who could help them")
    world.say(f"[{kind} 0.6] and their sister company might ask as well", thread=root)
    assert the_hints(world) == []
    world.say(f"[{kind} 0.6] somebody else asked too")
    assert [hint.kind for hint in the_hints(world)] == [kind], "another thread is another matter"


def test_what_nobody_could_take_on_is_listed_at_least(world: World) -> None:
    with world.store.write(HOME) as uow:
        [acme] = uow.list(Account)
        acme.owner = None
    words = "they asked us who could help, or the go-live slips"
    _, result = world.say(f"[referral] {words}\n[risk delay 0.6] {words}\n[sow 0.6] {words}")
    assert result.handoffs == ()
    assert [hint.kind for hint in the_hints(world)] == ["referral", "risk"]


def test_one_message_and_one_day_list_only_so_much(world: World) -> None:
    letters = "abcdefghij"
    many = "\n".join(f"[risk delay 0.{place + 50}] the {letter * 4} may slip" for place, letter in enumerate(letters))
    world.say(many)
    assert [hint.confidence for hint in the_hints(world)] == [0.59, 0.58, 0.57], "the likeliest of a message"
    for number in range(40):
        world.say(f"[risk delay 0.6] {chr(97 + number % 26) * (4 + number // 26)} may slip")
    assert len(the_hints(world)) == 20
    world.pass_time(days=1, seconds=60)
    world.say(MAYBE)
    assert len(the_hints(world)) == 21


def test_taking_one_escalates_it_as_if_the_reader_had_been_sure(world: World) -> None:
    world.say(MAYBE)
    take(world)
    with world.store.read(HOME) as uow:
        [risk] = uow.list(Risk)
        assert (risk.kind, risk.category, risk.state, risk.reader) == ("risk", "delay", "detected", "model")
        assert {(row.recipient, row.via) for row in uow.list(Escalation)} >= {("U0SM", "dm"), ("U0AE", "dm")}
        [said] = uow.list(Evidence, subject_kind="risk")
        assert said.quote == "the mapping might not make it"
        [lesson] = uow.list(Lesson)
        assert (lesson.is_one, lesson.confidence, lesson.by, lesson.category) == (True, 0.62, "U0PM", "delay")
        [hint] = uow.list(Hint)
        assert hint.state == "taken"
        assert uow.list(Event, subject_kind="hint")[-1].actor == "U0PM"
    assert [row.target for row in world.deliveries("escalation")] == ["U0SM", "U0AE", "C0ALERTS"]


@pytest.mark.parametrize(("kind", "assignee"), [("referral", "U0AE"), ("sow", "U0PS"), ("technical", "U0SA")])
def test_taking_one_hands_it_to_whom_a_sure_one_would_go(world: World, kind: str, assignee: str) -> None:
    world.say(f"[{kind} 0.6] there is something for your people here")
    take(world)
    with world.store.read(HOME) as uow:
        assert [row.assignee for row in uow.list(Handoff)] == [assignee]


@pytest.mark.parametrize(
    ("kind", "became"),
    [("risk delay", "risk #1"), ("commitment", "commitment #1"), ("request", "request #1"), ("sow", "handoff #1")],
)
def test_what_it_became_is_said_in_words_people_use(world: World, kind: str, became: str) -> None:
    world.say(f"[{kind} 0.6] could you send us the deck by Friday")
    take(world)
    with pytest.raises(Refused, match=f"already tracked as {became}, by Dana Park"):
        take(world)


def test_where_nobody_could_take_it_on_the_click_says_so_and_nothing_changed(world: World) -> None:
    with world.store.write(HOME) as uow:
        [acme] = uow.list(Account)
        acme.owner = None
    world.say("[referral 0.6] they asked us who could help them with payroll")
    with pytest.raises(Refused, match="names nobody who could take this on"):
        take(world)
    with world.store.read(HOME) as uow:
        assert (uow.list(Hint)[0].state, uow.list(Lesson)) == ("open", [])


def test_an_answer_counts_once(world: World) -> None:
    world.say(MAYBE)
    dismiss(world)
    for again in (take, dismiss):
        with pytest.raises(Refused, match="already closed, by Dana Park"):
            again(world)
    world.say("[risk delay 0.6] the rehearsal room may be gone")
    take(world, 2, by="U0SM")
    with pytest.raises(Refused, match="already tracked as risk #1, by Sam Ortiz"):
        dismiss(world, 2)
    with world.store.read(HOME) as uow:
        assert [lesson.is_one for lesson in uow.list(Lesson)] == [False, True]


@pytest.mark.parametrize("outsider", ["U0PARTNER", "U0GUEST", "U0NOBODY", "U0NEW", "U0SA", "U0AE"])
def test_only_the_partners_manager_and_those_who_run_partners_may_answer(world: World, outsider: str) -> None:
    with world.store.write(HOME) as uow:
        uow.add(Person(workspace_id=HOME, slack_id="U0GUEST", team_id=HOME, is_guest=True, roles=["partner_manager"]))
    world.say(MAYBE)
    for act in (take, dismiss):
        with pytest.raises(Refused):
            act(world, by=outsider)
    with world.store.read(HOME) as uow:
        assert (uow.list(Lesson), uow.list(Risk), uow.list(Hint)[0].state) == ([], [], "open")


def test_an_edit_and_a_deletion_withdraw_it_and_its_words(world: World) -> None:
    edited, _ = world.say(MAYBE)
    deleted, _ = world.say("[scope 0.6] was the quokka ever in the contract")
    world.say("the mapping is fine after all", ts=edited)
    threads.deleted(world.store, HOME, JOINT, deleted, now=world.clock.now())
    with world.store.read(HOME) as uow:
        assert [hint.state for hint in uow.list(Hint)] == ["expired", "expired"]
        assert [said.quote for said in uow.list(Evidence)] == ["the mapping might not make it", ""]
    with pytest.raises(Refused, match="no longer listed"):
        take(world)
    assert digest(world) is None


def test_a_sure_reading_of_the_edited_message_answers_it(world: World) -> None:
    ts, _ = world.say("[risk delay 0.62] the mapping is late")
    world.say("[risk delay 0.82] the mapping is late", ts=ts)
    assert [hint.state for hint in the_hints(world)] == ["taken"]
    with world.store.read(HOME) as uow:
        assert len(uow.list(Risk)) == 1


def test_a_promise_in_the_same_words_leaves_the_risk_open(world: World) -> None:
    both = "[commitment] we send the deck by Friday\n[risk delay 0.6] we send the deck by Friday"
    ts, _ = world.say(both)
    world.say(f"{both}\nthanks", ts=ts)
    assert [(hint.kind, hint.state) for hint in the_hints(world)] == [("risk", "open")]


def test_nobody_answers_and_it_goes_with_its_words(world: World) -> None:
    world.say(MAYBE)
    for days, state, quote in ((13, "open", True), (2, "expired", False)):
        world.pass_time(days=days, seconds=1)
        with world.store.write(HOME) as uow:
            retention.purge(uow, now=world.clock.now(), policy=world.policy)
        with world.store.read(HOME) as uow:
            assert uow.list(Hint)[0].state == state
            assert bool(uow.list(Evidence, subject_kind="hint")[0].quote) is quote
    assert digest(world) is None


def test_a_thousand_and_one_expire_without_waiting_for_the_next_day(world: World) -> None:
    with world.store.write(HOME) as uow:
        [globex] = uow.list(Partner)
        rows = [
            Hint(
                workspace_id=HOME, kind="risk", state="open", partner_id=row_id(globex), channel=JOINT, thread_ts="1",
                confidence=0.5, found_at=world.clock.now(),
            )
            for _ in range(hints.BATCH + 1)
        ]  # fmt: skip
        uow.session.add_all(rows)
    world.pass_time(days=15)
    for open_ones, hours in ((1, 0), (0, 24)):
        with world.store.write(HOME) as uow:
            retention.purge(uow, now=world.clock.now(), policy=world.policy)
        assert sum(hint.state == "open" for hint in the_hints(world)) == open_ones
        with world.store.system() as session:
            workspace = session.get(Workspace, HOME)
            assert workspace is not None and workspace.retention_due_at is not None
            assert (workspace.retention_due_at - world.clock.now()).total_seconds() == hours * 3_600


def test_a_channel_that_was_given_to_another_partner_raises_nothing_there(world: World) -> None:
    world.say(MAYBE)
    another_partner(world)
    with world.store.write(HOME) as uow:
        joint, initech = uow.find(Channel, slack_id=JOINT), uow.find(Partner, name="Initech")
        assert joint is not None and initech is not None
        joint.partner_id = initech.id
    with pytest.raises(Refused, match="linked to another partner"):
        take(world)
    with world.store.read(HOME) as uow:
        assert (uow.list(Risk), uow.list(Lesson), uow.list(Hint)[0].state) == ([], [], "open")
    dismiss(world)
    assert [hint.state for hint in the_hints(world)] == ["dismissed"], "it can be put away"


def test_what_is_not_kept_any_more_cannot_be_taken_on(world: World) -> None:
    world.say(MAYBE)
    short = world.policy.model_copy(
        update={"retention": world.policy.retention.model_copy(update={"message_text_days": 1})}
    )
    world.pass_time(days=2)
    with world.store.write(HOME) as uow:
        retention.purge(uow, now=world.clock.now(), policy=short)
    with pytest.raises(Refused, match="no longer kept"):
        take(world)


def test_old_history_and_channels_of_nobody_list_nothing(world: World) -> None:
    with world.store.write(HOME) as uow:
        uow.add(Channel(workspace_id=HOME, slack_id="C0NONE", name="nobodys", watched=True))
    world.say(MAYBE, channel="C0NONE")
    old = world.clock.now().timestamp() - 5 * 86_400
    world.say(MAYBE, ts=f"{old:.6f}", live=False)
    assert the_hints(world) == []
