from __future__ import annotations

from bot.cards.card import Card
from bot.cards.portfolio import portfolio_card
from bot.desk import portfolio
from bot.errors import Choice
from bot.language import topics
from handlers.commands.registry import CommandContext, command
from handlers.unit import read

_SCOPES = {
    "mine": "mine",
    "own": "mine",
    "team": "team",
    "teams": "team",
    "team's": "team",
    "teams'": "team",
    "all": "all",
    "everyone": "all",
}
_GLUE = frozenset(["the", "of", "for", "partners", "partner", "our", "please", "show", "me", "my", "what's", "list"])


@command(
    "portfolio",
    aliases=("my portfolio", "my partners"),
    topics=topics.PORTFOLIO,
    usage="portfolio [mine | team | all]",
    summary="Your partners in one table: open risks, what is late, QBRs overdue, renewals and registrations.",
)
async def show_portfolio(context: CommandContext) -> Card:
    words = [token.word for token in context.parts if token.word not in _GLUE]
    scopes = [_SCOPES[word] for word in words if word in _SCOPES]
    if len(words) != len(scopes) or len(set(scopes)) > 1:
        raise Choice(
            "Whose partners? A team's are listed by manager.", ["portfolio mine", "portfolio team", "portfolio all"]
        )
    found = await read(
        context.services, context.workspace_id, portfolio.asked, context.actor, *scopes[:1], now=context.now
    )
    return portfolio_card(found)
