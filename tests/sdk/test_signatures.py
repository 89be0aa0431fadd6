"""Signatures: every request is verified, and each way to fail has its own error."""

import datetime
import hashlib

import pytest

from sdk.raw_http import (
    JSON_TYPE,
    Connection,
    Signer,
    get_call,
    json_call,
    query_call,
    request,
)
from sdk.refusals import refused

UNKNOWN_KEY = ("InvalidClientTokenId", "UnrecognizedClientException")
WRONG_SIGNATURE = ("SignatureDoesNotMatch", "InvalidSignatureException")
INCOMPLETE = ("IncompleteSignature", "IncompleteSignatureException")
MISSING_TOKEN = ("MissingAuthenticationToken", "MissingAuthenticationTokenException")


def shifted(**span):
    return datetime.datetime.now(datetime.UTC) + datetime.timedelta(**span)


@pytest.fixture
def connection(server):
    with Connection(server.endpoint) as made:
        yield made


def json_request(host, headers, body=b"{}"):
    base = {"Host": host, "Content-Type": JSON_TYPE, "X-Amz-Target": "AmazonSQS.ListQueues"}
    return request("POST", "/", {**base, **headers}, body)


def signed_headers(connection, body=b"{}", signer=None):
    base = {
        "Host": connection.host,
        "Content-Type": JSON_TYPE,
        "X-Amz-Target": "AmazonSQS.ListQueues",
    }
    return (signer or Signer()).headers("POST", "/", base, body)


def denied(answer, names, status=(400, 403)):
    assert answer is not None
    assert answer.status in status, answer
    assert answer.error in names, answer


def test_a_signature_made_by_hand_is_accepted(connection):
    assert connection.ask(json_call(connection.host, "ListQueues", {})).status == 200
    query = query_call(connection.host, {"Action": "ListQueues"})
    assert connection.ask(query).status == 200


def test_unknown_key(server, clients):
    for protocol in ("json", "query"):
        client = clients.make(server.endpoint, protocol, access_key="AKIAUNKNOWNUNKNOWN00")
        with refused(UNKNOWN_KEY, containing="security token", status=None) as caught:
            client.list_queues()
        assert caught.value.response["ResponseMetadata"]["HTTPStatusCode"] in (400, 403)


def test_wrong_secret(server, clients):
    for key in ("test", "333333333333"):
        for protocol in ("json", "query"):
            client = clients.make(server.endpoint, protocol, access_key=key, secret="wrong")
            with refused(WRONG_SIGNATURE, containing="does not match", status=None):
                client.list_queues()


@pytest.mark.parametrize("key", ["11111111111", "1111111111111", "11111111111a"])
def test_only_twelve_digits_are_an_account(server, clients, key):
    client = clients.make(server.endpoint, access_key=key)
    with refused(UNKNOWN_KEY, status=None):
        client.list_queues()


def test_changed_body(connection):
    headers = signed_headers(connection, b"{}")
    denied(connection.ask(json_request(connection.host, headers, b"{ }")), WRONG_SIGNATURE)


@pytest.mark.parametrize("payload", ["UNSIGNED-PAYLOAD", "STREAMING-UNSIGNED-PAYLOAD-TRAILER"])
def test_body_must_be_signed(connection, payload):
    """What S3 allows is not allowed here: the signature covers the body."""
    base = {
        "Host": connection.host,
        "Content-Type": JSON_TYPE,
        "X-Amz-Target": "AmazonSQS.ListQueues",
        "X-Amz-Content-Sha256": payload,
    }
    headers = Signer().headers("POST", "/", base, b"{}", payload)
    denied(connection.ask(json_request(connection.host, headers)), WRONG_SIGNATURE)


def test_digest_of_another_body_in_a_header_is_of_no_use(connection):
    base = {
        "Host": connection.host,
        "Content-Type": JSON_TYPE,
        "X-Amz-Target": "AmazonSQS.ListQueues",
        "X-Amz-Content-Sha256": hashlib.sha256(b"{}").hexdigest(),
    }
    headers = Signer().headers("POST", "/", base, b"{}")
    assert connection.ask(json_request(connection.host, headers)).status == 200
    changed = json_request(connection.host, headers, b'{"MaxResults": 1}')
    denied(connection.ask(changed), WRONG_SIGNATURE)


def test_changed_header(connection):
    headers = signed_headers(connection) | {"X-Amz-Target": "AmazonSQS.CreateQueue"}
    denied(connection.ask(json_request(connection.host, headers)), WRONG_SIGNATURE)


def test_changed_path_and_query(connection):
    call = get_call(connection.host, "/", {"Action": "ListQueues"})
    answer = connection.ask(call.replace(b"GET /?", b"GET /?MaxResults=1&", 1))
    assert answer.status == 403
    assert "SignatureDoesNotMatch" in answer.text


def test_unsigned_request(connection):
    answer = connection.ask(json_request(connection.host, {}))
    denied(answer, MISSING_TOKEN)
    answer = connection.ask(request("GET", "/?Action=ListQueues", {"Host": connection.host}))
    assert answer.status == 403
    assert "MissingAuthenticationToken" in answer.text


@pytest.mark.parametrize("minutes", [-16, -24 * 60, 16, 24 * 60])
def test_date_too_far_off(connection, minutes):
    headers = signed_headers(connection, signer=Signer(at=shifted(minutes=minutes)))
    answer = connection.ask(json_request(connection.host, headers))
    denied(answer, (*WRONG_SIGNATURE, "RequestExpired"))
    text = "Signature expired" if minutes < 0 else "Signature not yet current"
    assert text in answer.text


@pytest.mark.parametrize("minutes", [-14, 14])
def test_clock_may_be_off_by_less_than_fifteen_minutes(connection, minutes):
    headers = signed_headers(connection, signer=Signer(at=shifted(minutes=minutes)))
    assert connection.ask(json_request(connection.host, headers)).status == 200


@pytest.mark.parametrize("lost", ["X-Amz-Date", "Host", "Content-Type", "X-Amz-Target"])
def test_missing_signed_header(connection, lost):
    headers = signed_headers(connection)
    del headers[lost]
    answer = connection.ask(request("POST", "/", headers, b"{}"))
    assert 400 <= answer.status < 500


@pytest.mark.parametrize(
    "authorization",
    [
        "AWS4-HMAC-SHA256",
        "AWS4-HMAC-SHA256 nonsense",
        "AWS4-HMAC-SHA256 Credential=test, SignedHeaders=host, Signature=00",
        "AWS4-HMAC-SHA256 Credential=test/20260101/us-east-1/sqs/aws4_request",
        "AWS4-HMAC-SHA256 Credential=test/x/y/z/w/v, SignedHeaders=host, Signature=" + "0" * 64,
        "AWS4-HMAC-SHA256 Credential=////, SignedHeaders=, Signature=",
        "AWS4-HMAC-SHA512 Credential=test/20260101/us-east-1/sqs/aws4_request, "
        "SignedHeaders=host, Signature=" + "0" * 64,
        "Basic dGVzdDp0ZXN0",
        "AWS test:signature",
    ],
)
def test_malformed_authorization(connection, authorization):
    headers = signed_headers(connection) | {"Authorization": authorization}
    answer = connection.ask(json_request(connection.host, headers))
    assert answer.status in (400, 403)
    names = (*INCOMPLETE, *MISSING_TOKEN, *WRONG_SIGNATURE, *UNKNOWN_KEY)
    assert answer.error in (*names, "InvalidSignature", "AccessDeniedException")


def test_signature_for_another_service(connection):
    headers = signed_headers(connection, signer=Signer(service="sns"))
    denied(connection.ask(json_request(connection.host, headers)), WRONG_SIGNATURE)


def test_date_and_scope_must_agree(connection):
    headers = signed_headers(connection)
    day = headers["X-Amz-Date"][:8].encode()
    call = json_request(connection.host, headers).replace(
        day + b"/us-east-1", b"20200101/us-east-1"
    )
    denied(connection.ask(call), WRONG_SIGNATURE)


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_presigned_url_of_an_sdk(connection, sqs_query, json_queue, method):
    json_queue.send("x")
    url = sqs_query.generate_presigned_url(
        "receive_message", Params={"QueueUrl": json_queue.url}, ExpiresIn=60, HttpMethod=method
    )
    target = "/" + url.split("/", 3)[3]
    answer = connection.ask(request(method, target, {"Host": connection.host}))
    assert answer.status == 200
    assert "<Body>x</Body>" in answer.text


def presigned(connection, signer, expires_s=60):
    target = signer.presigned(
        "GET", "/?Action=ListQueues&Version=2012-11-05", connection.host, expires_s
    )
    return request("GET", target, {"Host": connection.host})


def test_presigned_url_by_hand(connection):
    assert connection.ask(presigned(connection, Signer())).status == 200


def test_presigned_url_holds_longer_than_fifteen_minutes(connection):
    signer = Signer(at=shifted(minutes=-30))
    assert connection.ask(presigned(connection, signer, 3600)).status == 200


def test_presigned_url_that_has_expired(connection):
    signer = Signer(at=shifted(minutes=-2))
    answer = connection.ask(presigned(connection, signer, 60))
    assert answer.status == 403
    assert "expired" in answer.text.lower()


def test_presigned_url_that_was_changed(connection):
    call = presigned(connection, Signer()).replace(b"ListQueues", b"PurgeQueue", 1)
    answer = connection.ask(call)
    assert answer.status == 403
    assert "SignatureDoesNotMatch" in answer.text


@pytest.mark.parametrize("expires_s", [-1, 604801])
def test_presigned_url_with_an_illegal_span(connection, expires_s):
    answer = connection.ask(presigned(connection, Signer(), expires_s))
    assert answer.status in (400, 403)


def test_refused_request_does_nothing(server, clients, json_queue):
    stranger = clients.make(server.endpoint, secret="wrong")
    with refused(WRONG_SIGNATURE, status=None):
        stranger.send_message(QueueUrl=json_queue.url, MessageBody="x")
    assert json_queue.depth() == (0, 0, 0)
