"""Who let Pinyon learn from their own records at a service, and how far that came."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    op.create_table(
        "warm_starts",
        sa.Column("person", sa.Text(), nullable=False),
        sa.Column("integration", sa.Text(), nullable=False),
        sa.Column("grant", sa.Text(), nullable=False),
        sa.Column("account", sa.Text(), nullable=False),
        sa.Column("allowed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("tries", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("learned", sa.Integer(), nullable=True),
        sa.PrimaryKeyConstraint("person", "integration", name=op.f("pk_warm_starts")),
    )
    op.create_index("ix_warm_starts_due", "warm_starts", ["due_at"], postgresql_where=sa.text("due_at IS NOT NULL"))
