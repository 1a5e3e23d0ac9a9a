"""The Home tab."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from bot.cards import limits
from bot.cards.blocks import header, line, rich
from bot.cards.risks_list import risks_card
from bot.cards.status import status_card
from bot.desk.views import PersonView, RiskView, StatusView


def home_view(status: StatusView | None, risks: Sequence[RiskView], reader: PersonView) -> dict[str, Any]:
    """Status and open risks for `reader`; `status` None for somebody who may see neither."""
    about = "I read the channels you share with partners, quote what is at risk, and tell the right person on a clock."
    blocks = [header("PartnerDesk"), rich(line(about))]
    if status is not None:
        blocks += status_card(status).blocks + risks_card(risks, reader).blocks
    return limits.view({"type": "home", "blocks": blocks})
