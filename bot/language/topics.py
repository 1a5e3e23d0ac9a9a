"""The words that name a command anywhere in a sentence: phrase (lower case) -> command."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

ONBOARD = (
    "onboard", "onboarding", "onboardings", "on-board", "on-boarding", "on board", "on boarding", "onboarded",
    "new partner", "new partners",
)  # fmt: skip
QBR = (
    "qbr", "qbrs", "business review", "business reviews", "quarterly business review", "quarterly business reviews",
    "quarterly review", "quarterly reviews", "business-review", "biz review", "quarterly biz review", "q.b.r",
)  # fmt: skip
CHECKIN = (
    "check-in", "check-ins", "checkin", "checkins", "check in", "check ins", "sync", "syncs", "sync-up", "sync up",
    "catch-up", "catchup", "catch up", "touch base", "touch-base", "touchbase", "touchpoint", "touchpoints",
    "check-in call",
)  # fmt: skip
DEAL = (
    "deal", "deals", "registration", "registrations", "deal registration", "deal registrations", "deal reg",
    "deal regs", "deal-reg", "dealreg", "deal-registration", "opportunity", "opportunities", "opp", "opps",
)  # fmt: skip
RENEWAL = (
    "renewal", "renewals", "renew", "renewing", "renewed", "renews", "contract renewal", "contract renewals",
    "agreement renewal", "agreement end", "agreement ends", "agreement expire", "agreement expires", "contract end",
    "contract ends", "contract expire", "contract expires",
)  # fmt: skip
ESCALATE = ("escalate", "escalated")
HANDOFF = (
    "hand-off", "handoff", "hand off", "hand-over", "handover", "hand over", "hand this over",
    "hand it over", "hand this off", "hand it off", "executive approval", "exec approval",
    "executive sign-off", "exec sign-off", "exec signoff", "executive signoff", "deal desk", "commission",
    "commissions", "campaign", "campaigns", "co-marketing", "webinar", "ask marketing", "ask finance", "ask ops",
)  # fmt: skip
STATUS = (
    "status", "status update", "status report", "health check", "any news", "state of", "state of play", "news on",
    "news from", "update on", "latest on", "stand with", "up with",
    "new with", "how healthy", "how's", "how is", "how are",
)  # fmt: skip
DIGEST = ("digest", "digests")
ACTIONS = ("action", "actions", "action item", "action items")
PORTFOLIO = ("portfolio", "portfolios")
# What names a command where nothing else is said: "what's late?"; inside a sentence these are words like others.
ALONE: Mapping[str, str] = MappingProxyType(
    {
        **dict.fromkeys(
            (
                "today", "late", "overdue", "due", "due today", "late today", "due this week", "this week", "due now",
                "anything late", "anything due", "anything overdue", "anything today", "next", "todo", "to do",
                "do today", "on today", "i do today",
            ),
            "agenda",
        ),
        **dict.fromkeys(
            ("approvals", "approval", "pending approvals", "pending approval", "waiting approvals", "needs approval",
             "approvals pending", "approvals waiting", "approve", "i approve"),
            "approvals",
        ),
        **dict.fromkeys(("partners", "partner list"), "portfolio"),
    }
)  # fmt: skip
# Commands whose requests are a person's own words: said first, all that follows belongs to them.
FREE = frozenset(["escalate", "handoff"])
# Requests for another desk are passed on as typed; what they are about ("the deal") does not name the command.
KEEP_THEIR_WORDS = ("handoff",)
# "only renewals in my digest" is about the digest.
OVER_OTHERS = (*KEEP_THEIR_WORDS, "digest")
# "status of the Acme QBR" shows the QBR.
SHOWS = frozenset(["status"])

TOPICS: Mapping[str, str] = MappingProxyType(
    {
        phrase: command
        for command, phrases in (
            ("onboard", ONBOARD), ("qbr", QBR), ("checkin", CHECKIN), ("deal", DEAL), ("renewal", RENEWAL),
            ("escalate", ESCALATE), ("handoff", HANDOFF), ("digest", DIGEST), ("status", STATUS), ("actions", ACTIONS),
            ("portfolio", PORTFOLIO),
        )
        for phrase in phrases
    }
)  # fmt: skip
