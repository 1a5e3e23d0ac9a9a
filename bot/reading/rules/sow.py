"""Statement of work: an SOW, change order, engagement letter or amendment is needed or being made."""

from __future__ import annotations

from bot.reading.rules.frame import table
from bot.reading.types import Kind

_PAPER = (
    r"(?:sows?|statements? of work|change orders?|change requests?|amendments?|addend(?:um|a)|engagement letters?"
    r"|order form|novation|side letter|work order|msa|annex(?: \w{1,3})?|co[- ]?\d+|teaming agreement)"
)
_MAKING = (
    r"(?:need(?:s|ed|ing)?|requires?|draft(?:ed|ing|s)?|prepar(?:e|es|ed|ing)|raise[sd]?|raising|writ(?:e|es|ing|ten)"
    r"|wrote|open(?:s|ed)?|sign(?:s|ed|ing)?|countersign\w*|signature|sen(?:ds?|ding|t)|issue[sd]?|amend(?:ed|s)?"
    r"|extend(?:ed|s)?|redraft\w*|want(?:s|ed)?|ask(?:s|ed|ing)?|cover(?:s|ed)?|take[sn]?|let's|will be|ha(?:s|ve) to"
    r"|must|should|would|could|paper|via|by|through|under|either|comes?|goes|go|with(?:out)?|until|unless|new|separate"
    r"|proper|for the|'d|'ll|draw(?:n|ing)? up|version|turn(?:s|ed)?|missing|fix(?:ed)?|adjust)"
)

RULES = table(
    Kind.SOW,
    None,
    ("past", "other_paper", "paper_done"),
    (
        (
            "sow.paper-needed",
            "sow sows statement statements change amendment amendments addendum addenda engagement novation annex msa "
            "co order side work teaming",
            rf"\b{_MAKING}\b[^.;]{{0,60}}\b{_PAPER}\b|\b{_PAPER}\b[^.;]{{0,60}}\b{_MAKING}\b|^{_PAPER}\b[^.?]{{0,60}}$",
        ),
        (
            "sow.contract-to-change",
            "contract schedule agreement",
            r"\b(?:amend|redraft|draw up|extend|adjust|re-?paper)(?:ed|ing|s)? (?:the |a |an |our |your "
            r"|this )?(?:\w+ )?(?:contract|schedule|agreement)\b|\b(?:contract|schedule"
            r"|agreement)\b[^.;]{0,25}\b(?:has|have|needs?|must|ought) to be (?:amended|redrafted|extended|changed"
            r"|drawn up|adjusted)\b|\b(?:change|amendment) to the contract\b",
        ),
    ),
)
