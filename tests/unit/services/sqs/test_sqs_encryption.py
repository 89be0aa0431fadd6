"""What is sealed of a message, with which key, and for whom it opens."""

import hashlib

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tidegate.api.sqs import MessageAttributeValue, SendMessageBatchRequestEntry
from tidegate.base.call import Principal
from tidegate.base.refusals import (
    DisabledException,
    Fault,
    InvalidArnException,
    InvalidCiphertextException,
    InvalidKeyUsageException,
    KeyUnavailableException,
    KmsAccessDenied,
    KmsDisabled,
    KmsInvalidKeyUsage,
    KmsInvalidState,
    KMSInvalidStateException,
    KmsNotFound,
    KmsThrottled,
    LimitExceededException,
    NotFoundException,
    ThrottlingException,
    ValidationException,
)
from tidegate.engine.commands import AttributeValue, Delivery, Receipt, Received, Release, Sent
from tidegate.kms.envelope import DataKey
from tidegate.kms.secret import Secret
from tidegate.services.sqs.encryption import Content, decode_content, encode_content
from tidegate.services.sqs.kms_refusals import as_sqs

BODY = "a body that nobody else may read \u2603"
VALUE = "a value that nobody else may read"
ATTRIBUTES = {"colour": MessageAttributeValue(DataType="String", StringValue=VALUE)}
KEY_ID = "1234abcd-12ab-34cd-56ef-1234567890ab"
KEY = f"arn:aws:kms:eu-west-1:000000000000:key/{KEY_ID}"
OTHER_KEY = "arn:aws:kms:eu-west-1:111122223333:key/7777abcd-12ab-34cd-56ef-1234567890ab"


def user(name):
    return Principal("000000000000", f"arn:aws:iam::000000000000:user/{name}", name, name, "User")


def send(sqs, **parameters):
    """The answer, and the entry that the engine gets."""
    answer = sqs.ask("SendMessage", Sent("id"), **({"MessageBody": BODY} | parameters))
    return answer, sqs.command.entry


def delivered(*messages, **more):
    deliveries = [
        Delivery(Receipt(7, slot, 1), 99, 1000, 2000, message=message, **more)
        for slot, message in enumerate(messages)
    ]
    return Received(deliveries)


def receive(sqs, *messages, fifo=False, **parameters):
    more = {"sequence_number": "18"} if fifo else {}
    return sqs.ask("ReceiveMessage", delivered(*messages, **more), **parameters).Messages


def sends(sqs, count, **parameters):
    return [send(sqs, **parameters)[1].message for _ in range(count)]


# --- Without encryption --------------------------------------------------------------------------


def test_a_queue_without_encryption_gets_the_message_as_it_came(sqs):
    sqs.define(SqsManagedSseEnabled="false")
    _, entry = send(sqs, MessageAttributes=ATTRIBUTES)
    assert (entry.message.body, entry.message.sealed, entry.message.data_key) == (BODY, None, None)
    assert entry.message.attributes == {"colour": AttributeValue("String", VALUE)}


def test_a_queue_that_is_not_there_is_the_engine_s_to_refuse(sqs):
    assert send(sqs)[1].message.body == BODY


# --- SSE-SQS -------------------------------------------------------------------------------------


def test_a_new_queue_has_its_messages_sealed(sqs):
    sqs.define()
    _, entry = send(sqs, MessageAttributes=ATTRIBUTES)
    stored = msgspec.msgpack.encode(entry.message)
    for secret in (BODY.encode(), VALUE.encode(), b"colour", hashlib.md5(BODY.encode()).digest()):
        assert secret not in stored
    assert hashlib.md5(BODY.encode()).hexdigest().encode() not in stored


def test_what_is_sealed_is_no_more_than_the_content(sqs):
    sqs.define("jobs")
    _, entry = send(sqs, MessageGroupId="g", MessageDeduplicationId="d")
    message = entry.message
    assert (message.sender_id, message.group_id, message.deduplication_id) == ("sender", "g", "d")
    assert (message.body, message.md5) == ("", "")
    assert (message.attributes, message.attributes_md5) == (None, None)


def test_the_trace_header_is_sealed_and_shown(sqs):
    sqs.define()
    sqs.trace_header = "Root=1-secret"
    _, entry = send(sqs)
    assert b"1-secret" not in msgspec.msgpack.encode(entry.message)
    for names in (["All"], ["AWSTraceHeader"]):
        (message,) = receive(sqs, entry.message, MessageSystemAttributeNames=names)
        assert message.Attributes["AWSTraceHeader"] == "Root=1-secret"


def test_the_answer_is_the_same_as_without(sqs):
    sqs.define(SqsManagedSseEnabled="false")
    plain, plain_entry = send(sqs, MessageAttributes=ATTRIBUTES)
    sqs.define()
    sealed, entry = send(sqs, MessageAttributes=ATTRIBUTES)
    assert sealed == plain
    assert sealed.MD5OfMessageBody == hashlib.md5(BODY.encode()).hexdigest()
    assert entry.size_bytes == plain_entry.size_bytes, "limits count what was sent"


def test_what_was_sealed_is_received_as_it_was_sent(sqs):
    sqs.define()
    _, entry = send(sqs, MessageAttributes=ATTRIBUTES)
    (message,) = receive(sqs, entry.message, MessageAttributeNames=["All"])
    assert message.Body == BODY
    assert message.MD5OfBody == hashlib.md5(BODY.encode()).hexdigest()
    assert message.MessageAttributes["colour"].StringValue == VALUE
    assert message.MD5OfMessageAttributes is not None


def test_messages_of_all_kinds_come_in_one_receive(sqs):
    sqs.kms.create(KEY)
    found = []
    for attributes in ({}, {"SqsManagedSseEnabled": "false"}, {"KmsMasterKeyId": KEY}, {}):
        sqs.define(**attributes)
        found += sends(sqs, 2)
        sqs.definitions.now += 300_000
    assert [message.Body for message in receive(sqs, *found)] == [BODY] * 8


def test_a_batch_is_sealed_too(sqs):
    sqs.define()
    entries = [
        SendMessageBatchRequestEntry(
            Id=str(n), MessageBody=f"secret {n}", MessageAttributes=ATTRIBUTES
        )
        for n in range(3)
    ]
    answer = sqs.ask("SendMessageBatch", [Sent(str(n)) for n in range(3)], Entries=entries)
    assert [each.MD5OfMessageBody for each in answer.Successful] == [
        hashlib.md5(f"secret {n}".encode()).hexdigest() for n in range(3)
    ]
    stored = msgspec.msgpack.encode(sqs.command)
    assert b"secret" not in stored
    assert VALUE.encode() not in stored
    messages = [entry.message for entry in sqs.command.entries]
    assert [each.Body for each in receive(sqs, *messages)] == ["secret 0", "secret 1", "secret 2"]


def test_a_content_opens_for_its_own_message_only(sqs):
    sqs.define()
    first, second = sends(sqs, 2)
    swapped = msgspec.structs.replace(first, id=second.id)
    with pytest.raises(Fault):
        receive(sqs, swapped)


def test_a_damaged_message_is_a_fault_and_says_nothing_of_keys(sqs, caplog):
    sqs.define()
    (message,) = sends(sqs, 1)
    damaged = bytearray(message.sealed)
    damaged[20] ^= 1
    with pytest.raises(Fault, match="could not be opened"):
        receive(sqs, msgspec.structs.replace(message, sealed=bytes(damaged)))
    assert message.id in caplog.text
    assert sqs.router.unasked == []


def test_a_message_that_was_renewed_opens_by_the_id_in_its_record(sqs):
    sqs.define()
    (message,) = sends(sqs, 1)
    result = delivered(message, message_id="renewed")
    (shown,) = sqs.ask("ReceiveMessage", result).Messages
    assert (shown.MessageId, shown.Body) == ("renewed", BODY)


def test_a_data_key_is_reused_for_five_minutes(sqs):
    sqs.define()
    (first,) = sends(sqs, 1)
    sqs.definitions.now += 299_999
    (second,) = sends(sqs, 1)
    sqs.definitions.now += 1
    (third,) = sends(sqs, 1)
    assert first.data_key == second.data_key != third.data_key


@given(
    body=st.text(max_size=200) | st.integers(65_500, 65_560).map(lambda n: "x" * n),
    attributes=st.none()
    | st.dictionaries(
        st.text(min_size=1, max_size=10),
        st.builds(AttributeValue, st.text(max_size=5), st.none() | st.text(max_size=5))
        | st.builds(lambda b: AttributeValue("Binary", None, b), st.binary(max_size=5)),
        max_size=3,
    ),
    message_id=st.text(max_size=40),
)
def test_whatever_is_sealed_opens_to_the_same(body, attributes, message_id):
    try:
        (body + repr(attributes) + message_id).encode()
    except UnicodeEncodeError:
        return  # is refused before it comes here
    key = DataKey(Secret(bytes(32)), b"reference")
    content = Content(body, "m", attributes, None if attributes is None else "a", message_id)
    for form in (content, msgspec.structs.astuple(content)):
        stored = msgspec.msgpack.encode(key.seal(encode_content(form), message_id.encode()))
        sealed = msgspec.msgpack.decode(stored, type=bytes)
        assert decode_content(key.open(sealed, message_id.encode())) == content


# --- Deduplication by content --------------------------------------------------------------------


def test_the_content_is_named_where_the_queue_deduplicates_by_it(sqs):
    sqs.define("jobs.fifo", FifoQueue="true", ContentBasedDeduplication="true")
    url = f"{sqs.url}.fifo"
    _, entry = send(sqs, QueueUrl=url, MessageGroupId="g")
    assert entry.content_id == hashlib.sha256(BODY.encode()).hexdigest()
    assert (
        send(sqs, QueueUrl=url, MessageGroupId="g", MessageDeduplicationId="d")[1].content_id
        is None
    )


def test_nothing_is_hashed_for_other_queues(sqs):
    sqs.define()
    assert send(sqs)[1].content_id is None
    sqs.define("jobs.fifo", FifoQueue="true")
    assert send(sqs, QueueUrl=f"{sqs.url}.fifo", MessageGroupId="g")[1].content_id is None


# --- SSE-KMS -------------------------------------------------------------------------------------


@pytest.fixture
def with_kms(sqs):
    """A queue with SSE-KMS, and a key that stands."""
    sqs.kms.create(KEY)
    sqs.define(KmsMasterKeyId=KEY_ID, KmsDataKeyReusePeriodSeconds="60")
    sqs.principal = user("ann")
    return sqs


def test_the_sender_has_kms_make_a_data_key_and_open_it(with_kms):
    """ "The kms:Decrypt action is required to verify the new data key" (page "Key management")."""
    sends(with_kms, 2)
    context = {"aws:sqs:arn": with_kms.arn}
    assert with_kms.kms.calls == [
        ("generate", "ann", KEY, context),
        ("decrypt", "ann", KEY, context),
    ]


@pytest.mark.parametrize(
    ("key_id", "arn"),
    [
        (KEY_ID, KEY),
        (KEY, KEY),
        (OTHER_KEY, OTHER_KEY),
        ("alias/aws/sqs", "arn:aws:kms:eu-west-1:000000000000:alias/aws/sqs"),
    ],
)
def test_a_key_is_looked_for_in_the_queue_s_account(sqs, key_id, arn):
    sqs.define(KmsMasterKeyId=key_id)
    with pytest.raises(KmsNotFound, match=f"Key '{arn}' does not exist"):
        send(sqs)
    assert sqs.kms.calls[0][2] == arn


def test_kms_is_asked_once_a_reuse_period_and_caller(with_kms):
    sends(with_kms, 3)
    assert with_kms.kms.operations() == ["generate", "decrypt"]
    with_kms.definitions.now += 60_000
    sends(with_kms, 1)
    with_kms.principal = user("bob")
    sends(with_kms, 2)
    assert with_kms.kms.operations() == ["generate", "decrypt"] * 2


def test_the_receiver_has_kms_open_the_data_key(with_kms):
    messages = sends(with_kms, 10)
    with_kms.kms.calls.clear()
    with_kms.principal = user("bob")
    for _ in range(2):
        assert [each.Body for each in receive(with_kms, *messages)] == [BODY] * 10
    assert with_kms.kms.calls == [("decrypt", "bob", KEY, {"aws:sqs:arn": with_kms.arn})]


def test_messages_keep_the_key_that_sealed_them(with_kms):
    messages = sends(with_kms, 1)
    with_kms.define(SqsManagedSseEnabled="false")
    messages += sends(with_kms, 1)
    with_kms.define()
    messages += sends(with_kms, 1)
    assert [each.Body for each in receive(with_kms, *messages)] == [BODY] * 3


def test_a_batch_asks_kms_once_and_is_refused_whole(with_kms):
    entries = [SendMessageBatchRequestEntry(Id=str(n), MessageBody="x") for n in range(3)]
    with_kms.ask("SendMessageBatch", [Sent("a")] * 3, Entries=entries)
    assert with_kms.kms.operations() == ["generate", "decrypt"]
    with_kms.principal = user("eve")
    with_kms.kms.denied = {("eve", "generate")}
    with pytest.raises(KmsAccessDenied):
        with_kms.ask("SendMessageBatch", [Sent("a")] * 3, Entries=entries)


@pytest.mark.parametrize("operation", ["generate", "decrypt"])
def test_a_sender_needs_both_permissions(with_kms, operation):
    with_kms.kms.denied = {("ann", operation)}
    with pytest.raises(KmsAccessDenied):
        send(with_kms)
    assert with_kms.commands == []


def test_a_key_that_is_disabled_is_refused_from_the_next_message_on(with_kms):
    messages = sends(with_kms, 1)
    receive(with_kms, *messages)
    with_kms.kms.disable(KEY)
    with_kms.definitions.change_entities()
    with pytest.raises(KmsDisabled):
        send(with_kms)
    with pytest.raises(KmsDisabled):
        receive(with_kms, *messages)
    with_kms.kms.enable(KEY)
    with_kms.definitions.change_entities()
    assert receive(with_kms, *messages)[0].Body == BODY


@pytest.mark.parametrize(
    ("kms_says", "sqs_says"),
    [
        (NotFoundException, KmsNotFound),
        (InvalidArnException, KmsNotFound),
        (DisabledException, KmsDisabled),
        (KMSInvalidStateException, KmsInvalidState),
        (KeyUnavailableException, KmsInvalidState),
        (InvalidCiphertextException, KmsInvalidState),
        (InvalidKeyUsageException, KmsInvalidKeyUsage),
        (ThrottlingException, KmsThrottled),
        (LimitExceededException, KmsThrottled),
    ],
)
def test_kms_is_quoted_under_sqs_s_names(with_kms, kms_says, sqs_says):
    with_kms.kms.refusals[KEY] = kms_says("because")
    with pytest.raises(sqs_says, match="because"):
        send(with_kms)


def test_what_sqs_has_no_name_for_keeps_its_own():
    assert as_sqs(ValidationException("no")) == ValidationException("no")


# --- What does not open --------------------------------------------------------------------------


def test_messages_that_do_not_open_go_back_and_the_receiver_is_told(with_kms):
    messages = sends(with_kms, 2)
    with_kms.principal = user("eve")
    with_kms.kms.denied = {("eve", "decrypt")}
    with pytest.raises(KmsAccessDenied):
        receive(with_kms, *messages)
    assert with_kms.router.unasked == [Release(with_kms.arn, [Receipt(7, 0, 1), Receipt(7, 1, 1)])]


def test_what_opens_is_received_although_others_do_not(with_kms):
    (withdrawn,) = sends(with_kms, 1)
    with_kms.define()
    open_for_all = sends(with_kms, 2)
    with_kms.principal = user("eve")
    with_kms.kms.denied = {("eve", "decrypt")}
    shown = receive(with_kms, open_for_all[0], withdrawn, open_for_all[1])
    assert [each.MessageId for each in shown] == [each.id for each in open_for_all]
    assert with_kms.router.unasked == [Release(with_kms.arn, [Receipt(7, 1, 1)])]


def test_no_message_overtakes_one_of_its_group_that_does_not_open(with_kms):
    def sealed_for(group):
        return sends(with_kms, 1, MessageGroupId=group)[0]

    withdrawn = sealed_for("a")
    with_kms.define()
    behind, other = sealed_for("a"), sealed_for("b")
    with_kms.kms.disable(KEY)
    shown = receive(with_kms, withdrawn, behind, other, fifo=True)
    assert [each.MessageId for each in shown] == [other.id]
    assert with_kms.router.unasked == [Release(with_kms.arn, [Receipt(7, 0, 1), Receipt(7, 1, 1)])]


def test_a_group_of_a_fair_queue_has_no_order_to_keep(with_kms):
    (withdrawn,) = sends(with_kms, 1, MessageGroupId="a")
    with_kms.define()
    (behind,) = sends(with_kms, 1, MessageGroupId="a")
    with_kms.kms.disable(KEY)
    with_kms.definitions.change_entities()
    assert [each.MessageId for each in receive(with_kms, withdrawn, behind)] == [behind.id]
