"""The sample week of `partnerdesk demo`: who is there, what they say and press. What the bot does is not in here."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

HOME, GLOBEX, INITECH, HOOLI = "T0CONTOSO", "T0GLOBEX", "T0INITECH", "T0HOOLI"
JOINT, RESALE, ELSEWHERE, ALERTS = "C0GLOBEXACME", "C0INITUMBRA", "C0HOOLI", "C0ALERTS"
DANA, SAM, VERA, ALEX, SOL, PAT = "U0DANA", "U0SAM", "U0VERA", "U0ALEX", "U0SOL", "U0PAT"
PIA, JONAS, INES, ROB = "U0PIA", "U0JONAS", "U0INES", "U0ROB"

ZONE = "America/New_York"
MONDAY = date(2026, 3, 9)
_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri")


@dataclass(frozen=True, slots=True)
class Someone:
    """A person of the story: of which workspace, and what they are there."""

    id: str
    name: str
    role: str
    team: str = HOME
    zone: str = ZONE


CAST = (
    Someone(DANA, "Dana Park", "partner manager"),
    Someone(SAM, "Sam Ortiz", "senior manager"),
    Someone(VERA, "Vera Petit", "VP"),
    Someone(ALEX, "Alex Kim", "account executive"),
    Someone(SOL, "Sol Haddad", "solution architect"),
    Someone(PAT, "Pat Lind", "professional services"),
    Someone(PIA, "Pia Weber", "Globex", GLOBEX, "Europe/Berlin"),
    Someone(JONAS, "Jonas Roth", "Globex", GLOBEX, "Europe/Berlin"),
    Someone(INES, "Ines Costa", "Initech", INITECH, "Europe/Lisbon"),
    Someone(ROB, "Rob Rivers", "Hooli, a rival of Globex", HOOLI, "Europe/London"),
)


@dataclass(frozen=True, slots=True)
class Says:
    """`about` names the message for later steps; `reply_to` is the name of the thread's first message.

    `aside` is a narrator's word on a message that PartnerDesk posts nothing about.
    """

    at: str
    who: str
    where: str
    text: str
    about: str = ""
    reply_to: str = ""
    aside: str = "PartnerDesk stays quiet."


@dataclass(frozen=True, slots=True)
class Edits:
    """A person edits their message; `aside` as with `Says`."""

    at: str
    who: str
    about: str
    text: str
    aside: str = ""


@dataclass(frozen=True, slots=True)
class Deletes:
    at: str
    who: str
    about: str


@dataclass(frozen=True, slots=True)
class Invites:
    """A person adds PartnerDesk to a channel."""

    at: str
    who: str
    where: str


@dataclass(frozen=True, slots=True)
class Types:
    """`/pm …`; without `where`, in the person's own conversation with PartnerDesk."""

    at: str
    who: str
    text: str
    where: str = ""


@dataclass(frozen=True, slots=True)
class Presses:
    """A control on the newest card of PartnerDesk to this person that has it.

    `option` is what a menu is set to; `entry` are words of the list entry the control stands under.
    """

    at: str
    who: str
    control: str
    label: str
    option: str | None = None
    entry: str = ""


@dataclass(frozen=True, slots=True)
class Nothing:
    """Time passes; `text` says what did not happen."""

    at: str
    text: str


Step = Says | Edits | Deletes | Invites | Types | Presses | Nothing

WEEK: tuple[Step, ...] = (
    Invites("Mon 09:05", DANA, RESALE),
    Presses("Mon 09:06", DANA, "proposal_approve", "Watch it"),
    Types("Mon 09:08", DANA, "watch Initech for Umbra Retail", RESALE),
    Says("Mon 09:30", PIA, JOINT, "Sorry for the delay in replying, all good on our side."),
    Says("Mon 09:32", JONAS, JOINT, "If the test load slipped we would move the rehearsal, but it is on schedule."),
    Says("Mon 10:02", ALEX, JOINT, "How do we look for the cutover on Saturday?", about="cutover"),
    Says(
        "Mon 10:05", PIA, JOINT, "Bad news, I'm afraid. The cutover has slipped from the 14th to the 26th.",
        reply_to="cutover",
    ),
    Presses("Mon 10:12", SAM, "risk_ack", "Acknowledge"),
    Says("Mon 10:15", ALEX, JOINT, "Thanks for telling us early. What would help?", reply_to="cutover"),
    Says(
        "Mon 10:20", PIA, JOINT, "We will send the revised cutover plan by Thursday.", reply_to="cutover",
        aside="A promise with a date: it goes on the ledger (see /pm commitments on Friday), nobody is disturbed.",
    ),
    Says(
        "Mon 11:10", JONAS, JOINT,
        "Since Friday the order interface in your sandbox returns error 500 on every second call.",
        about="error",
    ),
    Presses("Mon 11:25", SOL, "handoff_accept", "Accept"),
    Says(
        "Mon 15:00", JONAS, JOINT, "One more thing from the workshop: nobody owns the SSO change.", about="sso",
        aside="Open, not on fire: it waits for Dana's digest, and for Sam if it is still open in 24 hours.",
    ),
    Edits(
        "Tue 10:00", JONAS, "sso", "One more thing from the workshop: nobody really owns the SSO change.",
        aside="The quote stays what was said; from now on it says that the message was edited.",
    ),
    Says(
        "Tue 10:30", INES, RESALE, "We are blocked on the price list: nobody here can quote Umbra without it.",
    ),
    Nothing("Tue 14:30", "Sam is on a plane and has pressed nothing for four working hours."),
    Presses("Tue 14:50", VERA, "risk_resolve", "Resolve"),
    Nothing("Tue 15:00", "The SSO question is 24 hours old and still open."),
    Presses("Tue 15:20", SAM, "risk_snooze", "Snooze, 1 day", "24"),
    Says(
        "Wed 09:40", PIA, JOINT,
        "Good news: the second load ran clean over night and the cutover is back on track for the 14th.",
        reply_to="cutover",
    ),
    Presses("Wed 09:50", SAM, "proposal_approve", "Close the risk"),
    Deletes("Wed 11:02", JONAS, "error"),
    Says("Wed 13:00", PIA, JOINT, "<@{bot}> escalate to VP"),
    Says("Wed 13:05", ROB, ELSEWHERE, "<@{bot}> risks Globex"),
    Nothing("Wed 15:20", "Sam's snooze ends."),
    Presses("Wed 15:30", SAM, "risk_handoff", "Hand off to Pat Lind", PAT),
    Says(
        "Wed 16:00", INES, RESALE, "We are still waiting for the signed order form.",
        aside="An open dependency: it waits for Dana's digest. She knows that nobody needs the form any more.",
    ),
    Presses("Thu 09:04", DANA, "risk_dismiss", "Not a risk", entry="order form"),
    Says("Thu 14:00", DANA, JOINT, "<@{bot}> risks Globex"),
    Says(
        "Fri 14:00", PIA, JOINT, "The revised cutover plan is done and sent, sorry it is a day late.",
        reply_to="cutover",
    ),
    Nothing("Fri 14:10", "Dana leaves the question for later: nothing is closed by itself."),
    Types("Fri 15:00", DANA, "risks"),
    Types("Fri 15:01", DANA, "commitments"),
    Types("Fri 15:02", DANA, "status"),
    Types("Fri 15:03", DANA, "help"),
)  # fmt: skip


def moment(at: str) -> datetime:
    """ "Tue 14:30" -> that instant of the week, in the home office's zone."""
    day, clock = at.split()
    on = MONDAY + timedelta(days=_DAYS.index(day))
    return datetime.combine(on, time.fromisoformat(clock), tzinfo=ZoneInfo(ZONE))
