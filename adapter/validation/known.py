"""Rules of single types."""

from adapter.validation.finding import Check

RULES: dict[str, tuple[Check, ...]] = {}
