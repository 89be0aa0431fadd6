"""Scheduled deletion of keys, and its cancel."""

from functools import partial

import msgspec

from tidegate.api.kms import (
    CancelKeyDeletionRequest,
    CancelKeyDeletionResponse,
    ScheduleKeyDeletionRequest,
    ScheduleKeyDeletionResponse,
)
from tidegate.base.call import Call
from tidegate.base.kms_limits import PENDING_WINDOW_DAYS
from tidegate.base.refusals import KMSInvalidStateException, ValidationException
from tidegate.catalog.key_states import (
    PENDING_DELETION,
    check_customer_managed,
    check_standing,
)
from tidegate.catalog.key_times import DAY_MS
from tidegate.catalog.keys import KmsKey
from tidegate.runtime.definitions import Definitions
from tidegate.services.kms.key_change import change_key
from tidegate.services.kms.lookup import KeyLookup
from tidegate.services.kms.metadata import seconds


class Deletion:
    def __init__(self, definitions: Definitions, lookup: KeyLookup) -> None:
        self._definitions = definitions
        self._lookup = lookup

    def schedule(self, call: Call, request: ScheduleKeyDeletionRequest) -> None:
        days = request.PendingWindowInDays or PENDING_WINDOW_DAYS.high
        _check_window(days)
        key = self._lookup.own(call, request.KeyId)

        def change(key: KmsKey, now: int) -> KmsKey:
            check_customer_managed(key)
            check_standing(key)
            return msgspec.structs.replace(key, deletion_at=now + days * DAY_MS)

        change_key(self._definitions, call, key, change, partial(_scheduled, days))

    def cancel(self, call: Call, request: CancelKeyDeletionRequest) -> None:
        """The key comes back disabled (API reference)."""

        def change(key: KmsKey, now: int) -> KmsKey:
            if key.deletion_at is None:
                raise KMSInvalidStateException(f"{key.arn} is not pending deletion.")
            return msgspec.structs.replace(key, deletion_at=None, enabled=False)

        key = self._lookup.own(call, request.KeyId)
        change_key(
            self._definitions,
            call,
            key,
            change,
            lambda key: CancelKeyDeletionResponse(KeyId=key.arn),
        )


def _scheduled(days: int, key: KmsKey) -> ScheduleKeyDeletionResponse:
    assert key.deletion_at is not None
    return ScheduleKeyDeletionResponse(
        KeyId=key.arn,
        DeletionDate=seconds(key.deletion_at),
        KeyState=PENDING_DELETION,
        PendingWindowInDays=days,
    )


def _check_window(days: int) -> None:
    """The model has a wider range than the service takes."""
    low, high = PENDING_WINDOW_DAYS
    if not low <= days <= high:
        side, bound = ("greater", low) if days < low else ("less", high)
        raise ValidationException(
            f"1 validation error detected: Value '{days}' at 'pendingWindowInDays' failed to "
            f"satisfy constraint: Member must have value {side} than or equal to {bound}"
        )
