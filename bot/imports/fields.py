"""The values of the partner book: text from the file -> a checked value, or a ValueError that says what to write."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from typing import Annotated
from zoneinfo import available_timezones

from pydantic import BeforeValidator

from bot.days import plausible
from bot.did_you_mean import close_to


def meant(value: str, options: Iterable[str]) -> str:
    """` (did you mean 'x'?)`, or nothing when no option comes close."""
    guess = close_to(value, options)
    return f" (did you mean '{guess}'?)" if guess else ""


def _word(value: object, longest: int = 200) -> str:
    if not isinstance(value, str):
        raise ValueError("expected one value, not a list or a mapping")
    if not value.strip():
        raise ValueError("is empty: write a value or leave the key out")
    if len(value) > longest:
        raise ValueError(f"is longer than {longest} characters")
    return value.strip()


def one_of(*members: StrEnum) -> BeforeValidator:
    """One of these members, in any case."""
    options = {member.value: member for member in members}

    def check(value: object) -> StrEnum:
        said = _word(value)
        if said.lower() in options:
            return options[said.lower()]
        raise ValueError(f"'{said}' is none of {', '.join(options)}{meant(said, options)}")

    return BeforeValidator(check)


def _slack_id(prefixes: str, example: str) -> BeforeValidator:
    shape = re.compile(rf"[{prefixes}][A-Z0-9]{{1,31}}")

    def check(value: object) -> str:
        said = _word(value)
        if shape.fullmatch(said):
            return said
        upper = said.upper().strip("<>@# ")
        hint = f" (did you mean '{upper}'?)" if shape.fullmatch(upper) and re.search(r"\d", upper) else ""
        raise ValueError(f"'{said}' is not a Slack id such as {example}{hint}")

    return BeforeValidator(check)


def _of_the_calendar(said: str) -> date:
    try:
        return date.fromisoformat(said)
    except ValueError:
        raise ValueError(f"'{said}' is not a day of the calendar") from None


def _day(value: object) -> date:
    said = _word(value)
    if re.fullmatch(r"\d{4}-\d{2}-\d{2}", said):
        return plausible(_of_the_calendar(said))
    parts = re.match(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})", said)
    hint = f" (did you mean '{parts[1]}-{parts[2]:0>2}-{parts[3]:0>2}'?)" if parts else ""
    raise ValueError(f"'{said}' is not a date written as YYYY-MM-DD{hint}")


def _amount(value: object) -> Decimal:
    said = _word(value)
    try:
        amount = Decimal(said)
        if amount.is_finite() and 0 <= amount < Decimal(10) ** 16 and amount == round(amount, 2):
            return amount
    except InvalidOperation:
        pass  # the sentence below says it
    digits = re.sub(r"[^\d.]", "", said.replace(",", ""))
    hint = f" (did you mean '{digits}'?)" if re.fullmatch(r"\d+(\.\d{1,2})?", digits) and digits != said else ""
    raise ValueError(f"'{said}' is not an amount such as 250000 or 250000.50{hint}")


def _currency(value: object) -> str:
    said = _word(value)
    if re.fullmatch(r"[A-Z]{3}", said):
        return said
    hint = f" (did you mean '{said.upper()}'?)" if re.fullmatch(r"[A-Za-z]{3}", said) else ""
    raise ValueError(f"'{said}' is not a currency code such as USD{hint}")


def _zone(value: object) -> str:
    said = _word(value)
    if said in available_timezones():
        return said
    raise ValueError(f"'{said}' is not a time zone such as America/New_York{meant(said, available_timezones())}")


def _email(value: object) -> str:
    said = _word(value)
    if not re.fullmatch(r"[^@\s]+@[^@\s]+\.[^@\s]+", said):
        raise ValueError(f"'{said}' is not an e-mail address")
    return said


def _domain(value: object) -> str:
    said = _word(value).lower()
    shape = re.compile(r"([a-z0-9_]([a-z0-9_-]*[a-z0-9])?\.)+[a-z0-9-]{2,}")
    if shape.fullmatch(said):
        return said
    bare = re.sub(r"^(https?://)?(.*@)?(www\.)?|[/:].*$", "", said)
    hint = f" (did you mean '{bare}'?)" if shape.fullmatch(bare) else ""
    raise ValueError(f"'{said}' is not a domain such as globex.example{hint}")


def _yes_or_no(value: object) -> bool:
    said = _word(value).lower()
    if said in ("yes", "true"):
        return True
    if said in ("no", "false"):
        return False
    raise ValueError(f"'{said}' is neither yes nor no")


def _period(value: object) -> str:
    said = _word(value)
    parts = re.fullmatch(r"(?:[Qq]([1-4]) ?)?(20\d\d)", said) or re.fullmatch(r"(20\d\d) ?[Qq]([1-4])", said)
    if parts is None:
        raise ValueError(f"'{said}' is not a period such as 2026 or Q4 2026")
    quarter, year = (parts[1], parts[2]) if said[0] in "Qq" or parts[1] is None else (parts[2], parts[1])
    return f"Q{quarter} {year}" if quarter else year


Word = Annotated[str, BeforeValidator(_word)]
UserId = Annotated[str, _slack_id("UW", "U0123ABCD")]
TeamId = Annotated[str, _slack_id("TE", "T0123ABCD")]
ChannelId = Annotated[str, _slack_id("CG", "C0123ABCD")]
Day = Annotated[date, BeforeValidator(_day)]
Domain = Annotated[str, BeforeValidator(_domain)]
Email = Annotated[str, BeforeValidator(_email)]
Amount = Annotated[Decimal, BeforeValidator(_amount)]
Currency = Annotated[str, BeforeValidator(_currency)]
YesNo = Annotated[bool, BeforeValidator(_yes_or_no)]
Period = Annotated[str, BeforeValidator(_period)]
Zone = Annotated[str, BeforeValidator(_zone)]
