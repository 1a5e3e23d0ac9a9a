"""Scope: what is in and what is out is unclear, changed, or somebody asks for work outside of it."""

from __future__ import annotations

from bot.reading.rules.frame import table
from bot.reading.types import Category, Kind

_PAPER = (
    r"(?:scope|sow|statement of work|offer|quote|contract|order(?: form)?|price|plan|estimate|proposal|work package"
    r"|agreement|package|budget|bid|rfp|requirements|task list|raci|licence|license|subscription)"
)

RULES = table(
    Kind.SCOPE,
    Category.SCOPE,
    ("generic", "past", "hypothetical"),
    (
        (
            "scope.not-in-paper",
            "not isn't wasn't aren't weren't never no nobody's nowhere nobody outside beyond neither missing silent "
            "mention",
            rf"\b(?:not|isn't|wasn't|aren't|weren't|never|nowhere|neither)(?: \w+){{0,2}} (?:in|on|part of"
            r"|covered by|included in|within|under) (?:the |our |your |their |any |this |that |base |original "
            rf"|signed |current |either )*(?:\w+ )?{_PAPER}\b"
            r"|\b(?:outside|beyond) (?:of )?(?:the |our |your |this )?(?:agreed |original |signed "
            r"|current )?(?:scope|sow|contract|order|statement of work|quote)\b|\b(?:in|on) (?:no(?:body's)?"
            rf"|nobody's) (?:\w+ )?{_PAPER}\b"
            rf"|\b{_PAPER}\b[^,;.]{{0,20}}\b(?:is silent|doesn't (?:mention|say|cover|include)|does not (?:mention"
            r"|say|cover|include)|says nothing)\b|\bnobody(?: has)? (?:put|priced|quoted|planned|ordered|scoped)\b",
        ),
        (
            "scope.never-priced",
            "priced quoted planned budgeted ordered estimated scoped bought sold",
            r"\b(?:never|not|wasn't|weren't|isn't|hadn't|haven't|nobody|neither|none"
            r"|didn't)\b[^,;.]{0,25}\b(?:priced|quoted|budgeted|scoped|estimated|planned (?:for|or)|price|quote)\b"
            r"|\b(?:quoted|priced|planned|sized|estimated|scoped|sold|done)\b (?:\w+ )?(?:for "
            r"|at )?<NUM>[^;.]{0,50}\b(?:now|actual|found|turns out|there are|we see|has|have|count|instead)\b",
        ),
        (
            "scope.in-or-out",
            "in out included part extra covered",
            r"\bin (?:scope )?or out\b|\bis (?:it|that|this|\w+|the [\w ]{2,30}) (?:still )?(?:in scope|included"
            r"|part of (?:the|our|your|what|it)|covered|extra)\b[^.]*\?|\bextra or\b|\bor (?:are|is) (?:they|it"
            r"|that) extra\b|\bscope (?:creep|change|question|gap|unclear)\b",
        ),
        (
            "scope.nobody-owns",
            "who owns pays responsible nobody owner whose",
            r"\bwho(?:'s| is| are|ever)? (?:actually |then |now )?(?:supposed to|owns? (?:the|it|this|that|these)"
            r"|pays?|responsible|doing|does|runs?|running|installs?|going to (?:pay|do|own))\b[^.]*\?|\b(?:nobody"
            r"|no one)(?:'s| is| feels)? (?:responsible|owns?|tracks?|assigned|in charge)\b|\b(?:has|have"
            r"|with) no (?:clear )?owner\b|\bwhose (?:job|task|budget|scope) is\b",
        ),
        (
            "scope.extra-work",
            "extra additional added adds new wants want asked change requirement also",
            r"\b(?:extra|additional) (?:effort|scope|days|charge|man-?days)\b|\b(?:customer|client|sponsor|agency"
            r"|user group)\b[^,;.]{0,30}\b(?:now (?:also )?wants?|(?:has |have )?(?:just )?added|also wants?"
            r"|suddenly (?:wants?|asks?)|would (?:also )?like \w+ (?:too|as well|added)"
            r"|asked (?:us )?(?:this morning )?(?:to add|for an extra|to include))\b"
            r"|\bcan we (?:also )?(?:add|include)\b[^.]*\?",
        ),
    ),
)
