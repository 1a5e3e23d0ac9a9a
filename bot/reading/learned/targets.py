"""What the models are taught to tell apart, in the order of their outputs; training and reading share this list."""

from __future__ import annotations

from bot.reading.types import Category, Kind

RISKS = (Category.DELAY, Category.BLOCKED, Category.AT_RISK, Category.MISSED)
# What only looks like something is taught as well: knowing why it is nothing makes the rest sharper.
NOTHINGS = (
    "other_sense", "generic", "negated", "resolved", "past", "hypothetical", "request", "question", "calendar",
    "courtesy", "decision", "no_cue", "offer", "deadline",
)  # fmt: skip
KINDS = tuple(Kind)
TARGETS = (*(k.value for k in KINDS), *(f"risk.{c.value}" for c in RISKS), *(f"none.{n}" for n in NOTHINGS))
FIRST_RISK = len(KINDS)  # where the sorts of risk begin among TARGETS
LINEAR_OUTPUTS = FIRST_RISK + len(RISKS)  # the linear model tells no sorts of nothing apart
