"""Alembic's migrations, run by `crfhir serve` and `crfhir load` when they start."""
