"""Referral: a new opportunity is passed on."""

from __future__ import annotations

from bot.reading.rules.frame import table
from bot.reading.types import Kind

_PROSPECT = (
    r"\b(?:customers?|clients?|prospects?|banks?|hospitals?|university|schools?|districts?|group|chain|firm|company"
    r"|manufacturer|retailer|utility|council|c[ifto]o|ceo|ciso|neighbou?rs?|sister|suppliers?|dealer|operator|insurer"
    r"|association|colleagues?|friend|boss|office|port|museum|subsidiary|agency|ministry|director|county|city|airport"
    r"|unit|one of (?:our|my|your))\b"
)
_VENDOR = r"(?:archive|vendor|supplier|provider|partner|backup|platform|tool|solution)"
_OFFER = r"(?:same|demo|quote|offer|contact|name|price|card|intro\w*|call (?:from|with) you|look (?:at your|too))"

RULES = table(
    Kind.REFERRAL,
    None,
    ("past", "generic", "negated"),
    (
        (
            "referral.asked-for-us",
            "asked wants want wanted needs like love interested looking looks shopping unhappy outgrowing market keen",
            rf"{_PROSPECT}[^.?]{{0,80}}\b(?:asked (?:me |us )?(?:if you|for (?:a |your |an |the )?{_OFFER})|(?:wants?"
            rf"|wanted|needs?|(?:would|'d) (?:like|love)) (?:(?:a |an |the |to )?{_OFFER}|to (?:talk to|replace"
            r"|see what) (?:you|its|their)\w*)|(?:looks?|looking) (?:for (?:you|yours?|someone|the same)"
            rf"|to replace (?:its|their))|(?:looks?|looking) for (?:an? )?(?:\w+ )?{_VENDOR}"
            rf"|needs? an? (?:\w+ )?{_VENDOR}|interested in (?:you|yours?|the same)|(?:is|are|'s|'re) (?:shopping"
            r"|unhappy with (?:its|their)|outgrowing|in the market))\b",
        ),
        (
            "referral.asked-who",
            "asked asks asking",
            r"\basked (?:me |us |my \w+ |our \w+ )?(?:straight )?(?:who|whom) (?:to|i|we|i'd|we'd|does|do|makes|sells"
            r"|runs|built|could|they)\b|\bask(?:ed|ing|s) (?:us |me |\w+ )?(?:for )?the same (?:questions?|thing)\b",
        ),
        (
            "referral.passing-on",
            "passing handing hand pass over gave give told introduce connect intro lead leads call chat demo visit",
            r"\b(?:pass|hand)(?:ing)? (?:it|them|him|her|that one|this one) (?:on )?(?:over )?to you(?:r \w+)?\b"
            r"|[,;–—] ?(?:so )?over to you(?:r (?:team|sales|ae|reps))?\b|\bwarm (?:intro|lead)\b"
            r"|\b(?:new|hot|warm|qualified|<NUM>) leads?\b|\b(?:gave|give|given|passed) (?:on )?(?:them|him|her"
            r"|the \w+) your (?:name|contact|number|card|details)\b"
            r"|\btold (?:them|him|her|the \w+) (?:about you|you'd (?:ring|call))\b"
            r"|\bi(?:'ll| can| could) (?:connect|introduce) (?:you|them)\b"
            r"|\b(?:would|'d) (?:gladly |happily )?(?:take|like|love|welcome) an? (?:call|chat|demo|visit) (?:from"
            r"|with) you",
        ),
    ),
)
