"""A QBR pack as a PowerPoint file that a manager can present and edit: plain slides, native tables and charts.

It shows what is stored about one partner and nothing of another: words that name one are left out.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from pptx import Presentation
from pptx.chart.data import CategoryChartData
from pptx.dml.color import RGBColor
from pptx.enum.chart import XL_CHART_TYPE, XL_LABEL_POSITION
from pptx.enum.shapes import MSO_SHAPE
from pptx.enum.text import PP_ALIGN
from pptx.presentation import Presentation as Deck
from pptx.slide import Slide
from pptx.util import Inches, Length, Pt

from bot.cards import qbr_words as said
from bot.cards import text
from bot.cards.limits import clip
from bot.desk.qbr_views import Figure, Item, Pack, Promise

_WIDTH, _HEIGHT = Inches(13.333), Inches(7.5)
_LEFT, _TOP = Inches(0.7), Inches(1.65)
_BODY = Inches(11.93)
_ROW = Inches(0.42)
_ROWS = 11  # of a table on one slide, its header not among them
_RECTANGLE = MSO_SHAPE.RECTANGLE
_TITLE_ONLY = 5  # the layout's place in the library's own template
# The library's own type hints are partial and partly wrong: what is drawn with it is Any here.
_color: Any = RGBColor.from_string
_chart_data: Any = CategoryChartData
_INK, _SOFT, _ACCENT = _color("1F2937"), _color("6B7280"), _color("1D4E89")
_WHITE, _BAND = _color("FFFFFF"), _color("F3F6FA")
_PIPELINE = ("sourced", "co_sell", "influenced", "ahead")
_LETTER = 0.073  # inches, of a table's font on average: a cell is cut rather than wrapped
_MARGINS = 0.2
_TO_FILL = 5
_PROPERTY = 255  # characters a document property takes

Row = Sequence[str]


def render(pack: Pack) -> bytes:
    """The .pptx file: what was promised first, then quota, pipeline, programme, risks and what is ahead; room for the
    actions at the end."""
    deck = Presentation()
    deck.slide_width, deck.slide_height = _WIDTH, _HEIGHT
    deck.core_properties.title = clip(f"{pack.label} business review, {_flat(pack.partner)}", _PROPERTY)
    deck.core_properties.author = "PartnerDesk"
    _front(deck, pack)
    _promises(deck, pack)
    _quota(deck, pack)
    _pipeline(deck, pack)
    _programme(deck, pack)
    _risks(deck, pack)
    _ahead(deck, pack)
    _actions(deck)
    _notes(deck, pack)
    file = io.BytesIO()
    deck.save(file)
    return file.getvalue()


def file_name(pack: Pack) -> str:
    """ "qbr-acme-corp-q4-2026.pptx"."""
    words = f"{pack.partner} {pack.label}".casefold()
    plain = "".join(letter if letter.isascii() and letter.isalnum() else "-" for letter in words)
    return f"qbr-{'-'.join(part for part in plain.split('-') if part)[:80] or 'partner'}.pptx"


def _front(deck: Deck, pack: Pack) -> None:
    slide = _slide(deck, f"Business review: {pack.partner}")
    _words(slide, pack.label, _TOP, size=32, color=_ACCENT)
    _words(slide, said.summary(pack), _TOP + Inches(0.9), size=24)
    _words(slide, said.as_of(pack), _TOP + Inches(1.9), size=14, color=_SOFT)
    if pack.tier:
        _words(slide, f"Tier: {pack.tier}", _TOP + Inches(2.4), size=14, color=_SOFT)


def _promises(deck: Deck, pack: Pack) -> None:
    slide = _slide(deck, f"What we promised each other by {pack.label}", said.promised(pack))
    if pack.promises:
        rows = [_promise(each) for each in pack.promises]
        total = sum(pack.figure(f"promises_{state}").count for state in said.STATES)
        _table(slide, ("State", "What", "Who", "Dates"), rows, (1.2, 6.4, 2.0, 2.33), more=total - len(rows))


def _promise(promise: Promise) -> Row:
    what, owner = (promise.what, promise.owner) if promise.is_ours else (said.LEFT_OUT, "")
    return said.STATES[promise.state], what, owner, said.dates(promise)


def _quota(deck: Deck, pack: Pack) -> None:
    slide = _slide(
        deck, "Quota and wins", " ".join(part for part in (said.quota_line(pack), said.year_line(pack)) if part)
    )
    if pack.quota is not None:
        values = [("Quota", pack.quota.amount), ("Won", pack.quota.won)]
        _chart(slide, f"Quota and won, {pack.quota.currency}", values, Inches(4.6))
    left = 5.0 if pack.quota is not None else 0.0
    rows = [_figure(pack, key) for key in ("won", "wins", "new_logos", "lost")]
    below = _table(slide, ("", "Deals", "Amount"), rows, (2.4, 1.0, 3.5), left=left)
    wins = [_deal(each) for each in pack.wins]
    if wins:
        columns, widths = ("Won", "Account", "Amount", "Closed"), (2.4, 1.8, 1.5, 1.23)
        _table(
            slide,
            columns,
            wins[:6],
            widths,
            left=left,
            top=Length(below + Inches(0.25)),
            more=pack.figure("wins").count - len(wins),
        )


def _pipeline(deck: Deck, pack: Pack) -> None:
    currency = said.main_currency(pack, _PIPELINE)
    slide = _slide(deck, "Pipeline", "Opened in the period by the partner's credit; renewals are not counted.")
    if currency:
        values = [(said.called(key, pack).removesuffix(" pipeline"), said.in_currency(pack.figure(key), currency))
                  for key in _PIPELINE]  # fmt: skip
        _chart(slide, f"Pipeline, {currency}", values, Inches(6.4))
    rows = [_figure(pack, key) for key in _PIPELINE]
    _table(slide, ("", "Deals", "Amount"), rows, (2.0, 0.8, 2.4), left=6.7 if currency else 0.0)


def _programme(deck: Deck, pack: Pack) -> None:
    slide = _slide(deck, "Registrations, enablement and certification", said.people(pack))
    keys = [figure.key for figure in pack.figures if figure.key.startswith("registrations")]
    rows = [_figure(pack, key) for key in keys or ["registrations"]]
    below = _table(slide, ("", "Number", "Value"), rows[:7], (4.0, 1.5, 4.0))
    if words := said.onboarding(pack):
        _words(slide, words, below + Inches(0.3), size=16)


def _risks(deck: Deck, pack: Pack) -> None:
    count = pack.figure("risks").count
    slide = _slide(deck, "Open risks", text.count(count, "open risk") if count else "No open risk is recorded.")
    rows = [(said.category(each.what), each.note if each.is_ours else "", said.day(each.on)) for each in pack.risks]
    if rows:
        _table(slide, ("Risk", "Account", "Since"), rows, (4.0, 5.0, 2.5), more=count - len(rows))


def _ahead(deck: Deck, pack: Pack) -> None:
    figure = pack.figure("ahead")
    said_worth = said.amount(figure)
    subtitle = f"{text.count(figure.count, 'open deal')} expected to close" + (f", {said_worth}" if said_worth else "")
    slide = _slide(deck, f"{pack.next_label}: pipeline and questions", subtitle)
    below: Length = _TOP
    if pack.ahead:
        rows = [_deal(each) for each in pack.ahead]
        below = _table(slide, ("Deal", "Account", "Amount", "Expected"), rows, (4.2, 3.4, 2.4, 1.9),
                       more=figure.count - len(rows))  # fmt: skip
    asks = [(each.what if each.is_ours else said.LEFT_OUT, said.day(each.on)) for each in pack.asks[:3]]
    if asks:
        _table(
            slide,
            ("Open question", "Asked"),
            asks,
            (10.0, 1.9),
            top=Length(below + Inches(0.25)),
            more=pack.figure("asks").count - len(asks),
        )


def _actions(deck: Deck) -> None:
    slide = _slide(
        deck, "What we agree today", "The review closes with at least one action and the date of the next one."
    )
    _table(slide, ("What", "Who", "By when"), [("", "", "")] * _TO_FILL, (7.4, 2.6, 1.93))


def _notes(deck: Deck, pack: Pack) -> None:
    slide = _slide(deck, "About these figures", said.as_of(pack))
    lines = [
        "Won towards quota: sourced and co-sell deals, no renewals. A deal counts once, with its strongest credit.",
        "Amounts in different currencies are not added to each other.",
        f"Policy {pack.policy_version}.",
        *(f"Not recorded: {words}" for words in pack.missing),
    ]
    for place, words in enumerate(lines):
        _words(slide, words, _TOP + Inches(0.55) * place, size=14)


def _figure(pack: Pack, key: str) -> Row:
    figure: Figure = pack.figure(key)
    return said.called(key, pack), f"{figure.count:,}", said.amount(figure)


def _deal(item: Item) -> Row:
    name, account = (item.what, item.note) if item.is_ours else (said.LEFT_OUT, "")
    return name, account, text.money(item.amount, item.currency), said.day(item.on)


def _slide(deck: Deck, title: str, subtitle: str = "") -> Slide:
    slide: Slide = deck.slides.add_slide(deck.slide_layouts[_TITLE_ONLY])
    shape: Any = slide.shapes.title
    shape.left, shape.top, shape.width, shape.height = _LEFT, Inches(0.4), _BODY, Inches(0.7)
    _write(shape.text_frame, title, size=28, color=_INK, bold=True)
    bar: Any = slide.shapes.add_shape(_RECTANGLE, Length(0), Inches(0.4), Inches(0.18), Inches(0.7))
    bar.fill.solid()
    bar.fill.fore_color.rgb = _ACCENT
    bar.line.fill.background()
    if subtitle:
        _words(slide, subtitle, Inches(1.1), size=14, color=_SOFT)
    return slide


def _words(slide: Slide, words: str, top: int, *, size: int, color: Any = _INK) -> None:
    box = slide.shapes.add_textbox(_LEFT, Length(top), _BODY, Inches(0.5))
    box.text_frame.word_wrap = True
    _write(box.text_frame, words, size=size, color=color)


def _write(frame: Any, words: str, *, size: int, color: Any, bold: bool = False) -> None:
    frame.text = _flat(words, 300)
    for paragraph in frame.paragraphs:
        paragraph.alignment = PP_ALIGN.LEFT
        for run in paragraph.runs:
            run.font.size, run.font.bold = Pt(size), bold
            run.font.color.rgb = color


def _table(
    slide: Slide, columns: Row, rows: Sequence[Row], widths: Sequence[float], *, left: float = 0.0,
    top: int = _TOP, more: int = 0,
) -> Length:  # fmt: skip
    """A table; returns where it ends. Rows beyond those of one slide, and `more`, are counted in its last line."""
    shown = [*rows[:_ROWS]]
    hidden = more + len(rows) - len(shown)
    if hidden > 0:
        shown.append((f"and {hidden:,} more", *[""] * (len(columns) - 1)))
    height = Length(_ROW * (len(shown) + 1))
    frame = slide.shapes.add_table(
        len(shown) + 1, len(columns), Length(_LEFT + Inches(left)), Length(top), Inches(sum(widths)), height
    )
    table: Any = frame.table
    room = [int((width - _MARGINS) / _LETTER) for width in widths]
    for place, width in enumerate(widths):
        table.columns[place].width = Inches(width)
    for number, row in enumerate([columns, *shown]):
        table.rows[number].height = _ROW
        for place, words in enumerate(row):
            _fill(
                table.cell(number, place), clip(_flat(words), room[place]), is_head=number == 0, is_band=number % 2 == 0
            )
    return Length(top + height)


def _fill(cell: Any, words: str, *, is_head: bool, is_band: bool) -> None:
    _write(cell.text_frame, words, size=11, color=_WHITE if is_head else _INK, bold=is_head)
    cell.fill.solid()
    cell.fill.fore_color.rgb = _ACCENT if is_head else _BAND if is_band else _WHITE
    cell.margin_top = cell.margin_bottom = Inches(0.04)


def _chart(slide: Slide, title: str, values: Sequence[tuple[str, Decimal]], width: Length) -> None:
    """Native bars, which PowerPoint opens in its own data sheet."""
    data = _chart_data(number_format="#,##0")
    data.categories = [name for name, _ in values]
    data.add_series(title, [float(value) for _, value in values])
    frame: Any = slide.shapes.add_chart(XL_CHART_TYPE.COLUMN_CLUSTERED, _LEFT, _TOP, width, Inches(5.2), data)
    chart = frame.chart
    chart.has_legend, chart.has_title = False, True
    chart.chart_title.text_frame.text = title
    chart.font.size = Pt(12)
    plot = chart.plots[0]
    plot.gap_width, plot.has_data_labels = 60, True
    plot.data_labels.number_format, plot.data_labels.number_format_is_linked = "#,##0", False
    plot.data_labels.position = XL_LABEL_POSITION.OUTSIDE_END
    plot.series[0].format.fill.solid()
    plot.series[0].format.fill.fore_color.rgb = _ACCENT
    chart.value_axis.has_major_gridlines, chart.value_axis.visible = False, False


def _flat(words: str, limit: int = 1_000) -> str:
    """One line of somebody's words as people saw them, without what XML cannot hold."""
    return clip(" ".join(text.readable(words).split()), limit)
