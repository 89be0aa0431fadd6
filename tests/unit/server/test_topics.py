"""SNS's ports: what seals a topic's messages, and which queues let a topic in."""

import json
from types import SimpleNamespace

import msgspec
import pytest

from engine_harness import START, Engine
from fake_queue_kms import FakeQueueKms
from tidegate.base.call import Principal
from tidegate.base.refusals import (
    DisabledException,
    InvalidParameterException,
    KmsAccessDenied,
    KMSDisabledException,
    KMSNotFoundException,
    NotFoundException,
)
from tidegate.catalog.topics import Topic
from tidegate.engine.commands import CreateQueue, DeleteQueue, Message, SetQueueAttributes
from tidegate.gateway.authorization import Authorizer
from tidegate.gateway.policies import Policies
from tidegate.kms.keyring import SSE_SQS, DomainKey
from tidegate.kms.secret import Secret
from tidegate.runtime.definitions import Definitions
from tidegate.server.topics import TopicKeys, TopicOpening, TopicSealing, TopicsMayWrite
from tidegate.services.sqs.encryption import Encryption

ACCOUNT, REGION = "111122223333", "eu-central-1"
TOPIC = f"arn:aws:sns:{REGION}:{ACCOUNT}:news"
OTHER = f"arn:aws:sns:{REGION}:444455556666:news"
QUEUE = f"arn:aws:sqs:{REGION}:{ACCOUNT}:jobs"
KEY = f"arn:aws:kms:{REGION}:{ACCOUNT}:key/1234abcd-12ab-34cd-56ef-1234567890ab"


class Site:
    def __init__(self):
        self.engine = Engine()
        node = SimpleNamespace(partition=self.engine.partition)
        self.definitions = Definitions(node, lambda: self.engine.now)
        self.kms = FakeQueueKms()
        self.kms.create(KEY)
        self.seconds = 0.0
        domain = DomainKey(SSE_SQS, {1: Secret(bytes(32))})
        self.encryption = Encryption(self.definitions, domain, self.kms, lambda: self.seconds)
        self.sealing = TopicSealing(self.definitions, self.encryption)
        authorizer = Authorizer(Policies(self.definitions), lambda: START / 1000)
        self.may_write = TopicsMayWrite(self.definitions, authorizer)

    def create(self, arn=QUEUE, **attributes):
        self.engine.run(CreateQueue(arn, attributes, {}))

    def set(self, **attributes):
        self.engine.run(SetQueueAttributes(QUEUE, attributes))


@pytest.fixture
def site():
    return Site()


# --- Sealing -------------------------------------------------------------------------------------


def test_queues_share_a_way_where_they_may_share_a_copy(site) -> None:
    plain, sealed, other, mine = (QUEUE + each for each in ("-plain", "-sse", "-sse2", "-kms"))
    site.create(plain, SqsManagedSseEnabled="false")
    site.create(sealed)
    site.create(other)
    site.create(mine, KmsMasterKeyId=KEY)
    way = site.sealing.way
    assert way(sealed) == way(other) == way(f"{QUEUE}-hidden")
    assert len({way(plain), way(sealed), way(mine)}) == 3
    assert site.sealing.is_certain(way(plain))
    assert site.sealing.is_certain(way(sealed))
    assert not site.sealing.is_certain(way(mine))


def test_nothing_seals_for_a_queue_that_is_not_encrypted(site) -> None:
    site.create(SqsManagedSseEnabled="false")
    message = Message("id", "text", "md5", "AIDA")
    key = site.sealing.key(TOPIC, QUEUE)
    assert key is None
    assert site.sealing.seal(key, message) is message


def test_a_topic_has_a_key_for_some_minutes(site) -> None:
    site.create()
    first = site.sealing.key(TOPIC, QUEUE)
    assert site.sealing.key(TOPIC, QUEUE) is first
    assert site.sealing.key(OTHER, QUEUE) is not first
    site.seconds = 301.0
    assert site.sealing.key(TOPIC, QUEUE) is not first


def test_what_is_sealed_opens_for_whoever_owns_the_topic(site) -> None:
    site.create()
    message = site.sealing.seal(site.sealing.key(TOPIC, QUEUE), Message("id", "text", "md5", "A"))
    assert message.body == ""
    delivery = SimpleNamespace(message=message)
    (held,) = TopicOpening(site.encryption).open(QUEUE, [delivery])
    assert held.body == "text"


def test_kms_is_asked_by_sns_in_the_queues_context(site) -> None:
    site.create(KmsMasterKeyId=KEY)
    way = site.sealing.way(QUEUE)
    key = site.sealing.key_of(TOPIC, way)
    assert site.sealing.key_of(OTHER, way) is key, "all topics share the queue's"
    (_, access_key, arn, context), _ = site.kms.calls
    assert (access_key, arn, context) == ("", KEY, {"aws:sqs:arn": QUEUE})


def test_kms_may_refuse(site) -> None:
    site.create(KmsMasterKeyId=KEY)
    site.kms.denied.add(("", "generate"))
    with pytest.raises(KmsAccessDenied):
        site.sealing.key_of(TOPIC, site.sealing.way(QUEUE))


# --- Policies ------------------------------------------------------------------------------------


def policy(principal="sns", effect="Allow", action="sqs:SendMessage", **condition):
    named = {"Service": "sns.amazonaws.com"} if principal == "sns" else principal
    statement = {"Effect": effect, "Principal": named, "Action": action, "Resource": QUEUE}
    if condition:
        statement["Condition"] = condition
    return statement


def decided(site, *statements, topic=TOPIC):
    text = json.dumps({"Version": "2012-10-17", "Statement": list(statements)})
    site.set(Policy=text if statements else "")
    return site.may_write(topic, QUEUE)


def test_a_queue_lets_no_topic_in_unless_it_says_so(site) -> None:
    """Developer guide, "Subscribing an Amazon SQS queue to an Amazon SNS topic": its owner has to
    allow it, also within an account."""
    site.create()
    assert not decided(site)
    assert not decided(site, policy({"AWS": ACCOUNT}))
    assert not decided(site, policy({"Service": "events.amazonaws.com"}))
    assert not decided(site, policy(action="sqs:ReceiveMessage"))
    assert decided(site, policy())
    assert decided(site, policy("*"))
    assert decided(site, policy({"AWS": "*"}, action="SQS:*"))


@pytest.mark.parametrize(
    "condition",
    [
        {"ArnEquals": {"aws:SourceArn": TOPIC}},
        {"ArnLike": {"aws:SourceArn": f"arn:aws:sns:*:{ACCOUNT}:*"}},
        {"StringEquals": {"aws:SourceAccount": ACCOUNT}},
        {
            "StringLike": {"AWS:SourceArn": f"{TOPIC[:-2]}*"},
            "StringEquals": {"aws:SourceOwner": ACCOUNT},
        },
    ],
)
def test_a_queue_may_say_which_topics(site, condition) -> None:
    site.create()
    assert decided(site, policy(**condition))
    assert not decided(site, policy(**condition), topic=OTHER)


def test_a_deny_wins(site) -> None:
    site.create()
    deny = policy("*", "Deny", ArnNotEquals={"aws:SourceArn": TOPIC})
    assert decided(site, policy(), deny)
    assert not decided(site, policy(), deny, topic=OTHER)


def test_a_queue_that_is_not_there_lets_nobody_in(site) -> None:
    assert not site.may_write(TOPIC, QUEUE)
    site.create(Policy=json.dumps({"Version": "2012-10-17", "Statement": [policy()]}))
    assert site.may_write(TOPIC, QUEUE)
    site.engine.run(DeleteQueue(QUEUE))
    assert not site.may_write(TOPIC, QUEUE)


# --- Keys of topics ------------------------------------------------------------------------------


class FakeKms:
    def __init__(self, refusal=None):
        self.refusal = refusal
        self.asked = []

    def key_arn(self, account, region, key_id):
        return f"arn of {key_id}"

    def generate(self, caller, key_arn, context):
        self.asked.append(("generate", caller.principal, key_arn, context))
        if self.refusal is not None:
            raise self.refusal
        return Secret(b""), b"blob"

    def decrypt(self, caller, blob, context):
        self.asked.append(("decrypt", blob, context))
        return Secret(b"")


ENCRYPTED = Topic(ACCOUNT, REGION, "news", 0, kms_master_key_id="alias/mine")


def caller(name):
    return SimpleNamespace(principal=Principal(ACCOUNT, f"arn:{name}", name, name))


class TopicSite(Site):
    def __init__(self, refusal=None):
        super().__init__()
        self.kms = FakeKms(refusal)
        self.keys = TopicKeys(self.kms, self.definitions, lambda: self.seconds)

    def check(self, name="somebody", topic=ENCRYPTED):
        """What KMS was asked."""
        self.kms.asked.clear()
        self.keys.check(caller(name), topic)
        return [each[0] for each in self.kms.asked]


def test_a_topic_without_a_key_asks_nobody() -> None:
    assert TopicSite().check(topic=Topic(ACCOUNT, REGION, "news", 0)) == []


def test_the_publisher_has_to_be_allowed_to_use_the_topics_key() -> None:
    site = TopicSite()
    site.check()
    context = {"aws:sns:topicArn": TOPIC}
    assert site.kms.asked == [
        ("generate", caller("somebody").principal, "arn of alias/mine", context),
        ("decrypt", b"blob", context),
    ]


def test_kms_is_asked_again_for_another_and_later_and_after_changes() -> None:
    site = TopicSite()
    assert site.check() == ["generate", "decrypt"]
    assert site.check() == []
    assert site.check("other") == ["generate", "decrypt"]
    assert site.check(topic=msgspec.structs.replace(ENCRYPTED, name="other")) != []
    site.seconds = 300.0
    assert site.check() == ["generate", "decrypt"]
    site.create()
    assert site.check() == ["generate", "decrypt"]


def test_a_refusal_is_not_kept() -> None:
    site = TopicSite(DisabledException("no"))
    for _ in range(2):
        with pytest.raises(KMSDisabledException):
            site.check()
    site.kms.refusal = None
    assert site.check() == ["generate", "decrypt"]


@pytest.mark.parametrize(
    ("refusal", "shown"),
    [
        (DisabledException("no"), KMSDisabledException),
        (NotFoundException("no"), KMSNotFoundException),
        (InvalidParameterException("no"), InvalidParameterException),
    ],
)
def test_what_kms_refuses_is_said_in_the_words_of_sns(refusal, shown) -> None:
    with pytest.raises(shown) as caught:
        TopicSite(refusal).check()
    assert type(caught.value) is shown
    assert caught.value.message == "no"
