"""What the generator sends, held against botocore's own signer and boto3's header set."""

import datetime

import pytest
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.compat import get_current_datetime
from botocore.credentials import Credentials

from fake_sqs import parse
from tidegate.bench.signing import RequestTemplate, Signer

INSTANTS = [1_700_000_000, 1_700_000_001, 1_700_000_000 + 86_400, 1_798_761_599]
FIXED = b'{"QueueUrl": "http://127.0.0.1:4566/000000000000/q", "MessageBody": "abc'


def _botocore_authorization(monkeypatch, now: float, url: str, action: str, body: bytes) -> str:
    frozen = datetime.datetime.fromtimestamp(now, datetime.UTC).replace(tzinfo=None)
    monkeypatch.setattr("botocore.auth.get_current_datetime", lambda *_, **__: frozen)
    headers = {
        "Content-Type": "application/x-amz-json-1.0",
        "X-Amz-Target": f"AmazonSQS.{action}",
        "x-amzn-query-mode": "true",
    }
    request = AWSRequest("POST", url + "/", headers=headers, data=body)
    SigV4Auth(Credentials("AKID", "secret/key+"), "sqs", "eu-central-1").add_auth(request)
    return request.headers["Authorization"]


def test_forms_are_signed_for_their_own_service(monkeypatch):
    now, form = INSTANTS[0], b"Action=Publish&Message=a%20b"
    frozen = datetime.datetime.fromtimestamp(now, datetime.UTC).replace(tzinfo=None)
    monkeypatch.setattr("botocore.auth.get_current_datetime", lambda *_, **__: frozen)
    content_type = "application/x-www-form-urlencoded; charset=utf-8"
    request = AWSRequest("POST", "http://h:1/", headers={"Content-Type": content_type}, data=form)
    key = Credentials("AKID", "secret/key+")
    SigV4Auth(key, "sns", "eu-central-1").add_auth(request)
    signer = Signer("AKID", "secret/key+", "eu-central-1", now=now).of("sns")
    signer.advance(now)
    built = RequestTemplate(signer, "h:1", None, form[:-3]).build(form[-3:])
    head, _, body = built.partition(b"\r\n\r\n")
    line, *lines = head.decode().split("\r\n")
    assert (line, body) == ("POST / HTTP/1.1", form)
    headers = {name.lower(): value for name, _, value in (each.partition(": ") for each in lines)}
    assert headers["content-length"] == str(len(form))
    assert headers["authorization"] == request.headers["Authorization"]
    assert headers["content-type"] == content_type
    assert "x-amz-target" not in headers


@pytest.mark.parametrize("now", INSTANTS)
@pytest.mark.parametrize("host", ["127.0.0.1:4566", "sqs.eu-central-1.example.com"])
def test_the_signature_is_botocores(monkeypatch, now, host):
    assert get_current_datetime is not None
    template = RequestTemplate(
        Signer("AKID", "secret/key+", "eu-central-1", now=now), host, "SendMessage", FIXED
    )
    _, headers, _ = parse(template.build(b'def"}'))
    assert headers["authorization"] == _botocore_authorization(
        monkeypatch, now, f"http://{host}", "SendMessage", FIXED + b'def"}'
    )


def test_every_body_has_its_own_signature_and_the_second_call_is_as_good_as_the_first(monkeypatch):
    signer = Signer("AKID", "secret/key+", "eu-central-1", now=INSTANTS[0])
    template = RequestTemplate(signer, "h:1", "SendMessage", FIXED)
    for tail in (b'1"}', b'22"}', b'1"}'):
        _, headers, _ = parse(template.build(tail))
        assert headers["authorization"] == _botocore_authorization(
            monkeypatch, INSTANTS[0], "http://h:1", "SendMessage", FIXED + tail
        )


def test_a_template_follows_the_signers_clock_over_midnight(monkeypatch):
    signer = Signer("AKID", "secret/key+", "eu-central-1", now=INSTANTS[0])
    template = RequestTemplate(signer, "h:1", "SendMessage", FIXED)
    for now in INSTANTS:
        signer.advance(now)
        _, headers, _ = parse(template.build(b'"}'))
        assert headers["authorization"] == _botocore_authorization(
            monkeypatch, now, "http://h:1", "SendMessage", FIXED + b'"}'
        )


def test_a_signature_made_beforehand_gives_the_same_request():
    signer = Signer("AKID", "secret", "eu-central-1", now=INSTANTS[0])
    template = RequestTemplate(signer, "h:1", "SendMessage", FIXED)
    signature = template.sign(b'x"}')
    assert template.assemble(signature, b'x"}') == template.build(b'x"}')


def test_headers_are_those_of_boto3():
    signer = Signer("AKID", "secret", "eu-central-1", now=INSTANTS[0])
    line, headers, body = parse(RequestTemplate(signer, "h:1", "SendMessage", FIXED).build(b'"}'))
    assert line == "POST / HTTP/1.1"
    assert list(headers) == [
        "host",
        "accept-encoding",
        "x-amz-target",
        "content-type",
        "x-amzn-query-mode",
        "user-agent",
        "x-amz-date",
        "authorization",
        "amz-sdk-invocation-id",
        "amz-sdk-request",
        "content-length",
    ]
    assert headers["content-length"] == str(len(FIXED) + 2)
    assert headers["x-amz-date"] == "20231114T221320Z"
    assert body["MessageBody"] == "abc"
