"""What people chose again and again: their evidence, the workspaces' models, their own words, and what happened."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"

NOW = sa.text("clock_timestamp()")


def upgrade() -> None:
    op.execute("CREATE SEQUENCE parameter_seq")
    op.create_table(
        "parameter_evidence",
        *(sa.Column(name, sa.Text(), nullable=False) for name in ("person", "tool", "body")),
        sa.Column("at", sa.DateTime(timezone=True), server_default=NOW, nullable=False),
        sa.PrimaryKeyConstraint("person", "tool", name=op.f("pk_parameter_evidence")),
    )
    op.create_table(
        "parameter_rows",
        *(sa.Column(name, sa.Text(), nullable=False) for name in ("workspace", "tool", "key")),
        sa.Column("body", sa.Text(), nullable=True),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("gone_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("workspace", "tool", "key", name=op.f("pk_parameter_rows")),
    )
    op.create_index("parameter_rows_by_seq", "parameter_rows", ["workspace", "tool", "seq"])
    op.create_table(
        "parameter_aliases",
        *(sa.Column(name, sa.Text(), nullable=False) for name in ("person", "phrase", "kind", "means", "shown")),
        sa.Column("kept_at", sa.DateTime(timezone=True), server_default=NOW, nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), server_default=NOW, nullable=False),
        sa.PrimaryKeyConstraint("person", "phrase", "kind", name=op.f("pk_parameter_aliases")),
    )
    _create_events()


def _create_events() -> None:
    op.create_table(
        "parameter_events",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        *(sa.Column(name, sa.Text(), nullable=False) for name in ("workspace", "person", "tool", "what")),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        *(sa.Column(name, sa.Text(), server_default=sa.text("''"), nullable=False) for name in ("parameter", "call")),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        *(sa.Column(name, sa.Text(), nullable=True) for name in ("before", "after")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_parameter_events")),
    )
    op.create_index("parameter_events_by_week", "parameter_events", ["workspace", "at"])
    op.create_index("parameter_events_by_person", "parameter_events", ["person", "tool", "at"])
    calls = sa.text("what IN ('ran', 'read')")
    op.create_index(
        "parameter_calls", "parameter_events", ["person", "tool", "call"], unique=True, postgresql_where=calls
    )
