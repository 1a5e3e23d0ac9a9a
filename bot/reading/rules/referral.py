"""Referral: a new opportunity is passed on."""

from __future__ import annotations

from bot.reading.rules.frame import table
from bot.reading.types import Kind

RULES = table(
    Kind.REFERRAL,
    None,
    ("past", "generic", "negated"),
    (
        (
            "referral.asked-for-us",
            "asked asks ask wants wanted want interested looking needs shopping hunting unhappy fed outgrowing "
            "replace replacing keen",
            r"\b(?:customer|client|prospect|bank|hospital|university|school|schools|district|group|chain|firm"
            r"|company|manufacturer|retailer|utility|council|cio|cto|cfo|ciso|neighbou?rs?|sister|supplier"
            r"|suppliers|dealer|operator|insurer|association|colleagues?|friend|boss|office|port|museum|subsidiary"
            r"|department|"
            r"agency|ministry|brother|wife|director|one of (?:our|my|your))\b[^.?]{0,80}\b(?:asked (?:me "
            r"|us )?(?:who|whether|if you|for (?:a |your |an )?(?:contact|quote|offer|intro\w*|name|vendor|price"
            r"|card|call|the same))|wants? (?:a |an |the |to )?(?:same|look|demo|quote|offer|call|talk|intro\w*"
            r"|price|off its|out of (?:its|their)|what|replace|move)"
            r"|(?:is|are|'s|'re) (?:looking for|interested in|shopping|hunting|unhappy with|fed up with|outgrowing"
            r"|in the market|after your|keen)|looking (?:for|to) (?:a |an |someone|replace)|needs? (?:your"
            r"|an? (?:archive|vendor|backup|platform|supplier)|the same))\b",
        ),
        (
            "referral.passing-on",
            "passing handing over gave give connect introduce intro introduction lead leads refer referral tip "
            "yours forwarding",
            r"\b(?:passing|handing|sending|forwarding|giving) (?:it|them|this|him|her"
            r"|that one) (?:on )?(?:over )?to you\b|\b(?:so|it's|they're|he's|she's) (?:all )?yours?\b[.!,]?$"
            r"|\bover to you(?:r (?:team|sales|ae|reps))?\b|\b(?:gave|give|given|passed on|told) (?:them|him"
            r"|her) (?:your|our) (?:name|contact|number|card|details)\b"
            r"|\b(?:introduce|connect|put) (?:you|them|him|her)(?: \w+)? (?:to|with|in touch|together)\b"
            r"|\bwarm intro\b|\b(?:new|hot|warm|qualified|<NUM>) leads?\b|\brefer(?:ring|ral)\b (?:\w+ )?(?:to you"
            r"|for you|you)|\bfor your (?:ae|sales|account team|reps)\b",
        ),
    ),
)
