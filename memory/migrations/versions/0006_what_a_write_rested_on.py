"""What the gate knows of a thread, and what taking a write back needs."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    # Of earlier turns nobody noted what they read: one step that may have been anybody's words.
    op.add_column("transcripts", sa.Column("trail", sa.Text(), nullable=False, server_default='[{"tool": ""}]'))
    op.alter_column("transcripts", "trail", server_default="[]")
    op.add_column("tool_calls", sa.Column("undo", sa.Text(), nullable=True))
    op.add_column("pending", sa.Column("undo", sa.Text(), nullable=True))
