"""Who may hear what a turn of a thread said."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    op.add_column("transcripts", sa.Column("audience", sa.Text(), nullable=True))
