"""The other cards, as they read."""

from __future__ import annotations

from dataclasses import replace
from textwrap import dedent

from bot.cards.alert import alert_card
from bot.cards.channel import unwatched_card, watching_card
from bot.cards.commitments_list import commitments_card
from bot.cards.digest import digest_card
from bot.cards.handoff import handoff_card
from bot.cards.help import HelpLine, commands_card, empty_card, help_card, unknown_card
from bot.cards.home import home_view, outsiders_view
from bot.cards.notice import choice_card, confirm_card
from bot.cards.policy import policy_card
from bot.cards.proposal import proposal_card
from bot.cards.risks_list import risks_card
from bot.cards.status import health, status_card
from bot.desk.home import Filters, HomeView
from bot.desk.portfolio import Numbers, PortfolioView, Row
from bot.desk.views import AlertView, DigestView
from bot.policy import load_policy
from sandbox.blocks import validate_view
from tests.cards.readable import readable
from tests.cards.samples import (
    ARI,
    CHANNEL,
    CLOSING,
    COMMITMENT,
    DANA,
    HANDOFF,
    KEEPING,
    LINK,
    LINKING,
    RISK,
    SAID,
    SAM,
    SPOKEN,
    STATUS,
)


def test_handoff_offered_accepted_done() -> None:
    offered = readable(handoff_card(HANDOFF))
    assert offered.startswith("# Referral: Globex Consulting, Acme Corp\n| the cutover slips")
    assert "Next: accept it or decline it by <Tue 10 Mar 20:05>." in offered
    assert "[*Accept*] [Decline]" in offered
    accepted = readable(handoff_card(replace(HANDOFF, state="accepted", settled_by=ARI)))
    assert "Accepted by Ari Edo. Press Done when it is finished." in accepted
    assert "[*Done*] [Give it back]" in accepted
    assert "[" not in readable(handoff_card(replace(HANDOFF, state="done", settled_by=ARI)))


def test_handoff_metadata_names_the_event_other_agents_listen_to() -> None:
    card = handoff_card(HANDOFF)
    assert card.event_type == "partner_referral"
    assert card.event_payload == {
        "handoff": 5, "to_role": "ae", "state": "offered", "partner": "Globex Consulting", "account": "Acme Corp",
        "channel": "C0JOINT", "ts": "1773151500.000100", "due_at": "2026-03-10T20:05:00+00:00",
    }  # fmt: skip
    assert handoff_card(replace(HANDOFF, trigger="sow")).event_type == "partner_sow_needed"
    assert handoff_card(replace(HANDOFF, trigger="delay")).event_type == "partner_risk"


def test_a_proposal_to_close_shows_what_was_said_first_and_since() -> None:
    assert readable(proposal_card(CLOSING)).splitlines() == [
        "# Close risk #12?",
        "Delay: Globex Consulting, Acme Corp",
        "| the cutover slips to Friday & we cannot staff it before",
        f"Lee Chan (the partner), Tue 10 Mar 10:05 (22:05 theirs). Open the thread -> {LINK}",
        "Said since:",
        "| the cutover is done",
        f"Lee Chan (the partner), Tue 10 Mar 10:05 (22:05 theirs). Open the thread -> {LINK}",
        "This reads as if it is settled.",
        "[*Close the risk*] [Leave it open]",
        "~ Proposal #4 · Nothing happens without you. The offer ends Tue 24 Mar 2026.",
    ]
    decided = readable(proposal_card(replace(CLOSING, state="approved", settled_by=DANA)))
    assert decided.endswith("\nClosed by Dana Park.\n~ Proposal #4")
    assert "[" not in decided
    assert "Left open by Dana Park." in readable(proposal_card(replace(CLOSING, state="declined", settled_by=DANA)))
    assert "Expired; nothing was changed." in readable(proposal_card(replace(CLOSING, state="expired")))


def test_a_promise_is_asked_about_with_both_quotes() -> None:
    asked = readable(proposal_card(KEEPING)).splitlines()
    assert asked[:3] == [
        "# Was this promise kept?",
        "Promised: Globex Consulting, Acme Corp, due Fri 13 Mar 2026",
        "| the cutover slips to Friday & we cannot staff it before",
    ]
    assert "| the plan is in your inbox" in asked
    assert "[*Kept*] [Not yet]" in asked
    kept = readable(proposal_card(replace(KEEPING, state="approved", settled_by=DANA)))
    assert "Marked as kept by Dana Park." in kept
    assert "Left open by Dana Park." in readable(proposal_card(replace(KEEPING, state="declined", settled_by=DANA)))


def test_a_linked_channel_says_how_to_name_the_account() -> None:
    asked = readable(proposal_card(LINKING))
    assert "I was added to #globex-new, which is shared with Globex Consulting. Read it for Globex Consulting?" in asked
    linked = replace(LINKING, state="approved", settled_by=DANA)
    assert (
        "Approved by Dana Park. To name the account, type in #globex-new: /pm watch Globex Consulting for <account>"
    ) in readable(proposal_card(linked))
    known = replace(linked, params=linked.params | {"account": "Acme Corp"})
    assert "Approved by Dana Park.\n" in readable(proposal_card(known))


def test_watching_says_for_whom_and_offers_the_history() -> None:
    assert readable(watching_card(CHANNEL, invited=True)).splitlines() == [
        "I now read #C0JOINT for Globex Consulting, Acme Corp. Only our own people see what I find.",
        "[Read its history]",
    ]
    assert "type /invite @PartnerDesk there" in readable(watching_card(CHANNEL, invited=False))
    assert "[" not in readable(watching_card(CHANNEL, invited=False))
    assert "I no longer read #C0JOINT." in readable(unwatched_card(CHANNEL))


def test_a_risk_in_a_list_has_three_lines_and_says_who_has_it() -> None:
    held = replace(RISK, held_by=SAM, times_seen=2, evidence=(replace(SPOKEN, state="edited"),))
    entry = [
        "#12 Delay: Globex Consulting, Acme Corp, said 2 times",
        "| the cutover slips to Friday & we cannot staff it before",
        "Lee Chan, Tue 10 Mar 10:05 (22:05 theirs), edited since"
        " · Threatens: Acme ERP, USD 250,000, closes Tue 30 Jun 2026 · due Fri 13 Mar 2026 · Sam Ortiz has it"
        f" · Open the thread -> {LINK}",
        "[Resolve] [Not a risk] [Snooze: 4 hours / 1 day / 3 days / 1 week]",
    ]
    assert readable(risks_card([held], DANA)).splitlines() == ["# 1 open risk", *entry]
    assert " · you have it · " in readable(risks_card([held], SAM))
    assert "has it" not in readable(risks_card([RISK], DANA))
    bare = replace(RISK, evidence=(), deals=(), due_on=None, due_phrase="")
    assert len(readable(risks_card([bare], DANA)).splitlines()) == 3


def test_risks_are_listed_ten_at_a_time_with_their_buttons() -> None:
    listed = readable(risks_card([replace(RISK, id=n) for n in range(1, 13)], DANA))
    assert listed.startswith("# 12 open risks\n#1 Delay: Globex Consulting, Acme Corp\n")
    assert listed.count("[Resolve] [Not a risk] [Snooze") == 10
    assert "The first 10 are shown." in listed
    assert readable(risks_card([], DANA, "Globex")) == "No open risks for Globex."


def test_commitments_show_the_slipping_and_can_be_marked_as_kept() -> None:
    card = commitments_card([COMMITMENT], DANA, "Globex")
    assert readable(card).splitlines() == [
        "# 1 open commitment for Globex, 1 overdue",
        "Globex Consulting, Acme Corp: due Fri 13 Mar 2026, overdue",
        "| the cutover slips to Friday & we cannot staff it before",
        "Lee Chan, Tue 10 Mar 10:05 (22:05 theirs) · date moved: Fri 6 Mar 2026 → Fri 13 Mar 2026"
        f" · Open the thread -> {LINK}",
        "[Kept]",
    ]
    [kept] = card.blocks[-1]["elements"]
    assert (kept["action_id"], kept["value"]) == ("commitment_kept", "8")
    other = readable(commitments_card([replace(COMMITMENT, owner="Ari Edo", due_on=None, due_phrase="")], DANA))
    assert "Globex Consulting, Acme Corp: Ari Edo, no date, overdue" in other


def test_a_digest_is_short_counts_what_it_leaves_out_and_can_be_stopped() -> None:
    risks = tuple(replace(RISK, id=n) for n in range(1, 12))
    shown = readable(digest_card(DigestView(DANA, SAID.date(), risks, (COMMITMENT,), (HANDOFF,))))
    assert shown.startswith("# Tue 10 Mar: 11 open risks, 1 commitment overdue, 1 handoff\n# Handed to you\n")
    assert "[Kept] [Remind me less: Quiet for a day / " in shown
    assert shown.splitlines()[2:5] == [
        "Referral: Globex Consulting, Acme Corp",
        "| the cutover slips to Friday & we cannot staff it before",
        "Lee Chan, Tue 10 Mar 10:05 (22:05 theirs) · you own Acme Corp · answer by <Tue 10 Mar 20:05>"
        f" · Open the thread -> {LINK}",
    ]
    assert shown.splitlines()[5].startswith("[Accept] [Decline]")
    assert shown.splitlines()[-1] == (
        "~ These are yours by the partner book. /pm digest changes what you get and when, /pm digest off stops it."
    )


def test_a_digest_has_buttons_only_for_what_nobody_else_has() -> None:
    mine, theirs = replace(RISK, id=1, held_by=DANA), replace(RISK, id=2, held_by=SAM)
    shown = readable(digest_card(DigestView(DANA, SAID.date(), (mine, theirs, replace(RISK, id=3)), (), ())))
    assert shown.count("[Resolve]") == 2
    assert "Sam Ortiz has it · Open the thread -> " + LINK + "\n#3 " in shown


def test_an_alert_says_what_to_do_and_keeps_the_words() -> None:
    why = "That person is deactivated. (user_disabled)"
    shown = readable(alert_card(AlertView(9, "escalation", "Sam Ortiz", why, RISK)))
    assert shown.splitlines()[:6] == [
        "# A message could not be delivered",
        "What: Delay: Globex Consulting, Acme Corp",
        "To: Sam Ortiz",
        f"Why: {why}",
        "Next: pass it on yourself and put right what was in the way. I do not send this one again.",
        "| the cutover slips to Friday & we cannot staff it before",
    ]
    bare = readable(alert_card(AlertView(9, "digest", "Sam Ortiz", "", None)))
    assert "What: The morning digest\nTo: Sam Ortiz\nWhy: Slack gave no answer.\n" in bare


def test_status_is_one_sentence_when_well_and_names_what_is_wrong() -> None:
    assert "Health: everything sent is delivered." in readable(status_card(STATUS))
    late = replace(STATUS, dead_deliveries=1, waiting_deliveries=2, oldest_waiting_s=7200.0)
    assert health(late).startswith("1 message could not be delivered; 2 messages waiting, the oldest for 120 minutes.")
    assert "/pm watch <partner>" in readable(status_card(replace(STATUS, channels=())))


def test_the_policy_reads_as_sentences() -> None:
    shown = readable(policy_card(load_policy()))
    assert "- Unclear scope: partner manager in the digest; senior manager after 24 hours if it is still open" in shown
    assert "- A referral: account executive as a handoff the same business day" in shown


def test_a_confirmation_says_what_happens_and_that_nothing_has() -> None:
    card = confirm_card(
        ["Start onboarding Acme <Corp> as Gold?", "9 steps, kickoff on Tue 24 Nov."], 12, yes="Start it"
    )
    assert readable(card) == dedent("""\
        Start onboarding Acme <Corp> as Gold?
        9 steps, kickoff on Tue 24 Nov.
        [*Start it*] [Cancel]
        ~ Nothing is done until you press Start it.""")
    assert card.text == "Start onboarding Acme &lt;Corp&gt; as Gold? 9 steps, kickoff on Tue 24 Nov."
    assert [element["value"] for element in card.blocks[1]["elements"]] == ["12", "12"]


def test_a_choice_of_very_many_says_how_to_name_the_others() -> None:
    shown = readable(choice_card("Which one?", [f"risks {n}" for n in range(12)], [f"Partner {n}" for n in range(12)]))
    assert "[Partner 0]" in shown and "[Partner 9]" in shown and "Partner 10" not in shown
    assert "These are the first 10; 2 more fit." in shown


def test_help_shows_six_jobs_and_the_way_to_everything() -> None:
    shown = readable(help_card())
    assert shown.count("\n- ") == 6
    assert "- Review the quarter:  run QBR for Acme Corp Q4" in shown
    assert "[Everything I can do]" in shown


def test_everything_is_shown_in_whole_sentences() -> None:
    shown = readable(commands_card([HelpLine("qbr <partner>", "The review.", ("Run QBR for Acme Q4", "qbrs"))]))
    assert "qbr <partner>  The review.  For example: Run QBR for Acme Q4 · qbrs" in shown


def test_empty_and_unknown_requests_get_buttons() -> None:
    shown = readable(empty_card())
    assert shown == "What would you like to see?\n[agenda] [risks] [commitments] [check-ins] [deals] [help]"
    assert "[risks Globex] [help]" in readable(unknown_card(["risks Globex"]))
    assert "[risks]" in readable(unknown_card([]))


def test_the_home_tab_is_accepted_by_slack_and_shows_outsiders_nothing() -> None:
    risks = tuple(replace(RISK, id=n, evidence=(SPOKEN,) * 3) for n in range(1, 60))
    rows = tuple(Row(f"Partner {n}", Numbers(risks=n, late=1)) for n in range(1, 60))
    numbers = PortfolioView(DANA, "all", SAID.date(), Row("", Numbers(risks=60), 59), (), rows, 3)
    digest = DigestView(DANA, SAID.date(), risks, (COMMITMENT,) * 1, (HANDOFF,), more={"risks": 7})
    partners = tuple((n, f"Partner {n}") for n in range(1, 99))
    full = home_view(HomeView(DANA, Filters("all", 3, "risks"), STATUS, digest, numbers, partners, 402))
    assert validate_view(full) == []
    assert len(full["blocks"]) <= 100
    assert "more under “At risk” (/pm risks)" in str(full)
    assert "no room for 402 more partners" in str(full)
    assert "Reader" not in str(full), "what reads is for `status`"
    assert validate_view(home_view(HomeView(DANA, Filters("mine"), STATUS, digest, numbers, partners, 0))) == []
    outsider = outsiders_view()
    assert validate_view(outsider) == []
    assert "Globex" not in str(outsider)
