"""Which risk and which person a request means, and requests for other desks: never a guess, always tracked."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from bot.compose import compose
from bot.desk import asked_person, asked_risk, byhand, digest_view, handling, handoffs, lookup, quiet, related
from bot.desk.agenda import Morning, quiet_items
from bot.desk.byhand import EscalationPlan
from bot.desk.related import RelatedPlan
from bot.desk.views import HandoffView
from bot.errors import Choice, Refused
from bot.language import arguments
from bot.language.requests import Handoff as Asked
from bot.language.tokens import tokens
from models.base import row_id
from models.delivery import Delivery
from models.escalations import Handoff
from models.messages import Message
from models.partners import Account, Channel, Partner, Person
from models.risks import Risk, SubjectKind
from models.store import Store
from tests.cards.readable import readable
from tests.desk.world import HOME, JOINT, World, build

OFFICE, OTHER = "C0OFFICE", "C0OTHER"
DISCOUNT = Asked("executive_approval", "get executive approval for the Globex discount", "Globex")


@pytest.fixture
def world(store: Store) -> World:
    """With a second partner, Initech, and a channel for it."""
    made = build(store)
    with store.write(HOME) as uow:
        partner = uow.add(Partner(workspace_id=HOME, name="Initech", manager="U0PM"))
        uow.add(Channel(workspace_id=HOME, slack_id=OTHER, name="initech", partner_id=partner.id, watched=True))
    return made


def plan(
    world: World, what: str, to: str = "vp", *, by: str = "U0PM", channel: str = OFFICE, thread: str | None = None
) -> EscalationPlan:
    with world.store.read(HOME) as uow:
        return byhand.plan_escalation(
            uow, what, to, actor=by, channel=channel, thread_ts=thread, now=world.clock.now()
        )  # fmt: skip


def chosen(world: World, what: str, to: str = "vp", **where: str) -> Choice:
    with pytest.raises(Choice) as asked:
        plan(world, what, to, channel=where.get("channel", OFFICE))
    return asked.value


def person(world: World, to: str, by: str = "U0PM") -> str:
    with world.store.read(HOME) as uow:
        partner, account = uow.find(Partner, name="Globex Consulting"), uow.find(Account, name="Acme Corp")
        return asked_person.find(uow, to, partner, account, actor=by, asked="escalate #1 to").slack_id


def delays(world: World) -> None:
    """#1 Globex: the cutover; #2 Globex: support tickets; #3 Initech: support hours."""
    world.say("[risk delay] the cutover slips")
    world.say("[risk blocked] nobody answers our support tickets")
    world.say("[risk delay] support hours end in May", channel=OTHER)


def test_which_partner_is_asked_where_nothing_says_it(world: World) -> None:
    delays(world)
    asked = chosen(world, "support issue")
    assert str(asked) == "Which partner is it about?"
    assert asked.labels == ("Globex Consulting", "Initech")
    assert asked.requests[0] == 'escalate support issue with "Globex Consulting" to vp'
    assert plan(world, "support issue with Globex Consulting").params["risk_id"] == "2", "the button's request"
    assert plan(world, "Initech's support issue").params["risk_id"] == "3"


def test_the_channel_says_which_partner(world: World) -> None:
    delays(world)
    found = plan(world, "support issue", channel=JOINT)
    assert (found.params["risk_id"], found.recipient.name) == ("2", "Vera Petit")
    assert found.quote == "nobody answers our support tickets"
    asked = chosen(world, "pricing", channel=JOINT)
    assert "None of the open risks with Globex Consulting mentions “pricing”." in str(asked)
    assert asked.requests == ("escalate #1 to vp", "escalate #2 to vp", "handoff pricing to <@U0VP>")
    assert asked.labels[-1] == "Send it to Vera Petit as a request"


def test_words_that_fit_one_risk_alone_are_enough(world: World) -> None:
    delays(world)
    assert plan(world, "the cutover").params["risk_id"] == "1"
    assert "Which partner" in str(chosen(world, "the cutover support")), "words of two partners' risks"


def test_without_an_open_risk_it_is_said_how_to_make_one(world: World) -> None:
    with pytest.raises(Refused, match=r"No risk is open\. On the message that shows it"):
        plan(world, "support issue")
    with pytest.raises(Refused, match=r"Initech has no open risk\. On the message"):
        plan(world, "support issue", channel=OTHER)
    with pytest.raises(Refused, match="Initech has no open risk") as refused:
        plan(world, "Initech")
    assert not isinstance(refused.value, Choice), "there are no words to send"


@pytest.mark.parametrize("what", ["Initech keeps missing calls", "that Initech keeps missing calls"])
def test_what_came_by_phone_is_offered_as_a_request(world: World, what: str) -> None:
    asked = chosen(world, what)
    assert asked.labels == ("Send it to Vera Petit as a request",)
    [request] = asked.requests
    assert request == "handoff Initech keeps missing calls to <@U0VP>"
    found = related_plan(world, arguments.handoff(tokens(request.removeprefix("handoff "))))
    assert (found.recipient.name, found.partner) == ("Vera Petit", "Initech")
    assert found.note == "Initech keeps missing calls"


def test_the_plan_says_who_it_goes_on_to(world: World) -> None:
    delays(world)
    assert plan(world, "#1").above is None, "nobody is above the VP"
    above = plan(world, "#3", "U0AE").above
    assert above is not None
    assert above.name == "Vera Petit"


def test_a_thread_without_a_risk_gives_its_own_words_as_evidence(world: World) -> None:
    root, _ = world.say("Morning all, two things for today.")
    world.say("your support people close our tickets unread", thread=root)
    world.say("<@U0BOT> escalate support issue to VP", by="U0PM", thread=root)
    found = plan(world, "support issue", channel=JOINT, thread=root)
    assert found.risk is None
    assert found.quote == "your support people close our tickets unread"
    with world.store.write(HOME) as uow:
        view = byhand.escalate(uow, found.params, actor="U0PM", now=world.clock.now(), policy=world.policy)
        assert (view.recipient.name, view.risk.partner, view.to_role) == ("Vera Petit", "Globex Consulting", "vp")
    assert any("| your support people close our tickets unread" in card for card in cards(world, "U0VP"))
    assert plan(world, "", "sa", channel=JOINT, thread=root).params["risk_id"] == "1", "now it is a risk"
    assert plan(world, "", "sa", channel=JOINT, thread=root).recipient.name == "Sol Arch"


def test_a_thread_is_not_taken_for_another_partners_risk(world: World) -> None:
    delays(world)
    root, _ = world.say("Morning all.")
    assert plan(world, "Initech support", channel=JOINT, thread=root).params["risk_id"] == "3"
    assert plan(world, "the cutover", channel=JOINT, thread=root).params["risk_id"] == "1"
    assert plan(world, "", channel=JOINT, thread=root).quote == "Morning all."


@pytest.mark.parametrize(
    ("to", "by", "who"),
    [
        ("vp", "U0PM", "U0VP"), ("VP of sales", "U0PM", "U0VP"), ("vice president", "U0AE", "U0VP"),
        ("the sales vp", "U0PM", "U0VP"), ("executive", "U0PM", "U0VP"), ("boss", "U0PM", "U0SM"),
        ("my boss", "U0SM", "U0VP"), ("manager", "U0AE", "U0SM"), ("senior manager", "U0PM", "U0SM"),
        ("account executive", "U0PM", "U0AE"), ("partner manager", "U0AE", "U0PM"),
        ("solution architect", "U0PM", "U0SA"),
        ("vera petit", "U0PM", "U0VP"), ("sol", "U0PM", "U0SA"), ("U0NEW", "U0PM", "U0NEW"),
    ],
)  # fmt: skip
def test_who_is_meant(world: World, to: str, by: str, who: str) -> None:
    assert person(world, to, by) == who


def test_who_nobody_knows_is_chosen_from_the_management_line(world: World) -> None:
    for to, says in (("the pope", "I do not know who “the pope” is"), ("director", "names nobody as director")):
        with pytest.raises(Choice, match=says) as asked:
            person(world, to)
        assert asked.value.labels == ("Sam Ortiz (senior manager)", "Vera Petit (VP)")
        assert asked.value.requests == ("escalate #1 to <@U0SM>", "escalate #1 to <@U0VP>")
    with pytest.raises(Refused, match="does not say who your manager is"):
        person(world, "boss", by="U0VP")
    with pytest.raises(Refused):
        person(world, "pia")  # the partner's
    with world.store.write(HOME) as uow:
        uow.add(Person(workspace_id=HOME, slack_id="U0VERA", team_id=HOME, name="Vera Other"))
    with pytest.raises(lookup.Ambiguous, match="Vera Other” or “Vera Petit"):
        person(world, "vera")


def test_a_name_inside_a_phrase_stands_at_its_edge(world: World) -> None:
    with world.store.read(HOME) as uow:
        found = lookup.named_in(uow, "support issue at Acme Corp")
        assert found is not None
        assert (found.partner, found.account and found.account.name, found.rest) == (None, "Acme Corp", "support issue")
        assert lookup.named_in(uow, "support issue") is None
        assert isinstance(asked_risk.of_thread(uow, JOINT, None, "", actor="U0PM"), type(None))


def related_plan(world: World, asked: Asked, *, by: str = "U0PM", channel: str = OFFICE) -> RelatedPlan:
    with world.store.read(HOME) as uow:
        return related.plan(uow, asked, actor=by, channel=channel, now=world.clock.now(), policy=world.policy)


def ask(world: World, asked: Asked, *, by: str = "U0PM", channel: str = OFFICE) -> HandoffView:
    planned = related_plan(world, asked, by=by, channel=channel)
    with world.store.write(HOME) as uow:
        return related.ask(uow, planned.params, actor=by, now=world.clock.now(), policy=world.policy)


def cards(world: World, target: str) -> list[str]:
    with world.store.read(HOME) as uow:
        rows = [row for row in uow.list(Delivery, target=target) if row.updates is None]
        made = [compose(uow, row, now=world.clock.now(), policy=world.policy) for row in rows]
        return [readable(card) for card in made if card is not None]


def test_a_request_goes_to_its_desk_with_the_askers_words(world: World) -> None:
    found = related_plan(world, DISCOUNT)
    assert (found.recipient.name, found.partner) == ("Vera Petit", "Globex Consulting")
    assert found.rule == "Executive approval requests go to a VP."
    assert found.due_at == datetime(2026, 3, 12, 14, tzinfo=UTC), "a day later, in working hours"
    view = ask(world, DISCOUNT)
    assert (view.state, view.trigger, view.requested_by and view.requested_by.name) == (
        "offered", "executive_approval", "Dana Park",
    )  # fmt: skip
    [card] = cards(world, "U0VP")
    assert "# Executive approval: Globex Consulting" in card
    assert "Dana Park asks:\n| get executive approval for the Globex discount" in card
    assert "[*Accept*] [Decline]" in card


@pytest.mark.parametrize(("action", "says"), [(handling.done, "done by"), (handling.decline, "declined by")])
def test_whoever_asked_hears_what_became_of_it_once(world: World, action: object, says: str) -> None:
    number = ask(world, DISCOUNT).id
    with world.store.write(HOME) as uow:
        handling.accept(uow, number, actor="U0VP", now=world.clock.now(), policy=world.policy)
    assert cards(world, "U0PM") == []
    with world.store.write(HOME) as uow:
        action(uow, number, actor="U0VP", now=world.clock.now(), policy=world.policy)  # type: ignore[operator]
    [card] = cards(world, "U0PM")
    assert f"Executive approval: Globex Consulting: {says} Vera Petit" in card
    assert "| get executive approval for the Globex discount" in card
    assert "You get this because you asked for it." in card


def test_who_settles_their_own_request_is_told_nothing(world: World) -> None:
    number = ask(world, DISCOUNT).id
    with world.store.write(HOME) as uow:
        handling.done(uow, number, actor="U0PM", now=world.clock.now(), policy=world.policy)
    assert cards(world, "U0PM") == []


def fire(world: World) -> int:
    with world.store.write(HOME) as uow:
        return handoffs.fire_due(uow, now=world.clock.now(), policy=world.policy)


def named_this_morning(world: World, slack_id: str) -> list[int]:
    with world.store.read(HOME) as uow:
        person = uow.find(Person, slack_id=slack_id)
        assert person is not None
        now = world.clock.now()
        quiet = quiet_items(uow, slack_id, now)
        morning = Morning(slack_id, now.date(), now.date(), quiet)
        shown = digest_view.build(uow, person, morning, now, now=now, policy=world.policy)
        return [each.id for each in shown.handoffs]


def test_who_asked_hears_once_that_nobody_answers_and_nobody_else_does(world: World) -> None:
    number = ask(world, DISCOUNT, by="U0AE").id
    assert named_this_morning(world, "U0VP") == [number]
    world.pass_time(hours=25)
    assert (fire(world), fire(world)) == (1, 0)
    [card] = cards(world, "U0AE")
    assert "Vera Petit has not answered since Wed 11 Mar" in card
    assert "[*Remind Vera Petit*] [Give to…] [Drop]" in card
    assert cards(world, "U0PM") == []
    assert named_this_morning(world, "U0VP") == [], "it is back with whoever asked"
    [asked] = cards(world, "U0VP")
    assert "Alex Eng knows that it is not answered yet" in asked
    assert "[*Accept*] [Decline]" in asked


def test_where_who_asked_left_the_partners_manager_takes_their_place(world: World) -> None:
    ask(world, DISCOUNT, by="U0AE")
    with world.store.write(HOME) as uow:
        asker = uow.find(Person, slack_id="U0AE")
        assert asker is not None
        asker.is_deleted = True
    world.pass_time(hours=25)
    fire(world)
    assert "[*Remind Vera Petit*] [Give to…] [Drop]" in cards(world, "U0PM")[0]


def test_a_request_can_be_asked_again_given_to_another_and_dropped(world: World) -> None:
    number = ask(world, DISCOUNT).id
    now, policy = world.clock.now, world.policy
    with world.store.write(HOME) as uow, pytest.raises(Refused, match="there is still time"):
        related.remind(uow, number, actor="U0PM", now=now(), policy=policy)
    world.pass_time(hours=25)
    fire(world)
    with world.store.write(HOME) as uow, pytest.raises(Refused, match="Only whoever asked"):
        related.drop(uow, number, actor="U0NEW", now=now(), policy=policy)
    with world.store.write(HOME) as uow:
        again = related.remind(uow, number, actor="U0PM", now=now(), policy=policy)
    assert again.due_at is not None
    assert len(cards(world, "U0VP")) == 2, "a reminder is a message"
    [told] = cards(world, "U0PM")
    assert "asked Vera Petit" in told
    assert "Remind" not in told
    assert named_this_morning(world, "U0VP") == [number]
    with world.store.write(HOME) as uow:
        handling.decline(uow, number, actor="U0VP", now=now(), policy=policy)
    world.pass_time(minutes=1)
    assert fire(world) == 1
    assert len(cards(world, "U0PM")) == 2, "the reminder's answer, not one more"
    assert "[Give to…] [Drop]" in cards(world, "U0PM")[-1]
    with world.store.write(HOME) as uow:
        given = related.give(uow, number, to="U0SM", actor="U0PM", now=now(), policy=policy)
    assert (given.state, given.assignee and given.assignee.name) == ("offered", "Sam Ortiz")
    assert "Why you: Dana Park asked for you" in cards(world, "U0SM")[0]
    assert all("It went to Sam Ortiz. Nothing is asked of you." in card for card in cards(world, "U0VP"))
    with world.store.write(HOME) as uow:
        related.drop(uow, number, actor="U0PM", now=now(), policy=policy)
    assert "No longer needed by Dana Park." in cards(world, "U0SM")[0]
    with world.store.write(HOME) as uow, pytest.raises(Refused, match="already cancelled"):
        related.drop(uow, number, actor="U0PM", now=now(), policy=policy)


def test_what_is_handed_over_can_be_kept_quiet(world: World) -> None:
    number = ask(world, DISCOUNT).id
    with world.store.write(HOME) as uow:
        handling.accept(uow, number, actor="U0VP", now=world.clock.now(), policy=world.policy)
    assert named_this_morning(world, "U0VP") == [number]
    with world.store.write(HOME) as uow:
        quiet.stop(uow, SubjectKind.HANDOFF, number, actor="U0VP")
    assert named_this_morning(world, "U0VP") == []


def test_a_person_of_ours_may_be_named_plainly(world: World) -> None:
    found = related_plan(world, Asked("", "the pricing question to Alex"))
    assert (found.recipient.name, found.note) == ("Alex Eng", "the pricing question")
    assert related_plan(world, Asked("commission", "the Acme commission to Sam Ortiz")).recipient.name == "Sam Ortiz"
    ask(world, Asked("", "the pricing question to Alex"))
    [card] = cards(world, "U0AE")
    assert "# Request: the pricing question" in card
    with pytest.raises(Choice, match="Which desk is it for"):
        related_plan(world, Asked("", "the pricing question to Quentin"))


def test_the_same_request_is_one_while_it_is_open(world: World) -> None:
    number = ask(world, DISCOUNT).id
    with pytest.raises(Refused, match=f"already: handoff #{number}, offered .Vera Petit."):
        ask(world, DISCOUNT)
    ask(world, DISCOUNT, by="U0AE")
    with world.store.write(HOME) as uow:
        handling.done(uow, number, actor="U0VP", now=world.clock.now(), policy=world.policy)
    world.pass_time(minutes=1)
    ask(world, DISCOUNT)
    with world.store.read(HOME) as uow:
        assert len(uow.list(Handoff)) == 3


def test_which_desk_is_asked_and_a_role_or_person_may_be_named(world: World) -> None:
    vague = Asked("", "the Globex security review", "Globex")
    with pytest.raises(Choice, match="Which desk is it for") as asked:
        related_plan(world, vague)
    assert asked.value.requests[0] == "handoff executive approval: the Globex security review"
    assert related_plan(world, replace(vague, to="U0NEW")).recipient.name == "Nia Ewing"
    assert related_plan(world, replace(vague, text="the review to solution architect")).recipient.name == "Sol Arch"
    with pytest.raises(Refused, match="What should be handed over"):
        related_plan(world, Asked("", " ", to="U0NEW"))
    with pytest.raises(Refused, match="not a full member"):
        related_plan(world, replace(vague, to="U0PARTNER"))


def test_nobody_gets_their_own_request(world: World) -> None:
    commission = Asked("commission", "process the commission for Globex", "Globex")
    found = related_plan(world, commission)
    assert found.recipient.name == "Sam Ortiz", "nobody is ops, and the partner's manager is who asks"
    assert found.rule.endswith(
        "requests go to operations. The partner book names nobody else who is in operations, so it goes to a manager."
    )
    assert related_plan(world, commission, by="U0AE").recipient.name == "Dana Park"
    with world.store.write(HOME) as uow:
        uow.add(Person(workspace_id=HOME, slack_id="U0OPS", team_id=HOME, name="Olga Pera", roles=["ops"]))
    assert related_plan(world, commission).recipient.name == "Olga Pera"
    with pytest.raises(Refused, match="names nobody else who could take that. Name a person"):
        related_plan(world, commission, by="U0OPS")


def test_what_it_is_about_comes_from_the_name_or_the_channel(world: World) -> None:
    commission = Asked("commission", "process the commission for Acme deal", "Acme")
    assert related_plan(world, commission).account == "Acme Corp"
    assert related_plan(world, Asked("commission", "process it"), channel=JOINT).partner == "Globex Consulting"
    unknown = related_plan(world, Asked("campaign", "a campaign with Umbrella", "Umbrella"), channel=JOINT)
    assert (unknown.partner, unknown.account) == ("", ""), "the channel is not what was named"
    assert unknown.note == "a campaign with Umbrella"


def test_nothing_of_it_touches_risks(world: World) -> None:
    ask(world, DISCOUNT)
    with world.store.read(HOME) as uow:
        assert uow.list(Risk) == []
        assert row_id(uow.list(Handoff)[0]) == 1
        assert uow.list(Message) == []
