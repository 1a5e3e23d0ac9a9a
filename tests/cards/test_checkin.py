"""The cards of check-ins as people read them."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time

import pytest

from bot.cards import limits
from bot.cards.checkin import brief_card, calendar_card, choose_card, held_card, list_card, planned_card, settled_card
from bot.cards.checkin_forms import done_form, move_form, skip_form
from bot.cards.checkin_words import called, confirmation, often, on_which_day
from bot.desk.checkins_invites import Invitation
from bot.desk.checkins_views import AgreedView, Brief, CheckInView, DealNews, Held, Listed, Plan, Prepared, Progress
from bot.desk.views import PersonView
from bot.invites import Meeting
from bot.recurrence import Slot
from sandbox.blocks import validate_view
from tests.cards.readable import readable

DANA = PersonView("U0PM", "Dana Park", "America/New_York")
SAM = PersonView("U0SM", "Sam Ortiz", "Europe/Berlin")
STARTS = datetime(2026, 11, 26, 15, tzinfo=UTC)
MONTHLY = "FREQ=MONTHLY;BYDAY=4TH"
VIEW = CheckInView(
    id=7, partner="Globex Consulting", owner=DANA, rule=MONTHLY, on=date(2026, 11, 26), at=time(10),
    zone="America/New_York", starts_at=STARTS, minutes=30, state="planned", is_open=True, is_over=False, notes="",
    reason="", settled_by=None, following=None, version=1,
)  # fmt: skip
SLOTS = (
    Slot(date(2026, 11, 26), date(2026, 11, 27), STARTS),
    Slot(date(2026, 12, 24), date(2026, 12, 24), STARTS),
    Slot(date(2027, 1, 28), date(2027, 1, 28), STARTS),
)
PLAN = Plan(
    {}, "Globex Consulting", MONTHLY, SLOTS, time(10), "America/New_York", 30, 2, replaces="FREQ=WEEKLY;BYDAY=TU"
)
HOSTILE = 'Evil" <!channel> *Corp* <https://x.example|here>' + "\u202e" + "y" * 300


@pytest.mark.parametrize(
    ("rule", "how", "when"),
    [
        ("FREQ=WEEKLY;BYDAY=TU", "weekly", "on Tuesdays"),
        ("FREQ=WEEKLY;INTERVAL=2;BYDAY=TU,FR", "every 2 weeks", "on Tuesdays and Fridays"),
        (MONTHLY, "monthly", "on the fourth Thursday of the month"),
        ("FREQ=MONTHLY;INTERVAL=3;BYDAY=-1MO", "quarterly", "on the last Monday of the month"),
        ("FREQ=MONTHLY;BYMONTHDAY=22", "monthly", "on the 22nd"),
        ("FREQ=MONTHLY;BYMONTHDAY=11", "monthly", "on the 11th"),
        ("FREQ=MONTHLY;INTERVAL=6;BYMONTHDAY=-1", "every 6 months", "on the last day of the month"),
    ],
)
def test_rules_in_words(rule: str, how: str, when: str) -> None:
    assert (often(rule), on_which_day(rule)) == (how, when)


def test_a_rhythm_stands_where_it_reads_well() -> None:
    assert called(MONTHLY, "Globex") == "monthly check-in with Globex"
    assert called("FREQ=WEEKLY;INTERVAL=2;BYDAY=TU", "Globex") == "check-in with Globex every 2 weeks"
    assert called("", "Globex") == "check-in with Globex"


def test_the_question_says_exactly_what_happens() -> None:
    assert confirmation(PLAN) == [
        "Schedule a monthly check-in with Globex Consulting?",
        "Monthly, on the fourth Thursday of the month at 10:00 your time (America/New_York), 30 minutes. "
        "The first is on Fri 27 Nov (nobody works on Thu 26 Nov), then Thu 24 Dec, Thu 28 Jan.",
        "You get a brief 2 working hours before it. Where nobody works on a day, it is held on the working day after "
        "(your weekends and holidays).",
        "This ends your weekly check-in with Globex Consulting (on Tuesdays).",
    ]


def test_a_brief_with_everything() -> None:
    brief = Brief(
        partner="Globex Consulting", since=datetime(2026, 10, 22, 14, tzinfo=UTC), is_since_last=True,
        new_risk_count=2, open_risk_count=3, closed_risk_count=1, kept_count=2, slipped_count=1, ask_count=1,
        agreed=(AgreedView("Send the roster", "partner", "Dana Park", date(2026, 11, 20), True),), agreed_count=1,
        deals=(DealNews("Acme ERP", "won", "USD 250,000"),), deal_count=1, silent_days=12, is_read=True,
        onboarding=Progress(5, 9, 1), notes="They hire.",
    )  # fmt: skip
    earlier = replace(VIEW, id=6, on=date(2026, 10, 29))
    card = brief_card(Prepared(brief, VIEW, earlier))
    assert (
        readable(card)
        == """\
# Check-in with Globex Consulting
<Thu 26 Nov 15:00>, 30 minutes, monthly.
Last time: They hire.
Since the last check-in on Thu 22 Oct
- Risks: 2 new, 1 closed, 3 open
- Commitments: 2 kept, 1 slipped
- Waiting for an answer: 1
- Agreed before and not done: 1
- Deals: 1 with news
- They last wrote 12 days ago.
- Onboarding: 5 of 9 steps done, 1 late
Agreed before, not done
- Send the roster (the partner, Dana Park, due Fri 20 Nov 2026, late)
Deals
- Acme ERP: won, USD 250,000
You have not said whether the one on Thu 29 Oct was held.
[It was held] [It was not]
[*Held*] [Move] [Skip] [Add to calendar]
~ You get this because this check-in is yours. To end it: /pm stop check-in with Globex Consulting"""
    )
    assert card.text.startswith("Check-in with Globex Consulting Thu 26 Nov 10:00. Risks: 2 new")


def test_a_brief_never_invents() -> None:
    brief = Brief(partner="Globex Consulting", since=datetime(2026, 10, 27, 14, tzinfo=UTC), is_since_last=False)
    shown = readable(brief_card(Prepared(brief)))
    assert (
        shown
        == """\
# Brief on Globex Consulting
In the last 30 days (since Tue 27 Oct)
- I read no channel with them, so I know of nothing said."""
    )


def test_what_became_of_it() -> None:
    held = replace(
        VIEW,
        state="held",
        is_open=False,
        is_over=True,
        settled_by=DANA,
        following=datetime(2026, 12, 24, 15, tzinfo=UTC),
    )
    brief = Brief(partner="Globex Consulting", since=STARTS, is_since_last=False, is_read=True)
    shown = readable(brief_card(Prepared(brief, held)))
    assert "Held, by Dana Park." in shown
    assert "[" not in shown
    over = readable(brief_card(Prepared(brief, replace(VIEW, is_over=True))))
    assert "Was it held?" in over
    assert "Add to calendar" not in over
    assert readable(held_card(Held(held, 2, ("Pia",)), DANA)) == (
        "Check-in with Globex Consulting of Thu 26 Nov 10:00 is closed as held. 2 things agreed will be followed up. "
        "The next one is on Thu 24 Dec 10:00. Pia is not one of our people, so you are to see to it."
    )
    skipped = replace(VIEW, state="skipped", is_open=False, settled_by=DANA, reason="they travel")
    assert "Skipped, by Dana Park: they travel. No more of them are planned." in readable(settled_card(skipped, DANA))


def test_lists_are_in_the_readers_own_time() -> None:
    over = replace(VIEW, id=6, is_over=True)
    shown = readable(list_card(Listed("", (over,), (VIEW,), more=3), SAM))
    assert (
        shown
        == """\
# 1 check-in to come
Globex Consulting Thu 26 Nov 16:00, monthly on the fourth Thursday of the month, Dana Park. Was it held?
[*Held*] [Move] [Skip]
Globex Consulting Thu 26 Nov 16:00, monthly on the fourth Thursday of the month, Dana Park
[Prepare] [Move] [Skip] [Add to calendar]
~ And 3 more. Ask for one partner: checkins <partner>"""
    )
    assert "[Schedule a monthly one]" in readable(list_card(Listed("Globex"), DANA))


def test_hostile_names_stay_words_within_the_limits() -> None:
    view = replace(VIEW, partner=HOSTILE, notes=HOSTILE)
    brief = Brief(partner=HOSTILE, since=STARTS, is_since_last=True, notes=HOSTILE * 20)
    invitation = Invitation(Meeting("u", HOSTILE, view.on, view.at, view.zone, 30), "evil", STARTS, False)
    for card in (
        brief_card(Prepared(brief, view, view)), planned_card(view, DANA), settled_card(view, DANA),
        held_card(Held(view, 0, (HOSTILE,)), DANA), list_card(Listed(HOSTILE, (view,), (replace(view, id=8),)), DANA),
        choose_card(view, DANA), calendar_card(invitation),
    ):  # fmt: skip
        readable(card)
        assert "<!channel>" not in card.text
        assert "\u202e" not in str(card.blocks)
    for form in (done_form, move_form, skip_form):
        assert validate_view(limits.view(form(view))) == []


def test_a_file_that_is_out_of_date_says_so() -> None:
    meeting = Meeting("u", "Check-in with Globex", VIEW.on, VIEW.at, VIEW.zone, 30)
    card = calendar_card(Invitation(meeting, "globex", STARTS, True))
    assert "this changed after the file was made" in card.text
    assert card.attachment is not None
    assert b"SUMMARY:Check-in with Globex" in card.attachment.build()
