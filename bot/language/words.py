"""Words that are never a name: glue, prepositions, talk, questions and denials. All in lower case."""

from __future__ import annotations

import re

from bot.reading.deadlines.words import word_set

PARTNER_LEADS = word_set("with w w/ via thru through by from")
NAME_LEADS = PARTNER_LEADS | word_set("for of about regarding re on at in to")
# What carries nothing in a request, where it stands at the edge of a name.
KINDS = {
    **dict.fromkeys(("partner", "reseller"), "partner"),
    **dict.fromkeys(("customer", "account", "client", "customers"), "account"),
}
# What a slot or a name is introduced by: "tier is gold".
LABELS = word_set("tier type level partner customer account client value amount name")
# "today's digest", "tomorrow's check-in": which one, and no day that something is moved to.
WHICH = word_set(
    "today's tomorrow's yesterday's monday's tuesday's wednesday's thursday's friday's week's month's year's quarter's"
)
GLUE = (
    word_set(
        "a an the somebody someone anyone anybody our my your his her this that these those please pls plz thanks "
        "thank thx ty cheers kindly you asap immediately just also and or then so it its here there new newest "
        "existing current latest open pending partner partners partnership account accounts customer customers client "
        "clients company vendor called named titled as with for of about regarding re on at in to from by via through "
        "covering cover level tier status state quarter quarterly period year meeting meetings session call calls "
        "invite slot hi hey hello dear team folks ok okay yes all any some everything me us we i i'd i'll i've we'd "
        "let let's lets want need like would could can will get got give do go ahead one request plan plans quick "
        "process program programme worth value valued amount around approx approximately ca roughly size sized term "
        "next upcoming coming number no nr registration contract agreement deck pack report review record again when "
        "what's who's where's starting effective until till approval extension decision signature have mark u ur "
        "recurring regular standing needful protection window expiry tcv acv arr atm currently them whats hows wheres "
        "tks tnx kthx urgent urgently soon possible together along jointly time instead dossier set name gotta wanna "
        "help under into partnerdesk bot"
    )
    | WHICH
)
OPENERS = word_set(
    "when's what's whats how's hows where's wheres who's whos who whom whose when what which why how where did "
    "does is are was were has have had should"
)
ASKING = word_set("who whom when where why how whether who's when's how's")
DENIALS = word_set(
    "don't dont not never nobody nothing none won't wont cannot can't cant shouldn't without n't unless if"
)
# Verbs of somebody talking, whose forms follow the rule.
_TELLING = re.compile(
    r"(?:slip|delay|block|move?|push|wait|stall|look|seem|feel|think|guess|hope?|believe?|say|tell|hear|know|ask|keep|see|"
    r"take?|make?|talk|discuss|agree?|forget|remember|ignore?|pretend|expire?|come?|fall|lose?|win)(?:[pn]?(?:s|es|ed|ing))?|"
    r"\w+n't|(?:i|you|we|they|he|she|it|that|there|today|yesterday)'(?:s|m|re|ve|ll|d)"
)
# The other words of somebody talking: with one of them a sentence that only mentions a command is no request.
_OTHER_TALK = word_set(
    "wants needs above below beyond am be been being having will would might must may could done he she they "
    "them their theirs him its but because since although though while than thought said told heard felt knew "
    "maybe perhaps probably likely still already yet only even very really quite too rather almost always "
    "ever often again anyway actually basically honestly sorry unfortunately late blocker stuck risk risky "
    "fell dead lost won gone goes going went came took taken made issue issues problem problems bad good "
    "great nice fine terrible awful happy unhappy angry upset worry concern concerns yesterday everyone "
    "anybody anyone someone somebody people guys onto off over after before between against within during out "
    "up down back much many more most less least few lot lots other another same different every each both "
    "either neither nor week weeks day days month months year hours today tomorrow kept saw seen work works "
    "working ready behind ahead soon later earlier longer enough bigger huge big small important urgent "
    "forgot remind using use used previous instructions everything"
)
TALK = OPENERS | ASKING | DENIALS | _OTHER_TALK
ASIDE = OPENERS | word_set(
    "been be we i it they you there any not never dont cannot won't can't do don't happen happened happens many "
    "much last already yet still due done state status look looks looking like going doing he she coming up set "
    "get got and or long left far scheduled planned come comes end ends expire expires lapse lapses above below "
    "waiting wait pending mine my me today now registered finished complete completed over well "
    "happening stands track things"
)
CONDITIONS = word_set("if unless once until till before after when whenever whether provided assuming")
POLITE = word_set("can could would will you u please pls plz kindly")
# "because" and "note:" open words of the person's own.
NOTE_WORDS = word_set("because since reason reasons note notes comment bc cause cuz")
LEGAL_FORMS = word_set("inc ltd llc gmbh corp co ag sa plc bv limited llp")
# What people put in front of a request: "hey, can you please show me the open risks".
FILLER = word_set(
    "a all and any are can could do get give gotta partnerdesk bot hey hi hello help have i i'd is let's like "
    "list me my need of on open our please pls plz kindly new needful just see show tell the there to us u want "
    "wanna somebody someone anyone anybody would was we were what what's whats which you your"
)
# What people put behind a request.
_TAILS = (
    "as soon as possible, when you can, whenever you can, when you have time, when you have a minute, "
    "when you get a chance, if you can, if possible, if you could, right away, right now, for me, for us, "
    "thank you, thanks in advance, in advance, many thanks, thanks a lot, thank you very much, asap, please, "
    "pls, plz, thanks, thx, ty, cheers, today please, these days, at the moment, ok, okay, now"
)
ALL = GLUE | TALK | OPENERS | ASIDE | ASKING | DENIALS | CONDITIONS | NOTE_WORDS | FILLER | NAME_LEADS
TAILS = tuple(tuple(tail.split()) for tail in _TAILS.split(", "))
_PAST = re.compile(r"(?!re?sched$).{3,}(?:ed|wn)|won|lost")


def is_talk(word: str) -> bool:
    """Whether somebody is telling something."""
    return word in TALK or _TELLING.fullmatch(word) is not None


def is_past(word: str) -> bool:
    """Whether a word has the form of "approved" or "withdrawn"."""
    return _PAST.fullmatch(word) is not None


def is_told(word: str) -> bool:
    """Whether a word tells rather than asks or names."""
    return is_talk(word) or is_past(word)
