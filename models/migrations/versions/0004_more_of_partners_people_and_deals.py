"""more of partners people and deals"""

from __future__ import annotations

import sqlalchemy as sa
import sqlmodel.sql.sqltypes
from alembic import op
from sqlalchemy import Text
from sqlalchemy.dialects import postgresql

revision: str = "0004"
down_revision: str | None = "0003"
branch_labels: str | None = None
depends_on: str | None = None


def upgrade() -> None:
    op.create_table(
        "partnercontact",
        sa.Column("workspace_id", sqlmodel.sql.sqltypes.AutoString(length=32), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("partner_id", sa.Integer(), nullable=False),
        sa.Column("name", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("role", sqlmodel.sql.sqltypes.AutoString(length=16), nullable=False),
        sa.Column("email", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("slack_id", sqlmodel.sql.sqltypes.AutoString(length=32), nullable=False),
        sa.Column("certified_on", sa.Date(), nullable=True),
        sa.Column("active_from", sa.Date(), nullable=True),
        sa.Column("active_to", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(["partner_id"], ["partner.id"], name=op.f("fk_partnercontact_partner_id_partner")),
        sa.ForeignKeyConstraint(
            ["workspace_id"], ["workspace.id"], name=op.f("fk_partnercontact_workspace_id_workspace")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_partnercontact")),
        sa.UniqueConstraint(
            "workspace_id", "partner_id", "name", name=op.f("uq_partnercontact_workspace_id_partner_id_name")
        ),
    )
    with op.batch_alter_table("partnercontact", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_partnercontact_partner_id"), ["partner_id"], unique=False)

    op.create_table(
        "partnertarget",
        sa.Column("workspace_id", sqlmodel.sql.sqltypes.AutoString(length=32), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("partner_id", sa.Integer(), nullable=False),
        sa.Column("period", sqlmodel.sql.sqltypes.AutoString(length=16), nullable=False),
        sa.Column("amount", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.Column("currency", sqlmodel.sql.sqltypes.AutoString(length=3), nullable=False),
        sa.ForeignKeyConstraint(["partner_id"], ["partner.id"], name=op.f("fk_partnertarget_partner_id_partner")),
        sa.ForeignKeyConstraint(
            ["workspace_id"], ["workspace.id"], name=op.f("fk_partnertarget_workspace_id_workspace")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_partnertarget")),
        sa.UniqueConstraint(
            "workspace_id", "partner_id", "period", name=op.f("uq_partnertarget_workspace_id_partner_id_period")
        ),
    )
    with op.batch_alter_table("partnertarget", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_partnertarget_partner_id"), ["partner_id"], unique=False)

    with op.batch_alter_table("account", schema=None) as batch_op:
        batch_op.add_column(sa.Column("parent", sqlmodel.sql.sqltypes.AutoString(), nullable=False))
        batch_op.add_column(sa.Column("customer_since", sa.Date(), nullable=True))

    with op.batch_alter_table("event", schema=None) as batch_op:
        batch_op.create_index("ix_event_at", ["workspace_id", "at"], unique=False)

    with op.batch_alter_table("handoff", schema=None) as batch_op:
        batch_op.add_column(sa.Column("note", sqlmodel.sql.sqltypes.AutoString(), nullable=False))
        batch_op.add_column(sa.Column("requested_by", sqlmodel.sql.sqltypes.AutoString(length=32), nullable=False))

    with op.batch_alter_table("opportunity", schema=None) as batch_op:
        batch_op.add_column(sa.Column("type", sqlmodel.sql.sqltypes.AutoString(length=16), nullable=False))
        batch_op.add_column(sa.Column("product", sqlmodel.sql.sqltypes.AutoString(), nullable=False))
        batch_op.add_column(sa.Column("opened_on", sa.Date(), nullable=True))
        batch_op.add_column(sa.Column("closed_on", sa.Date(), nullable=True))
        batch_op.add_column(sa.Column("is_won", sa.Boolean(), nullable=True))
        batch_op.add_column(sa.Column("met_customer_on", sa.Date(), nullable=True))

    with op.batch_alter_table("opportunitypartner", schema=None) as batch_op:
        batch_op.add_column(sa.Column("status", sqlmodel.sql.sqltypes.AutoString(length=16), nullable=False))
        batch_op.add_column(sa.Column("attached_on", sa.Date(), nullable=True))

    with op.batch_alter_table("partner", schema=None) as batch_op:
        batch_op.add_column(sa.Column("status", sqlmodel.sql.sqltypes.AutoString(length=16), nullable=False))
        batch_op.add_column(sa.Column("exec_sponsor", sqlmodel.sql.sqltypes.AutoString(length=32), nullable=True))
        batch_op.add_column(
            sa.Column(
                "regions", sa.JSON().with_variant(postgresql.JSONB(astext_type=Text()), "postgresql"), nullable=False
            )
        )
        batch_op.add_column(sa.Column("created_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True))

    with op.batch_alter_table("person", schema=None) as batch_op:
        batch_op.add_column(sa.Column("digest_every", sqlmodel.sql.sqltypes.AutoString(length=8), nullable=False))
        batch_op.add_column(sa.Column("digest_at", sa.Time(), nullable=True))
        batch_op.add_column(
            sa.Column(
                "digest_without",
                sa.JSON().with_variant(postgresql.JSONB(astext_type=Text()), "postgresql"),
                nullable=False,
            )
        )
        batch_op.add_column(sa.Column("rollup_due_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True))
        batch_op.create_index("ix_person_rollup", ["rollup_due_at"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("person", schema=None) as batch_op:
        batch_op.drop_index("ix_person_rollup")
        batch_op.drop_column("rollup_due_at")
        batch_op.drop_column("digest_without")
        batch_op.drop_column("digest_at")
        batch_op.drop_column("digest_every")

    with op.batch_alter_table("partner", schema=None) as batch_op:
        batch_op.drop_column("created_at")
        batch_op.drop_column("regions")
        batch_op.drop_column("exec_sponsor")
        batch_op.drop_column("status")

    with op.batch_alter_table("opportunitypartner", schema=None) as batch_op:
        batch_op.drop_column("attached_on")
        batch_op.drop_column("status")

    with op.batch_alter_table("opportunity", schema=None) as batch_op:
        batch_op.drop_column("met_customer_on")
        batch_op.drop_column("is_won")
        batch_op.drop_column("closed_on")
        batch_op.drop_column("opened_on")
        batch_op.drop_column("product")
        batch_op.drop_column("type")

    with op.batch_alter_table("handoff", schema=None) as batch_op:
        batch_op.drop_column("requested_by")
        batch_op.drop_column("note")

    with op.batch_alter_table("event", schema=None) as batch_op:
        batch_op.drop_index("ix_event_at")

    with op.batch_alter_table("account", schema=None) as batch_op:
        batch_op.drop_column("customer_since")
        batch_op.drop_column("parent")

    op.drop_table("partnertarget")
    op.drop_table("partnercontact")
