"""The forms of deal registrations. Block ids are what handlers/commands/deal*.py read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from bot.cards.blocks import Node, line, option, rich
from bot.cards.forms import field, modal, words
from bot.cards.limits import clip
from bot.cards.registration import TYPES
from bot.desk.conflicts import VERDICTS
from bot.desk.registrations_protection import TOUCHES

_MOST_PARTNERS = 100


def registration_form(partners: Sequence[tuple[int, str]], given: Mapping[str, str], currency: str) -> Node:
    """Everything a registration may say; `given` (`Submission.params`) is filled in. `partners` as (id, name)."""
    again = bool(given.get("number"))
    blocks = [
        _partner(partners, given),
        _text("account", "Account", given, hint="The customer's name."),
        _text("value", "Value", given, hint="For example 250,000 or 1.5M."),
        _text("currency", "Currency", {"currency": given.get("currency") or currency}, hint="ISO code."),
        _select("type", "Kind of deal", TYPES, given.get("type") or "net_new"),
        _text("products", "Products", given, optional=True, hint="With commas between them."),
        _text("region", "Region", given, optional=True),
        _day("expected_close", "Expected close", given.get("expected_close", "")),
        _text("contact", "Contact at the customer", given, optional=True),
        _text("domain", "The customer's web domain", given, optional=True),
        _text(
            "customer_choice",
            "The customer's written choice",
            given,
            optional=True,
            hint="Where it can be read that the customer chose this partner. Leave it empty when there is none.",
        ),
    ]
    return modal("deal_registration", "Register a deal", "Send again" if again else "Check it", blocks)


def _partner(partners: Sequence[tuple[int, str]], given: Mapping[str, str]) -> Node:
    """A menu of the partners; where they are too many for one, their name is typed."""
    if len(partners) > _MOST_PARTNERS:
        name = {str(number): name for number, name in partners}.get(given.get("partner_id", ""), "")
        return _text("partner", "Partner", {"partner": name})
    names = {str(number): name for number, name in partners}
    return _select("partner", "Partner", names, given.get("partner_id", ""))


def reason_form(verdict: str, account: str, number: int) -> Node:
    """Why a registration is rejected ("rejected"), what is missing ("returned"), or why it is withdrawn."""
    titles = {"rejected": "Reject", "returned": "Return", "withdrawn": "Withdraw"}
    labels = {
        "rejected": "Why it is rejected",
        "returned": "What is missing",
        "withdrawn": "Why it is withdrawn",
    }
    blocks = [
        rich(line(f"{account}. For our own people; the partner gets the words of the card.")),
        _text("words", labels[verdict], {}, multiline=True),
    ]
    return modal("deal_decision", f"{titles[verdict]} deal #{number}", titles[verdict], blocks)


def touch_form(account: str, number: int, note: str, today: date) -> Node:
    """What was done for a registered deal, and when."""
    kinds = {kind: kind if counts else f"{kind} (does not count)" for kind, counts in TOUCHES.items()}
    blocks = [
        rich(line(f"Deal #{number}: {account}")),
        _select("kind", "What was done", kinds, ""),
        _day("day", "When", today.isoformat(), optional=False),
        _text("note", "In a few words", {"note": note}, optional=True),
        _text("link", "Link to it", {}, optional=True, hint="A message, a calendar entry, a document."),
    ]
    return modal("deal_touch", "Record activity", "Record", blocks)


def verdict_form(account: str, number: int, *, with_co_sell: bool) -> Node:
    """What becomes of the claim in a conflict case."""
    choices = {verdict: shown for verdict, shown in VERDICTS.items() if verdict != "co_sell" or with_co_sell}
    blocks = [
        rich(line(account)),
        _select("verdict", "Decision", choices, ""),
        _text("words", "Why", {}, multiline=True, hint="For our own people."),
    ]
    return modal("conflict_verdict", f"Decide case #{number}", "Decide", blocks)


def appeal_form(account: str, number: int) -> Node:
    """Why a decision is not right."""
    blocks = [rich(line(account)), _text("words", "Why it is not right", {}, multiline=True)]
    return modal("conflict_appeal", f"Appeal case #{number}", "Appeal", blocks)


def _text(
    name: str, label: str, given: Mapping[str, str], *, optional: bool = False, multiline: bool = False, hint: str = ""
) -> Node:
    element = words(500, multiline=multiline)
    if given.get(name):
        element["initial_value"] = given[name][:500]
    return field(name, label, element, optional=optional, hint=hint)


def _select(name: str, label: str, options: Mapping[str, str], chosen: str) -> Node:
    made = {value: option(clip(shown, 75), value) for value, shown in options.items()}
    element: Node = {"type": "static_select", "action_id": "choice", "options": [*made.values()]}
    if chosen in made:
        element["initial_option"] = made[chosen]
    return field(name, label, element)


def _day(name: str, label: str, chosen: str, *, optional: bool = True) -> Node:
    element: Node = {"type": "datepicker", "action_id": "day"}
    if chosen:
        element["initial_date"] = chosen
    return field(name, label, element, optional=optional)
