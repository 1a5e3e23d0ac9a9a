"""What each sentence people say does: as `/pm …`, to @PartnerDesk in a channel, and in a direct message."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

import pytest

from models.calendar import Cadence, CheckIn, OnboardingPlan, Qbr, Renewal
from models.deals import ApprovalStep, DealRegistration
from models.escalations import Escalation, Proposal
from models.partners import Account, Partner
from sandbox.workspace import Message
from tests.wire.office import HOME, Office, play

SLIP = "The cutover has slipped from the 14th to the 26th."
YES = "proposal_approve"


@dataclass(frozen=True, slots=True)
class Sentence:
    """`presses` are the buttons pressed one after the other, by what is written on them or their action_id; `reads`
    stands in the first answer; `did` says what must be in the store afterwards."""

    says: str
    presses: tuple[str, ...]
    reads: tuple[str, ...]
    did: Callable[[Office], bool]
    who: str = "U0PM"


def plan(tier: str, name: str, status: str) -> Callable[[Office], bool]:
    def found(desk: Office) -> bool:
        [partner] = desk.rows(Partner, name=name)
        [one] = desk.rows(OnboardingPlan, partner_id=partner.id)
        return (one.tier, one.state, partner.status) == (tier, "running", status)

    return found


def registered(account: str, partner: str, value: int) -> Callable[[Office], bool]:
    def found(desk: Office) -> bool:
        [deal] = desk.rows(DealRegistration, account_name=account)
        [ours] = desk.rows(Partner, name=partner)
        [_] = desk.rows(ApprovalStep, registration_id=deal.id, state="asked")
        of = (f"{deal.currency} {deal.value:,.0f}", deal.partner_id, deal.state)
        return of == (f"USD {value:,.0f}", ours.id, "pending_approval")

    return found


def meets(desk: Office) -> bool:
    [partner] = desk.rows(Partner, name="GlobalSys")
    [cadence] = desk.rows(Cadence, partner_id=partner.id)
    [first] = desk.rows(CheckIn, cadence_id=cadence.id)
    return cadence.rule.startswith("FREQ=MONTHLY") and (cadence.owner, first.state) == ("U0PM", "planned")


def approved(desk: Office) -> bool:
    [deal] = desk.rows(DealRegistration, account_name="BigCo")
    steps = desk.rows(ApprovalStep, registration_id=deal.id)
    return [(step.approver, step.state) for step in steps] == [("U0PM", "approved"), ("U0SM", "asked")]


def escalated(desk: Office) -> bool:
    [told] = desk.rows(Escalation, recipient="U0VP")
    return SLIP in desk.read(desk.cards("U0VP")[0]) and told.state == "notified"


def nothing(desk: Office) -> bool:
    """What is read-only asks nobody, and leaves no trace."""
    return not desk.rows(Renewal) and not [row for row in desk.rows(Qbr) if row.state not in ("due",)]


SENTENCES = (
    Sentence("status of Acme Corp", (), ("Acme Corp",), nothing),
    Sentence("Prepare renewal for 2025", (), ("2025", "Initech"), nothing),
    Sentence("Run QBR for Acme Corp Q4", (), ("Acme Corp", "Q4 2025"), nothing),
    Sentence("Run QBR for TechCorp covering Q4", (), ("TechCorp", "Q4 2025"), nothing),
    Sentence("Schedule monthly check-in with GlobalSys", (YES,), ("GlobalSys", "onthly"), meets),
    Sentence(
        "register deal for BigCo, $250,000", ("TechCorp", YES), ("Which partner",),
        registered("BigCo", "TechCorp", 250_000), who="U0AE",
    ),
    Sentence("Approve TechCorp deal registration", (YES,), ("BigCo", "TechCorp"), approved),
    Sentence(
        "deal for Acme Corp, $1.5M", ("GlobalSys", YES), ("Which partner",),
        registered("Acme Corp", "GlobalSys", 1_500_000), who="U0AE",
    ),
    Sentence("Escalate support issue to VP", ("Globex Consulting", f"#1 {SLIP}", YES), ("partner",), escalated),
    Sentence("Onboard TechCorp as Silver partner", (YES,), ("TechCorp",), plan("Silver", "TechCorp", "active")),
    Sentence("onboard Acme Corp Gold", (YES,), ("Acme Corp", "Gold"), plan("Gold", "Acme Corp", "onboarding")),
    Sentence("Onboard Acme Corp as a new Gold partner", (), ("Acme Corp",), plan("Gold", "Acme Corp", "onboarding")),
)  # fmt: skip


async def by_slash(desk: Office, user: str, text: str) -> None:
    await desk.pm(user, text, channel="C0OFFICE")


async def by_mention(desk: Office, user: str, text: str) -> None:
    await desk.box.say(user, "C0OFFICE", f"<@{desk.box.bot_user_id}> {text}")
    await desk.quiet()


async def by_direct_message(desk: Office, user: str, text: str) -> None:
    await desk.box.dm(user, text)
    await desk.quiet()


def seen(desk: Office, user: str) -> list[Message]:
    """Everything this person alone was shown, in order."""
    return sorted([*desk.box.ephemerals(user), *desk.cards(user)], key=lambda message: float(message.ts))


def controls(node: Any) -> list[dict[str, Any]]:
    """Every button in some blocks."""
    if isinstance(node, list):
        return [button for each in node for button in controls(each)]
    if not isinstance(node, dict):
        return []
    own = [node] if node.get("type") == "button" else []
    return own + [button for each in node.values() for button in controls(each)]


async def press(desk: Office, user: str, label: str) -> None:
    """Press the button called `label` on the newest message that has one."""
    for message in reversed(seen(desk, user)):
        for each in controls(message.blocks):
            if label in (each["action_id"], each["text"]["text"]):
                await desk.click(user, message, each["action_id"])
                return
    raise AssertionError(f"{user} sees no button {label}: {desk.read(seen(desk, user)[-1])[:300]}")


async def furnish(desk: Office) -> None:
    """TechCorp and GlobalSys are partners, too; Initech's agreement ended in 2025; a promise to Globex slipped."""
    with desk.desk.services.store.write(HOME) as uow:
        for name in ("TechCorp", "GlobalSys", "Acme Corp"):
            status = "recruiting" if name == "Acme Corp" else "active"
            uow.add(Partner(workspace_id=HOME, name=name, type="si", tier="gold", manager="U0PM", status=status))
        initech = uow.find(Partner, name="Initech")
        assert initech is not None
        initech.agreement_ends = date(2025, 12, 31)
    await desk.box.invite_bot("C0OFFICE")
    await desk.box.join("U0AE", "C0OFFICE")
    await desk.box.say("U0PARTNER", "C0JOINT", SLIP)
    await desk.quiet()


@pytest.mark.parametrize("ask", [by_slash, by_mention, by_direct_message])
def test_every_sentence_does_what_it_says(database: str, ask: Callable[[Office, str, str], Awaitable[None]]) -> None:
    async def scenario(desk: Office) -> None:
        await furnish(desk)
        for each in SENTENCES:
            before = len(seen(desk, each.who))
            await ask(desk, each.who, each.says)
            new = seen(desk, each.who)[before:]
            assert new, f"{each.says}: no answer"
            answer = desk.read(new[0])
            missing = [words for words in each.reads if words.casefold() not in answer.casefold()]
            assert not missing, f"{each.says}: no {missing} in {answer}"
            for label in each.presses:
                await press(desk, each.who, label)
            shown = [desk.read(message) for message in seen(desk, each.who)[-2:]]
            assert each.did(desk), f"{each.says}: {answer} … {shown}"
        assert not desk.rows(Proposal, state="open")
        assert not [message for message in desk.box.bot_messages("C0OFFICE") if not message.private_to]
        assert desk.rows(Account, name="Acme Corp")

    play(database, scenario)
