"""Scope: what is in and what is out is unclear, changed, or somebody asks for work outside of it."""

from __future__ import annotations

from bot.reading.rules.frame import table
from bot.reading.types import Category, Kind

_PAPER = (
    r"(?:scope|sow|statement of work|offer|quote|contract|order(?: form)?|po|call-off|price|plan|estimate|proposal"
    r"|(?:work )?package|agreement|budget|bid|rfp|requirements|task list|backlog|raci|licen[cs]e|subscription|remit"
    r"|template)s?"
)
_WHOSE = r"(?:the|our|your|their|any|this|that|no|anyone's|no ?(?:one|body)'s|none of (?:our|your)|neither)"
_NOT = r"\b(?:not|isn't|wasn't|aren't|weren't|never|nowhere|neither)"
_CUSTOMER = (
    r"\b(?:customer|client|sponsor|agency|hospital|ministry|bank|city|council|office|trustees|museum|cio|ciso|dpo)\b"
)

RULES = table(
    Kind.SCOPE,
    Category.SCOPE,
    ("generic", "past", "hypothetical"),
    (
        (
            "scope.not-in-paper",
            "not isn't wasn't aren't weren't never no nobody's nowhere nobody outside beyond neither none anyone's "
            "silent mention doesn't says does",
            rf"{_NOT}(?: \w+){{0,2}} (?:in|on|part of|covered by|included in|within"
            rf"|under) (?:{_WHOSE} )?(?:\w+ )?{_PAPER}\b|\b(?:outside|beyond) (?:of )?(?:{_WHOSE} )?(?:\w+ )?(?:scope"
            r"|sow|contract|order|quote)\b|\b(?:outside|beyond) what\b[^.;?]{0,25}\b(?:sized|sold|priced|quoted"
            r"|ordered|agreed)\b|\b(?:in|on|of) (?:anyone's|no|no ?(?:one|body)'s|none of (?:our|your)"
            rf"|neither) (?:\w+ )?{_PAPER}\b|\b{_PAPER}\b[^,;.]{{0,20}}\b(?:is silent|(?:doesn't|does not) (?:mention"
            r"|say|cover|include)|says nothing)\b",
        ),
        (
            "scope.never-priced",
            "priced quoted planned budgeted ordered estimated scoped costed unpriced",
            r"\b(?:nobody|no one|none|neither)(?: \w+){0,3} (?:priced|quoted|planned|ordered|scoped|costed|budgeted)\b"
            r"|\bunpriced\b|\b(?:never|not|wasn't|weren't|isn't|hadn't|haven't|didn't)\b[^,;.]{0,25}\b(?:priced|quoted"
            r"|budgeted|scoped|estimated)\b",
        ),
        (
            "scope.in-or-out",
            "in out included part extra whether scope",
            r"\bin (?:scope )?or out\b|\bor (?:are|is) (?:they|it|that|this) extra\b"
            r"|\bscope (?:creep|change|question|gap|unclear)\b|\bwhether\b[^.;?]{2,60}\b(?:counts?|belongs? to|(?:is"
            r"|are) (?:part of|included)|falls? under)\b|\bis (?:it|that|this|the [\w ]{2,30}) (?:still )?(?:in scope"
            r"|included|extra)\b[^.]*\?",
        ),
        (
            "scope.nobody-owns",
            "nobody no owner whose",
            r"\b(?:nobody|no one)(?:'s| is| feels)? (?:responsible|owns?|tracks?|assigned|in charge)\b"
            r"|\b(?:has|have|with) no (?:clear )?owner\b|\bwhose (?:job|task|budget|scope) is\b",
        ),
        (
            "scope.extra-work",
            "now also suddenly too well top added appeared popped turned dropped",
            rf"{_CUSTOMER}[^.;?]{{0,30}}\b(?:now|also|suddenly)\b[^.;?]{{0,12}}\b(?:wants?|asks?|adds?|added)\b"
            rf"|{_CUSTOMER}[^.;?]{{0,20}}\b(?:wants?|would (?:now )?like|asked|asks)\b[^.;?]{{3,60}}\b(?:too|as well"
            r"|also|on top)\b|\b(?:added|appeared|(?:popped|turned) up)\b[^.;?]{0,40}\b(?:to|in"
            r"|on)\b[^.;?]{0,30}\b(?:scope|order|requirements|backlog|list|matrix)\b",
        ),
    ),
)
