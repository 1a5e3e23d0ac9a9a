"""The public readings of a text: deadlines, any dates, and a phrase known to be a date."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date

from dateutil.relativedelta import relativedelta

from bot.reading.deadlines import words
from bot.reading.deadlines.anchors import (
    Anchor,
    anchor_of,
    clause_holds,
    in_future_clause,
    in_past_clause,
    told_as_past,
)
from bot.reading.deadlines.context import DateContext
from bot.reading.deadlines.line import Line, Reading, stands_alone
from bot.reading.deadlines.phrases import expression
from bot.reading.deadlines.tokens import Token, may_hold_a_date, tokens_of
from bot.reading.deadlines.words import Kind
from bot.reading.types import Due


@dataclass(frozen=True, slots=True)
class _Found:
    """A reading in place: `start` its first token, `lead` the preposition of the phrase (`start` when it has none)."""

    reading: Reading
    start: int
    lead: int
    anchor: Anchor


def find_due(text: str, context: DateContext) -> list[Due]:
    """Deadlines said in running text, in order, spans into `text`.

    A date counts when it can only be a date, or after a due word; past days only after a due word; never a habit
    ("every Friday"), a fraction, a version, a time of the past. "asap" and "in the next few days" have day None.
    A text that is nothing but a date phrase is read as one. Week phrases are due on their Friday, months, quarters
    and years on their last day, ranges on the later day, "before" a period on its first day.
    """
    if not may_hold_a_date(text):
        return []
    line = Line(text, tokens_of(text), context)
    dues = [found for found in _readings(line) if _is_due(line, found)]
    if any(not found.reading.clock for found in dues):  # "the 7th, be there at 9": the time belongs to that day
        dues = [found for found in dues if not found.reading.clock or found.anchor is Anchor.BY]
    return [_due(line, found) for found in dues]


def find_dates(text: str, context: DateContext) -> list[Due]:
    """Every date said in `text`, anchored or not, past or not; the two ends of a range come as two dates."""
    if not may_hold_a_date(text):
        return []
    line = Line(text, tokens_of(text), context)
    dates = []
    for found in _readings(line):
        if found.reading.undated or (found.reading.weak and found.anchor is Anchor.NONE and not _whole(line, found)):
            continue
        if found.reading.clock:
            continue
        for start, part in found.reading.parts or ((found.start, found.reading),):
            begin, end = line.at(start).start, line.at(part.end - 1).end
            dates.append(Due(begin, end, text[begin:end], part.last))
    return dates


def read_phrase(phrase: str, context: DateContext) -> date | None:
    """The due day of a phrase known to be a date ("EOD Friday", "W38", "end of Q3"); None when it cannot be read."""
    line = Line(phrase, tokens_of(phrase), context)
    for found in _readings(line):
        if not found.reading.undated:
            return _day(line, found)
    return None


def _readings(line: Line) -> Iterator[_Found]:
    index = 0
    while index < line.count:
        reading = expression(line, index)
        if reading is None:
            index += 1
            continue
        anchor, lead = anchor_of(line, index, reading)
        yield _Found(_tense(line, index, reading), index, lead, anchor)
        index = max(reading.end, index + 1)


def _tense(line: Line, start: int, reading: Reading) -> Reading:
    """A date without a year that a past verb speaks of lies behind us when it fell in the last three months."""
    if not reading.yearless or not in_past_clause(line, start):
        return reading
    earlier = reading.last - relativedelta(years=1)
    if earlier < line.today <= earlier + relativedelta(months=3):
        return replace(reading, first=reading.first - relativedelta(years=1), last=earlier, past=True)
    return reading


def _is_due(line: Line, found: _Found) -> bool:
    reading = found.reading
    if found.anchor is Anchor.NOT or _is_habit(line, found.start):
        return False
    if _whole(line, found):
        return not reading.past
    if found.anchor is not Anchor.BY and (_names_a_thing(line, found) or _is_numbered(line, found)):
        return False
    if reading.undated:
        return not in_past_clause(line, found.start)
    if (reading.weak and not _anchored(line, found)) or (reading.period and _is_subject(line, found)):
        return False
    lead = line.word(found.lead)
    over = reading.past or (_day(line, found) or line.today) < line.today
    if found.anchor is Anchor.BY or over:
        return found.anchor is Anchor.BY and not (over and (reading.period or lead in ("until", "till", "before")))
    bare = reading.period and reading.weak  # "agreed in March"; "agreed on Q3" is still to come
    tensed = lead in ("in", "during") if bare else reading.tensed and lead != "for"
    return not (tensed and told_as_past(line, found.lead, reading.end))


def _is_numbered(line: Line, found: _Found) -> bool:
    """ "items 4-6", "account 12-08-44", "the score is 9/10"."""
    if line.at(found.start).kind is not Kind.FIGURES or line.word(found.lead) in ("on", "at", "for", "from", "until"):
        return False
    return not words.NUMBERED.isdisjoint((line.word(found.lead - 1), line.word(found.lead - 2)))


def _names_a_thing(line: Line, found: _Found) -> bool:
    """ "today's stand-up", "the Friday model"."""
    if found.anchor is not Anchor.NONE:
        return False
    end = found.reading.end
    if line.text.endswith(("'s", "’s"), 0, line.at(end - 1).end):
        return True
    articled = line.word(found.start - 1) in ("the", "a")
    return articled and end == found.start + 1 and not stands_alone(line, end)


def _anchored(line: Line, found: _Found) -> bool:
    """Whether a reading that is no date by itself is made one by what stands before it."""
    if found.anchor is Anchor.BY:
        return True
    lead = line.word(found.lead)
    if found.reading.period:
        return lead in words.PERIOD_WORDS or (lead == "for" and not _is_subject(line, found))
    token = line.at(found.start)
    timed = token.kind in (Kind.FIGURES, Kind.CLOCK) or token.word == "noon"
    closing = token.word in ("mon", "tue", "wed") and line.at(found.reading.end).kind is Kind.MARK
    planned = (timed or closing) and in_future_clause(line, found.lead)
    if found.reading.clock:
        return planned or (lead == "at" and not in_past_clause(line, found.lead))
    if token.word in ("end", "close"):
        return in_future_clause(line, found.lead)  # "at the end of the day" is mostly a figure of speech
    if token.kind is Kind.FIGURES and token.word.rstrip(".").count(".") == 1:
        # 6.12 is a version more often than a day, most of all where nobody writes dates with dots
        dated = lead in ("on", "am") and not clause_holds(line, found.lead, words.SOFTWARE)
        return dated and (planned or not line.context.month_first)
    if token.kind is Kind.FIGURES and lead in ("to", "into", "between", "over"):
        return clause_holds(line, found.lead, words.MOVES)  # "set the ratio to 3/4"
    return found.anchor is not Anchor.NONE or planned


def _is_subject(line: Line, found: _Found) -> bool:
    """ "the budget for this quarter" is about the quarter; "planned for this quarter" is due in it."""
    lead = line.word(found.lead) if found.lead < found.start else line.word(found.start - 1)
    return lead in ("for", "of") and line.word(found.lead - 1) not in words.ON_VERBS


def _is_habit(line: Line, start: int) -> bool:
    """Every Friday; and the wishes "happy Easter", "enjoy the weekend", "have a great rest of the day"."""
    if line.word(start) == "rest" and line.word(start - 1) in ("great", "good", "nice", "lovely"):
        return True
    return any(line.word(start - back) in ("every", "each", "happy", "merry", "enjoy") for back in (1, 2))


def _whole(line: Line, found: _Found) -> bool:
    """Whether the text is nothing but this date."""
    before = line.tokens[: found.lead]
    after = line.tokens[found.reading.end : line.count]
    token = line.at(found.start)
    if token.kind is Kind.FIGURES and token.word.rstrip(".").count(".") == 1:
        return False  # a text that is only "7.2" is a version
    return all(map(_says_nothing, before)) and all(map(_says_nothing, after))


def _says_nothing(token: Token) -> bool:
    return token.kind is Kind.MARK or token.word in words.SKIPPED


def _day(line: Line, found: _Found) -> date | None:
    reading = found.reading
    if reading.undated:
        return None
    lead = line.word(found.lead)
    if lead in ("before", "ahead", "prior") and reading.first != reading.last and not reading.parts:
        weekend = reading.first.weekday() == 5 and (reading.last - reading.first).days == 1
        return reading.first - relativedelta(days=1) if weekend else reading.first
    return reading.last


def _due(line: Line, found: _Found) -> Due:
    start, end = line.at(found.lead).start, line.at(found.reading.end - 1).end
    return Due(start, end, line.text[start:end], _day(line, found))
