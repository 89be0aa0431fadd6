"""The audit trail: who did what, allowed or denied and why, and never what is confidential."""

import json

import pytest

from sdk.access.expect import denied, eventually
from sdk.access.principals import ABROAD, HOME, Account, Principal, allow, policy, trust, unique
from sdk.refusals import refused

HIDDEN = "HIDDEN_DUE_TO_SECURITY_REASONS"


@pytest.fixture
def records(guarded):
    """Gives the records that stand in the trail now and match."""
    path = guarded.data / "audit" / "audit.jsonl"

    def find(**fields):
        whole_lines = path.read_text().rpartition("\n")[0].splitlines()
        made = [json.loads(line) for line in whole_lines]
        return [one for one in made if all(look(one, name) == fields[name] for name in fields)]

    return find


@pytest.fixture
def trail(records):
    """Gives the records that match, as soon as there are some."""

    def find(**fields):
        eventually(lambda: bool(records(**fields)))
        return records(**fields)

    return find


def look(record, name):
    """A field by its path, with __ between the names."""
    for part in name.split("__"):
        record = (record or {}).get(part)
    return record


def test_only_the_owner_reads_the_trail(guarded):
    mode = (guarded.data / "audit" / "audit.jsonl").stat().st_mode
    assert mode & 0o077 == 0


def test_a_control_operation(home, trail):
    user = home.new_user(allow("sqs:*"))
    name = unique("queue")
    user.sqs.create_queue(QueueName=name, Attributes={"DelaySeconds": "7"}, tags={"a": "b"})
    (record,) = trail(eventName="CreateQueue", requestParameters__queueName=name)
    assert record["eventSource"] == "sqs.amazonaws.com"
    assert record["awsRegion"] == "us-east-1"
    assert record["sourceIPAddress"] == "127.0.0.1"
    assert record["recipientAccountId"] == HOME
    assert record["eventVersion"] == "1.11"
    assert "Boto3" in record["userAgent"]
    assert record["requestParameters"]["attributes"] == {"DelaySeconds": "7"}
    identity = record["userIdentity"]
    assert identity["type"] == "IAMUser"
    assert (identity["arn"], identity["userName"]) == (user.arn, user.name)
    assert (identity["accountId"], identity["accessKeyId"]) == (HOME, user.access_key)
    assert identity["principalId"].startswith("AIDA")
    assert "errorCode" not in record
    assert record["eventID"]
    assert record["requestID"]


def test_a_denial_says_why_to_the_owner(home, trail, queue):
    user = home.new_user()
    user.may(allow("sqs:*"), {"Sid": "NoPurge", **allow("sqs:PurgeQueue"), "Effect": "Deny"})
    with denied("sqs:PurgeQueue"):
        user.sqs.purge_queue(QueueUrl=queue.url)
    (record,) = trail(eventName="PurgeQueue", userIdentity__arn=user.arn)
    assert record["errorCode"].startswith("AccessDenied")
    assert user.arn in record["errorMessage"]
    decision = json.dumps(record["additionalEventData"]["decision"])
    assert "explicitDeny" in decision
    assert "NoPurge" in decision


def test_a_denial_by_default(nobody, trail, queue):
    with denied("sqs:SetQueueAttributes"):
        nobody.sqs.set_queue_attributes(QueueUrl=queue.url, Attributes={"DelaySeconds": "1"})
    found = trail(
        eventName="SetQueueAttributes",
        userIdentity__arn=nobody.arn,
        requestParameters__queueUrl=queue.url,
    )
    assert "implicitDeny" in json.dumps(found[-1]["additionalEventData"]["decision"])


@pytest.mark.parametrize("kind", ["role", "root", "federated", "session"])
def test_every_kind_of_caller_is_named(home, abroad, nobody, trail, kind):
    if kind == "root":
        who, expected = abroad, {"type": "Root", "accountId": ABROAD, "arn": abroad.arn}
    elif kind == "role":
        role = home.new_role(trust(nobody.arn))
        who = nobody.assume(role.arn, unique("job"))
        expected = {"type": "AssumedRole", "arn": who.arn}
    elif kind == "federated":
        answer = home.new_user(allow("sts:*")).sts.get_federation_token(Name=unique("fed"))
        who = nobody.with_key(answer, arn=answer["FederatedUser"]["Arn"])
        expected = {"type": "FederatedUser", "arn": who.arn}
    else:
        user = home.new_user()
        who = user.with_key(user.sts.get_session_token(), arn=user.arn)
        expected = {"type": "IAMUser", "arn": user.arn}
    who.sts.get_caller_identity()
    found = trail(eventName="GetCallerIdentity", userIdentity__arn=expected["arn"])
    identity = found[-1]["userIdentity"]
    assert {name: identity[name] for name in expected} == expected
    if kind in ("role", "federated", "session"):
        assert identity["accessKeyId"] == who.access_key
    if kind == "role":
        issuer = identity["sessionContext"]["sessionIssuer"]
        assert (issuer["type"], issuer["arn"]) == ("Role", role.arn)


def test_whoever_proves_nothing_is_unknown(home, records):
    """Asked until it stands there, since of such calls no more than one a second is recorded."""
    user = home.new_user()
    forger = Principal(home.endpoint, home.confidences, user.access_key, "z" * 40)
    codes = ("SignatureDoesNotMatch", "InvalidSignatureException")

    def recorded():
        with refused(codes, status=None):
            forger.sqs.list_queues()
        return records(userIdentity__type="Unknown", userIdentity__accessKeyId=user.access_key)

    eventually(lambda: bool(recorded()))
    assert recorded()[-1]["errorCode"] in codes


def test_a_call_into_another_account(home, abroad, trail, queue):
    queue.set(Policy=policy(allow("sqs:*", queue.arn, Principal={"AWS": ABROAD})))
    abroad.sqs.purge_queue(QueueUrl=queue.url)
    (record,) = trail(eventName="PurgeQueue", requestParameters__queueUrl=queue.url)
    assert record["recipientAccountId"] == HOME
    assert record["userIdentity"]["accountId"] == ABROAD


def test_iam_shows_what_was_done_and_no_secret(home, trail):
    user = home.new_user(allow("sqs:*"))
    (made,) = trail(eventName="CreateAccessKey", requestParameters__userName=user.name)
    assert made["eventSource"] == "iam.amazonaws.com"
    shown = made["responseElements"]["accessKey"]
    assert shown["accessKeyId"] == user.access_key
    assert "secretAccessKey" not in shown or shown["secretAccessKey"] == HIDDEN
    (put,) = trail(eventName="PutUserPolicy", requestParameters__userName=user.name)
    assert "sqs:*" in json.dumps(put["requestParameters"])


def test_sts_shows_who_became_what_and_no_token(home, nobody, trail):
    role = home.new_role(trust(nobody.arn))
    session = nobody.assume(role.arn, unique("job"))
    (record,) = trail(eventName="AssumeRole", requestParameters__roleArn=role.arn)
    assert record["userIdentity"]["arn"] == nobody.arn
    assert record["responseElements"]["assumedRoleUser"]["arn"] == session.arn
    assert record["responseElements"]["credentials"]["accessKeyId"] == session.access_key
    text = json.dumps(record)
    assert session.secret not in text
    assert session.token not in text


def test_kms_shows_the_key_and_neither_plaintext_nor_ciphertext(home, confidences, trail):
    key = home.kms.create_key()["KeyMetadata"]["Arn"]
    secret = unique("plaintext") * 3
    confidences.keep(secret)
    context = {"order": unique("order")}
    home.kms.encrypt(KeyId=key, Plaintext=secret.encode(), EncryptionContext=context)
    (record,) = trail(
        eventName="Encrypt", requestParameters__encryptionContext__order=context["order"]
    )
    assert record["eventSource"] == "kms.amazonaws.com"
    assert key in json.dumps(record)
    assert secret not in json.dumps(record)
    assert "plaintext" not in {name.lower() for name in record["requestParameters"]}


def test_messages_are_recorded_without_their_bodies_where_that_is_on(home, trail, queue):
    body = unique("a body")
    home.confidences.keep(body)
    queue.send(body)
    (record,) = trail(eventName="SendMessage", requestParameters__queueUrl=queue.url)
    assert body not in json.dumps(record)
    assert record["requestParameters"].get("messageBody", HIDDEN) == HIDDEN
    assert record["eventCategory"] == "Data"
    assert record["managementEvent"] is False


def test_each_service_is_recorded(home, trail):
    for source, ask in (
        ("sqs.amazonaws.com", home.sqs.list_queues),
        ("iam.amazonaws.com", home.iam.list_users),
        ("sts.amazonaws.com", home.sts.get_caller_identity),
        ("kms.amazonaws.com", home.kms.list_keys),
    ):
        ask()
        found = trail(eventSource=source, userIdentity__arn=home.arn)
        assert {"eventTime", "eventName", "eventID", "eventType"} <= found[-1].keys()


def test_operations_on_messages_are_left_out_by_default(new_server, confidences):
    server = new_server()
    root = Account(server.endpoint, confidences, HOME)
    url = root.sqs.create_queue(QueueName="q")["QueueUrl"]
    root.sqs.send_message(QueueUrl=url, MessageBody="x")
    root.sqs.receive_message(QueueUrl=url)
    root.sqs.delete_queue(QueueUrl=url)
    assert server.stop() == 0
    lines = (server.data / "audit" / "audit.jsonl").read_text().splitlines()
    assert [json.loads(line)["eventName"] for line in lines] == ["CreateQueue", "DeleteQueue"]
