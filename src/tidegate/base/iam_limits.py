"""AWS's limits of IAM as data in one table.

Source: IAM user guide, "IAM and AWS STS quotas": the default of each quota.
"""

from typing import Final

# --- An account ----------------------------------------------------------------------------------

USERS: Final = 5_000
GROUPS: Final = 300
ROLES: Final = 1_000
POLICIES: Final = 1_500
"""Customer managed policies."""
INSTANCE_PROFILES: Final = 1_000
OIDC_PROVIDERS: Final = 100

# --- An identity ---------------------------------------------------------------------------------

ACCESS_KEYS: Final = 2
"""Of a user, or of the root."""
GROUPS_OF_USER: Final = 10
ATTACHED_POLICIES: Final = 10
"""Managed policies of a user, a group or a role."""
TAGS: Final = 50
ROLES_OF_INSTANCE_PROFILE: Final = 1

# --- Documents: characters, white space not counted -----------------------------------------------

USER_INLINE_CHARACTERS: Final = 2_048
"""All inline policies of a user together; so of a group and of a role."""
GROUP_INLINE_CHARACTERS: Final = 5_120
ROLE_INLINE_CHARACTERS: Final = 10_240
MANAGED_POLICY_CHARACTERS: Final = 6_144
TRUST_POLICY_CHARACTERS: Final = 2_048
POLICY_VERSIONS: Final = 5

# --- OpenID Connect providers --------------------------------------------------------------------

CLIENT_IDS: Final = 100
THUMBPRINTS: Final = 5

# --- Pages ---------------------------------------------------------------------------------------

PAGE_ITEMS: Final = 100
"""Where a client says nothing."""

# --- Simulation: limits of our own ---------------------------------------------------------------

SIMULATED_DECISIONS: Final = 1_000
"""Decisions of one page, which is an action about a resource each."""
