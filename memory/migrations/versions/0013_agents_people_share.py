"""Agents that people shape and share."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"


def upgrade() -> None:
    _files()
    _shares()
    _choices()
    _decisions()


def _files() -> None:
    op.create_table(
        "agents",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("workspace", sa.Text(), nullable=False),
        sa.Column("owner", sa.Text(), nullable=False),
        sa.Column("handle", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("live", sa.Integer(), nullable=True),
        sa.Column("draft", sa.Text(), nullable=True),
        sa.Column("draft_revision", sa.Integer(), nullable=False),
        sa.Column("draft_saved_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("draft_saved_by", sa.Text(), nullable=True),
        sa.Column("draft_writer", sa.Text(), nullable=True),
        sa.Column("copies_knowledge", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("disabled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("disabled_why", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_agents")),
        sa.UniqueConstraint("workspace", "handle", name=op.f("uq_agents_workspace")),
    )
    op.create_index("agents_by_owner", "agents", ["owner"])
    op.create_table(
        "agent_versions",
        sa.Column("agent", sa.Text(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False, autoincrement=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("author", sa.Text(), nullable=False),
        sa.Column("writer", sa.Text(), nullable=True),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=False),
        _of_agent("agent_versions"),
        sa.PrimaryKeyConstraint("agent", "number", name=op.f("pk_agent_versions")),
    )


def _shares() -> None:
    op.create_table(
        "agent_shares",
        sa.Column("agent", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("whom", sa.Text(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=True),
        _of_agent("agent_shares"),
        sa.PrimaryKeyConstraint("agent", "kind", "whom", name=op.f("pk_agent_shares")),
    )
    op.create_index("agent_shares_by_whom", "agent_shares", ["whom"])
    op.create_table(
        "agent_links",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("agent", sa.Text(), nullable=False),
        sa.Column("workspace", sa.Text(), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        _of_agent("agent_links"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_agent_links")),
    )
    op.create_index(op.f("ix_agent_links_agent"), "agent_links", ["agent"])
    op.create_table(
        "agent_openings",
        sa.Column("link", sa.Text(), nullable=False),
        sa.Column("person", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["link"], ["agent_links.id"], name=op.f("fk_agent_openings_link_agent_links"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("link", "person", name=op.f("pk_agent_openings")),
    )
    op.create_index(op.f("ix_agent_openings_person"), "agent_openings", ["person"])


def _choices() -> None:
    op.create_table(
        "agent_choices",
        sa.Column("person", sa.Text(), nullable=False),
        sa.Column("lasting", sa.Text(), nullable=True),
        sa.Column("once", sa.Text(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("person", name=op.f("pk_agent_choices")),
    )
    op.create_table(
        "agent_channels",
        sa.Column("workspace", sa.Text(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("agent", sa.Text(), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("workspace", "channel", name=op.f("pk_agent_channels")),
    )
    op.create_table(
        "agent_threads",
        sa.Column("conversation", sa.Text(), nullable=False),
        sa.Column("agent", sa.Text(), nullable=False),
        sa.Column("turn", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("conversation", name=op.f("pk_agent_threads")),
    )
    op.create_table(
        "agent_uses",
        sa.Column("agent", sa.Text(), nullable=False),
        sa.Column("person", sa.Text(), nullable=False),
        sa.Column("workspace", sa.Text(), nullable=False),
        sa.Column("turns", sa.Integer(), nullable=False),
        sa.Column("last_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("agent", "person", name=op.f("pk_agent_uses")),
    )
    op.create_index("agent_uses_by_workspace", "agent_uses", ["workspace"])
    op.create_table(
        "agent_turns",
        sa.Column("turn", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("turn", name=op.f("pk_agent_turns")),
    )
    op.create_index(op.f("ix_agent_turns_at"), "agent_turns", ["at"])


def _decisions() -> None:
    op.create_table(
        "agent_rules",
        sa.Column("workspace", sa.Text(), nullable=False),
        sa.Column("widely", sa.Text(), nullable=False),
        sa.Column("links", sa.Text(), nullable=False),
        sa.Column("most", sa.Integer(), nullable=False),
        sa.Column("changed_by", sa.Text(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("workspace", name=op.f("pk_agent_rules")),
    )
    op.create_table(
        "agent_reports",
        sa.Column("agent", sa.Text(), nullable=False),
        sa.Column("person", sa.Text(), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        _of_agent("agent_reports"),
        sa.PrimaryKeyConstraint("agent", "person", name=op.f("pk_agent_reports")),
    )


def _of_agent(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(["agent"], ["agents.id"], name=op.f(f"fk_{table}_agent_agents"), ondelete="CASCADE")
