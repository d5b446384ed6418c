"""The audit log, to which rows are only added."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"

TEXTS = ("person", "actor", "action", "tool", "account", "verdict", "reason", "target", "target_hash")
MORE_TEXTS = ("arguments_hash", "turn", "outcome", "hash")
# Statement triggers also refuse what matches no row, and TRUNCATE. An owner of the table can switch them off: then the
# chain of hashes tells.
STAYS = """
CREATE FUNCTION audit_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'rows of % are only ever added', TG_TABLE_NAME USING ERRCODE = 'insufficient_privilege';
END $$;
CREATE TRIGGER audit_stays BEFORE UPDATE OR DELETE OR TRUNCATE ON audit
  FOR EACH STATEMENT EXECUTE FUNCTION audit_stays();
CREATE TRIGGER audit_heads_stay BEFORE DELETE OR TRUNCATE ON audit_heads
  FOR EACH STATEMENT EXECUTE FUNCTION audit_stays();
CREATE TRIGGER audit_heads_move_on BEFORE UPDATE ON audit_heads
  FOR EACH ROW WHEN (NEW.seq <> OLD.seq + 1 OR NEW.workspace <> OLD.workspace) EXECUTE FUNCTION audit_stays();
"""


def upgrade() -> None:
    op.create_table(
        "audit",
        sa.Column("workspace", sa.Text(), nullable=False),
        sa.Column("seq", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        *(sa.Column(name, sa.Text(), nullable=False) for name in (*TEXTS, *MORE_TEXTS)),
        sa.PrimaryKeyConstraint("workspace", "seq", name=op.f("pk_audit")),
    )
    op.create_index("ix_audit_workspace_at", "audit", ["workspace", "at"], unique=False)
    op.create_table(
        "audit_heads",
        sa.Column("workspace", sa.Text(), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("hash", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("workspace", name=op.f("pk_audit_heads")),
    )
    op.execute(STAYS)
