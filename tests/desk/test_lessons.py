"""Lessons: who teaches the reader, what the next message is read with, and what nobody can teach it."""

from __future__ import annotations

import json
from functools import partial
from pathlib import Path

import pytest

from bot.desk import byhand, hints, lessons, retention, risks, threads
from bot.desk.hint_views import view_of
from bot.errors import Refused
from bot.reading.types import Kind, Tuning
from evals import feedback
from evals.threads import training_messages
from models.base import row_id
from models.partners import Channel, Partner, Person
from models.risks import Evidence, Hint, Lesson, Risk
from models.store import Store
from tests.desk.world import HOME, JOINT, World, build


@pytest.fixture
def world(store: Store) -> World:
    return build(store)


def taught(world: World) -> list[tuple[str, bool, float | None, str]]:
    with world.store.read(HOME) as uow:
        return [(row.kind, row.is_one, row.confidence, row.by) for row in uow.list(Lesson)]


def tuning(world: World, partner: str = "Globex Consulting") -> Tuning:
    with world.store.read(HOME) as uow:
        row = uow.find(Partner, name=partner)
        return lessons.tuning_of(uow, row_id(row), now=world.clock.now())


def not_a_risk(world: World, risk_id: int, by: str = "U0SM") -> None:
    with world.store.write(HOME) as uow:
        risks.dismiss(uow, risk_id, actor=by, now=world.clock.now(), policy=world.policy)


def flag(world: World, ts: str, by: str = "U0PM") -> None:
    with world.store.write(HOME) as uow:
        byhand.flag(uow, JOINT, ts, actor=by, now=world.clock.now(), policy=world.policy)


def initech(world: World) -> str:
    """A second partner and its channel."""
    with world.store.write(HOME) as uow:
        partner = uow.add(Partner(workspace_id=HOME, name="Initech", manager="U0PM"))
        uow.add(Channel(workspace_id=HOME, slack_id="C0INI", name="initech", partner_id=partner.id, watched=True))
    return "C0INI"


def test_not_a_risk_is_a_lesson_and_the_very_next_message_is_read_with_it(world: World) -> None:
    _, first = world.say("[risk delay 0.705] the mapping is a bit late")
    assert len(first.risks) == 1
    not_a_risk(world, first.risks[0])
    assert taught(world) == [("risk", False, 0.705, "U0SM")]
    _, next_one = world.say("[risk delay 0.705] another thing altogether")
    assert (len(next_one.risks), len(next_one.hints)) == (0, 1)


def test_what_was_missed_is_a_lesson_and_the_very_next_message_is_read_with_it(world: World) -> None:
    ts, _ = world.say("the other bidder has his price on their table")
    flag(world, ts)
    assert taught(world) == [("risk", True, None, "U0PM")]
    _, next_one = world.say("[risk delay 0.695] our badge printer breaks down")
    assert len(next_one.risks) == 1


def test_flagging_what_was_listed_answers_it(world: World) -> None:
    ts, _ = world.say("[risk at_risk 0.55] the other bidder has his price on their table")
    flag(world, ts)
    assert taught(world) == [("risk", True, 0.55, "U0PM")]
    with world.store.read(HOME) as uow:
        assert uow.list(Hint)[0].state == "taken"
        with pytest.raises(Refused, match="already tracked as risk #1, by Dana Park"), world.store.write(HOME) as own:
            hints.dismiss(own, 1, actor="U0SM", now=world.clock.now(), policy=world.policy)


@pytest.mark.parametrize("kind", ["commitment", "request", "referral", "sow"])
def test_flagging_a_message_answers_nothing_else_that_was_listed_of_it(world: World, kind: str) -> None:
    ts, _ = world.say(f"[{kind} 0.6] we could send you the deck by Friday")
    flag(world, ts)
    assert taught(world) == [("risk", True, None, "U0PM")], "how sure it was of something else is no measure of a risk"
    with world.store.read(HOME) as uow:
        assert [hint.state for hint in uow.list(Hint)] == ["open"]


def test_flagging_what_was_listed_as_another_danger_answers_it(world: World) -> None:
    ts, _ = world.say("[relationship 0.6] our people have stopped picking up the phone")
    flag(world, ts)
    assert taught(world) == [("risk", True, None, "U0PM")]
    with world.store.read(HOME) as uow:
        assert [hint.state for hint in uow.list(Hint)] == ["taken"]


def test_flagging_what_the_reader_had_heard_teaches_nothing(world: World) -> None:
    ts, _ = world.say("[risk delay] the cutover slips")
    flag(world, ts)
    flag(world, ts)
    assert taught(world) == []
    unheard, _ = world.say("hm, interesting numbers", thread=ts)
    flag(world, unheard)
    flag(world, unheard)
    assert [is_one for _, is_one, _, _ in taught(world)] == [True]


def test_words_judged_not_one_are_at_most_worth_a_look_until_somebody_says_otherwise(world: World) -> None:
    same = "[risk delay] every release slips, that is life"
    _, first = world.say(same)
    not_a_risk(world, first.risks[0])
    _, second = world.say(same)
    assert (second.risks, len(second.hints)) == ((), 1), "a rule is certain, people said no: somebody looks at it"
    with world.store.write(HOME) as uow:
        hints.take(uow, second.hints[0], actor="U0PM", now=world.clock.now(), policy=world.policy)
    _, third = world.say(same)
    assert len(third.risks) == 1


def test_a_hint_keeps_that_its_words_were_judged_not_one_however_sure_the_reader_is(world: World) -> None:
    same = "[risk delay 0.9] every release slips, that is life"
    _, first = world.say(same)
    not_a_risk(world, first.risks[0])
    world.say(same)
    world.say("[risk delay 0.6] the badge printer may be late")
    with world.store.read(HOME) as uow:
        listed = [(shown.confidence, shown.judged_not_one) for shown in map(partial(view_of, uow), uow.list(Hint))]
    assert listed == [(0.9, True), (0.6, False)]


def test_words_our_people_found_are_tracked_when_they_are_said_again(world: World) -> None:
    _, first = world.say("[sow 0.6] we need paper for that")
    with world.store.write(HOME) as uow:
        hints.take(uow, first.hints[0], actor="U0PM", now=world.clock.now(), policy=world.policy)
    _, again = world.say("[sow 0.6] we need paper for that")
    assert (len(again.handoffs), again.hints) == (1, ())


def test_a_rule_is_not_silenced_by_any_number_of_lessons(world: World) -> None:
    teach(world, 200)
    _, result = world.say("[risk delay] the cutover slips")
    assert len(result.risks) == 1


def teach(world: World, times: int) -> None:
    """Our own people answered "not a risk" to that many provocations of Globex, each in a thread of its own."""
    with world.store.write(HOME) as uow:
        globex = uow.find(Partner, name="Globex Consulting")
        for number in range(times):
            quote = f"it will be late again, {number}"
            risk = Risk(
                workspace_id=HOME, kind=Kind.RISK, category="delay", state="detected", partner_id=row_id(globex),
                channel=JOINT, thread_ts=f"{number}.0", first_seen_at=world.clock.now(), last_seen_at=world.clock.now(),
            )  # fmt: skip
            said = Evidence(
                workspace_id=HOME, subject_kind="risk", subject_id=1, channel=JOINT, ts=f"{number}.0", start=0,
                end=len(quote), quote=quote, text_hash="", said_at=world.clock.now(),
            )  # fmt: skip
            by = ("U0SM", "U0PM")[number % 2]
            lessons.learn(uow, said, risk, is_one=False, confidence=None, actor=by, now=world.clock.now())


def test_two_hundred_provoked_dismissals_deafen_nobody(world: World) -> None:
    other = initech(world)
    teach(world, 200)
    assert 0.05 < tuning(world).shifts[Kind.RISK] <= 0.08
    assert 0 < tuning(world, "Initech").shifts[Kind.RISK] <= 0.02
    _, certain = world.say("[risk delay 0.95] the cutover is off")
    assert len(certain.risks) == 1, "what is certain goes through"
    _, likely = world.say("[risk delay 0.74] the licences never came")
    assert (likely.risks, len(likely.hints)) == ((), 1), "with this partner, what is only likely is looked at first"
    _, elsewhere = world.say("[risk delay 0.725] the licences never came", channel=other)
    assert len(elsewhere.risks) == 1, "another partner is heard as before, but for a hair"


def test_reading_does_not_slow_with_history(world: World) -> None:
    """What a message is read with is bounded, whatever was judged before."""
    teach(world, 400)
    learned = tuning(world)
    assert len(learned.examples) == 50
    assert learned.examples[0].text == "it will be late again, 399"


def test_an_outsider_teaches_nothing(world: World) -> None:
    with world.store.write(HOME) as uow:
        uow.add(Person(workspace_id=HOME, slack_id="U0GUEST", team_id=HOME, is_guest=True, roles=["admin"]))
    ts, _ = world.say("hm, interesting numbers")
    _, heard = world.say("[risk delay] the cutover slips")
    for outsider in ("U0PARTNER", "U0GUEST", "U0NOBODY"):
        with pytest.raises(Refused):
            flag(world, ts, by=outsider)
        with pytest.raises(Refused):
            not_a_risk(world, heard.risks[0], by=outsider)
    assert taught(world) == []


def test_the_words_of_a_lesson_go_with_their_message_and_their_time(world: World) -> None:
    _, first = world.say("[risk delay] the quokka slips by a month")
    gone, second = world.say("[risk delay] the wombat breaks down every day")
    for result in (first, second):
        not_a_risk(world, result.risks[0])
    threads.deleted(world.store, HOME, JOINT, gone, now=world.clock.now())
    assert [item.text for item in tuning(world).examples] == ["the quokka slips by a month"]
    world.pass_time(days=world.policy.retention.quote_days, minutes=1)
    with world.store.write(HOME) as uow:
        retention.purge(uow, now=world.clock.now(), policy=world.policy)
    assert tuning(world).examples == ()
    assert len(taught(world)) == 2, "that somebody judged stays, without the words"
    with world.store.read(HOME) as uow:
        assert uow.list(Evidence, quote="the quokka slips by a month") == []


def test_dismissing_twice_said_teaches_both_sentences_and_counts_one_thread(world: World) -> None:
    ts, result = world.say("[risk delay] the mapping slips by a week")
    world.say("[risk delay] the mapping slips by a month", thread=ts)
    not_a_risk(world, result.risks[0])
    learned = tuning(world)
    assert {item.text for item in learned.examples} == {"the mapping slips by a week", "the mapping slips by a month"}
    assert learned.shifts[Kind.RISK] < 0.012


def test_one_click_on_a_risk_said_in_two_channels_counts_once(world: World, tmp_path: Path) -> None:
    with world.store.write(HOME) as uow:
        joint = uow.find(Channel, slack_id=JOINT)
        assert joint is not None
        about = joint.model_dump(include={"workspace_id", "partner_id", "account_id", "watched"})
        uow.add(Channel(slack_id="C0SECOND", **about))
    _, result = world.say("[risk delay] the mapping of the vendors slips")
    root, _ = world.say("How are the vendors doing?", by="U0PM", channel="C0SECOND")
    _, again = world.say("[risk delay] vendors: the mapping slips", channel="C0SECOND", thread=root)
    assert again.risks == result.risks
    not_a_risk(world, result.risks[0])
    assert 0 < tuning(world).shifts[Kind.RISK] < 0.012, "as much as one sentence"
    out = tmp_path / "cases.jsonl"
    assert feedback.write(world.store, out) == 2
    contexts = [json.loads(line)["context"] for line in out.read_text(encoding="utf-8").splitlines()]
    assert contexts == [[], [{"side": "us", "text": "How are the vendors doing?"}]], "each of its own thread"


def test_lessons_are_exported_as_cases_the_evals_can_read(world: World, tmp_path: Path) -> None:
    root, _ = world.say("Do we have the values yet?", by="U0PM")
    _, sure = world.say("[risk blocked] no fourth run before <@U0PM> looks", thread=root)
    not_a_risk(world, sure.risks[0])
    _, unsure = world.say("[risk missed 0.6] they never saw the request")
    _, other = world.say("[misalignment 0.6] our plan has that in May")
    with world.store.write(HOME) as uow:
        for number in (*unsure.hints, *other.hints):
            hints.take(uow, number, actor="U0PM", now=world.clock.now(), policy=world.policy)
    out = tmp_path / "cases.jsonl"
    assert feedback.write(world.store, out) == 3
    look_alike, missed, misaligned = (json.loads(line) for line in out.read_text(encoding="utf-8").splitlines())
    assert look_alike["context"] == [{"side": "us", "text": "Do we have the values yet?"}]
    assert (look_alike["side"], look_alike["text"]) == ("partner", "no fourth run before <@U0PM> looks")
    assert [label["type"] for label in look_alike["labels"]] == ["none"]
    assert missed["labels"] == [
        {
            "quote": "they never saw the request", "type": "risk", "kind": "missed", "borderline": False, "owner": None,
            "due_phrase": None, "due_date": None,
        }
    ]  # fmt: skip
    assert [label["type"] for label in misaligned["labels"]] == ["misalign"]
    exported = out.read_text(encoding="utf-8")
    assert not any(internal in exported for internal in ("Dana", "Globex", "Acme", "U0SM", "test."))
    cases = list(training_messages(out))
    assert [[label.kind for label in case.labels[-1]] for case in cases] == [[], [Kind.RISK], [Kind.MISALIGNMENT]]


def test_the_newest_judgement_is_exported(world: World, tmp_path: Path) -> None:
    ts, _ = world.say("hm, interesting numbers")
    flag(world, ts)
    with world.store.read(HOME) as uow:
        [risk] = uow.list(Risk)
    not_a_risk(world, row_id(risk))
    out = tmp_path / "cases.jsonl"
    assert feedback.write(world.store, out) == 1
    assert json.loads(out.read_text(encoding="utf-8"))["labels"][0]["type"] == "none"


def test_nothing_judged_is_said_and_nothing_written(world: World, tmp_path: Path) -> None:
    with pytest.raises(Refused, match="Nobody has judged anything yet"):
        feedback.write(world.store, tmp_path / "cases.jsonl")
    assert not (tmp_path / "cases.jsonl").exists()
