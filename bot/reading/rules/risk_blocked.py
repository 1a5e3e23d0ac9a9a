"""Blocked: work, an approval or a deal cannot go on."""

from __future__ import annotations

from bot.reading.rules.frame import table
from bot.reading.types import Category, Kind

_GUARDS = (
    "off_topic",
    "courtesy",
    "question",
    "negated",
    "resolved",
    "hypothetical",
    "past",
    "request",
    "generic",
    "decision",
    "other_sense",
)
# A frame that carries its own "not": the negation guard would always fire.
_NEGATIVE = (
    "off_topic",
    "courtesy",
    "question",
    "resolved",
    "hypothetical",
    "past",
    "request",
    "generic",
    "decision",
    "other_sense",
    "on_track",
)

_STATES = (
    (
        "risk.blocked.state",
        "blocked stuck stalled frozen froze hold ice halted suspended paused parked held locked standstill "
        "deadlocked grounded idle",
        r"\b(?:is|are|'s|'re|was|were|be|been|still|currently|now|remains?|completely|fully|sits?|stays?|has|have"
        r"|got|gets|put|until|mostly|stands?)\b"
        r"(?: [\w'-]+){0,3}? (?:blocked|stuck|stalled|frozen|on hold|on ice|halted|suspended|paused|parked"
        r"|held (?:up|back)|locked(?! in the)|at a standstill|deadlocked|grounded|idle)\b",
    ),
    (
        "risk.blocked.blocks",
        "blocks blocking blocker blockers holding holds stops stopping stopper bottleneck",
        r"\b(?:blocks|blocking|is holding|holds|holding|stops|stopping) (?:up )?(?:us|the|our|your|their|everything"
        r"|all|both|wave|phase|go-live|uat|testing|sign-off|this|it)\b"
        r"|\b(?:a|the|our|main|only|biggest|hard|real|big) (?:blocker|show-?stopper|bottleneck)\b(?! (?:list|board"
        r"|call))",
    ),
    (
        "risk.blocked.idle-hands",
        "idle hands hallway waiting twiddling sit sitting stand standing",
        r"\b(?:sit(?:s|ting)?|stand(?:s|ing)?) (?:around|idle|on (?:their|our|his|her) hands|in the (?:hallway"
        r"|corridor|lobby|warehouse|rain|car park))\b|\btwiddling\b|\bhands (?:are )?(?:tied|bound)\b",
    ),
    (
        "risk.blocked.pulled-plug",
        "plug stop stopped froze pulled withdrew withheld withholds withholding refuses refused refusing declines "
        "declined rejects rejected",
        r"\bpull(?:ed|s) the plug\b|\b(?:on|a) (?:credit )?stop\b|\bfroze (?:all|the|our|your|spending|spend)\b"
        r"|\bwith(?:holds?|held|holding|drew) (?:\w+ ){0,2}(?:payment|certificate|approval|access|consent|signature"
        r"|permission)"
        r"|\b(?:refus(?:es|ed|ing)|declin(?:es|ed)) (?:to (?:sign|pay|release|approve|accept|ship|file|load|join"
        r"|let|give|confirm|start)|(?:the|our|your|any)\b)",
    ),
)
_CANNOT = (
    (
        "risk.blocked.cannot-until",
        "until till before unless without while",
        r"\b(?:can't|cannot|can not|couldn't|unable|won't|not (?:able|allowed|permitted)|may not|nobody|no one"
        r"|no-one|nothing|none|never|no [\w-]+|don't dare|doesn't|don't|isn't|impossible)\b"
        r"[^;.?]{0,70}\b(?:until|till|unless|without|as long as|while|before (?!(?:the )?(?:<DAY>)))",
    ),
    (
        "risk.blocked.until-no",
        "until till unless without before",
        r"(?:^|[,;:–—-] ?|\b(?:and|but|so) )(?:until|till|unless|without|as long as"
        r"|before)\b[^;.?]{3,90}?\b(?:can't|cannot|won't|can not|not (?:able|allowed)|may not|nothing|nobody|no one"
        r"|none|no [\w-]+|impossible|doesn't|don't|stays?|refuse)\b",
    ),
    (
        "risk.blocked.no-x-no-y",
        "no without",
        r"\bno [\w' -]{2,35}(?:,|[;=–—]|->| means| so) ?(?:so |and |hence |therefore )?no (?!one\b|problem|worr"
        r"|rush|matter|need)[\w-]+|\bwithout (?:it|that|them|this|which)\b[^;.?]{0,40}\b(?:no|can't|cannot|won't"
        r"|doesn't|isn't|not|nothing|nobody)\b",
    ),
    (
        "risk.blocked.cannot-proceed",
        "can't cannot unable couldn't impossible nobody",
        r"\b(?:we|they|nobody|no one|team|crew|people|testers?|devs?|engineers?|consultants|i)(?: (?:still|now"
        r"|currently|just))? (?:can't|cannot|can not|(?:am|are|is) unable to|(?:are|is|am) not able to|can)"
        r" (?:even |yet |now )?(?:start|proceed|continue|go (?:on|ahead|live|forward)|move (?:on|ahead|forward)"
        r"|progress|deploy|invoice|quote|ship|order|onboard|place|book|release the|approve|submit|test|install"
        r"|begin)\b(?! (?:if|to)\b)",
    ),
    (
        "risk.blocked.so-nothing",
        "so hence therefore means",
        r"[,;:–—]\s?(?:so|hence|therefore|meaning|which means|and so)(?: there's| there is| we have| i have)? (?:no"
        r"|none|nobody|nothing|not a single) (?!worries|problem|need|rush|harm|hurry|question|surprise|change"
        r"|reason|drama)[\w-]+"
        r"|[,;:–—] ?(?:so|hence) (?:the |our |my |your |we |i |they )(?:\w+ ){0,3}(?:can't|cannot|won't"
        r"|stands? still|stays? (?:closed|down|dark|grey)|wait)\b",
    ),
)

RULES = (
    *table(Kind.RISK, Category.BLOCKED, _GUARDS, _STATES),
    *table(Kind.RISK, Category.BLOCKED, _NEGATIVE, _CANNOT),
)
