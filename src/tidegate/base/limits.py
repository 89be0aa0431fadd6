"""AWS's limits of SQS as data in one table; no other file repeats these numbers.

Sources: the SQS service model (botocore 1.44.5) and the developer guide's pages "Amazon SQS
message quotas", "FIFO queue quotas" and "policy quotas".
"""

from typing import Final, NamedTuple


class Range(NamedTuple):
    """Whole numbers from `low` to `high`, both included."""

    low: int
    high: int


# --- Queues --------------------------------------------------------------------------------------

VISIBILITY_TIMEOUT_S: Final = Range(0, 43_200)
DELAY_S: Final = Range(0, 900)
RETENTION_S: Final = Range(60, 1_209_600)
RECEIVE_WAIT_S: Final = Range(0, 20)
MAXIMUM_MESSAGE_SIZE: Final = Range(1_024, 1_048_576)
KMS_DATA_KEY_REUSE_S: Final = Range(60, 86_400)
MAX_RECEIVE_COUNT: Final = Range(1, 1_000)
REDRIVE_ALLOW_SOURCES: Final = 10
TAGS: Final = 50
TAG_KEY_CHARACTERS: Final = 128
TAG_VALUE_CHARACTERS: Final = 256
IN_FLIGHT: Final = 120_000
"""Messages of one queue that may be handed out and not deleted yet, standard and FIFO alike."""
PURGE_INTERVAL_S: Final = 60
DELETED_NAME_S: Final = 60
"""How long the name of a deleted queue stays taken."""

# --- Policies ------------------------------------------------------------------------------------

POLICY_BYTES: Final = 8_192
POLICY_STATEMENTS: Final = 20
POLICY_PRINCIPALS: Final = 50
POLICY_CONDITIONS: Final = 10
PERMISSION_ACTIONS: Final = 7

# --- Messages ------------------------------------------------------------------------------------

MESSAGE_BYTES: Final = 1_048_576
"""Body, attribute names, types and values together; the same for all messages of a batch."""
MESSAGE_ATTRIBUTES: Final = 10
ATTRIBUTE_NAME_CHARACTERS: Final = 256
ATTRIBUTE_TYPE_CHARACTERS: Final = 256
NUMBER_DIGITS: Final = 38
NUMBER_EXPONENT: Final = Range(-128, 126)
IDENTIFIER_CHARACTERS: Final = 128
"""MessageGroupId, MessageDeduplicationId and ReceiveRequestAttemptId."""
DEDUPLICATION_S: Final = 300
RECEIVE_MESSAGES: Final = Range(1, 10)

# --- Batches and pages ---------------------------------------------------------------------------

BATCH_ENTRIES: Final = 10
PAGE_RESULTS: Final = Range(1, 1_000)

# --- Message move tasks --------------------------------------------------------------------------

MOVE_TASKS_LISTED: Final = Range(1, 10)
MOVE_RATE_PER_S: Final = Range(1, 500)
