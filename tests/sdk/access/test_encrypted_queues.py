"""Queues whose messages are encrypted: by SQS itself, and by keys of KMS with their policies."""

import json
import threading

import pytest

from sdk.access.expect import denied, files_in
from sdk.access.principals import ABROAD, HOME, allow, deny, policy, unique
from sdk.refusals import refused

# The names of the model, and those of the Query protocol, which SDKs show.
KMS_DENIED = ("KmsAccessDenied", "KMS.AccessDeniedException")
KMS_DISABLED = ("KmsDisabled", "KMS.DisabledException")
KMS_STATE = ("KmsInvalidState", "KMS.KMSInvalidStateException", "KMS.InvalidStateException")
KMS_NOT_FOUND = ("KmsNotFound", "KMS.NotFoundException")
KMS_USAGE = ("KmsInvalidKeyUsage", "KMS.InvalidKeyUsageException")
ROOT = f"arn:aws:iam::{HOME}:root"
SENDING = ["kms:GenerateDataKey", "kms:Decrypt"]


@pytest.fixture
def key(home):
    """The ARN of a new key with the default policy."""
    return home.kms.create_key()["KeyMetadata"]["Arn"]


@pytest.fixture
def sealed(home, key, new_queue_of):
    """A queue under that key."""
    return new_queue_of(home, KmsMasterKeyId=key)


@pytest.fixture
def user(home):
    return home.new_user()


def send(who, queue, body="x"):
    return who.sqs.send_message(QueueUrl=queue.url, MessageBody=body)


def bodies(who, queue):
    answer = who.sqs.receive_message(QueueUrl=queue.url, VisibilityTimeout=0)
    return [message["Body"] for message in answer.get("Messages", [])]


# By default.


def test_a_new_queue_is_encrypted_by_sqs(queue):
    attributes = queue.attributes()
    assert attributes["SqsManagedSseEnabled"] == "true"
    assert "KmsMasterKeyId" not in attributes


def test_a_queue_has_one_kind_of_encryption(home, key, queue):
    queue.set(KmsMasterKeyId=key)
    attributes = queue.attributes()
    assert attributes["KmsMasterKeyId"] == key
    assert attributes["KmsDataKeyReusePeriodSeconds"] == "300"
    assert attributes["SqsManagedSseEnabled"] == "false"
    queue.set(SqsManagedSseEnabled="true")
    attributes = queue.attributes()
    assert attributes["SqsManagedSseEnabled"] == "true"
    assert "KmsMasterKeyId" not in attributes
    with refused(("InvalidAttributeValue", "InvalidParameterValue", "InvalidParameterCombination")):
        queue.set(SqsManagedSseEnabled="true", KmsMasterKeyId=key)


@pytest.mark.parametrize("period", ["59", "86401", "x"])
def test_reuse_periods_that_cannot_be(sealed, period):
    with refused(("InvalidAttributeValue", "InvalidParameterValue")):
        sealed.set(KmsDataKeyReusePeriodSeconds=period)


def test_messages_of_every_kind_of_encryption_outlive_a_change_of_it(home, key, queue):
    """ "Messages that are in the queue keep the encryption that they were sent with"."""
    queue.send("by sqs")
    queue.set(KmsMasterKeyId=key)
    queue.send("by kms")
    queue.set(SqsManagedSseEnabled="false", KmsMasterKeyId="")
    queue.send("by nobody")
    found = {message["Body"] for _ in range(3) for message in queue.receive()}
    assert found == {"by sqs", "by kms", "by nobody"}


def test_ways_to_name_the_key_of_a_queue(home, key, user, new_queue_of):
    alias = f"alias/{unique('key')}"
    home.kms.create_alias(AliasName=alias, TargetKeyId=key)
    arn = f"arn:aws:kms:us-east-1:{HOME}"
    for name in (key, key.rpartition("/")[2], alias, f"{arn}:{alias}", "alias/aws/sqs"):
        queue = new_queue_of(home, KmsMasterKeyId=name)
        assert queue.attributes("KmsMasterKeyId") == {"KmsMasterKeyId": name}
        send(home, queue)
        assert bodies(home, queue) == ["x"]


def test_a_key_that_does_not_exist(home, new_queue_of):
    """Where SQS sees it, at the queue's making or at the first message, AWS leaves open."""
    missing = "00000000-0000-0000-0000-000000000000"
    codes = (*KMS_NOT_FOUND, "InvalidAttributeValue", "InvalidParameterValue")
    with refused(codes):
        send(home, new_queue_of(home, KmsMasterKeyId=missing))


# Who may.


def test_the_managed_key_needs_no_permission_of_kms(user, home, new_queue_of):
    queue = new_queue_of(home, KmsMasterKeyId="alias/aws/sqs")
    user.may(allow("sqs:*"))
    send(user, queue)
    assert bodies(user, queue) == ["x"]


@pytest.mark.parametrize("missing", [None, *SENDING])
def test_a_sender_needs_data_keys_and_decryption(user, key, sealed, missing):
    may = [action for action in SENDING if action != missing]
    user.may(allow("sqs:SendMessage"), allow(may, key))
    if missing is None:
        send(user, sealed)
        return
    with refused(KMS_DENIED, containing=missing):
        send(user, sealed)
    assert sealed.depth() == (0, 0, 0)
    answer = user.client("sqs")
    with refused(KMS_DENIED):
        answer.send_message_batch(QueueUrl=sealed.url, Entries=[{"Id": "0", "MessageBody": "x"}])


def test_a_receiver_needs_decryption(home, user, key, sealed):
    send(home, sealed)
    user.may(allow("sqs:ReceiveMessage"))
    with refused(KMS_DENIED, containing="kms:Decrypt"):
        bodies(user, sealed)
    user.may(allow("sqs:ReceiveMessage"), allow("kms:GenerateDataKey", key))
    with refused(KMS_DENIED, containing="kms:Decrypt"):
        bodies(user, sealed)
    assert bodies(home, sealed) == ["x"]
    user.may(allow("sqs:ReceiveMessage"), allow("kms:Decrypt", key))
    assert bodies(user, sealed) == ["x"]


def test_a_receive_that_is_denied_counts_nothing(home, user, sealed):
    send(home, sealed)
    user.may(allow("sqs:ReceiveMessage"))
    with refused(KMS_DENIED):
        user.sqs.receive_message(QueueUrl=sealed.url)
    assert sealed.depth() == (1, 0, 0)
    message = sealed.receive_one(AttributeNames=["ApproximateReceiveCount"])
    assert message["Attributes"]["ApproximateReceiveCount"] == "1"


def test_deleting_and_counting_need_no_key(home, user, sealed):
    send(home, sealed)
    message = sealed.receive_one()
    user.may(allow(["sqs:DeleteMessage", "sqs:GetQueueAttributes", "sqs:ChangeMessageVisibility"]))
    handle = {"QueueUrl": sealed.url, "ReceiptHandle": message["ReceiptHandle"]}
    user.sqs.change_message_visibility(VisibilityTimeout=60, **handle)
    user.sqs.delete_message(**handle)
    user.sqs.get_queue_attributes(QueueUrl=sealed.url, AttributeNames=["All"])


def test_permission_that_is_taken_away_ends_with_the_next_message(home, user, key, sealed):
    """No data key of one principal opens the queue to another, nor to one who lost the right."""
    user.may(allow("sqs:*"), allow("kms:*", key))
    send(user, sealed)
    assert bodies(user, sealed) == ["x"]
    user.may(allow("sqs:*"), deny("kms:*", key))
    with refused(KMS_DENIED):
        send(user, sealed)
    with refused(KMS_DENIED):
        bodies(user, sealed)


def test_a_key_only_for_sqs(home, user, key, sealed):
    """kms:ViaService: the key serves the queue, and nobody directly."""
    via = {"StringEquals": {"kms:ViaService": "sqs.us-east-1.amazonaws.com"}}
    user.may(allow("sqs:*"), allow("kms:*", key, Condition=via))
    send(user, sealed)
    assert bodies(user, sealed) == ["x"]
    with denied("kms:Encrypt"):
        user.kms.encrypt(KeyId=key, Plaintext=b"x")


@pytest.mark.parametrize("own", [True, False])
def test_a_key_only_for_one_queue(home, user, key, sealed, own):
    """The encryption context of SQS is the ARN of the queue, as its documentation says."""
    arn = sealed.arn if own else sealed.arn + "-other"
    condition = {"StringEquals": {"kms:EncryptionContext:aws:sqs:arn": arn}}
    user.may(allow("sqs:*"), allow(SENDING, key, Condition=condition))
    if own:
        send(user, sealed)
        assert bodies(user, sealed) == ["x"]
    else:
        with refused(KMS_DENIED):
            send(user, sealed)


def test_a_key_policy_decides_as_for_direct_use(home, user, key, sealed):
    statement = deny("kms:GenerateDataKey", Principal={"AWS": user.arn})
    document = policy(allow("kms:*", Principal={"AWS": ROOT}), statement)
    home.kms.put_key_policy(KeyId=key, Policy=document)
    user.may(allow("*"))
    with refused(KMS_DENIED):
        send(user, sealed)
    send(home, sealed)


def test_a_grant_is_enough(home, user, key, sealed):
    user.may(allow("sqs:*"))
    with refused(KMS_DENIED):
        send(user, sealed)
    home.kms.create_grant(
        KeyId=key, GranteePrincipal=user.arn, Operations=["GenerateDataKey", "Decrypt"]
    )
    send(user, sealed)
    assert bodies(user, sealed) == ["x"]


def test_another_account_needs_the_queue_and_the_key(home, abroad, key, sealed):
    sealed.set(Policy=policy(allow("sqs:*", sealed.arn, Principal={"AWS": ABROAD})))
    with refused(KMS_DENIED):
        send(abroad, sealed)
    document = policy(
        allow("kms:*", Principal={"AWS": ROOT}), allow(SENDING, Principal={"AWS": ABROAD})
    )
    home.kms.put_key_policy(KeyId=key, Policy=document)
    send(abroad, sealed)
    assert bodies(abroad, sealed) == ["x"]


def test_whoever_signs_nothing_has_no_right_to_a_key(anonymous, sealed):
    sealed.set(Policy=policy(allow("sqs:SendMessage", sealed.arn, Principal="*")))
    with refused((*KMS_DENIED, "AccessDenied", "AccessDeniedException"), status=None):
        send(anonymous, sealed)
    assert sealed.depth() == (0, 0, 0)


def test_one_who_may_not_send_learns_nothing_of_the_key(user, sealed):
    with denied("sqs:SendMessage"):
        send(user, sealed)


# States of the key.


def test_a_disabled_key(home, user, key, sealed):
    send(home, sealed)
    user.may(allow("sqs:*"), allow("kms:*", key))
    home.kms.disable_key(KeyId=key)
    with refused(KMS_DISABLED):
        send(user, sealed)
    with refused(KMS_DISABLED):
        bodies(user, sealed)
    home.kms.enable_key(KeyId=key)
    assert bodies(user, sealed) == ["x"]


def test_a_key_that_waits_for_its_deletion(home, user, key, sealed):
    send(home, sealed)
    user.may(allow("sqs:*"), allow("kms:*", key))
    home.kms.schedule_key_deletion(KeyId=key, PendingWindowInDays=7)
    for ask in (lambda: send(user, sealed), lambda: bodies(user, sealed)):
        with refused(KMS_STATE):
            ask()
    home.kms.cancel_key_deletion(KeyId=key)
    home.kms.enable_key(KeyId=key)
    assert bodies(user, sealed) == ["x"]


def test_a_key_of_another_kind(home, new_queue_of):
    signing = home.kms.create_key(KeySpec="ECC_NIST_P256", KeyUsage="SIGN_VERIFY")
    codes = (*KMS_USAGE, *KMS_STATE, "InvalidAttributeValue", "InvalidParameterValue")
    with refused(codes):
        send(home, new_queue_of(home, KmsMasterKeyId=signing["KeyMetadata"]["Arn"]))


def test_messages_outlive_rotations_of_the_key(home, key, sealed):
    send(home, sealed, "before")
    home.kms.rotate_key_on_demand(KeyId=key)
    send(home, sealed, "after")
    assert {message["Body"] for message in sealed.receive()} == {"before", "after"}


# What goes on by itself, under keys.


def test_dead_letters_keep_their_key(home, key, sealed, new_queue_of):
    """A message that moves needs no key of anybody: it is the receiver who opens it."""
    dead = new_queue_of(home)
    redrive = {"deadLetterTargetArn": dead.arn, "maxReceiveCount": 1}
    sealed.set(RedrivePolicy=json.dumps(redrive))
    send(home, sealed, "dies")
    sealed.receive_one(VisibilityTimeout=0)
    assert sealed.receive() == []
    assert [message["Body"] for message in dead.receive()] == ["dies"]


def test_fifo_queues_under_a_key(home, user, key, new_queue_of):
    queue = new_queue_of(
        home, FifoQueue="true", ContentBasedDeduplication="true", KmsMasterKeyId=key
    )
    user.may(allow("sqs:*"), allow(SENDING, key))
    for body in ("1", "2", "1"):
        user.sqs.send_message(QueueUrl=queue.url, MessageBody=body, MessageGroupId="g")
    assert [message["Body"] for message in queue.receive()] == ["1", "2"]


def test_a_waiting_receiver_is_served_under_a_key(home, sealed):
    found = []
    client = home.client("sqs")

    def wait():
        answer = client.receive_message(QueueUrl=sealed.url, WaitTimeSeconds=10)
        found.extend(message["Body"] for message in answer.get("Messages", []))

    thread = threading.Thread(target=wait)
    thread.start()
    send(home, sealed, "for the one who waits")
    thread.join()
    assert found == ["for the one who waits"]


def files_with(data, mark):
    """The files of this directory in which the mark stands."""
    return [path.name for path, content in files_in(data) if mark.encode() in content]


ENCRYPTION = {
    "sqs": {},
    "managed": {"KmsMasterKeyId": "alias/aws/sqs"},
    "key": {"KmsMasterKeyId": "alias/plaintext-test"},
}


@pytest.fixture(scope="module")
def alias_of_a_key(home):
    key = home.kms.create_key()["KeyMetadata"]["Arn"]
    home.kms.create_alias(AliasName="alias/plaintext-test", TargetKeyId=key)


@pytest.mark.parametrize("under", ENCRYPTION)
@pytest.mark.parametrize("part", ["body", "text", "binary", "trace"])
def test_no_plaintext_on_the_disk(home, guarded, alias_of_a_key, new_queue_of, under, part):
    """A mark in one part of a message, looked for in every file of the data directory."""
    queue = new_queue_of(home, **ENCRYPTION[under])
    mark = unique(f"mark-{part}-of-{under}")
    value = {
        "text": {"DataType": "String", "StringValue": mark},
        "binary": {"DataType": "Binary", "BinaryValue": mark.encode()},
    }
    more = {}
    if part in value:
        more = {"MessageAttributes": {"a": value[part]}}
    elif part == "trace":
        trace = {"DataType": "String", "StringValue": f"Root={mark}"}
        more = {"MessageSystemAttributes": {"AWSTraceHeader": trace}}
    queue.send(mark if part == "body" else "x", **more)
    message = queue.receive_one(MessageAttributeNames=["All"], AttributeNames=["All"])
    assert mark in str(message)
    assert files_with(guarded.data, mark) == []


def test_plaintext_on_the_disk_where_encryption_is_off(home, guarded, new_queue_of):
    """So that the test above looks in the right places."""
    queue = new_queue_of(home, SqsManagedSseEnabled="false")
    mark = unique("mark-of-none")
    queue.send(mark)
    assert files_with(guarded.data, mark)
