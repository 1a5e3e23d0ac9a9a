"""`partnerdesk import`: which kind a file is, what is written, what comes back."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from openpyxl import Workbook

from bot.console import Opens
from bot.errors import Refused
from bot.import_command import import_command, kind_of
from bot.imports.tables import parse_csv
from bot.policy import load_policy
from models.base import Workspace
from models.calendar import OnboardingTask
from models.deals import DealRegistration
from models.delivery import Delivery
from models.events import Event
from models.store import Store
from tests.desk import onboard
from tests.desk.deals import START, build
from tests.desk.world import HOME
from tests.desk.world import build as build_world
from tests.test_command_line import partnerdesk

DEALS = "partner,account,value\nGlobex,BigCo,40000\nHooli,BigCo,5\nGlobex,Nile,lots\n"


@pytest.fixture
def deals(store: Store) -> Store:
    return build(store).store


def bring_in(store: Store, path: Path, *options: str) -> Result:
    database = store.engine.url.render_as_string(hide_password=False)
    opens = Opens(lambda: Store(database), load_policy)
    return CliRunner().invoke(import_command, [str(path), *options], obj=opens)


def file(folder: Path, text: str, name: str = "rows.csv") -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def registered(store: Store) -> list[str]:
    with store.read(HOME) as uow:
        return [row.account_name for row in uow.list(DealRegistration)]


def test_what_is_good_goes_in_and_the_rest_comes_back_to_be_put_right(deals: Store, tmp_path: Path) -> None:
    path, back = file(tmp_path, DEALS), tmp_path / "back.csv"
    done = bring_in(deals, path, "--by", "U0AE", "--errors", str(back))
    assert (done.exit_code, registered(deals)) == (1, ["BigCo"])
    assert done.stdout.startswith("1 created, 0 sent again, 0 unchanged, 2 not taken.\n+ line 2: #1 Globex, BigCo")
    assert back.read_bytes().startswith(b"\xef\xbb\xbfproblem,partner,account,value\r\n")
    put_right = back.read_text(encoding="utf-8-sig").replace("lots", "2.5k").replace("Hooli", "Initech")
    again = bring_in(deals, file(tmp_path, put_right, "again.csv"), "--by", "U0AE", "--errors", str(back))
    assert (again.exit_code, registered(deals)) == (0, ["BigCo", "BigCo", "Nile"])
    assert "Columns left out" not in again.stdout


def test_a_dry_run_says_the_same_and_writes_nothing(deals: Store, tmp_path: Path) -> None:
    dry = bring_in(deals, file(tmp_path, DEALS), "--by", "U0AE", "--dry-run")
    assert dry.exit_code == 1, "a script may rely on it before it imports"
    assert dry.stdout.startswith("1 would be created")
    assert dry.stdout.endswith("Nothing was changed (--dry-run).\n")
    with deals.read(HOME) as uow:
        assert not [*uow.list(DealRegistration), *uow.list(Event), *uow.list(Delivery)]


def test_onboarding_steps_come_from_a_sheet_too(store: Store, tmp_path: Path) -> None:
    onboard.start(build_world(store), "Globex")
    book = Workbook()
    for row in (["Partner", "Step", "Status", "Owner"], ["Globex", "portal", "done", "Kim"]):
        book.worksheets[0].append(row)
    book.save(tmp_path / "steps.xlsx")
    dry = bring_in(store, tmp_path / "steps.xlsx", "--dry-run")
    done = bring_in(store, tmp_path / "steps.xlsx")
    assert done.stdout == (
        "~ Globex: Portal access: open → done\n1 changed, 0 unchanged, 0 refused.\nColumns left out: Owner.\n"
    )
    assert dry.stdout == done.stdout + "Nothing was changed (--dry-run).\n"
    with store.read(HOME) as uow:
        [portal] = uow.list(OnboardingTask, key="portal")
    assert (portal.state, portal.closed_by) == ("done", "import")


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ((), "Say who submits these registrations: --by"),
        (("--by", "U0NOBODY"), "--by U0NOBODY: I know no member of T0HOME"),
        (("--by", "U0AE", "--workspace", "T0OTHER"), "Say which workspace with --workspace: there is T0HOME."),
        (("--by", "U0AE", "--as", "onboarding"), "no column for step, status"),
        (("--by", "U0AE", "--errors", "{path}"), "--errors names the file that is imported"),
        (("--by", "U0AE", "--as", "deals"), "'deals' is not one of 'onboarding', 'registrations'"),
    ],
)
def test_what_is_missing_is_one_sentence_and_nothing_is_written(
    deals: Store, tmp_path: Path, options: tuple[str, ...], words: str
) -> None:
    path = file(tmp_path, DEALS)
    answer = bring_in(deals, path, *(option.format(path=path) for option in options))
    assert answer.exit_code == 2
    assert words in answer.stderr
    assert registered(deals) == []
    assert path.read_text(encoding="utf-8") == DEALS


def test_lines_that_cannot_be_written_back_are_said_not_lost_silently(deals: Store, tmp_path: Path) -> None:
    answer = bring_in(deals, file(tmp_path, DEALS), "--by", "U0AE", "--errors", str(tmp_path / "none" / "back.csv"))
    assert (answer.exit_code, registered(deals)) == (2, ["BigCo"])
    assert "cannot be written: No such file or directory. What could be imported is." in answer.stderr


def test_the_only_workspace_is_meant_and_of_several_one_has_to_be_named(deals: Store, tmp_path: Path) -> None:
    path = file(tmp_path, DEALS)
    with deals.system() as session:
        session.add(Workspace(id="T0AAA", created_at=START))
    assert "there is T0AAA, T0HOME." in bring_in(deals, path, "--by", "U0AE").stderr
    assert bring_in(deals, path, "--by", "U0AE", "--workspace", "T0HOME").exit_code == 1
    assert registered(deals) == ["BigCo"]


def test_the_header_tells_the_kind_or_a_person_has_to() -> None:
    assert kind_of(parse_csv("Reseller;Customer;Deal Size\n")).fields.needed == ("partner", "account", "value")
    assert kind_of(parse_csv("partner,account,milestone,state\n")).fields.needed == ("partner", "step", "status")
    with pytest.raises(Refused, match="onboarding: partner, step, status; registrations: partner, account, value"):
        kind_of(parse_csv("partner,account\n"))
    with pytest.raises(Refused, match="could be onboarding or registrations"):
        kind_of(parse_csv("partner,step,status,account,value\n"))


def test_the_command_line_has_it(tmp_path: Path, sqlite_url: str) -> None:
    nothing = partnerdesk(tmp_path, "import", str(file(tmp_path, DEALS)), "--by", "U0AE", DATABASE_URL=sqlite_url)
    assert (nothing.returncode, nothing.stdout) == (2, "")
    assert nothing.stderr.startswith("There is no workspace yet: `partnerdesk load` a partner book first.")
