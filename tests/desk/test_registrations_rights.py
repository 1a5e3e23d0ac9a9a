"""Who may not decide on a registration or its case: whoever sent it in, ever; a party; a confirmation gone stale."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from bot.desk import approval_chain, approvals, conflicts, proposals, registrations
from bot.errors import Refused
from models.base import row_id
from models.deals import ApprovalStep
from models.partners import Account, Partner, Person
from models.states import ApprovalState
from models.store import Store
from tests.desk.deals import HOME, Deals, build

OTHERS_DECIDE = "You submitted this registration"
ABOVE_DECIDES = "After an appeal somebody above the owner decides"


@pytest.fixture
def deals(store: Store) -> Deals:
    return build(store)


def send_again(deals: Deals, number: int, by: str, value: str = "40000") -> None:
    deals.pass_time(minutes=1)
    deals.submit(deals.claim(value=value), by=by, number=number)


def person(deals: Deals, slack_id: str, **fields: object) -> None:
    with deals.store.write(HOME) as uow:
        row = uow.find(Person, slack_id=slack_id) or uow.add(
            Person(workspace_id=HOME, slack_id=slack_id, team_id=HOME, name=slack_id)
        )
        for name, value in fields.items():
            setattr(row, name, value)


def manager(deals: Deals, partner: str, slack_id: str) -> None:
    with deals.store.write(HOME) as uow:
        [row] = uow.list(Partner, name=partner)
        row.manager = slack_id


# Nobody approves what they sent in, however often it came back.


def test_after_a_return_an_earlier_submitter_is_neither_asked_nor_may_approve(deals: Deals) -> None:
    number = deals.submit(deals.claim(), by="U0PM").id
    deals.decide(number, "U0SM", "returned", "which products?")
    send_again(deals, number, "U0PM2")
    assert deals.asked(number)[1:] == [("U0SM", "asked")]  # not Dana, whose deal it would be
    for who in ("U0PM", "U0PM2"):
        with pytest.raises(Refused, match=OTHERS_DECIDE):
            deals.decide(number, who)
    assert deals.decide(number, "U0SM").state == "approved"


def test_nor_from_above_and_an_earlier_step_is_not_climbed_to_them(deals: Deals) -> None:
    number = deals.submit(deals.claim(), by="U0AE").id
    deals.decide(number, "U0PM", "returned", "more")
    send_again(deals, number, "U0SM")
    deals.pass_time(days=2)
    deals.fire()
    assert deals.asked(number)[1:] == [("U0VP", "asked")]  # past Sam, who sent it in the second time
    with pytest.raises(Refused, match=OTHERS_DECIDE):
        deals.decide(number, "U0SM")
    assert deals.decide(number, "U0OWN").state == "approved"


def test_the_first_submitter_is_climbed_past_too_and_left_alone_at_the_top(deals: Deals) -> None:
    number = deals.submit(deals.claim(), by="U0SM").id
    deals.decide(number, "U0PM", "returned", "more")
    send_again(deals, number, "U0VP")
    deals.decide(number, "U0PM", "returned", "still more")
    send_again(deals, number, "U0OWN")
    for _ in range(4):
        deals.pass_time(days=3)
        deals.fire()
    assert deals.asked(number)[-1] == ("U0PM", "asked")  # everybody above has sent it in
    for who in ("U0SM", "U0VP", "U0OWN"):
        with pytest.raises(Refused, match=OTHERS_DECIDE):
            deals.decide(number, who)
    assert deals.decide(number, "U0PM").state == "approved"


def test_what_is_shown_before_sending_again_leaves_earlier_submitters_out(deals: Deals) -> None:
    number = deals.submit(deals.claim(), by="U0PM").id
    deals.decide(number, "U0SM", "returned", "more")
    with deals.store.read(HOME) as uow:
        plan = registrations.plan(uow, deals.claim(), number=number, actor="U0PM2", now=deals.now, policy=deals.policy)
    assert plan.chain is not None
    assert [link.person.slack_id for link in plan.chain.links] == ["U0SM"]


def test_nobody_who_left_or_is_a_guest_is_asked_instead_of_the_submitter(deals: Deals) -> None:
    person(deals, "U0SM", is_guest=True)
    number = deals.submit(deals.claim(), by="U0PM").id
    assert deals.asked(number) == [("U0VP", "asked")]


# A confirmation does what it showed, or nothing.


def ask(deals: Deals, kind: str, by: str, **params: str) -> int:
    with deals.store.write(HOME) as uow:
        return row_id(proposals.request(uow, kind=kind, params=params, actor=by, now=deals.now, policy=deals.policy))


def confirm(deals: Deals, proposal: int, by: str) -> None:
    with deals.store.write(HOME) as uow:
        approvals.approve(uow, proposal, actor=by, now=deals.now, policy=deals.policy)


def approval_of(deals: Deals, number: int, by: str) -> int:
    return ask(deals, "deal_decide", by, number=str(number), verdict="approved", step=str(deals.step(number).id))


def test_a_confirmation_from_before_a_return_approves_nothing(deals: Deals) -> None:
    number = deals.register()
    asked = approval_of(deals, number, "U0PM")
    deals.decide(number, "U0SM", "returned", "more")
    send_again(deals, number, "U0AE", value="49999")
    with pytest.raises(Refused, match="already returned by Sam Ortiz"):
        confirm(deals, asked, "U0PM")
    assert deals.view(number).state == "pending_approval"
    assert deals.asked(number)[-1] == ("U0PM", "asked")


def test_a_confirmation_of_one_step_does_not_decide_the_next(deals: Deals) -> None:
    number = deals.register(value="300000")
    asked = approval_of(deals, number, "U0OWN")
    deals.decide(number, "U0PM")
    with pytest.raises(Refused, match="already approved by Dana Park"):
        confirm(deals, asked, "U0OWN")
    assert [state for _who, state in deals.asked(number)] == ["approved", "asked", "waiting"]


def test_a_confirmation_without_its_step_or_with_another_deals_is_refused(deals: Deals) -> None:
    number, other = deals.register(), deals.register(account="Nile")
    for step, words in (("", "ask again"), (str(deals.step(other).id), "pending approval")):
        params = {"number": str(number), "verdict": "approved", "step": step}
        with pytest.raises(Refused, match=words), deals.store.write(HOME) as uow:
            registrations.confirmed_decision(uow, params, actor="U0PM", now=deals.now, policy=deals.policy)
    assert {deals.view(each).state for each in (number, other)} == {"pending_approval"}


def test_after_a_climb_the_late_approvers_confirmation_is_refused(deals: Deals) -> None:
    number = deals.register()
    params = {"number": str(number), "verdict": "approved", "step": str(deals.step(number).id)}
    deals.pass_time(days=2)
    deals.fire()
    with pytest.raises(Refused, match="waits for Sam Ortiz"), deals.store.write(HOME) as uow:
        registrations.confirmed_decision(uow, params, actor="U0PM", now=deals.now, policy=deals.policy)
    assert deals.asked(number) == [("U0SM", "asked")]


def again_in_conflict(deals: Deals, number: int) -> None:
    """Returned, and sent in again when another partner has claimed it: nobody is asked, a case is opened."""
    deals.decide(number, "U0PM", "returned", "more")
    deals.register("Initech")
    send_again(deals, number, "U0AE", value="90000")
    assert deals.view(number).state == "under_review"


def again_returned(deals: Deals, number: int) -> None:
    deals.decide(number, "U0PM", "returned", "more")


@pytest.mark.parametrize("meanwhile", [again_in_conflict, again_returned])
def test_what_changed_since_is_not_withdrawn(deals: Deals, meanwhile: Callable[[Deals, int], None]) -> None:
    number = deals.register()
    params = {"number": str(number), "version": str(deals.view(number).version)}
    meanwhile(deals, number)
    with pytest.raises(Refused, match="has changed since"), deals.store.write(HOME) as uow:
        registrations.withdraw(uow, params, actor="U0AE", now=deals.now, policy=deals.policy)
    assert deals.row(number).closed_at is None
    params["version"] = str(deals.view(number).version)
    with deals.store.write(HOME) as uow:
        done = registrations.withdraw(uow, params, actor="U0AE", now=deals.now, policy=deals.policy)
    assert done.state == "withdrawn"


def test_sent_again_into_a_conflict_it_is_not_what_was_shown_before(deals: Deals) -> None:
    number = deals.register()
    deals.decide(number, "U0PM", "returned", "more")
    before = deals.view(number).version
    deals.register("Initech")
    send_again(deals, number, "U0AE", value="90000")
    assert deals.view(number).state == "under_review"
    assert deals.view(number).version > before


def test_what_changed_since_is_not_closed_as_won(deals: Deals) -> None:
    number = deals.register()
    deals.decide(number, "U0PM")
    params = {"number": str(number), "state": "converted", "version": str(deals.view(number).version - 1)}
    with pytest.raises(Refused, match="has changed since"), deals.store.write(HOME) as uow:
        registrations.finish(uow, params, actor="U0AE", now=deals.now, policy=deals.policy)
    assert deals.view(number).state == "approved"


# Conflict cases: no party judges an appeal, no submitter judges her own claim.


def conflict(deals: Deals, by: str = "U0AE") -> tuple[int, int]:
    """Initech claims BigCo, then Globex: the case is about the second. (registration, case)."""
    deals.register("Initech")
    deals.pass_time(minutes=1)
    number = deals.submit(deals.claim(), by=by).id
    return number, row_id(deals.case(number))


def judge(deals: Deals, case: int, by: str, verdict: str = "reject") -> str:
    with deals.store.write(HOME) as uow:
        return conflicts.decide(uow, case, verdict, "so it is", actor=by, now=deals.now, policy=deals.policy).state


def appeal(deals: Deals, case: int, by: str) -> None:
    with deals.store.write(HOME) as uow:
        conflicts.appeal(uow, case, "we were first", actor=by, now=deals.now, policy=deals.policy)


def test_with_nobody_above_another_leader_decides_an_appeal_and_is_told(deals: Deals) -> None:
    manager(deals, "Globex", "U0OWN")
    person(deals, "U0ROLELESS", roles=[])
    number, case = conflict(deals)
    judge(deals, case, "U0OWN", "through")
    appeal(deals, case, "U0PM2")
    for who in ("U0ROLELESS", "U0PM2", "U0OWN", "U0AE", "U0PM"):
        with pytest.raises(Refused, match=ABOVE_DECIDES):
            judge(deals, case, who)
    assert deals.sent("conflict")[-1][0] == "U0SM"
    assert judge(deals, case, "U0SM2") == "closed"
    assert deals.view(number).state == "rejected"


def test_a_leader_who_sent_it_in_does_not_decide_the_appeal(deals: Deals) -> None:
    manager(deals, "Globex", "U0OWN")
    _number, case = conflict(deals, by="U0VP")
    judge(deals, case, "U0OWN", "through")
    appeal(deals, case, "U0PM2")
    with pytest.raises(Refused, match=ABOVE_DECIDES):
        judge(deals, case, "U0VP", "through")
    assert judge(deals, case, "U0SM") == "closed"


def test_an_appellant_above_the_owner_does_not_decide_her_own_appeal(deals: Deals) -> None:
    with deals.store.write(HOME) as uow:
        [acme] = uow.list(Account, name="Acme Corp")
        acme.owner = "U0SM"  # our own deal is hers, and she is Dana's manager
    number = deals.register(account="Acme Corp")
    case = row_id(deals.case(number))
    judge(deals, case, "U0PM", "through")
    appeal(deals, case, "U0SM")
    with pytest.raises(Refused, match=ABOVE_DECIDES):
        judge(deals, case, "U0SM")
    with pytest.raises(Refused, match=ABOVE_DECIDES):
        judge(deals, case, "U0SM2")  # a leader, but somebody stands above the owner
    assert deals.sent("conflict")[-1][0] == "U0VP"
    assert judge(deals, case, "U0VP") == "closed"


def test_who_decided_first_does_not_decide_the_appeal_and_who_left_is_not_waited_for(deals: Deals) -> None:
    manager(deals, "Globex", "U0VP")
    person(deals, "U0OWN", is_guest=True)  # alone above Vera, and not one of ours any more
    _number, case = conflict(deals)
    judge(deals, case, "U0VP", "through")
    appeal(deals, case, "U0PM2")
    for who in ("U0VP", "U0PM"):
        with pytest.raises(Refused, match=ABOVE_DECIDES):
            judge(deals, case, who)
    assert judge(deals, case, "U0SM") == "closed"


def test_where_nobody_else_could_judge_an_appeal_is_refused_and_the_decision_stands(deals: Deals) -> None:
    manager(deals, "Globex", "U0OWN")
    for who in ("U0SM", "U0SM2", "U0VP"):
        person(deals, who, roles=["ae"])
    number, case = conflict(deals)
    judge(deals, case, "U0OWN")
    with pytest.raises(Refused, match="the decision stands"):
        appeal(deals, case, "U0PM2")
    deals.pass_time(hours=24)
    deals.fire()
    assert (deals.case(number).state, deals.view(number).state) == ("closed", "rejected")


def test_a_manager_who_sent_it_in_does_not_decide_its_case(deals: Deals) -> None:
    number, case = conflict(deals, by="U0PM")
    with pytest.raises(Refused):
        judge(deals, case, "U0PM", "through")
    assert deals.view(number).state == "under_review"
    assert "U0SM" in {target for target, _key in deals.sent("conflict")}
    assert judge(deals, case, "U0SM", "through") == "decided"


def test_nor_does_somebody_above_who_sent_it_in_while_the_owner_can(deals: Deals) -> None:
    manager(deals, "Globex", "U0VP")
    _number, case = conflict(deals, by="U0OWN")  # the only one above Vera
    with pytest.raises(Refused, match="You sent this registration in"):
        judge(deals, case, "U0OWN", "through")
    assert judge(deals, case, "U0VP", "through") == "decided"


def test_at_the_top_who_sent_it_in_decides_since_nobody_else_is_above(deals: Deals) -> None:
    manager(deals, "Globex", "U0OWN")
    _number, case = conflict(deals, by="U0OWN")
    assert judge(deals, case, "U0OWN") == "decided"


# What a superior approved, nobody below is asked again.


def test_a_superiors_approval_settles_the_steps_below(deals: Deals) -> None:
    number = deals.register(value="300000")  # Dana, then Sam, then Olga
    assert deals.decide(number, "U0VP").state == "pending_approval"
    assert deals.asked(number) == [("U0PM", "approved"), ("U0SM", "cancelled"), ("U0OWN", "asked")]
    assert [target for target, _key in deals.sent("approval")] == ["U0PM", "U0OWN"]
    other = deals.register(account="Nile", value="300000")
    assert deals.decide(other, "U0OWN").state == "approved"


def test_so_does_one_that_climbed_but_a_colleagues_approval_does_not(deals: Deals) -> None:
    number = deals.register(value="100000")  # Dana, then Sam
    for _ in range(2):
        deals.pass_time(days=5)
        deals.fire()
    assert deals.asked(number) == [("U0VP", "asked"), ("U0SM", "waiting")]
    assert deals.decide(number, "U0VP").state == "approved"
    other = deals.register(account="Nile", value="100000")
    deals.decide(other, "U0PM")  # Dana is below Sam: he is asked
    assert deals.asked(other) == [("U0PM", "approved"), ("U0SM", "asked")]


def test_an_approval_of_an_earlier_round_settles_nothing(deals: Deals) -> None:
    number = deals.register(value="300000")
    deals.decide(number, "U0VP")
    deals.decide(number, "U0OWN", "returned", "more")
    send_again(deals, number, "U0AE", value="300000")
    deals.decide(number, "U0PM")
    assert deals.asked(number)[3:] == [("U0PM", "approved"), ("U0SM", "asked"), ("U0OWN", "waiting")]
    with deals.store.read(HOME) as uow:
        steps = approval_chain.steps_of(uow, number)
        assert uow.list(ApprovalStep, registration_id=number, state=ApprovalState.ASKED) == [steps[4]]
