"""A QBR pack in Slack: what was promised first, then the figures, each leading to the rows behind it."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from bot.cards import charts, text
from bot.cards import qbr_words as said
from bot.cards.blocks import (
    Node,
    Piece,
    actions,
    bold,
    bullets,
    button,
    footer,
    header,
    line,
    link,
    option,
    plain,
    rich,
)
from bot.cards.card import Attachment, Card
from bot.cards.limits import clip
from bot.cards.qbr import step_buttons
from bot.decks import file_name, render
from bot.desk.qbr_asked import Asked
from bot.desk.qbr_views import Figure, Item, Listing, Pack, Promise, Quota

ROWS, DECK, CANVAS = "qbr_rows", "qbr_deck", "qbr_canvas"
_PROMISES, _ITEMS = 6, 3
_WORDS = 140
_PIPELINE = ("sourced", "co_sell", "influenced", "ahead")
_PROMISED = tuple(f"promises_{state}" for state in said.STATES)


def pack_card(asked: Asked) -> Card:
    """Last period's promises, quota, pipeline, registrations, people, risks and what is ahead."""
    pack = asked.pack
    heading = f"QBR {pack.partner}, {pack.label}"
    if _is_empty(pack):
        nothing = f"Nothing is recorded for {pack.label}."
        blocks = [header(heading), rich(line(bold(nothing)), line(said.as_of(pack))), *_missing(pack)]
        return Card(text=text.own(f"{heading}: {nothing}", 500), blocks=[*blocks, *_controls(asked)])
    table = _table(pack)
    drawn = _charts(pack)
    blocks = [
        header(heading),
        rich(line(bold(said.summary(pack) + ".")), line(said.as_of(pack))),
        rich(line(bold("What was promised: "), said.promised(pack)), *_promises(pack)),
        table,
        *_zeros(pack),
        *drawn,
        *_lists(pack),
        *_missing(pack),
        *_controls(asked),
        footer(*_small_print(asked)),
    ]
    spoken = [f"{text.own(heading)}: {text.own(said.summary(pack))}.", charts.spoken(table), *map(charts.spoken, drawn)]
    return Card(text="\n".join(part for part in spoken if part), blocks=blocks)


def deck_card(pack: Pack) -> Card:
    """The deck, by direct message; the figures travelled with it."""
    about = f"QBR {pack.partner}, {pack.label}"
    lines = [line(bold(about), ": the deck."), line(said.summary(pack) + "."), line(said.as_of(pack))]
    return Card(
        text=text.own(f"{about}: the deck. {said.summary(pack)}.", 500),
        blocks=[rich(*lines), footer("You asked for this file. It holds internal figures: look before you share it.")],
        attachment=Attachment(file_name(pack), about, partial(render, pack)),
    )


def rows_card(listing: Listing, pack: Pack) -> Card:
    """The rows behind one figure."""
    figure = listing.figure
    worth = said.amount(figure)
    title = f"{said.called(figure.key, pack)}, {listing.partner}, {listing.label}: {_counted(figure)}"
    rows = [
        [[link(url, clip(cells[0], _WORDS))] if url.startswith("https://") else cells[0], *cells[1:]]
        for cells, url in zip(listing.cells, listing.urls, strict=True)
    ]
    table = charts.table([charts.Column(listing.columns[0], wrap=True), *listing.columns[1:]], rows)
    notes = [
        f"{listing.more} more are not shown." if listing.more else "",
        f"{text.count(listing.gone, 'row')} is no longer stored." if listing.gone == 1 else "",
        f"{listing.gone} rows are no longer stored." if listing.gone > 1 else "",
    ]
    blocks = [rich(line(bold(title), f", {worth}" if worth else "")), table]
    if any(notes):
        blocks.append(footer(*notes))
    return Card(text=f"{text.own(title)}\n{charts.spoken(table)}", blocks=blocks)


def _counted(figure: Figure) -> str:
    stored = sum(len(rows.ids) for rows in figure.rows)
    return f"{figure.count:,}" if stored == figure.count else f"{figure.count:,} ({stored:,} rows)"


def _promises(pack: Pack) -> list[Node]:
    """The first promises, what went wrong before what went well."""
    shown = pack.promises[:_PROMISES]
    if not shown:
        return []
    total = sum(pack.figure(key).count for key in _PROMISED)
    rest = [line(f"and {total - len(shown)} more: choose them under Show rows")] if total > len(shown) else []
    return [bullets(*(_promise(each) for each in shown)), *rest]


def _promise(promise: Promise) -> list[Piece]:
    what = clip(" ".join(text.readable(promise.what).split()), _WORDS)
    owner = f" ({promise.owner})" if promise.owner else ""
    return [bold(f"{said.STATES[promise.state]}: "), f"{what}{owner}, {said.dates(promise)}"]


def _table(pack: Pack) -> Node:
    """The figures on money, deals and people that are not zero; the promises have their own part. What was won is
    always among them."""
    rows: list[Sequence[charts.Cell]] = []
    if pack.quota:
        rows.append(["Quota", text.money(pack.quota.amount, pack.quota.currency), _percent(pack.quota)])
    rows += [
        [said.called(figure.key, pack), said.amount(figure), f"{figure.count:,}"]
        for figure in (pack.figure("won"), *_others(pack))
        if figure.count or figure.key == "won"
    ]
    columns = [charts.Column("Figure"), charts.Column("Amount", "right"), charts.Column("Number", "right")]
    return charts.table(columns, rows)


def _others(pack: Pack) -> list[Figure]:
    return [figure for figure in pack.figures if figure.key not in (*_PROMISED, "won")]


def _zeros(pack: Pack) -> list[Node]:
    """Those that are zero in one line: "None: Co-sell pipeline, Certified people"."""
    names = [said.called(each.key, pack) for each in _others(pack) if not each.count]
    return [rich(line(bold("None: "), ", ".join(names)))] if names else []


def _is_empty(pack: Pack) -> bool:
    return not (pack.quota or pack.year_quota or pack.onboarding or any(each.count for each in pack.figures))


def _percent(quota: Quota) -> str:
    return f"{quota.percent} %" if quota.percent is not None else ""


def _charts(pack: Pack) -> list[Node]:
    """Two at most: what was won against the quota, or else how the promises went; and the pipeline."""
    drawn = []
    if pack.quota is not None:
        values = [pack.quota.amount, pack.quota.won]
        drawn.append(charts.bar(f"Quota and won, {pack.quota.currency}", ["Quota", "Won"], {pack.label: values}))
    elif pack.promises:
        parts = [(name, pack.figure(f"promises_{state}").count) for state, name in said.STATES.items()]
        drawn.append(charts.pie(f"Promises, {pack.label}", parts))
    currency = said.main_currency(pack, _PIPELINE)
    if currency:
        names = [said.called(key, pack).removesuffix(" pipeline") for key in _PIPELINE]
        values = [said.in_currency(pack.figure(key), currency) for key in _PIPELINE]
        drawn.append(charts.bar(f"Pipeline, {currency}", names, {"Pipeline": values}))
    return drawn


def _people(pack: Pack) -> list[Node]:
    counted = any(pack.figure(key).count for key in ("sellers", "engineers", "certified"))
    people = [line(bold("People: "), said.people(pack))] if counted else []
    quota = said.quota_line(pack) if pack.quota else ""  # that there is none stands under "Not recorded"
    return [*people, *(line(words) for words in (quota, said.year_line(pack), said.onboarding(pack)) if words)]


def _lists(pack: Pack) -> list[Node]:
    """People, risks, what closes next and questions: those of them that there are."""
    lines = [
        *_people(pack),
        *_list("Open risks", pack.figure("risks"), [_risk(each) for each in pack.risks]),
        *_list(f"Closing in {pack.next_label}", pack.figure("ahead"), [_deal(each) for each in pack.ahead]),
        *_list("Open questions", pack.figure("asks"), [_ask(each) for each in pack.asks]),
    ]
    return [rich(*lines)] if lines else []


def _list(title: str, figure: Figure, items: Sequence[Sequence[Piece]]) -> list[Node]:
    shown = items[:_ITEMS]
    if not shown:
        return []
    more = f", the first {len(shown)}" if figure.count > len(shown) else ""
    return [line(bold(f"{title}: "), f"{figure.count:,}{more}"), bullets(*shown)]


def _risk(item: Item) -> list[Piece]:
    account = f", {item.note}" if item.note else ""
    return [f"{said.category(item.what)}{account}, since {said.day(item.on)}"]


def _deal(item: Item) -> list[Piece]:
    worth = text.money(item.amount, item.currency) or "no amount"
    return [f"{item.what}, {item.note}, {worth}, expected {said.day(item.on)}"]


def _ask(item: Item) -> list[Piece]:
    return [f"“{clip(' '.join(text.readable(item.what).split()), _WORDS)}”, asked {said.day(item.on)}"]


def _missing(pack: Pack) -> list[Node]:
    return [rich(line(bold("Not recorded")), bullets(*([words] for words in pack.missing)))] if pack.missing else []


def _controls(asked: Asked) -> list[Node]:
    """Every figure that has rows in one menu; the deck, the canvas, and the review's next steps."""
    pack, place = asked.pack, asked.place
    options = [
        option(f"{said.called(figure.key, pack)} ({_counted(figure)})", f"{place}|{figure.key}")
        for figure in pack.figures
        if figure.rows
    ]
    rows: Node = {
        "type": "static_select", "action_id": ROWS, "placeholder": plain("Show rows…"), "options": options,
    }  # fmt: skip
    exports = [button("Deck (PowerPoint)", DECK, place), button("Canvas", CANVAS, place)]
    blocks = [actions([*([rows] if options else []), *exports], f"listed:{pack.partner_id}:{place}")]
    review = asked.review
    if review is not None and (steps := step_buttons(review)):
        blocks.append(actions(steps, f"listed:{review.id}:{review.version}:steps"))
    return blocks


def _small_print(asked: Asked) -> tuple[str, ...]:
    kept = {True: "These are the figures it was held with.", False: ""}[asked.is_frozen]
    rule = "Won towards quota: sourced and co-sell deals, no renewals. A deal counts once, with its strongest credit."
    return tuple(part for part in (kept, rule, f"policy {asked.pack.policy_version}") if part)
