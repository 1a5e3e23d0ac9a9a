"""onboard Acme Corp as a new Gold partner · onboarding of Acme Corp"""

from __future__ import annotations

from collections.abc import Sequence

from bot.errors import Choice
from bot.language import mood, words
from bot.language.arguments.reading import acting_verb, one_name, quoted, request
from bot.language.draft import Draft
from bot.language.requests import Onboard, Setting
from bot.language.slots.kinds import ELSEWHERE, find_tier, find_type
from bot.language.tokens import Token, said
from bot.language.verbs import ONBOARD
from bot.reading.deadlines.words import word_set

_LEADS = word_set("as at to tier level under in into a an new our")
_DONE = word_set("done complete completed finished off")
_EXAMPLE = "onboard Acme Corp as Gold partner"


def onboard(parts: Sequence[Token], setting: Setting) -> Onboard:
    """What follows "onboard", or the sentence; "onboarding of Acme" shows how far it is. Raises Refused, Choice."""
    if step := _step(parts):
        return step
    draft = Draft(parts)
    asked = mood.is_question(parts) or mood.is_denied(parts)
    verb = acting_verb(draft, ONBOARD, "show")
    if (
        not asked
        and {"need", "get", "want"} & {token.word for token in parts}
        and "onboarded" in {token.word for token in parts}
    ):
        verb = "start"  # "we need Acme onboarded"
    kind = draft.take(find_type)
    _ask_whether_named(draft, setting.tiers)
    tier = draft.take(lambda text: find_tier(text, setting.tiers))
    if tier is None:
        _ask_tier(draft, setting.tiers)
    name = one_name(draft, lambda name: request("onboard", name, tier or ""), _EXAMPLE)
    if verb == "show" and not asked and (tier or kind):
        start = request("onboard", quoted(name), f"as {tier or ''} {kind or ''} partner".replace("  ", " "))
        raise Choice(f"Start onboarding {name}, or show how far it is?", [start, f"onboarding of {quoted(name)}"])
    return Onboard(verb or "start", name, tier, kind)


def _step(parts: Sequence[Token]) -> Onboard | None:
    """ "mark kickoff done", "mark the kickoff with Acme as done": what stands between, and whose it is."""
    if len(parts) < 3 or parts[0].word not in ("mark", "tick") or parts[-1].word not in _DONE:
        return None
    inside = [token for token in parts[1:-1] if token.word not in ("as", "is", "step")]
    led = next((place for place, token in enumerate(inside) if token.word in words.NAME_LEADS), len(inside))
    step = said([token for token in inside[:led] if token.word not in ("the", "our", "my")])
    return Onboard("done", said(inside[led + 1 :]), step=step) if step else None


def _ask_whether_named(draft: Draft, tiers: Sequence[str]) -> None:
    """The only tier said may be the first word of the name: "onboard Gold Coast Solutions". Raises Choice."""
    parts = draft.tokens
    said = [place for place, token in enumerate(parts) if token.word in {tier.lower() for tier in tiers}]
    names = [name.text for name in draft.names()]
    led = bool(said) and said[0] > 0 and parts[said[0] - 1].word in _LEADS
    led = led or (len(said) == 1 and said[0] + 1 < len(parts) and parts[said[0] + 1].word in words.GLUE)
    if len(said) != 1 or led or len(names) != 1 or not names[0].startswith(f"{parts[said[0]].text} "):
        return
    tier, rest = names[0].split(" ", 1)
    offers = [request("onboard", quoted(names[0])), request("onboard", quoted(rest), f"as {tier} partner")]
    raise Choice(f"Is “{tier}” part of the name?", offers, labels=[f"Yes: {names[0]}", f"No: {rest}, {tier}"])


def _ask_tier(draft: Draft, tiers: Sequence[str]) -> None:
    """A tier of somebody else's programme is no part of a name. Raises Choice of ours."""
    names = [name.text for name in draft.names()]
    *before, last = " ".join(names).split() or [""]
    if last.lower() in ELSEWHERE:
        offers = [request("onboard", quoted(" ".join(before)), tier) for tier in tiers]
        raise Choice(f"There is no tier “{last}” here. Which one?", offers)
