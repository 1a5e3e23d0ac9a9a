"""Words that slots are made of, for telling them from names before any slot is read."""

from __future__ import annotations

import re

from bot.language.slots.numbers import WORDS as NUMBER_WORDS

# Words that stand for a slot: a day, a rhythm, money, a tier or type is as good as a name here.
DATES = (
    r"mon(day)?s?|tue(s|sday)?s?|wed(nesday)?s?|thu(rs|rsday)?s?|fri(day)?s?|today|tomorrow|jan(uary)?|feb(ruary)?|"
    r"march|april|june|july|aug(ust)?|sept?(ember)?|oct(ober)?|nov(ember)?|dec(ember)?|weeks?|months?|quarter"
)
SLOT = re.compile(
    rf"{'|'.join(NUMBER_WORDS)}|.*\d.*|[$€£¥₹]|{DATES}|sat(urday)?s?|sun(day)?s?|mar|apr|may|jun|jul|weekly|monthly|quarterly|fortnightly|"
    r"bi-?weekly|bi-?monthly|every|each|once|twice|other|first|second|third|fourth|last|previous|quarters|half|years?|"
    r"days?|noon|am|pm|million|mio|thousand|dollars?|euros?|pounds?|usd|eur|gbp|chf|fiscal|morning|afternoon|hours?|h|"
    r"o'clock|eod|regularly|daily"
)
