"""The new date of what was moved: "slipped from the 14th to the 26th" is due on the 26th."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import datetime, time

from bot.reading.deadlines import DateContext, find_dates, read_phrase
from bot.reading.rules.frame import frame
from bot.reading.types import Due

_NEW_DATE = frame(
    r"(?:\b(?:to|into|until|till)|\bnow(?: it's| it is| for| on)?|\bnew (?:[\w-]+ )?date(?: is|:)?)"
    r" (?:on |in )?(?P<after><DAY>|may\b(?! [a-z]))"
    r"|(?P<before><DAY>),? (?:instead of|rather than|and not|not)\b"
)
_BARE_DAY = re.compile(r"(?:the )?\d{1,2}(?:st|nd|rd|th)")


def moved_to(text: str, context: DateContext) -> Due | None:
    """The last new date `text` names, its words and span in `text`; None when it names none that can be read.

    A bare day number that would lie before the old date is that of the month after it: "from the 28th to the 4th".
    """
    match = next(reversed(list(_NEW_DATE.finditer(text.lower()))), None)
    if match is None:
        return None
    start, end = match.span("after" if match.group("after") else "before")
    phrase = text[start:end]
    day = read_phrase(f"by {phrase}", context)
    old = max((date.day for date in find_dates(text[:start], context) if date.day), default=None)
    if day and old and day <= old and _BARE_DAY.fullmatch(phrase.lower()):
        at_old = datetime.combine(old, time(12), tzinfo=context.said_at.tzinfo)
        day = read_phrase(f"by {phrase}", replace(context, said_at=at_old))
    return Due(start, end, phrase, day) if day else None
