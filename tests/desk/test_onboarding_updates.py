"""Updates of onboarding steps by CSV and webhook: each once, bad ones told, the dry run says what the real one does."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from bot.desk import onboarding, onboarding_updates
from bot.desk.onboarding_updates import TasksDiff, Verb
from bot.imports.tables import parse_csv
from bot.imports.tasks import TaskFile, read_tasks
from models.events import Event
from models.store import Store
from tests.desk import onboard
from tests.desk.onboard import act, number, start, task
from tests.desk.world import HOME, World, build

LINK = "https://sign.example/contracts/12"
FILE = f"""partner,step,status,done_on,link
Globex,agreement,done,2026-03-10,{LINK}
globex consulting,Portal access,Done,,
Globex,kickof,done,,
Initech,portal,done,,
Globex,training,skipped,,
Globex,accounts,finished,,
Globex,accounts,done,2027-01-01,
"""


@pytest.fixture
def world(store: Store) -> World:
    built = build(store)
    start(built, "Globex")
    return built


def dry(world: World, file: TaskFile) -> TasksDiff:
    with world.store.read(HOME) as uow:
        return onboarding_updates.plan(uow, file, now=world.clock.now())


def apply(world: World, file: TaskFile) -> TasksDiff:
    with world.store.write(HOME) as uow:
        return onboarding_updates.apply(uow, file, now=world.clock.now(), policy=world.policy)


def test_a_file_is_applied_row_by_row_and_again_changes_nothing(world: World) -> None:
    file = read_tasks(parse_csv(FILE))
    expected = dry(world, file)
    assert task(world, "agreement").state == "open", "a dry run writes nothing"
    assert apply(world, file) == expected
    assert onboarding_updates.render(expected) == "\n".join([
        f"~ Globex: Partner agreement signed: open → done, {LINK}",
        "~ globex consulting: Portal access: open → done",
        "! line 4 (Globex, kickof): there is no step 'kickof' in the plan (did you mean 'kickoff'?)",
        "! line 5 (Initech, portal): I know no partner called “Initech”. It has to be in the partner book first.",
        "~ Globex: Product and sales training: open → skipped",
        "! line 7: status: 'finished' is none of done, skipped, open",
        "! line 8 (Globex, accounts): done_on: 2027-01-01 is in the future",
        "3 changed, 0 unchanged, 4 refused.",
    ])  # fmt: skip
    agreement = task(world, "agreement")
    assert (agreement.state, agreement.evidence, agreement.closed_by) == ("done", LINK, "import")
    assert agreement.closed_at == datetime(2026, 3, 10, 16, 0, tzinfo=UTC), "noon in New York"
    again = apply(world, file)
    assert (again.count(Verb.CHANGED), again.count(Verb.UNCHANGED), again.count(Verb.REFUSED)) == (0, 3, 4)


def test_one_row_after_the_other_counts_in_a_dry_run_too(world: World) -> None:
    rows = ["portal,done,", "portal,done,", f"portal,done,{LINK}", "portal,open,", "portal,open,", "portal,skipped,"]
    file = read_tasks(parse_csv("partner,step,status,link\n" + "".join(f"Globex,{row}\n" for row in rows)))
    expected = dry(world, file)
    assert [each.verb for each in expected.updates] == [
        "changed",
        "unchanged",
        "changed",
        "changed",
        "unchanged",
        "changed",
    ]
    assert apply(world, file) == expected
    assert task(world, "portal").state == "skipped"


def test_what_a_person_did_is_not_done_again(world: World) -> None:
    act(world, onboarding.finish, number(world, "portal"), note="by phone")
    with world.store.read(HOME) as uow:
        before = len(uow.list(Event))
    assert apply(world, read_tasks(parse_csv("partner,step,status\nGlobex,portal,done\n"))).count(Verb.UNCHANGED) == 1
    with world.store.read(HOME) as uow:
        assert len(uow.list(Event)) == before
    assert (task(world, "portal").closed_by, task(world, "portal").note) == ("U0PM", "by phone")


def test_a_finished_plan_takes_another_link_without_running_again(world: World) -> None:
    for key in onboard.PLANNED:
        act(world, onboarding.finish, number(world, key))
    said = apply(world, read_tasks(parse_csv(f"partner,step,status,link\nGlobex,agreement,done,{LINK}\n")))
    assert said.updates[0].change == f"done, {LINK}"
    assert task(world, "agreement").evidence == LINK
    assert onboard.plans(world)[0].state == "done"


def test_a_cancelled_plan_takes_nothing(world: World) -> None:
    act(world, onboarding.cancel, onboard.plans(world)[0].id)
    [only] = apply(world, read_tasks(parse_csv("partner,step,status\nGlobex,portal,done\n"))).updates
    assert only.problem == "no onboarding of Globex Consulting is running"
