"""Levels and labels of what people connect, and what admins decided about skills."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    op.create_table(
        "skill_rules",
        sa.Column("workspace", sa.Text(), nullable=False),
        sa.Column("skill", sa.Text(), nullable=False),
        sa.Column("allowed", sa.Text(), nullable=False),
        sa.Column("people", sa.ARRAY(sa.Text()), nullable=True),
        sa.Column("changed_by", sa.Text(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("workspace", "skill", name=op.f("pk_skill_rules")),
    )
    op.add_column("people", sa.Column("is_admin", sa.Boolean(), server_default=sa.text("false"), nullable=False))
    op.add_column("people", sa.Column("read_only", sa.ARRAY(sa.Text()), server_default=sa.text("'{}'"), nullable=False))
    for name in ("site_id", "site_name", "site_url"):
        op.add_column("grants", sa.Column(name, sa.Text(), nullable=True))
    # Nothing kept two accounts of one name apart before.
    op.execute(
        "UPDATE grants SET label = grants.label || ' ' || numbered.n FROM (SELECT id, row_number() OVER"
        " (PARTITION BY person, integration, label ORDER BY connected_at, id) AS n FROM grants) AS numbered"
        " WHERE grants.id = numbered.id AND numbered.n > 1"
    )
    op.create_unique_constraint("uq_grants_label", "grants", ["person", "integration", "label"])
    op.add_column("connect_links", sa.Column("skill", sa.Text(), server_default=sa.text("''"), nullable=False))
    op.add_column("connect_links", sa.Column("level", sa.Text(), server_default=sa.text("'write'"), nullable=False))
    op.drop_index("ix_connect_links_open", table_name="connect_links")
    op.create_index(
        "ix_connect_links_open",
        "connect_links",
        ["person", "integration", "skill", "level", sa.literal_column("coalesce(pending, '')")],
        unique=True,
        postgresql_where=sa.text("used_at IS NULL"),
    )
    # What was held under the older form is read by nobody any more; its person begins the ten minutes again.
    op.execute("UPDATE connect_links SET held = NULL, held_until = NULL")
