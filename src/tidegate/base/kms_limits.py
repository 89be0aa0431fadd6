"""AWS's limits of KMS as data in one table.

Sources: the KMS service model (botocore 1.44.5) and the developer guide's pages "Resource quotas"
and "Rotate AWS KMS keys".
"""

from typing import Final

from tidegate.base.limits import Range

KEYS: Final = 100_000
"""Customer managed keys of an account in a region."""
ALIASES_PER_KEY: Final = 50
GRANTS_PER_KEY: Final = 50_000
POLICY_BYTES: Final = 32_768
TAGS: Final = 50
ON_DEMAND_ROTATIONS: Final = 25
"""Rotations on demand that one key may ever have."""
PENDING_WINDOW_DAYS: Final = Range(7, 30)
ROTATION_PERIOD_DAYS: Final = 365
"""Where EnableKeyRotation names none."""
IMPORTED_MATERIAL_DAYS: Final = 365
"""How far ahead imported material may expire."""
ENCRYPTION_CONTEXT_CHARACTERS: Final = 8_192
"""Of a request's keys and values together."""
GRANT_CONTEXT_PAIRS: Final = 8
GRANT_CONTEXT_CHARACTERS: Final = 384
"""Of one constraint's keys and values together."""
