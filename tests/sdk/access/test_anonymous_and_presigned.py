"""Requests without a signature, with one in the URL, and with one that is wrong."""

import datetime
import urllib.error
import urllib.request
from urllib.parse import quote

import pytest

from sdk.access.expect import DENIED, denied
from sdk.access.principals import HOME, Principal, allow, deny, policy, trust
from sdk.raw_http import JSON_TYPE, Connection, Signer, json_call, request
from sdk.refusals import NO_SUCH_QUEUE, refused

MISSING_TOKEN = ("MissingAuthenticationToken", "MissingAuthenticationTokenException")
WRONG_SIGNATURE = ("SignatureDoesNotMatch", "InvalidSignatureException")


def shifted(**span):
    return datetime.datetime.now(datetime.UTC) + datetime.timedelta(**span)


def open_to_everyone(queue, action="sqs:SendMessage", **more):
    queue.set(Policy=policy(allow(action, queue.arn, Principal="*", **more)))


# Anonymous.


def test_nobody_gets_in_unless_the_queue_is_open(anonymous, queue):
    """AWS has two answers to an unsigned call: the one for all services, and SQS's own."""
    with refused((*DENIED, *MISSING_TOKEN, NO_SUCH_QUEUE), status=None):
        anonymous.sqs.send_message(QueueUrl=queue.url, MessageBody="x")
    assert queue.depth() == (0, 0, 0)


def test_a_queue_may_be_open_to_everyone(anonymous, queue):
    open_to_everyone(queue)
    anonymous.sqs.send_message(QueueUrl=queue.url, MessageBody="from nobody")
    message = queue.receive_one(AttributeNames=["All"])
    assert message["Body"] == "from nobody"
    with refused((*DENIED, *MISSING_TOKEN), status=None):
        anonymous.sqs.receive_message(QueueUrl=queue.url)


def test_everyone_includes_those_with_keys(home, abroad, nobody, queue):
    open_to_everyone(queue)
    for who in (nobody, abroad):
        who.sqs.send_message(QueueUrl=queue.url, MessageBody="x")
    stranger = abroad.new_user()
    with denied("sqs:SendMessage"):
        stranger.sqs.send_message(QueueUrl=queue.url, MessageBody="x")


def test_everyone_from_here(anonymous, queue):
    for network, works in (("127.0.0.0/8", True), ("192.0.2.0/24", False)):
        open_to_everyone(queue, Condition={"IpAddress": {"aws:SourceIp": network}})
        if works:
            anonymous.sqs.send_message(QueueUrl=queue.url, MessageBody="x")
        else:
            with refused((*DENIED, *MISSING_TOKEN), status=None):
                anonymous.sqs.send_message(QueueUrl=queue.url, MessageBody="x")


def test_a_principal_of_accounts_is_not_everyone(anonymous, queue):
    queue.set(Policy=policy(allow("sqs:SendMessage", queue.arn, Principal={"AWS": HOME})))
    with refused((*DENIED, *MISSING_TOKEN), status=None):
        anonymous.sqs.send_message(QueueUrl=queue.url, MessageBody="x")


def test_what_needs_an_account_stays_closed_to_the_unsigned(anonymous):
    for ask in (
        lambda: anonymous.sqs.list_queues(),
        lambda: anonymous.sqs.create_queue(QueueName="of-nobody"),
        lambda: anonymous.iam.list_users(),
        lambda: anonymous.sts.get_caller_identity(),
        lambda: anonymous.kms.list_keys(),
        lambda: anonymous.kms.create_key(),
    ):
        with refused((*DENIED, *MISSING_TOKEN), status=None):
            ask()


def test_an_open_queue_cannot_be_deleted_by_everyone(anonymous, queue):
    open_to_everyone(queue, "sqs:*")
    with refused((*DENIED, *MISSING_TOKEN), status=None):
        anonymous.sqs.delete_queue(QueueUrl=queue.url)


def test_a_wrong_signature_is_not_taken_for_none(home, queue):
    open_to_everyone(queue)
    forger = Principal(home.endpoint, home.confidences, "test", "wrong")
    with refused(WRONG_SIGNATURE, status=None):
        forger.sqs.send_message(QueueUrl=queue.url, MessageBody="x")


# Presigned URLs.


def fetch(url):
    """The status and text of a plain GET."""
    try:
        with urllib.request.urlopen(url, timeout=10) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.read().decode()


def presigned(who, queue, action="SendMessage", at=None, expires_s=60, **parameters):
    """A URL made by hand: botocore presigns only what has the Query protocol."""
    pairs = {"Action": action, "Version": "2012-11-05", **parameters}
    path = "/" + queue.url.split("/", 3)[3]
    query = "&".join(f"{key}={value}" for key, value in pairs.items())
    if who.token:
        query += f"&X-Amz-Security-Token={quote(who.token, safe='')}"
    host = queue.url.split("/", 3)[2]
    signer = Signer(who.access_key, who.secret, at=at)
    return f"http://{host}" + signer.presigned("GET", f"{path}?{query}", host, expires_s)


def test_a_presigned_url_may_what_its_signer_may(home, queue):
    user = home.new_user(allow("sqs:SendMessage"))
    assert fetch(presigned(user, queue, MessageBody="x"))[0] == 200
    status, text = fetch(presigned(user, queue, "ReceiveMessage"))
    assert status == 403
    assert "AccessDenied" in text


def test_a_presigned_url_of_a_session(home, nobody, queue):
    session = nobody.assume(home.new_role(trust(nobody.arn), allow("sqs:SendMessage")).arn)
    url = presigned(session, queue, MessageBody="x")
    assert fetch(url)[0] == 200
    assert fetch(presigned(session, queue, "PurgeQueue"))[0] == 403
    without = url.replace("X-Amz-Security-Token", "X-Amz-Other-Token")
    assert fetch(without)[0] == 403


def test_a_presigned_url_ends_with_its_key_and_its_permission(home, queue):
    user = home.new_user(allow("sqs:SendMessage"))
    url = presigned(user, queue, MessageBody="x", expires_s=3600)
    assert fetch(url)[0] == 200
    user.may(deny("sqs:SendMessage"))
    assert fetch(url)[0] == 403
    user.may(allow("sqs:SendMessage"))
    assert fetch(url)[0] == 200
    home.iam.update_access_key(UserName=user.name, AccessKeyId=user.access_key, Status="Inactive")
    status, text = fetch(url)
    assert status == 403
    assert "InvalidClientTokenId" in text


def test_a_presigned_url_that_has_expired_or_was_changed(home, queue):
    user = home.new_user(allow("sqs:*"))
    status, text = fetch(presigned(user, queue, at=shifted(minutes=-2), MessageBody="x"))
    assert (status, "expired" in text.lower()) == (403, True)
    url = presigned(user, queue, MessageBody="x")
    assert fetch(url.replace("MessageBody=x", "MessageBody=y"))[0] == 403
    assert fetch(url.replace("Action=SendMessage", "Action=PurgeQueue"))[0] == 403
    assert queue.depth() == (0, 0, 0)


def test_a_presigned_url_from_the_future(home, queue):
    user = home.new_user(allow("sqs:*"))
    status, text = fetch(presigned(user, queue, at=shifted(minutes=16), MessageBody="x"))
    assert status == 403
    assert "not yet" in text


def test_presigned_identity(home, nobody):
    """What a cluster's authenticator does: the caller's identity, by a URL that it signed."""
    url = nobody.sts.generate_presigned_url("get_caller_identity", ExpiresIn=60, HttpMethod="GET")
    status, text = fetch(url)
    assert status == 200
    assert f"<Arn>{nobody.arn}</Arn>" in text


# Wrong signatures by keys that are not the root's.


@pytest.fixture(scope="module")
def user(home):
    return home.new_user(allow("*"))


@pytest.mark.parametrize("minutes", [-16, 16])
def test_dates_too_far_off(home, user, minutes):
    signer = Signer(user.access_key, user.secret, at=shifted(minutes=minutes))
    with Connection(home.endpoint) as connection:
        answer = connection.ask(json_call(connection.host, "ListQueues", {}, signer))
    assert answer.error in (*WRONG_SIGNATURE, "RequestExpired")
    assert user.secret not in answer.text


@pytest.mark.parametrize("service", ["iam", "sts", "kms", "s3"])
def test_a_signature_for_another_service_does_not_open_sqs(home, user, service):
    signer = Signer(user.access_key, user.secret, service=service)
    base = {"Content-Type": JSON_TYPE, "X-Amz-Target": "AmazonSQS.ListQueues"}
    with Connection(home.endpoint) as connection:
        headers = signer.headers("POST", "/", {"Host": connection.host, **base}, b"{}")
        answer = connection.ask(request("POST", "/", headers, b"{}"))
    assert 400 <= answer.status < 500


@pytest.mark.parametrize("service", ["sqs", "iam", "sts", "kms"])
def test_an_error_does_not_repeat_what_the_server_knows(user, home, service):
    forger = Principal(home.endpoint, home.confidences, user.access_key, "y" * 40)
    ask = {
        "sqs": lambda: forger.sqs.list_queues(),
        "iam": lambda: forger.iam.list_users(),
        "sts": lambda: forger.sts.get_caller_identity(),
        "kms": lambda: forger.kms.list_keys(),
    }[service]
    with refused(WRONG_SIGNATURE, status=None) as caught:
        ask()
    assert user.secret not in str(caught.value.response)
    # The string to sign and the canonical request would help to find the secret offline.
    assert "AWS4-HMAC-SHA256\n" not in str(caught.value.response)
