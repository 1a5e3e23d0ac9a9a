"""The other cards, as they read."""

from __future__ import annotations

from dataclasses import replace

from bot.cards.alert import alert_card
from bot.cards.commitments_list import commitments_card
from bot.cards.digest import digest_card
from bot.cards.handoff import handoff_card
from bot.cards.help import empty_card, unknown_card
from bot.cards.home import home_view
from bot.cards.policy import policy_card
from bot.cards.proposal import proposal_card
from bot.cards.risks_list import risks_card
from bot.cards.status import health, status_card
from bot.desk.views import AlertView, DigestView
from bot.policy import load_policy
from sandbox.blocks import validate_view
from tests.cards.readable import readable
from tests.cards.samples import ARI, CLOSING, COMMITMENT, DANA, HANDOFF, LINKING, RISK, SAID, SPOKEN, STATUS


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


def test_proposals_ask_and_then_say_who_decided() -> None:
    asked = readable(proposal_card(CLOSING))
    assert asked.startswith("# Close risk #12?\n| the cutover is done")
    assert "[*Close the risk*] [No]" in asked
    assert "Nothing happens until you approve." in asked
    decided = readable(proposal_card(replace(CLOSING, state="approved", settled_by=DANA)))
    assert "Approved by Dana Park." in decided
    assert "[" not in decided
    assert "I was added to #globex-new, which is shared with Globex Consulting." in readable(proposal_card(LINKING))


def test_risks_are_listed_ten_at_a_time_with_their_buttons() -> None:
    listed = readable(risks_card([replace(RISK, id=n) for n in range(1, 13)]))
    assert listed.startswith("# 12 open risks\n#1 Delay: Globex Consulting, Acme Corp, last seen <Tue 10 Mar 14:05>")
    assert listed.count("[Resolve] [Not a risk] [Snooze") == 10
    assert "The first 10 are shown." in listed
    assert readable(risks_card([], "Globex")) == "No open risks for Globex."


def test_commitments_show_the_slipping() -> None:
    listed = readable(commitments_card([COMMITMENT], "Globex"))
    assert listed.startswith(
        "# 1 open commitment for Globex, 1 overdue\nOverdue. Globex Consulting, Acme Corp: Lee Chan"
    )
    assert "Dates so far: Fri 6 Mar 2026 → Fri 13 Mar 2026" in listed


def test_a_digest_counts_what_it_leaves_out_and_can_be_stopped() -> None:
    risks = tuple(replace(RISK, id=n) for n in range(1, 12))
    digest = digest_card(DigestView(DANA, SAID.date(), risks, (COMMITMENT,), (HANDOFF,)))
    shown = readable(digest)
    assert shown.startswith("# Tue 10 Mar 2026: 11 open risks, 1 commitment due, 1 handoff")
    assert "3 more items not shown" in shown
    assert shown.endswith("[digest off]")


def test_an_alert_says_what_to_do_and_keeps_the_words() -> None:
    shown = readable(alert_card(AlertView(9, "escalation", "Sam Ortiz", "user_disabled", RISK)))
    assert "Next: The person's account is deactivated. Name somebody else in the partner book." in shown
    assert "| the cutover slips" in shown
    assert "Slack said: no answer" in readable(alert_card(AlertView(9, "notice", "Sam Ortiz", "", None)))


def test_status_is_one_sentence_when_well_and_names_what_is_wrong() -> None:
    assert "Health: everything sent is delivered." in readable(status_card(STATUS))
    late = replace(STATUS, dead_deliveries=1, waiting_deliveries=2, oldest_waiting_s=7200.0)
    assert health(late).startswith("1 message could not be delivered; 2 messages waiting, the oldest for 120 minutes.")
    assert "/pm watch <partner>" in readable(status_card(replace(STATUS, channels=())))


def test_the_policy_reads_as_sentences() -> None:
    shown = readable(policy_card(load_policy()))
    assert "- Unclear scope: partner manager in the digest; senior manager after 24 hours if it is still open" in shown
    assert "- A referral: account executive as a handoff the same business day" in shown


def test_empty_and_unknown_requests_get_buttons() -> None:
    assert readable(empty_card()) == "What would you like to see?\n[risks] [commitments] [status] [help]"
    assert "[risks Globex] [help]" in readable(unknown_card(["risks Globex"]))
    assert "[risks]" in readable(unknown_card([]))


def test_the_home_tab_is_accepted_by_slack_and_shows_outsiders_nothing() -> None:
    risks = [replace(RISK, id=n, evidence=(SPOKEN,) * 3) for n in range(1, 60)]
    assert validate_view(home_view(STATUS, risks)) == []
    outsider = home_view(None, ())
    assert validate_view(outsider) == []
    assert "Globex" not in str(outsider)
