"""One finding worth a look, as a digest lists it: the words, why it is listed, and the two answers."""

from __future__ import annotations

from bot.cards import words
from bot.cards.blocks import Node, actions, bold, button, line, quote, rich
from bot.desk.views import HintView, PersonView

_QUOTE = 300
_KINDS = {"sow": "Statement of work needed"}
_NOT_ONE = {"commitment": "Not a promise", "request": "Not a request", "referral": "Nothing", "sow": "Nothing"}


def hint_entry(hint: HintView, reader: PersonView) -> list[Node]:
    """Two blocks while it waits for an answer, one that says how it was answered afterwards."""
    if hint.state == "expired":  # its words were deleted, edited away or forgotten
        return [rich(*words.lines([bold(f"{_called(hint)}?")], [bold("No longer listed.")]))]
    said = hint.evidence[:1]
    entry = rich(
        line(bold(f"{_called(hint)}?")),
        *(quote(words.shown_quote(evidence, _QUOTE)) for evidence in said),
        *words.dotted(
            *(words.said_short(evidence, reader.zone) for evidence in said),
            [words.heard(hint)],
            [f"marked “{_not_one(hint)}” before"] if hint.judged_not_one else [],
            *(words.open_thread(evidence) for evidence in said),
        ),
        *words.lines([bold(_answered(hint))] if hint.state != "open" else []),
    )
    if hint.state != "open":
        return [entry]
    value = str(hint.id)
    buttons = [button("Track it", "hint_take", value), button(_not_one(hint), "hint_dismiss", value)]
    return [entry, actions(buttons, f"hint:{hint.id}")]


def _called(hint: HintView) -> str:
    """ "Delay: Globex Consulting, Acme Corp"."""
    name = _KINDS.get(hint.kind) or words.category(hint.category or hint.kind)
    return f"{name}: {words.subject(hint.partner, hint.account)}"


def _not_one(hint: HintView) -> str:
    """What the button says that closes it."""
    return _NOT_ONE.get(hint.kind, "Not a risk")


def _answered(hint: HintView) -> str:
    by = f", by {words.name(hint.settled_by)}" if hint.settled_by else ""
    return f"Tracked as {hint.became}{by}." if hint.state == "taken" else f"Marked “{_not_one(hint)}”{by}."
