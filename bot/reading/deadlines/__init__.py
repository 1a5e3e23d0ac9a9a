"""Deadlines in what people write: our own grammar, because no date library knows EOW, mid-January or working days, and
those that search running text read "we" as Wednesday (measurements: docs/decisions)."""

from bot.reading.deadlines.context import DateContext, country_of
from bot.reading.deadlines.find import find_dates, find_due, read_phrase

__all__ = ["DateContext", "country_of", "find_dates", "find_due", "read_phrase"]
