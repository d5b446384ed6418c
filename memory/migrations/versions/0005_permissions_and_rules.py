"""What people need not be asked about any more, and what admins decided about single tools."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    op.create_table(
        "permissions",
        *(sa.Column(name, sa.Text(), nullable=False) for name in ("id", "person", "key")),
        *(sa.Column(name, sa.Text(), nullable=False) for name in ("tool", "target", "says", "integration")),
        sa.Column("given_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_permissions")),
        sa.UniqueConstraint("person", "key", name=op.f("uq_permissions_person")),
    )
    op.create_table(
        "tool_rules",
        sa.Column("workspace", sa.Text(), nullable=False),
        sa.Column("tool", sa.Text(), nullable=False),
        sa.Column("rule", sa.Text(), nullable=False),
        sa.Column("changed_by", sa.Text(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("workspace", "tool", name=op.f("pk_tool_rules")),
    )
