"""Relationship: anger, a threat to end or replace, lost trust, refusal, a partner passed over by our own sellers."""

from __future__ import annotations

from bot.reading.rules.frame import table
from bot.reading.types import Category, Kind

_GUARDS = ("off_topic", "courtesy", "negated", "past", "generic", "question")

RULES = table(
    Kind.RELATIONSHIP,
    Category.RELATIONSHIP,
    _GUARDS,
    (
        (
            "relationship.threat-to-end",
            "terminate terminating termination end ending leave walk stop cancel pull bring alternatives "
            "alternative elsewhere competitor competitors rival rivals replace another other different else",
            r"\bterminat(?:e|ing|ion) (?:the |our |this |your |clause)(?:contract|agreement|partnership|engagement"
            r"|\w+)?|\b(?:end|stop|cancel|leave|quit|exit|pull out of|walk away from|terminate) (?:the |our |this "
            r"|your )?(?:\w+ )?(?:partnership|agreement|contract|relationship|program(?:me)?|pilot|cooperation"
            r"|collaboration)\b"
            r"|\bwalk(?:ing)? away\b|\b(?:look|looking|shop|shopping|bring\w*|meeting"
            r"|evaluat\w+|consider\w*)\b[^,;.]{0,30}\b(?:alternatives?|elsewhere|(?:another|other"
            r"|different) (?:vendor|supplier|partner|provider)s?|(?:your |a )?(?:competitors?|rivals?)"
            r"|somebody else|someone else)\b",
        ),
        (
            "relationship.lost-trust",
            "trust confidence faith believe believing believed patience credibility goodwill",
            r"\b(?:los(?:t|ing|es?)|no(?: more)?|out of|broken?|gone|damaged|shaken|stopped|given up|hard to"
            r"|running out of|run out of|left of)\b[^,;.]{0,25}\b(?:trust(?:ing)?|confidence|faith|patience"
            r"|credibility|belie(?:f|ve|ving)|goodwill)\b|\b(?:trust|confidence|patience"
            r"|faith)\b[^,;.]{0,25}\b(?:gone|lost|used up|left|run out|wearing thin|exhausted)\b",
        ),
        (
            "relationship.anger",
            "unacceptable acceptable furious angry upset fed disappointed disappointing frustrated frustrating "
            "insult insulting slap joke embarrassing embarrassed unprofessional outrageous annoyed ridiculous "
            "disgrace sick done tired had unhappy dissatisfied",
            r"\b(?:unacceptable|not acceptable|furious|(?:very|really|so|are|is|was|were|deeply|quite|extremely"
            r"|getting) (?:angry|upset|disappointed|disappointing|frustrated|frustrating|annoyed|unhappy"
            r"|unprofessional|insulting|dissatisfied)(?! (?:with|w/) (?:its|their|her|his))|fed up (?!with (?:its"
            r"|their|her|his))|slap in the face|(?:a|an) (?:insult|disgrace"
            r"|embarrassment|joke)"
            r"|embarrass(?:ing|ed) (?:us|me|for us|in front)|outrageous|sick (?:and tired )?of (?:this|your|being"
            r"|explaining|hearing)|(?:i'm|we're|i am|we are|be) (?:\w+ )?(?:done|through|finished) (?:with"
            r"|explaining|waiting|chasing|training|defending|apologi[sz]ing)|had enough of|tired of (?:this|your"
            r"|being|chasing|hearing|explaining|waiting|excuses))\b",
        ),
        (
            "relationship.let-down",
            "let lets left hung hang keep keeps feel feels excuses blame "
            "blaming pointing ignored promises lied lie deception",
            r"\blets? (?:us|me|them) (?:down|hang\w*)\b|\bleft (?:us|me) (?:hanging|in the lurch|standing|alone)\b"
            r"|\b(?:no (?:more )?|out of |enough |swallow\w* |tired of |the same )excuses\b"
            r"|\b(?:point(?:ing)?) (?:the )?fingers?\b|\bblam(?:e|es|ing) (?:us|each other|my|our)\b|\b(?:broken"
            r"|empty) promises\b|\b(?:lied|lying) to (?:us|me|them)\b"
            r"|\bkeep(?:s)? (?:\w+ )?(?:ignoring|putting (?:us|this|it) off|stalling)\b"
            r"|\bfeels? (?:\w+ )?(?:ignored|betrayed|cheated|misled|deceived|abandoned)\b",
        ),
        (
            "relationship.refusal",
            "won't never refuses refuse refused again longer",
            r"\b(?:won't|will not|refuses? to|refused to|never|don't want to|doesn't want to|no longer (?:want|wish"
            r"|willing)s?(?: to)?|not going to) (?:be )?(?:work|deal|invite|recommend|renew|sell|do business"
            r"|partner|put up|accept this|tolerate|see your)\w*\b[^,;.]{0,25}\b(?:with|you|us|your|either|this"
            r"|again)\b|\bthere won't be a(?:nother)? (?:second|third|next) time\b|\bi won't have (?:it|them|this)\b",
        ),
        (
            "relationship.passed-over",
            "direct behind undercut undercutting bypassed bypassing around skip poached poaching cut",
            r"\byour (?:own )?(?:direct|account|sales|ae|co-sell|inside|field|reps?|regional)[\w ]{0,20}\b(?:called"
            r"|told|offered|quoted|contacted|approached|poached|took|undercut|bypassed|went|goes|is calling"
            r"|is talking|skipped|pitched)\b|\b(?:went|gone|going|goes) (?:behind (?:our|my) back|(?:straight"
            r"|direct\w*|around us) to (?:our|my|the) customer)|\bundercut(?:ting|s)?\b|\b(?:bypass(?:ed|ing)"
            r"|poach(?:ed|ing)|cut(?:ting)? out|skip(?:ped|ping)?) (?:us|our (?:people|customer|team|rep))",
        ),
        (
            "relationship.escalate-above",
            "board ceo cfo vp cro founder management lawyers legal escalate escalating escalated boss director md",
            r"\b(?:my|our|their|his|her) (?:board|ceo|cfo|cio|coo|vp|cro|md|founder|management|boss|director"
            r"|lawyers?|general counsel|executive)s?\b[^;.]{0,40}\b(?:asked me to (?:look|review|stop|find)"
            r"|wants? (?:out|to (?:pull|stop|end|leave|cancel|know why))|lets? me stop|is (?:furious|angry"
            r"|asking why|done)|meets?|is meeting|end the|review (?:the|our|your) (?:partnership|tier|contract))\b"
            r"|\b(?:hand(?:ed|ing)? (?:this|it) (?:over )?to|involv(?:e|ing)|go(?:ing)? to) (?:our|my) (?:lawyers"
            r"|legal team|board|ceo)\b",
        ),
    ),
)
