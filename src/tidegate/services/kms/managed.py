"""AWS managed keys: one for each service, account and region, made at its first use."""

import uuid
from typing import Final

from tidegate.base.kms_limits import ROTATION_PERIOD_DAYS
from tidegate.catalog.entities import Changes
from tidegate.catalog.key_policies import DESCRIPTIONS, managed_policy
from tidegate.catalog.key_states import ENCRYPT_DECRYPT, SYMMETRIC
from tidegate.catalog.key_times import DAY_MS
from tidegate.catalog.keys import KmsAlias, KmsKey, key_arn, key_scope
from tidegate.runtime.definitions import Definitions
from tidegate.services.kms.materials import Materials

RESERVED: Final = "alias/aws/"
"""What the names of AWS's own aliases start with."""


class ManagedKeys:
    def __init__(self, definitions: Definitions, materials: Materials) -> None:
        self._definitions = definitions
        self._materials = materials

    def lacks(self, account: str, region: str, alias: str) -> bool:
        """Whether the alias is one of AWS's, and not there yet."""
        if not alias.startswith(RESERVED) or alias.removeprefix(RESERVED) not in DESCRIPTIONS:
            return False
        return self._definitions.entities.find(KmsAlias, key_scope(account, region), alias) is None

    def ensure(self, account: str, region: str, alias: str) -> None:
        """Make the key behind an alias such as `alias/aws/sqs`, if it is one of AWS's and not there
        yet."""
        if not self.lacks(account, region, alias):
            return
        service = alias.removeprefix(RESERVED)
        now = self._definitions.now_ms()
        key_id = str(uuid.uuid4())
        secret = self._materials.generate(SYMMETRIC)
        arn = key_arn(account, region, key_id)
        key = KmsKey(
            account=account,
            region=region,
            id=key_id,
            created_at=now,
            spec=SYMMETRIC,
            usage=ENCRYPT_DECRYPT,
            policy=managed_policy(service, account, region),
            materials=(self._materials.sealed(arn, 1, secret, now),),
            description=DESCRIPTIONS[service],
            manager="AWS",
            rotation_period_days=ROTATION_PERIOD_DAYS,
            next_rotation_at=now + ROTATION_PERIOD_DAYS * DAY_MS,
        )
        self._definitions.note(Changes((key, KmsAlias(account, region, alias, key_id, now, now))))
