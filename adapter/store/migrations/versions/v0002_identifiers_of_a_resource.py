"""An index from a resource to its identifiers: a search by system alone asks for them, and so does every
change."""

from __future__ import annotations

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the index."""
    op.create_index("identifier_of_resource", "identifier", ["resource"])


def downgrade() -> None:
    """Drop the index."""
    op.drop_index("identifier_of_resource", "identifier")
