"""What agents know: its sources, and the passages that they were cut into."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0014"
down_revision = "0013"


def upgrade() -> None:
    op.create_table(
        "knowledge_sources",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("workspace", sa.Text(), nullable=False),
        sa.Column("agent", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("at", sa.Text(), nullable=False),
        sa.Column("digest", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("problem", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("facts", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("passages", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("size", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=True),
        sa.Column("fingerprint", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("counts", postgresql.JSONB(), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("added_by", sa.Text(), nullable=False),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("read_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("checked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("taken_until", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_knowledge_sources")),
        sa.UniqueConstraint("agent", "kind", "at", "digest", name=op.f("uq_knowledge_sources_agent")),
    )
    op.create_index("knowledge_sources_by_turn", "knowledge_sources", ["due_at"])
    op.create_table(
        "knowledge_passages",
        sa.Column("id", sa.BigInteger(), sa.Identity(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("heading", sa.Text(), nullable=False),
        sa.Column("place", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("words", postgresql.TSVECTOR(), nullable=False),
        sa.ForeignKeyConstraint(
            ["source"],
            ["knowledge_sources.id"],
            name=op.f("fk_knowledge_passages_source_knowledge_sources"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_knowledge_passages")),
        sa.UniqueConstraint("source", "position", name=op.f("uq_knowledge_passages_source")),
    )
    op.create_index("knowledge_passages_by_words", "knowledge_passages", ["words"], postgresql_using="gin")
    # Ranking reads the words of a thousand passages, and the text of the few that are shown: so the words stay in the
    # row, as they are, and long texts beside it. It halves what has to be in memory.
    op.execute("ALTER TABLE knowledge_passages ALTER COLUMN words SET STORAGE MAIN")
    op.execute("ALTER TABLE knowledge_passages ALTER COLUMN text SET STORAGE EXTERNAL")
    # Waiting entries of the index are read with every search; a search is more frequent than a change.
    op.execute("ALTER INDEX knowledge_passages_by_words SET (fastupdate = off)")
