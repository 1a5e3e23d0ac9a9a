"""What follows a command's name, or a sentence about its topic -> its request (bot/language/requests.py).

Each raises Refused with an example when something is missing, Choice where one of several things may be meant.
"""

from bot.language.arguments.actions import actions
from bot.language.arguments.basics import Snooze, Watch, a_channel, a_name, snooze, watch
from bot.language.arguments.checkin import checkin
from bot.language.arguments.deal import deal
from bot.language.arguments.digest import digest
from bot.language.arguments.escalate import Escalate, escalate
from bot.language.arguments.handoff import handoff
from bot.language.arguments.onboard import onboard
from bot.language.arguments.qbr import qbr
from bot.language.arguments.renewal import renewal
from bot.language.arguments.status import status

__all__ = [
    "Escalate",
    "Snooze",
    "Watch",
    "a_channel",
    "a_name",
    "actions",
    "checkin",
    "deal",
    "digest",
    "escalate",
    "handoff",
    "onboard",
    "qbr",
    "renewal",
    "snooze",
    "status",
    "watch",
]
