"""The grammar's words. Everything is lower case; a word may stand in several tables, the grammar asks by place."""

from __future__ import annotations

from enum import StrEnum


class Kind(StrEnum):
    """What a token can be to the grammar."""

    NUMBER = "NUMBER"
    ORDINAL = "ORDINAL"
    FIGURES = "FIGURES"  # digits joined by . / -
    CLOCK = "CLOCK"
    WORD = "WORD"
    MARK = "MARK"  # one punctuation character
    OPAQUE = "OPAQUE"  # Slack markup, link, address: never read


def word_set(text: str) -> frozenset[str]:
    """The words of `text`."""
    return frozenset(text.split())


MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "january jan januar janvier enero janeiro",
            "february feb februar février febrero fevereiro",
            "march mar märz mars marzo março",
            "april apr avril abril",
            "may mai mayo maio",
            "june jun juni juin junio junho",
            "july jul juli juillet julio julho",
            "august aug août agosto",
            "september sept sep septembre septiembre setembro",
            "october oct oktober octobre octubre outubro",
            "november nov novembre noviembre novembro",
            "december dec dezember décembre diciembre dezembro",
        ),
        start=1,
    )
    for name in names.split()
}

WEEKDAYS = {
    name: number
    for number, names in enumerate(
        (
            "monday mon montag lundi lunes segunda",
            "tuesday tue tues dienstag mardi martes terça",
            "wednesday wed weds mittwoch mercredi miércoles quarta",
            "thursday thu thur thurs donnerstag jeudi jueves quinta",
            "friday fri freitag vendredi viernes sexta",
            "saturday sat samstag samedi sábado",
            "sunday sun sonntag dimanche domingo",
        )
    )
    for name in names.split()
}
WEEKDAY_PLURALS = {
    f"{name}s": number
    for number, name in enumerate(["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"])
} | {"weekends": 6}  # over on their Sunday
# Also everyday words of English or Romance languages: read as a weekday only after a preposition or beside a date.
DOUBTFUL_WEEKDAYS = word_set("sun sat mon tue wed segunda terça quarta quinta sexta mardi martes")

DAYS = {
    "today": 0,
    "tonight": 0,
    "tomorrow": 1,
    "overmorrow": 2,
    "yesterday": -1,
    "heute": 0,
    "morgen": 1,
    "demain": 1,
    "mañana": 1,
    "amanhã": 1,
}

_ONES = (
    "one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen "
    "eighteen nineteen"
)
_TENS = "twenty thirty forty fifty sixty seventy eighty ninety"
NUMBERS = {name: number for number, name in enumerate(_ONES.split(), start=1)} | {
    name: number * 10 for number, name in enumerate(_TENS.split(), start=2)
}
_FIRSTS = (
    "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth fourteenth fifteenth "
    "sixteenth seventeenth eighteenth nineteenth twentieth"
)
ORDINALS = {name: number for number, name in enumerate(_FIRSTS.split(), start=1)} | {"thirtieth": 30}

UNITS = {
    name: unit
    for unit, names in {
        "day": "day days d",
        "week": "week weeks wk wks w",
        "fortnight": "fortnight fortnights",
        "month": "month months mth mths",
        "quarter": "quarter quarters qtr qtrs",
        "year": "year years yr yrs",
        "decade": "decade decades",
        "hour": "hour hours hr hrs h",
        "minute": "minute minutes min mins",
        "second": "seconds secs sec",
        "weekend": "weekend weekends",
        "half": "half",
    }.items()
    for name in names.split()
}
SEASONS = word_set("spring summer autumn fall winter")
FISCAL = ("calendar", "fiscal", "financial")
GLUED_BEFORE = word_set("q h w kw cw wk week fy cy sat sun mon tue wed thu fri")
WORKING = frozenset({"business", "working", "work", "banking"})
WEEKDAY_UNITS = frozenset({"weekday", "weekdays", "workday", "workdays"})
# What may stand between "in" or "within" and an amount.
HEDGES = word_set(
    "the about around approximately approx roughly just under another exactly of at most max maximum only almost "
    "nearly less than up to maybe over as little"
)
NEXT = frozenset({"next", "following", "nxt"})
COMING = frozenset({"coming", "upcoming", "forthcoming"})
THIS = frozenset({"this", "current"})
LAST = word_set("last past previous prior preceding")
RELATIVE = NEXT | COMING | THIS | LAST

# End-of-period shorthand -> the period it ends.
ENDS = {
    "eod": "day",
    "eob": "day",
    "cob": "day",
    "eobd": "day",
    "eow": "week",
    "eom": "month",
    "eoq": "quarter",
    "eoy": "year",
}
END_WORDS = word_set("end close ending rest remainder")
START_WORDS = word_set("start beginning begining begin top")
MIDDLE_WORDS = frozenset({"mid", "middle"})
EARLY, LATE = frozenset({"early"}), frozenset({"late", "later"})
EDGES = END_WORDS | START_WORDS | MIDDLE_WORDS | EARLY | LATE
PARTS_OF_DAY = word_set("morning afternoon arvo evening night noon midday midnight lunch lunchtime dinner dinnertime")
MOMENTS = word_set("noon midday midnight lunch lunchtime")
# The hour by which a part of the day is over; "this afternoon" said before it lies ahead.
HOURS = {
    "morning": 12,
    "lunch": 13,
    "lunchtime": 13,
    "noon": 12,
    "midday": 12,
    "midnight": 24,
    "afternoon": 18,
    "arvo": 18,
    "evening": 23,
    "night": 24,
}

# What stands before a date. BY words make even a past or a bare date a deadline; ON words do so for a future one.
BY_WORDS = word_set("by before until till til 'til pre due deadline eta latest bis antes avant até vor")
ON_WORDS = word_set(
    "between on at in for from starting beginning during over within through throughout still am into to onto"
)
ON_VERBS = word_set(
    "is are ends end starts start begins begin closes close expires expire opens shuts runs moves moved move "
    "slips slipped pushed postponed delayed rescheduled extended planned scheduled set booked slated targeted "
    "promised due launching launches shipping ships leaving leaves arriving arrives ending starting closing opening"
)
MOVES = word_set(
    "move moves moved moving slip slips slipped pushed push postponed postpone delayed rescheduled extended"
)
PREPOSITIONS_BY = BY_WORDS - {"due", "deadline", "eta", "latest", "pre"}
NOT_DUE_WORDS = word_set("since after earlier every each nach seit depuis per")
SKIPPED = word_set(
    "the around about approximately approx roughly say latest of either le el de den dem del sometime not than"
)
DUE_NOUNS = word_set(
    "due deadline eta date day target latest cutoff cut-off expected delivery launch golive release finish completion"
)
# "for" and "of" before a bare month, quarter or year name a subject ("the budget for Q3"); these make it a deadline.
PERIOD_WORDS = word_set(
    "in by before until till til due deadline eta bis antes avant até within during through throughout between"
)
# What may lead to "the first" or "the 2nd" when a day is meant.
DAY_LEADS = word_set("on by until till before from for due is to and between starting le el den dem of")
SPELLED_DAY_LEADS = word_set("on by until till before from for")
PAST_VERBS = word_set(
    "was were had did didn't wasn't weren't hadn't sent told said went came got met wrote took gave made spoke "
    "missed failed happened started wanted promised asked called joined left lost found ran saw heard held "
    "shipped landed arrived released finished received fixed merged signed closed talked discussed agreed "
    "crashed broke stopped began ended showed tried kept put sat flew drove brought sold bought paid did "
    "deployed resolved delivered completed tested updated posted published submitted uploaded ordered visited "
    "presented"
)
PROGRESSIVE = word_set("i'm we're you're they're am are is be")
# Things that are numbered, scored or split: the figures after them are no dates ("items 4-6", "the score is 9/10").
NUMBERED = word_set(
    "account article build case chapter clause code column extension figure flight gate gates id invoice isbn item "
    "items line lines model number odds option options order page pages paragraph part parts phone po port question "
    "questions rate rated rating ratio room row rows rule rules score scored section sections serial slide slides "
    "split step steps table tel ticket tickets tier unit units version versions vote"
)
# Where these stand in the clause, "on 10.04" is a version.
SOFTWARE = word_set(
    "install installed installing run running runs upgrade upgraded boot boots build builds works tested"
)
PASSIVE = word_set("be get gets is are being")
FUTURE_WORDS = word_set(
    "will would shall should can could may might must to going gonna want wants need needs plan plans please "
    "pls plz kindly i'll we'll you'll he'll she'll they'll it'll let's lets let expect expects"
)
# A closing "now" is a deadline of one who will or should, and no "until now" or "it is now".
ASKING = word_set("will would shall please pls plz kindly let lets")
STANDING = word_set("until till by for from of just since not up is are any second")
# What may follow "the 14th" or "3/4" when it is a date; another noun after it makes it a count or a fraction.
AFTER_A_DAY = word_set(
    "and or at for to if so but as then with in on by is was are will would we i you it they he she please pls "
    "plz latest eta deadline because since until till before after from this next not no when where which who that "
    "could should can may i'll we'll eod cob noon morning afternoon evening night midnight midday works good fine "
    "only through thru instead rather too also anyway again has have had free open clear off booked"
)
SOON = frozenset({"asap", "shortly", "soon", "soonest"})

SPELLINGS = {
    wrong: right
    for right, wrongs in {
        "today": "todya tday",
        "tonight": "tonite",
        "noon": "noonish",
        "tomorrow": "tommorrow tomorow tommorow tomorrrow tomorro tomrrow tmrw tmr tmrrw tmw tmo tomoz tomo tomm",
        "yesterday": "yday ystrday yesturday",
        "monday": "mondy munday moday",
        "tuesday": "tuseday teusday tusday tuesdy tueday teusday tuesay",
        "wednesday": "wendesday wednsday wensday wedensday wednesdy wednsday wedsday wednesay",
        "thursday": "thrusday thusday thursdy thurday thurdsay thrsday tursday",
        "friday": "firday frday fridy fiday firiday",
        "saturday": "saterday satuday saturdy satday",
        "sunday": "sundy sundya",
        "january": "janurary januray janaury jaunary",
        "february": "febuary feburary febrary febuary februray",
        "april": "aprill apirl",
        "august": "agust augst",
        "september": "septemeber setpember septmber septembr",
        "october": "ocotber octber octobr",
        "november": "novemeber novmber novembr",
        "december": "decemeber decmber decembr",
        "week": "weeek",
    }.items()
    for wrong in wrongs.split()
}

# Words that are not read as they stand: misspellings, spelled-out numbers and ordinals -> (kind, word, value).
LEXICON = {
    **{wrong: (Kind.WORD, right, -1) for wrong, right in SPELLINGS.items()},
    **{word: (Kind.NUMBER, word, value) for word, value in NUMBERS.items()},
    **{word: (Kind.ORDINAL, word, value) for word, value in ORDINALS.items()},
}

_NAMED = word_set(
    "easter christmas xmas thanksgiving halloween juneteenth nye valentine valentines patrick patricks pentecost "
    "whitsun diwali deepavali eid hashanah kippur epiphany fawkes christi gras mas"
)
# Words any of which may belong to a date. RARELY holds those too common for that: they open the gate in a few forms.
RARELY = word_set("may now then first second third half spring fall four five six seven eight nine ten eleven twelve")
GATE = (
    frozenset(
        (*MONTHS, *WEEKDAYS, *WEEKDAY_PLURALS, *DAYS, *ENDS, *SPELLINGS, *UNITS, *ORDINALS, *MOMENTS, *PARTS_OF_DAY)
    )
    | SOON
    | WEEKDAY_UNITS
    | word_set("summer autumn winter kw cw away business play thirty twenty possible pm clock")
    | _NAMED
) - (RARELY | {"d", "h", "w"})
