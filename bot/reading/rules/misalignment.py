"""Misalignment: the parties hold different views of what was agreed or is true."""

from __future__ import annotations

from bot.reading.rules.frame import table
from bot.reading.types import Category, Kind

RULES = table(
    Kind.MISALIGNMENT,
    Category.MISALIGNMENT,
    ("off_topic", "generic", "hypothetical"),
    (
        (
            "misalignment.thought-you",
            "thought assumed understood understanding impression expected took assumption assume",
            r"\b(?:i|we|they|he|she|customer|client|everyone|you|always)(?:'d|'ve| had| have| all"
            r"| always)? (?:thought|assumed|understood|took it|expected|was told|were told)\b[^.]{0,60}\b(?:you"
            r"|your|our|us|we|yours|ours|it was|included|they|side|the other)\b(?! (?:might|may|would like|want"
            r"|should know))"
            r"|\b(?:our|my|their|the customer's) (?:understanding|assumption|reading|read"
            r"|impression)(?: of \w+(?: \w+)?)? (?:was|is|were|had been)\b|\bunder the impression\b",
        ),
        (
            "misalignment.on-you",
            "on yours side with",
            r"\b(?:is|was|sits?|lies?|that's|it's|are|were)(?: \w+)? (?:on (?:you|your (?:side|plate|end|team))"
            r"|yours to (?:do|fix|deliver|provide|own)|your (?:job|responsibility|task|part))\b(?!\?)[^.]*\b(?:not"
            r"|isn't|wasn't|according|per|as agreed|never|we)\b",
        ),
        (
            "misalignment.not-agreed",
            "agreed agree signed never told table deal what how said disagree disagrees dispute disputes disputed",
            r"\b(?:not|isn't|wasn't|never|nobody|no one|hardly)(?: \w+){0,3} (?:what (?:we|was|i|you"
            r"|they) (?:agreed|signed|said|ordered|bought|discussed|were told)|how (?:we|i) (?:priced|understood"
            r"|read|see|agreed|remember)|agreed (?:to|on|that)|on the table|the (?:deal|program|agreement) (?:i"
            r"|we))\b"
            r"|\b(?:we|i) (?:don't|do not|never|can't) agree(?:d)? (?:with|to|that|on)\b|\bthat's not (?:how"
            r"|what)\b|\bdisagree(?:s|d)? (?:with|on|about|over)\b|\bdisput(?:e|es|ed|ing)\b",
        ),
        (
            "misalignment.says-says",
            "says say said claims claim thinks think thinking believes reads shows show states counts according "
            "wrote calls means",
            r"\b(?:says?|said|claims?|thinks?|believes?|reads?|shows?|states?|counts?|wrote|calls|means"
            r"|has)\b[^.?]{2,70}(?:[,;:]| but| while| and| whereas| –| —) ?(?:\w+ ){0,4}(?:our|ours|we|your|yours"
            r"|you|my|mine|the|his|her|their)\b[^.?]{0,40}\b(?:says?|said|doesn't|don't|claims?|thinks?|reads?"
            r"|shows?|states?|not|counts?|has|means|disagrees?|think)\b",
        ),
        (
            "misalignment.differs",
            "contradict contradicts differ differs mismatch disagree match conflicting versions",
            r"\b(?:contradicts?|differs? (?:from|by)|doesn't match|don't match|do not match|does not match"
            r"|mismatch between|conflicting|two versions|different (?:dates|numbers|views|answers|readings"
            r"|versions))\b",
        ),
        (
            "misalignment.registered-vs",
            "registered registration quoted quoting deal protection",
            r"\b(?:registered|registration|deal reg\w*|protection)\b[^.]{0,80}\b(?:but|yet|and now|while"
            r"|still)\b[^.]{0,60}\b(?:quot\w+|another (?:partner|reseller)|someone else|given to|went to|direct"
            r"|expired|rejected)\b|\bquot(?:ed|ing|es)\b[^.]{0,60}\b(?:on|against|despite|over) (?:our|my"
            r"|the) (?:registered|registration|deal|protected)\b",
        ),
    ),
)
