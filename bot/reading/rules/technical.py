"""Technical: something delivered or shared does not work. A handoff to a solution architect, not a risk by itself."""

from __future__ import annotations

from bot.reading.rules.frame import table
from bot.reading.types import Category, Kind

# What partners deliver to each other; talk about somebody's own code is not taken for a broken deliverable.
_THING = (
    r"(?:api|endpoint|portal|connector|sandbox|tenant|environment|interface|integration|build|release|feed|import"
    r"|export|report|dashboard|gateway|service|module|licence|license|key|node|cluster|login|sso|webhook"
    r"|sync|job|load|migration|extract|file|form|app|search|upload|download|printer|label|firmware|installer"
    r"|package|tool|workflow|page|link|certificate|token|queue|database|server|box|appliance|screen|mapping|batch"
    r"|hub|mail|mails|invoice|calculator|engine|generator|agent|scanner|device|devices|scheduler|replication|backup"
    r"|restore|console|plugin|portal search|link|site|system|platform|orders|records|data)s?"
)

RULES = table(
    Kind.TECHNICAL,
    Category.TECHNICAL,
    ("off_topic", "resolved", "hypothetical", "question", "past", "generic", "negated"),
    (
        (
            "technical.fails",
            "fails failing crashes crashed crashing errors throws throw throwing hangs dies dying bounces drops "
            "refuses rejects breaks broke returns",
            rf"\b(?:the|your|our|their|this|that)\b[^,;.]{{0,60}}\b{_THING}\b[^;.]{{0,60}}\b(?:fail(?:s|ing)"
            r"|crash(?:es|ed|ing)|throw(?:s|ing)?|hang(?:s|ing)|keeps? (?:dying|failing|crashing|dropping)|dies"
            r"|bounc(?:es|ing)|drops?|refus(?:es|ing)|reject(?:s|ing)|breaks?|broke|times out|returns? (?:a "
            rf"|an )?(?:\d{{3}}|error|empty|wrong|nothing|blank|zero))\b",
        ),
        (
            "technical.error-code",
            "error errors 500 403 401 404 502 503 504 timeout timeouts exception exceptions",
            rf"\b(?:the|your|our|their)\b[^;.]{{0,70}}\b{_THING}\b[^;.]{{0,60}}\b(?:error|errors|(?:a|an|with"
            r"|returns?) [45]\d\d|timeouts?|exceptions?)\b|\b(?:getting|gets|get|throws|returns|see|seeing|gives"
            rf"|shows)\b[^,;.]{{0,25}}\b(?:(?:a|an) )?(?:[45]\d\d|error|timeout)s?\b[^.]{{0,40}}\b(?:your|portal"
            r"|tenant|sandbox|connector|since|when we|every)\b",
        ),
        (
            "technical.does-not-work",
            "doesn't don't isn't can't cannot broken not wrong empty blank twice duplicate corrupt bug defect",
            rf"\b(?:the|your|our|their|this)\b[^,;.]{{0,50}}\b{_THING}\b[^;.]{{0,40}}\b(?:(?:doesn't|don't|does not"
            r"|do not|won't|isn't|aren't|still not) (?:work|load|start|open|run|find|accept|recogni[sz]e|respond"
            r"|connect|sync|validate|install|convert|working|loading|reachable|recogni[sz]ed)\w*"
            r"|(?:is|are|still|was|comes? (?:out|back|up)) (?:\w+ )?(?:broken|corrupt(?:ed)?|wrong|empty|blank"
            r"|unreadable|unusable|garbled|duplicated|down|offline|unreachable)|(?:twice|in the wrong \w+))\b"
            r"|\b(?:found|has|have|there's|there is|hit|with) (?:a|an|the same|another|several"
            rf"|<NUM>) (?:\w+ )?(?:bugs?|defects?|criticals?|rounding errors?)\b[^.]{{0,40}}\b(?:in|of|with"
            r"|on) (?:the |your |our )?",
        ),
        (
            "technical.system-down",
            "down outage offline locked lost",
            rf"\b(?:the|your|our)\b[^,;.]{{0,40}}\b{_THING}\b[^,;.]{{0,15}}\b(?:is|are|has been|went"
            r"|keeps going) (?:\w+ )?(?:down|offline|unreachable|unavailable)\b|\boutage (?:of|on|in|at) (?:the"
            r"|your|our)\b",
        ),
    ),
)
