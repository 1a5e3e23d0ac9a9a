<%!
def tidy(body):
    return "\n".join(line for line in (body or "pass").splitlines() if "###" not in line).strip()
%>\
"""${message}"""

from __future__ import annotations

import sqlalchemy as sa
import sqlmodel.sql.sqltypes
from alembic import op
from sqlalchemy import Text
${imports if imports else ""}

revision: str = ${repr(up_revision)}
down_revision: str | None = ${repr(down_revision)}
branch_labels: str | None = ${repr(branch_labels)}
depends_on: str | None = ${repr(depends_on)}


def upgrade() -> None:
    ${tidy(upgrades)}


def downgrade() -> None:
    ${tidy(downgrades)}
