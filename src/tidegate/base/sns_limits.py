"""AWS's limits of SNS as data in one table.

Sources: the SNS service model (botocore 1.44.5); the general reference's page "Amazon SNS endpoints
and quotas"; the developer guide's pages on delivery retries, large payloads, and the SMS sandbox.
"""

from typing import Final

from tidegate.base.limits import Range

# --- Topics --------------------------------------------------------------------------------------

TOPIC_NAME_CHARACTERS: Final = 256
"""With the suffix `.fifo`."""
STANDARD_TOPICS: Final = 100_000
FIFO_TOPICS: Final = 1_000
"""Both of an account in a region."""
DISPLAY_NAME_CHARACTERS: Final = 100
KMS_KEY_ID_CHARACTERS: Final = 2_048
POLICY_BYTES: Final = 30_720
DATA_PROTECTION_POLICY_CHARACTERS: Final = 30_720
MAXIMUM_MESSAGE_SIZE: Final = Range(1_024, 1_048_576)
USUAL_MESSAGE_SIZE: Final = 262_144
"""Where the topic does not say; what is above it is not for every subscription."""
LARGE_MESSAGE_SUBSCRIPTIONS: Final = 100
ARCHIVE_DAYS: Final = Range(1, 365)
SAMPLE_RATE: Final = Range(0, 100)
"""Percents of successful deliveries that are logged."""
TAGS: Final = 50

# --- Subscriptions -------------------------------------------------------------------------------

STANDARD_SUBSCRIPTIONS: Final = 12_500_000
FIFO_SUBSCRIPTIONS: Final = 100
"""Both of a topic."""
PENDING_SUBSCRIPTIONS: Final = 5_000
"""Of an account in a region."""
REPLAYS: Final = 100
"""Under way at a time, of an account in a region.  AWS has a limit, but says no number."""
FILTER_POLICIES_OF_TOPIC: Final = 200
FILTER_POLICIES_OF_ACCOUNT: Final = 10_000
CONFIRMATION_MS: Final = 2 * 24 * 3_600 * 1_000
"""How long a confirmation token is valid, and how long a subscription waits for it."""

# --- Deliveries ----------------------------------------------------------------------------------

RETRIES: Final = Range(0, 100)
DELAY_TARGET_S: Final = Range(1, 3_600)

# --- Mobile push ---------------------------------------------------------------------------------

APPLICATION_NAME_CHARACTERS: Final = 256
CUSTOM_USER_DATA_BYTES: Final = 2_048
DEVICE_TOKEN_CHARACTERS: Final = 4_096
"""A limit of our own; FCM and APNS say that theirs may grow."""

# --- SMS -----------------------------------------------------------------------------------------

SENDER_ID_CHARACTERS: Final = 11
SANDBOX_NUMBERS: Final = 10
SANDBOX_KEPT_MS: Final = 24 * 3_600 * 1_000
"""How long a number that was verified cannot be deleted."""
ONE_TIME_PASSWORD_MS: Final = 15 * 60 * 1_000
OPT_IN_INTERVAL_MS: Final = 30 * 24 * 3_600 * 1_000

# --- Pages ---------------------------------------------------------------------------------------

PAGE_RESULTS: Final = 100
