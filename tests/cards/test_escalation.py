"""The escalation card, as it reads."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from bot.cards.escalation import escalation_card
from bot.desk.views import PersonView, PositionView
from tests.cards.readable import readable
from tests.cards.samples import ARI, DEAL, ESCALATION, LEE, LINK, RISK, SAID, SAM, SPOKEN


def test_everything_a_manager_needs_is_on_it_and_one_next_step() -> None:
    card = escalation_card(ESCALATION)
    assert readable(card).splitlines() == [
        "# Delay: Globex Consulting, Acme Corp",
        "| the cutover slips to Friday & we cannot staff it before",
        f"Lee Chan (the partner), Tue 10 Mar 10:05 (22:05 theirs). Open the thread -> {LINK}",
        "Threatens: Acme ERP, USD 250,000, closes Tue 30 Jun 2026",
        "Dependency: owner Globex Consulting, due Fri 13 Mar 2026",
        "Why you: a delay goes to the senior manager of Globex Consulting's partner manager",
        "Next: press Acknowledge by <Tue 10 Mar 18:05>, or it goes to Vic Lang."
        " To stop it, press Snooze or Not a risk.",
        "[*Acknowledge*] [Resolve] [Not a risk] [Snooze: 4 hours / 1 day / 3 days / 1 week] [Hand off to…]",
        "~ Risk #12 · Found by pattern match; check it against the thread. · rule risk.delay.slips, policy 2026-11-20",
    ]
    assert card.text == (
        "Delay: Globex Consulting, Acme Corp. Lee Chan: “the cutover slips to Friday &amp; we cannot staff it before”"
        " Acknowledge by Tue 10 Mar 14:05 EDT."
    )


def test_acknowledged_says_by_whom_and_keeps_what_is_still_possible() -> None:
    taken = replace(ESCALATION, state="acked", climbs_at=None, settled_by=SAM, settled_at=SAID)
    lines = readable(escalation_card(replace(taken, risk=replace(RISK, held_by=SAM)))).splitlines()
    assert "Acknowledged by Sam Ortiz <Tue 10 Mar 14:05>. Next: press Resolve when it is settled." in lines
    assert "[Resolve] [Not a risk] [Hand off to…]" in lines
    handed = readable(escalation_card(replace(taken, risk=replace(RISK, held_by=ARI))))
    assert "Acknowledged by Sam Ortiz <Tue 10 Mar 14:05>. Ari Edo has it now." in handed
    assert "Next:" not in handed


def test_closed_has_no_buttons() -> None:
    for state, words in (("mitigated", "Resolved by Sam Ortiz"), ("dismissed", "Marked as not a risk by Sam Ortiz")):
        closed = replace(RISK, is_open=False, state=state)
        shown = readable(
            escalation_card(replace(ESCALATION, state="resolved", risk=closed, settled_by=SAM, settled_at=SAID))
        )
        assert f"{words} <Tue 10 Mar 14:05>." in shown
        assert "[" not in shown


def test_climbed_can_still_be_acknowledged() -> None:
    shown = readable(escalation_card(replace(ESCALATION, state="climbed", climbs_at=None)))
    assert "Nobody acknowledged in time, so it went on to Vic Lang." in shown
    assert "[*Acknowledge*]" in shown


def test_snoozed_says_until_when_and_offers_no_second_snooze() -> None:
    snoozed = replace(ESCALATION, risk=replace(RISK, snoozed_until=SAID + timedelta(days=1)))
    shown = readable(escalation_card(snoozed))
    assert "Snoozed until <Wed 11 Mar 14:05>." in shown
    assert "[Snooze" not in shown


def test_the_informed_are_not_asked_to_act() -> None:
    informed = replace(ESCALATION, informs=True, climbs_at=None, climbs_to=None, reason="you own Acme Corp")
    card = escalation_card(informed)
    lines = readable(card).splitlines()
    assert "For your information: you own Acme Corp; nothing is asked of you." in lines
    assert "Nobody has it yet." in lines
    assert "[Resolve]" in lines
    assert "Acknowledge" not in readable(card) + card.text
    taken = replace(informed, risk=replace(RISK, state="confirmed", held_by=SAM))
    assert "Sam Ortiz has it." in readable(escalation_card(taken)).splitlines()


def test_a_channel_gets_a_copy_that_says_why_and_how_to_stop_it() -> None:
    place = PersonView("C0ALERTS", "C0ALERTS")
    copy = replace(ESCALATION, informs=True, climbs_at=None, climbs_to=None, to_role="channel", recipient=place)
    lines = readable(escalation_card(copy)).splitlines()
    assert lines[2].startswith("Lee Chan (the partner), <Tue 10 Mar 14:05> (Tue 10 Mar 22:05 theirs).")
    assert lines[5:7] == [
        "A copy for this channel: the partner book says it receives escalations."
        " To stop them, change `receives` there.",
        "Nobody has it yet.",
    ]


def test_both_views_say_whose_they_are_and_when_they_were_said() -> None:
    ours = replace(SPOKEN, author=SAM, side="us", quote="our plan has the 12th")
    theirs = replace(SPOKEN, quote="the crew comes on the 19th", state="edited")
    both = replace(RISK, positions=(PositionView("us", ours), PositionView("partner", theirs)))
    lines = readable(escalation_card(replace(ESCALATION, risk=both))).splitlines()
    assert lines[3:5] == [
        "We: “our plan has the 12th” Sam Ortiz, Tue 10 Mar 10:05",
        "They: “the crew comes on the 19th” Lee Chan, Tue 10 Mar 10:05 (22:05 theirs), edited since",
    ]


def test_a_view_nobody_is_known_to_hold_is_shown_without_a_holder() -> None:
    paper = replace(RISK, positions=(PositionView("", SPOKEN), PositionView("customer", SPOKEN)))
    shown = readable(escalation_card(replace(ESCALATION, risk=paper)))
    assert "One view: “" in shown
    assert "The customer: “" in shown


def test_what_the_model_heard_says_how_sure_it_is_and_what_weighed() -> None:
    heard = replace(RISK, reader="model", rule="model.risk", confidence=0.914, weighed=("slips to Friday &amp; we",))
    assert "Heard by the model, 0.91, because of “slips to Friday & we”" in readable(
        escalation_card(replace(ESCALATION, risk=heard))
    )
    forgotten = readable(escalation_card(replace(ESCALATION, risk=replace(heard, weighed=()))))
    assert "Heard by the model, 0.91\n" in forgotten
    flagged = readable(escalation_card(replace(ESCALATION, risk=replace(RISK, reader="person"))))
    assert "Heard by" not in flagged


def test_only_a_risk_threatens_a_deal() -> None:
    unclear = replace(RISK, kind="scope", category="scope")
    shown = readable(escalation_card(replace(ESCALATION, risk=unclear)))
    assert "Deal: Acme ERP, USD 250,000, closes Tue 30 Jun 2026" in shown
    assert "Threatens" not in shown


def test_the_top_of_the_line_has_nobody_to_climb_to() -> None:
    shown = readable(escalation_card(replace(ESCALATION, climbs_at=None, climbs_to=None)))
    assert "Next: press Acknowledge when you have it in hand. To stop it, press Snooze or Not a risk." in shown


def test_deleted_words_are_gone_whatever_the_store_still_holds() -> None:
    deleted = replace(RISK, evidence=(replace(SPOKEN, state="deleted"),))
    card = escalation_card(replace(ESCALATION, risk=deleted))
    assert "| (the message was deleted)" in readable(card)
    assert "cutover" not in readable(card) + card.text
    assert "Open the thread" not in readable(card)


def test_edited_since_is_said() -> None:
    edited = replace(RISK, evidence=(replace(SPOKEN, state="edited"),))
    assert "The message was edited since." in readable(escalation_card(replace(ESCALATION, risk=edited)))


def test_many_words_and_many_deals_are_counted() -> None:
    evidence = tuple(replace(SPOKEN, quote=f"slips {n}") for n in range(5))
    deals = tuple(replace(DEAL, name=f"Deal {n}") for n in range(5))
    shown = readable(escalation_card(replace(ESCALATION, risk=replace(RISK, evidence=evidence, deals=deals))))
    assert "and 2 earlier messages in the thread" in shown
    assert "| slips 3" not in shown
    assert "; and 2 more deals" in shown


def test_without_partner_deal_date_or_link_it_still_reads() -> None:
    bare = replace(
        RISK, partner="", account="", deals=(), owner="", due_on=None, due_phrase="", rule="", policy_version="",
        evidence=(replace(SPOKEN, permalink="", author=replace(LEE, zone="Nowhere/Else")),),
    )  # fmt: skip
    shown = readable(escalation_card(replace(ESCALATION, risk=bare)))
    assert shown.splitlines()[0] == "# Delay: no partner linked"
    assert "theirs" not in shown


def test_their_clock_is_told_only_where_it_differs() -> None:
    def shown(reader: PersonView, author: PersonView) -> str:
        risk = replace(RISK, evidence=(replace(SPOKEN, author=author),))
        return readable(escalation_card(replace(ESCALATION, risk=risk, recipient=reader))).splitlines()[2]

    assert shown(SAM, replace(LEE, zone="America/Toronto")).startswith("Lee Chan (the partner), Tue 10 Mar 10:05. ")
    assert "Tue 10 Mar 10:05 (Wed 11 Mar 01:05 theirs)." in shown(SAM, replace(LEE, zone="Australia/Sydney"))


def test_every_version_of_a_card_has_its_own_block_id() -> None:
    ids = {
        block["block_id"]
        for view in (ESCALATION, replace(ESCALATION, state="acked"), replace(ESCALATION, state="climbed"))
        for block in escalation_card(view).blocks
        if "block_id" in block
    }
    assert len(ids) == 3
    assert all(each.split(":")[1] == "12" for each in ids)
