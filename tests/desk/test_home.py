"""What the Home tab holds: whose partners unless one says otherwise, and what waits for the reader in any case."""

from __future__ import annotations

from bot.desk import home
from bot.desk.home import Filters, HomeView
from bot.policy import load_policy
from models.escalations import Escalation
from models.events import ROBOT
from models.states import EscalationState
from models.store import Store
from tests.desk import deals, world
from tests.desk.world import HOME, START

USUAL = Filters()


def seen(store: Store, who: str, filters: Filters = USUAL) -> HomeView:
    with store.read(HOME) as uow:
        return home.view(uow, who, filters, now=START, policy=load_policy(), reads_with="rules")


def test_leaders_see_their_teams_partners_and_others_their_own(sqlite_url: str) -> None:
    store = Store(sqlite_url)
    world.build(store).say("[risk delay] the cutover slips")
    for who, scope, risks in (("U0PM", "mine", 1), ("U0SM", "team", 1), ("U0VP", "team", 1), ("U0AE", "mine", 0)):
        shown = seen(store, who)
        assert shown.filters.scope == scope
        assert (len(shown.portfolio.partners), shown.portfolio.total.numbers.risks) == (risks, risks), who
    assert seen(store, "U0SM", Filters("mine")).portfolio.total.numbers.risks == 0
    store.dispose()


def test_what_one_was_asked_to_acknowledge_is_known(sqlite_url: str) -> None:
    store = Store(sqlite_url)
    world.build(store).say("[risk delay] the cutover slips")
    assert not seen(store, "U0PM").digest.unanswered, "nobody was told yet"
    with store.write(HOME) as uow:
        [told, *_] = uow.list(Escalation, informs=False)
        uow.move(told, EscalationState.NOTIFIED, actor=ROBOT, at=START)
        told.due_at = START
    for scope in ("mine", "team", "all"):
        assert seen(store, told.recipient, Filters(scope)).digest.unanswered == {told.risk_id: START}
    store.dispose()


def test_what_waits_for_ones_decision_is_there_whatever_one_looks_at(sqlite_url: str) -> None:
    store = Store(sqlite_url)
    book = deals.build(store)
    number = book.register(value="200000")
    book.decide(number, "U0PM")
    partner, other = book.partner("Globex"), book.partner("Initech")
    for filters, waiting in (
        (USUAL, 1), (Filters("mine"), 1), (Filters("all"), 1), (Filters("all", partner), 1),
        (Filters("all", other), 0),
    ):  # fmt: skip
        assert len(seen(store, "U0SM", filters).digest.decisions) == waiting, filters
    store.dispose()
