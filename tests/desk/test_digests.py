"""The morning digest: who gets one and when, what it holds, what they changed, and what it costs."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from time import thread_time
from zoneinfo import ZoneInfo

import pytest

from bot.cards.card import Card
from bot.cards.limits import MESSAGE_BLOCKS
from bot.compose import compose
from bot.desk import actions, digests, quiet, risks
from bot.desk.digest_sections import Section, wanted
from bot.errors import Refused
from models.base import row_id
from models.calendar import ActionItem
from models.delivery import Delivery
from models.partners import Partner, Person
from models.risks import Commitment, CommitmentDate, Risk, SubjectKind
from models.store import Store
from sandbox.blocks import validate
from tests.desk.world import HOME, START, World, build

NEW_YORK = ZoneInfo("America/New_York")


def new_york(day: int, hour: int, minute: int = 0, month: int = 3) -> datetime:
    return datetime(2026, month, day, hour, minute, tzinfo=NEW_YORK).astimezone(UTC)


@pytest.fixture
def world(store: Store) -> World:
    return build(store)


@pytest.fixture
def small(sqlite_url: str) -> World:
    """On SQLite alone: what is about time and words, not about the database."""
    return build(Store(sqlite_url))


def pulse(world: World, at: datetime) -> list[Delivery]:
    """One pulse at that moment; returns the digests it queued."""
    world.clock.set(at)
    before = len(world.deliveries("digest"))
    with world.store.write(HOME) as uow:
        digests.plan_due(uow, now=at, policy=world.policy)
    return world.deliveries("digest")[before:]


def action(world: World, due: date, *, owner: str = "U0PM", what: str = "Send the price list") -> int:
    with world.store.write(HOME) as uow:
        agreed = actions.Agreed(what, owner=owner, due_on=due)
        row = actions.add(uow, SubjectKind.QBR, 1, 1, agreed, actor="U0PM", now=world.clock.now(), policy=world.policy)
        return row_id(row)


def change(world: World, who: str = "U0PM", **what: object) -> digests.Settings:
    with world.store.write(HOME) as uow:
        return digests.change(uow, who, now=world.clock.now(), policy=world.policy, **what)  # type: ignore[arg-type]


def items(delivery: Delivery) -> list[int]:
    return [item["id"] for item in delivery.params["agenda"]]


def card_of(world: World, delivery: Delivery) -> Card | None:
    with world.store.read(HOME) as uow:
        return compose(uow, delivery, now=world.clock.now(), policy=world.policy)


def person(world: World, who: str = "U0PM") -> Person:
    with world.store.read(HOME) as uow:
        found = uow.find(Person, slack_id=who)
        assert found is not None
        return found


def test_everyone_with_a_role_or_something_of_their_own_is_planned(world: World) -> None:
    with world.store.write(HOME) as uow:
        partner = uow.find(Partner, name="Globex Consulting")
        assert partner is not None
        uow.add(Person(workspace_id=HOME, slack_id="U0OWNS", team_id=HOME, name="Olga", timezone="Europe/Berlin"))
        uow.add(Person(workspace_id=HOME, slack_id="U0GUEST", team_id=HOME, is_guest=True, roles=["ae"]))
        uow.add(Partner(workspace_id=HOME, name="Initech", manager="U0OWNS"))
    pulse(world, START)
    with world.store.read(HOME) as uow:
        planned = {each.slack_id: each.digest_due_at for each in uow.list(Person)}
    assert planned["U0PM"] == new_york(12, 8, 30)
    assert planned["U0OWNS"] == datetime(2026, 3, 12, 8, 30, tzinfo=ZoneInfo("Europe/Berlin"))
    assert [planned[who] for who in ("U0NEW", "U0GUEST", "U0PARTNER")] == [None, None, None]


@pytest.mark.parametrize(
    ("at", "sent", "following"),
    [
        (new_york(12, 8, 29), False, new_york(12, 8, 30)),
        (new_york(12, 8, 30), True, new_york(13, 8, 30)),
        (new_york(12, 17, 59), True, new_york(13, 8, 30)),
        (new_york(12, 18, 0), False, new_york(13, 8, 30)),
        (new_york(13, 3, 0), False, new_york(13, 8, 30)),
        (new_york(14, 12, 0), False, new_york(16, 8, 30)),
        (new_york(3, 12, 0, month=7), False, new_york(6, 8, 30, month=7)),  # the day off for the Fourth
    ],
)
def test_late_digests_come_in_working_hours_only(small: World, at: datetime, sent: bool, following: datetime) -> None:
    pulse(small, START)
    action(small, date(2026, 3, 12))
    assert bool(pulse(small, at)) is sent
    assert person(small).digest_due_at == following


def test_nothing_to_say_means_no_message_and_one_digest_a_day(world: World) -> None:
    pulse(world, START)
    assert pulse(world, new_york(12, 8, 30)) == []
    action(world, date(2026, 3, 13))
    [sent] = pulse(world, new_york(13, 8, 30))
    assert (sent.target, sent.key) == ("U0PM", "digest:U0PM:2026-03-13")
    assert pulse(world, new_york(13, 8, 30)) == []


def test_an_item_is_named_on_its_days_and_daily_while_it_is_late(small: World) -> None:
    """Due on Tuesday 24 March: a week before, three days before (a Saturday: on Monday), the day before, then daily."""
    pulse(small, START)
    action(small, date(2026, 3, 24))
    named = []
    at = new_york(12, 8, 30)
    for _ in range(16):
        named += [delivery.params["day"] for delivery in pulse(small, at)]
        at += timedelta(days=1)
    assert named == [f"2026-03-{day}" for day in (17, 23, 24, 25, 26, 27)]


def test_what_fell_on_days_without_a_pulse_is_not_lost(small: World) -> None:
    pulse(small, START)
    action(small, date(2026, 3, 13), what="first")
    later = action(small, date(2026, 3, 24))
    assert len(pulse(small, new_york(13, 8, 30))) == 1
    [sent] = pulse(small, new_york(19, 11, 0))  # its day was the 17th
    assert later in items(sent)


def test_snoozed_and_stopped_for_one_person_it_still_reaches_another(world: World) -> None:
    pulse(world, START)
    mine, theirs = action(world, date(2026, 3, 10)), action(world, date(2026, 3, 10), owner="U0SM")
    with world.store.write(HOME) as uow:
        until = quiet.snooze(uow, SubjectKind.ACTION_ITEM, mine, days=1, actor="U0PM", now=world.clock.now())
        quiet.stop(uow, SubjectKind.ACTION_ITEM, theirs, actor="U0PM")
    assert until == START + timedelta(days=1)
    assert [sent.target for sent in pulse(world, new_york(12, 8, 30))] == ["U0SM"]
    assert {sent.target for sent in pulse(world, new_york(13, 8, 30))} == {"U0PM", "U0SM"}
    with world.store.write(HOME) as uow:
        quiet.stop(uow, SubjectKind.ACTION_ITEM, mine, actor="U0PM")
        quiet.stop(uow, SubjectKind.ACTION_ITEM, mine, actor="U0PM")
    assert [sent.target for sent in pulse(world, new_york(16, 8, 30))] == ["U0SM"]
    with world.store.write(HOME) as uow:
        quiet.hear_again(uow, SubjectKind.ACTION_ITEM, mine, actor="U0PM")
    assert {sent.target for sent in pulse(world, new_york(17, 8, 30))} == {"U0PM", "U0SM"}


def test_their_own_time_weekly_and_off(small: World) -> None:
    pulse(small, START)
    action(small, date(2026, 3, 1))
    assert change(small, at=time(7, 30)).next_at == new_york(12, 7, 30)
    assert len(pulse(small, new_york(12, 7, 30))) == 1
    assert change(small, every="week").next_at == new_york(16, 7, 30)
    assert pulse(small, new_york(13, 8, 30)) == []
    [sent] = pulse(small, new_york(16, 7, 30))
    assert sent.params["day"] == "2026-03-16"
    assert change(small, wants=False).next_at is None
    assert [pulse(small, new_york(day, 8, 30)) for day in (17, 23, 24)] == [[], [], []]
    assert change(small, every="day").wants, "whoever changes something wants one"
    with pytest.raises(Refused, match="before 18:00"):
        change(small, at=time(19, 0))


def test_a_weekly_digest_covers_its_week(small: World) -> None:
    pulse(small, START)
    change(small, every="week")
    days = (13, 16, 19, 23, 24)
    numbers = [action(small, date(2026, 3, day)) for day in days]
    [sent] = pulse(small, new_york(16, 8, 30))
    assert sorted(items(sent)) == numbers[:4], "the last one is due after the next digest"


def test_what_is_left_out_is_left_out(small: World) -> None:
    pulse(small, START)
    action(small, date(2026, 3, 1))
    small.say("[risk delay] the licences slip")
    change(small, content="without due")
    [sent] = [each for each in pulse(small, new_york(12, 8, 30)) if each.target == "U0PM"]
    assert (items(sent), sent.params["risk"]) == ([], [1])


@pytest.mark.parametrize(
    ("words", "before", "after"),
    [
        ("without worth-a-look", [], [Section.WORTH_A_LOOK]),
        ("without the worth a look section", ["risks"], [Section.RISKS, Section.WORTH_A_LOOK]),
        ("hide commitments and changes", [], [Section.PROMISES, Section.CHANGES]),
        ("with risks", ["risks", "due"], [Section.DUE]),
        ("with everything", ["risks", "due"], []),
        ("without portfolio", [], [Section.PORTFOLIO]),
        (
            "only risks, approvals",
            ["portfolio"],
            [each for each in Section if each not in (Section.RISKS, Section.DECISIONS)],
        ),
        ("just what is at risk", [], None),
        ("without bananas", [], None),
        ("without", [], None),
    ],
)
def test_sections_in_peoples_words(words: str, before: list[str], after: list[Section] | None) -> None:
    if after is None:
        with pytest.raises(Refused, match="worth-a-look"):
            wanted(words, before)
    else:
        assert wanted(words, before) == after


def test_a_digest_never_shows_what_came_later_and_drops_what_was_settled(world: World) -> None:
    pulse(world, START)
    first, second = action(world, date(2026, 3, 12)), action(world, date(2026, 3, 12), what="Call Lee")
    [sent] = pulse(world, new_york(12, 8, 30))
    action(world, date(2026, 3, 12), what="Something later")
    shown = str(card_of(world, sent))
    assert "Call Lee" in shown
    assert "Something later" not in shown
    with world.store.write(HOME) as uow:
        actions.done(uow, second, actor="U0PM", now=world.clock.now(), policy=world.policy)
    shown = str(card_of(world, sent))
    assert "Call Lee" not in shown
    assert "Send the price list" in shown
    with world.store.write(HOME) as uow:
        actions.done(uow, first, actor="U0PM", now=world.clock.now(), policy=world.policy)
    assert card_of(world, sent) is None


def test_what_others_settled_and_what_slipped_is_told_once(world: World) -> None:
    pulse(world, START)
    action(world, date(2026, 3, 1))
    world.say("[risk delay] the licences slip")
    world.say("[risk blocked] the gateway has no certificate")
    pulse(world, new_york(12, 8, 30))
    world.pass_time(minutes=10)
    with world.store.write(HOME) as uow:
        risks.resolve(uow, 1, actor="U0SM", now=world.clock.now(), policy=world.policy)
        risks.resolve(uow, 2, actor="U0PM", now=world.clock.now(), policy=world.policy)
        promise = uow.add(
            Commitment(
                workspace_id=HOME,
                state="slipped", partner_id=1, channel="C0JOINT", thread_ts="1.0", author="U0PARTNER", side="partner",
                due_on=date(2026, 4, 20), created_at=world.clock.now(), updated_at=world.clock.now(),
            )
        )  # fmt: skip
        for day in (9, 20):
            uow.add(
                CommitmentDate(
                    workspace_id=HOME, commitment_id=row_id(promise), due_on=date(2026, 4, day),
                    said_at=world.clock.now() + timedelta(hours=1), channel="C0JOINT", ts="1.0",
                )
            )  # fmt: skip
    [sent] = [each for each in pulse(world, new_york(13, 8, 30)) if each.target == "U0PM"]
    assert [(each["id"], each["state"], each["by"]) for each in sent.params["changes"]] == [
        (1, "mitigated", "Sam Ortiz")
    ], "what she did herself she knows"
    assert sent.params["slipped"] == [1]
    card = card_of(world, sent)
    assert card is not None
    assert "Risk #1 with Globex Consulting (Delay): resolved by Sam Ortiz" in str(card.blocks)
    assert "Thu 9 Apr 2026 → Mon 20 Apr 2026" in str(card.blocks)
    [after] = [each for each in pulse(world, new_york(16, 8, 30)) if each.target == "U0PM"]
    assert (after.params["changes"], after.params["slipped"]) == ([], [])


def test_five_hundred_partners_and_five_thousand_open_items(small: World) -> None:
    """It fits into one message, says what it leaves out, and costs a tenth of a second."""
    crowd(small)
    pulse(small, START)
    with small.store.write(HOME) as uow:  # warm up: the first use of each statement is compiled
        digests.live(uow, "U0SM", now=START, policy=small.policy)
    small.clock.set(new_york(12, 8, 30))
    costs = []
    for _ in range(5):
        with small.store.read(HOME) as uow:
            began = thread_time()
            found = digests.live(uow, "U0PM", now=small.clock.now(), policy=small.policy)
            costs.append(thread_time() - began)
    assert found.more[Section.RISKS] > 1_000
    [sent] = [each for each in pulse(small, new_york(12, 8, 30)) if each.target == "U0PM"]
    began = thread_time()
    card = card_of(small, sent)
    assert thread_time() - began < 0.1
    assert card is not None
    assert validate(card.blocks, "message") == []
    assert len(card.blocks) <= MESSAGE_BLOCKS
    said = str(card.blocks[-1])
    assert "more under “At risk” (/pm risks)" in said
    assert "/pm digest off stops it" in said
    assert min(costs) < 0.1, costs


def crowd(world: World) -> None:
    """500 partners of Dana's with ten open things each."""
    now, today = START, date(2026, 3, 12)
    with world.store.write(HOME) as uow:
        partners = [Partner(workspace_id=HOME, name=f"Partner {n:03}", manager="U0PM") for n in range(500)]
        uow.session.add_all(partners)
        uow.session.flush()
        for n in range(2_000):
            uow.session.add(
                Risk(
                    workspace_id=HOME,
                    kind="risk", category="delay", state="detected", channel="C0JOINT",
                    thread_ts=f"{n}.0", partner_id=partners[n % 500].id, first_seen_at=now, last_seen_at=now,
                )
            )  # fmt: skip
            uow.session.add(
                ActionItem(
                    workspace_id=HOME, subject_kind="qbr", subject_id=1, partner_id=row_id(partners[n % 500]),
                    what=f"Item {n}", owner="U0PM", state="open", due_on=today + timedelta(days=n % 9 - 4),
                    created_at=now,
                )
            )  # fmt: skip
        for n in range(1_000):
            uow.session.add(
                Commitment(
                    workspace_id=HOME,
                    state="promised", channel="C0JOINT", thread_ts=f"{n}.1", author="U0PARTNER",
                    partner_id=partners[n % 500].id, due_on=today, created_at=now, updated_at=now,
                )
            )  # fmt: skip


def test_who_is_new_this_morning_gets_the_digest_that_was_just_due(small: World) -> None:
    action(small, date(2026, 3, 11))
    assert [sent.target for sent in pulse(small, new_york(12, 9, 0))] == ["U0PM"]
    assert pulse(small, new_york(12, 9, 5)) == []
