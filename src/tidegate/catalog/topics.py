"""The entities of SNS's topics: topics, and who is subscribed to them.

A topic's scope is `account/region`, its key the name.  A subscription's scope is the ARN of its
topic, its key a UUID that is never given twice, so that all subscriptions of a topic stand
together.  Instants are integer milliseconds.
"""

from typing import Final, Literal

import msgspec

from tidegate.catalog.delivery_policy import DeliveryPolicy
from tidegate.catalog.entity import Entity

FIFO_SUFFIX: Final = ".fifo"
ReplayStatus = Literal["Pending", "In progress", "Completed", "Failed"]


def topic_scope(account: str, region: str) -> str:
    """The scope of topics, and of all else in SNS that an account has in a region."""
    return f"{account}/{region}"


def topic_arn(account: str, region: str, name: str) -> str:
    return f"arn:aws:sns:{region}:{account}:{name}"


class Topic(Entity, frozen=True):
    account: str
    region: str
    name: str
    created_at: int
    fifo: bool = False
    display_name: str = ""
    policy: str | None = None
    """None: the default one, see `catalog.topic_policy`."""
    delivery_policy: DeliveryPolicy | None = None
    content_based_deduplication: bool = False
    fifo_throughput_scope: Literal["Topic", "MessageGroup"] | None = None
    """Over what messages are deduplicated; None where nobody said: the topic."""
    archive_days: int | None = None
    """How long messages stay in the archive; None: there is none."""
    archived_since: int | None = None
    """Since when there is an archive."""
    kms_master_key_id: str | None = None
    signature_version: Literal["1", "2"] | None = None
    """None where nobody said: 1."""
    tracing: Literal["PassThrough", "Active"] | None = None
    maximum_message_size: int | None = None
    """In bytes; None where nobody said: 262,144."""
    feedback: dict[str, str] = msgspec.field(default_factory=dict)
    """The attributes of delivery status logging that are set, such as
    HTTPSuccessFeedbackSampleRate."""
    tags: dict[str, str] = msgspec.field(default_factory=dict)
    data_protection_policy: str | None = None
    deleted_subscriptions: int = 0
    """How many subscriptions it had that are gone."""
    policy_ids: dict[str, str] = msgspec.field(default_factory=dict)
    """By ARN, the ids of the users and roles that the policy names, as when it was set; see
    `catalog.named_principals`."""

    @property
    def scope(self) -> str:
        return topic_scope(self.account, self.region)

    @property
    def key(self) -> str:
        return self.name

    @property
    def arn(self) -> str:
        return topic_arn(self.account, self.region, self.name)


class IssuedToken(msgspec.Struct, frozen=True):
    """A confirmation token that was sent to an endpoint: its SHA-256, for the token alone confirms
    the subscription."""

    digest: bytes
    expires_at: int


class Replay(msgspec.Struct, frozen=True, omit_defaults=True):
    """Which archived messages a subscription of a FIFO topic gets again."""

    policy: str
    """As the client wrote it."""
    starting_at: int
    ending_at: int | None = None
    """None: up to now, and then what is published."""
    status: ReplayStatus = "Pending"

    @property
    def is_under_way(self) -> bool:
        """Whether messages are still to come from the archive."""
        return self.status in ("Pending", "In progress")


class Subscription(Entity, frozen=True):
    topic_arn: str
    id: str
    """A UUID."""
    owner: str
    """The account that subscribed."""
    protocol: str
    endpoint: str
    principal: str
    """ARN of who subscribed."""
    created_at: int
    pending: bool = False
    """Whether the endpoint has yet to confirm; until then it gets nothing."""
    tokens: tuple[IssuedToken, ...] = ()
    """With which it may confirm, oldest first; once it has, the one that it did so with."""
    confirmation_was_authenticated: bool = False
    authenticate_on_unsubscribe: bool = False
    raw: bool = False
    """Whether messages are delivered without an envelope."""
    filter_policy: str | None = None
    filter_scope: Literal["MessageAttributes", "MessageBody"] = "MessageAttributes"
    delivery_policy: DeliveryPolicy | None = None
    redrive_policy: str | None = None
    dead_letter_target: str | None = None
    """The queue that the redrive policy names."""
    role_arn: str | None = None
    """With which SNS writes into a Firehose stream."""
    replay: Replay | None = None

    @property
    def scope(self) -> str:
        return self.topic_arn

    @property
    def key(self) -> str:
        return self.id

    @property
    def arn(self) -> str:
        return f"{self.topic_arn}:{self.id}"

    @property
    def is_live(self) -> bool:
        """Whether what is published now goes to it: not while older messages are still to come
        before, and nothing after a replay that has an end."""
        replay = self.replay
        return not self.pending and (
            replay is None or (not replay.is_under_way and replay.ending_at is None)
        )

    def is_lapsed(self, now: int) -> bool:
        """Whether it was not confirmed in time, and counts no more."""
        return self.pending and (not self.tokens or self.tokens[-1].expires_at <= now)


class ReplayProgress(Entity, frozen=True):
    """How far the replay of a subscription has come; it goes with that."""

    topic_arn: str
    id: str
    after_slot: int
    """The last slot of the topic's archive that is done; -1 for none."""

    @property
    def scope(self) -> str:
        return self.topic_arn

    @property
    def key(self) -> str:
        return self.id


class CancelledSubscription(Entity, frozen=True):
    """A subscription that somebody ended by its unsubscribe link: its endpoint got a token with
    which it may have it back."""

    subscription: Subscription
    token: IssuedToken

    @property
    def scope(self) -> str:
        return self.subscription.topic_arn

    @property
    def key(self) -> str:
        return self.subscription.id
