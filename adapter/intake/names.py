"""What a hospital calls its patients and resources: kept as HMACs, with a key that is not in the database."""

from __future__ import annotations

import hmac
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Names:
    """The key of the HMACs; without one nothing can be kept by a hospital's name."""

    key: bytes | None

    def mac(self, *words: str) -> str | None:
        """The HMAC of these words, in their order; None without a key."""
        if self.key is None:
            return None
        return hmac.digest(self.key, "\0".join(("crfhir", *words)).encode(), "sha256").hex()
