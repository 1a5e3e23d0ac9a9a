"""Misalignment: the parties hold different views of what was agreed or is true."""

from __future__ import annotations

from bot.reading.rules.frame import table
from bot.reading.types import Category, Kind

_GUARDS = ("hypothetical", "question")
_AGREED = r"(?:agreed|signed|discussed|offered|promised)"
_THEIR_PERSON = r"your (?:colleague|predecessor|boss|sales|rep|engineer|ae|director)"


_SAID = (
    (
        "misalignment.not-agreed",
        "agreed signed discussed offered promised how disagree disputes dispute priced understood",
        r"\b(?:not|isn't|wasn't|never|nobody|no one|hardly)(?: (?!in\b|part\b)\w+){0,3} (?:what (?:we|was|i|you"
        rf"|they) {_AGREED}|how (?:we|i) (?:priced|understood|read|see)|agreed (?:to|on|that))\b"
        r"|\b(?:was|were) never (?:agreed|discussed|promised)\b"
        r"|\b(?:we|they|he|she) (?:disagree|dispute)s? (?:with|your|the|this)\b",
    ),
    (
        "misalignment.told-otherwise",
        "told said promised agreed sold",
        rf"\bagreed\b[^.?]{{2,40}}\bwith {_THEIR_PERSON}\b|\b{_THEIR_PERSON} (?:said|told|promised|sold"
        r"|agreed)\b[^.?]{3,80}[,;] ?(?:but|and|yet|while)\b|\b(?:we|i|customer) (?:was"
        r"|were) told\b[^.?]{3,70}\b(?:but|yet|whereas)\b",
    ),
    (
        "misalignment.differs",
        "contradict contradicts differ differs match disagree conflicting different",
        r"\b(?:your|our|their|his|her|the two|both)\b[^.;?]{0,60}\b(?:contradicts?|differs? (?:from|by)|(?:doesn't"
        r"|don't|does not|do not) match|conflicting|disagree (?:on|about|over))\b"
        r"|\bdifferent (?:views|answers|readings) (?:of|on|about)\b",
    ),
)
_ABOUT_WORK = (
    (  # both think it is the other
        "misalignment.thought-you",
        "thought assumed understood",
        r"\b(?:i|we|they)(?:'d|'ve| had| have| all| always)? (?:thought|assumed|understood) (?:that )?"
        r"(?:you|your \w+|they|their \w+)(?:'d|'re| were| was| had| are| is)? (?:\w+ )?(?:doing|handling|bringing"
        r"|bring|providing|provide|deliver\w*|taking|invoice|own\w*|sending|supply\w*|cover\w*|responsible)\b",
    ),
    (
        "misalignment.understood",
        "understanding impression assumption reading read",
        r"\b(?:our|my|their|the customer's) (?:understanding|assumption|reading|read)(?: of \w+(?: \w+)?)? (?:was|is"
        r"|differs)\b|\bnot (?:our|my) understanding\b|\bunder the impression\b",
    ),
    (
        "misalignment.registered-vs",
        "registered registration quoted quoting",
        r"\b(?:registered|registration|deal reg)\b[^.]{0,80}\b(?:but|yet|and now|while)\b[^.]{0,60}\b(?:quot\w+"
        r"|another (?:partner|reseller)|someone else|given to|went to|direct)\b"
        r"|\bquot(?:ed|ing|es)\b[^.]{0,60}\b(?:on|against|over) (?:our|my) (?:registered|deal)\b",
    ),
)

RULES = (
    *table(Kind.MISALIGNMENT, Category.MISALIGNMENT, _GUARDS, _SAID),
    *table(Kind.MISALIGNMENT, Category.MISALIGNMENT, ("off_topic", *_GUARDS), _ABOUT_WORK),
)
