"""The answers to what is worth a look."""

from __future__ import annotations

from bot.desk import hints
from handlers.settle import settle

take = settle("hint_take", hints.take, "")
dismiss = settle("hint_dismiss", hints.dismiss, "")
