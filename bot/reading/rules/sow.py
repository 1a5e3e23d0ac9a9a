"""Statement of work: an SOW, change order, engagement letter or amendment is needed or being made."""

from __future__ import annotations

from bot.reading.rules.frame import table
from bot.reading.types import Kind

_PAPER = (
    r"(?:(?:mini-?|new |fresh |separate |small |corrected |contract |change )*(?:sow|sows|statement of work"
    r"|statements of work|change orders?|change requests?|amendments?|addendum|addenda|engagement letter|order form"
    r"|novation|side letter|work order|msa|annex(?: \w{1,3})?|co[- ]?\d+|co draft|teaming agreement))"
)
_MAKING = (
    r"(?:need(?:s|ed|ing)?|requires?|draft(?:ed|ing|s)?|prepar(?:e|es|ed|ing)|raise[sd]?|raising|writ(?:e|es|ing"
    r"|ten)|wrote|open(?:s|ed)?|tabl(?:e|es|ed|ing)|sign(?:s|ed|ing)?|countersign\w*|signature|send(?:s|ing)?|sent"
    r"|issue[sd]?|amend(?:ed|s)?|extend(?:ed|s)?|redraft\w*"
    r"|want(?:s|ed)?|ask(?:s|ed|ing)?|cover(?:s|ed)?|take[sn]?|let's|have to|has to|must|should|would|could|paper"
    r"|via|by|through|under|either|comes?|goes|go|with(?:out)?|until|unless|new|separate|proper|for the|we'd|i'd"
    r"|we'll|i'll|draw(?:n|ing)? up|version|turn(?:s|ed)?|pricing|missing|fix(?:ed)?|adjust)"
)

RULES = table(
    Kind.SOW,
    None,
    ("past",),
    (
        (
            "sow.paper-needed",
            "sow sows statement change amendment amendments addendum addenda engagement novation annex msa co order "
            "side work teaming",
            rf"\b{_MAKING}\b[^.;]{{0,60}}\b{_PAPER}\b|\b{_PAPER}\b[^.;]{{0,60}}\b{_MAKING}\b"
            rf"|^{_PAPER}\b[^.?]{{0,60}}$",
        ),
        (
            "sow.contract-to-change",
            "contract schedule paper agreement",
            r"\b(?:amend|redraft|draw up|draft|extend|adjust|re-?paper)(?:ed|ing|s)? (?:the |a |an |our |your "
            r"|this )?(?:\w+ )?(?:contract|schedule(?: \d+)?|agreement|annex)\b|\b(?:contract|schedule(?: \d+)?"
            r"|agreement)\b[^.;]{0,25}\b(?:has|have|needs?|must|ought) to be (?:amended|redrafted|extended|changed"
            r"|drawn up|adjusted)\b|\b(?:change|amendment) to the contract\b",
        ),
    ),
)
