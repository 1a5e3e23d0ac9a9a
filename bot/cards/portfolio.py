"""A portfolio of partners: a table with a line each, and a chart of what presses."""

from __future__ import annotations

from collections.abc import Sequence

from bot.cards import charts, text
from bot.cards.blocks import Node, actions, bold, footer, header, line, rich
from bot.cards.card import Card
from bot.cards.notice import request_button
from bot.desk.portfolio import Numbers, PortfolioView, Row

_SHOWN = 40  # partners in the table of a message
_BARS = 12
_SCOPES = {"mine": "Your partners", "team": "Your team's partners", "all": "All partners"}
_WHY = (
    "You get this every week because you lead people who manage partners. /pm digest without portfolio stops it,"
    " /pm digest at 7:30 changes the time."
)


def weekly_card(view: PortfolioView) -> Card:
    """The weekly portfolio of somebody who leads: per manager, and which partners press most."""
    return _card(view, f"Week of {view.day.day} {view.day:%b}: {summary(view.total.numbers)}", _WHY)


def portfolio_card(view: PortfolioView) -> Card:
    """The portfolio somebody asked for, with the other ways to look at it."""
    card = _card(view, f"{_SCOPES[view.scope]}: {summary(view.total.numbers)}", "")
    others = [
        request_button(_SCOPES[scope], f"portfolio {scope}", number)
        for number, scope in enumerate(_SCOPES)
        if scope != view.scope
    ]
    return Card(text=card.text, blocks=[*card.blocks, actions(others)])


def summary(numbers: Numbers) -> str:
    """ "3 open risks, 2 items late, 1 QBR overdue, 4 renewals within 90 days, 1 registration waiting"."""
    parts = (
        text.count(numbers.risks, "open risk") if numbers.risks else "",
        f"{text.count(numbers.late, 'item')} late" if numbers.late else "",
        f"{text.count(numbers.qbrs, 'QBR')} overdue" if numbers.qbrs else "",
        f"{text.count(numbers.renewals, 'renewal')} within 90 days" if numbers.renewals else "",
        f"{text.count(numbers.registrations, 'registration')} waiting" if numbers.registrations else "",
    )
    return ", ".join(part for part in parts if part) or "nothing open, late or coming up"


def portfolio_blocks(view: PortfolioView, most: int = _SHOWN) -> list[Node]:
    """The table, the chart and what is not in them; per manager where there are several, per partner otherwise."""
    rows = view.managers if len(view.managers) > 1 else view.partners
    if not rows:
        return [rich(line("None of these partners has anything open, late or coming up."))]
    shown = rows[:most]
    return [_table(shown, "Manager" if rows is view.managers else "Partner"), _chart(shown)]


def _card(view: PortfolioView, heading: str, why: str) -> Card:
    tables = portfolio_blocks(view)
    blocks = [header(heading), *tables]
    if len(view.managers) > 1 and view.partners:
        blocks.append(rich(line(bold("Look first at: "), _first(view.partners))))
    quiet = f"{text.count(view.quiet, 'partner')} with nothing to say not listed." if view.quiet else ""
    rows = view.managers if len(view.managers) > 1 else view.partners
    more = f"{len(rows) - _SHOWN} more not shown." if len(rows) > _SHOWN else ""
    if small := [part for part in (more, quiet, why) if part]:
        blocks.append(footer(*small))
    words = [text.own(heading, 400), *(charts.spoken(block) for block in tables)]
    return Card(text="\n".join(word for word in words if word), blocks=blocks)


def _first(rows: Sequence[Row]) -> str:
    return "; ".join(f"{row.name} ({summary(row.numbers)})" for row in rows[:3])


def _table(rows: Sequence[Row], what: str) -> Node:
    titles = ("Open risks", "Late", "QBRs overdue", "Renewals 90 days", "Registrations")
    columns = [charts.Column(what, wrap=True), *(charts.Column(title, align="right") for title in titles)]
    if what == "Manager":
        columns.insert(1, charts.Column("Partners", align="right"))
    else:
        columns.insert(1, charts.Column("Tier"))
    return charts.table(columns, [_cells(row, what) for row in rows])


def _cells(row: Row, what: str) -> list[str]:
    numbers = row.numbers
    figures = (numbers.risks, numbers.late, numbers.qbrs, numbers.renewals, numbers.registrations)
    second = str(row.partners) if what == "Manager" else row.tier
    return [row.name, second, *(str(figure) if figure else "" for figure in figures)]


def _chart(rows: Sequence[Row]) -> Node:
    pressing = [row for row in rows if row.numbers.risks or row.numbers.late or row.numbers.qbrs][:_BARS]
    series = {
        "Open risks": [row.numbers.risks for row in pressing],
        "Late": [row.numbers.late for row in pressing],
        "QBRs overdue": [row.numbers.qbrs for row in pressing],
    }
    return charts.bar("What presses", [row.name for row in pressing], series)
