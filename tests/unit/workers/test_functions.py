"""Lambda and Firehose: what they get, where, by whose signature, and what their answers mean."""

import asyncio
import base64
import json
from collections.abc import Callable
from typing import Any

import botocore.auth
import botocore.awsrequest
import botocore.credentials
import msgspec
import pytest

from fake_web import Asked, FakeWeb, answer
from notifications import MESSAGE_ID, PUBLISHED_AT, SUBSCRIPTION, TOPIC, notification
from tidegate.kms.secret import Secret
from tidegate.workers.functions.aws_calls import AwsCalls, CallerKey, signed_headers
from tidegate.workers.functions.firehose import FirehoseSender, record_of
from tidegate.workers.functions.lambda_event import lambda_event
from tidegate.workers.functions.lambda_sender import LambdaSender, invocation_url
from tidegate.workers.functions.target import FirehoseTarget, LambdaTarget
from tidegate.workers.notification import Attribute, Notification
from tidegate.workers.outcome import Outcome, Verdict
from tidegate.workers.web_client import Answer, NoAnswer

FUNCTION = "arn:aws:lambda:eu-central-1:123456789012:function:resize"
KEY = CallerKey("AKIDEXAMPLE", Secret(b"hush"))


class Seals:
    """Signs by saying so."""

    async def signed(self, unsigned: Notification, version: Any) -> Notification:
        return msgspec.structs.replace(
            unsigned,
            signature_version=version,
            signature="c2ln",
            signing_cert_url="https://sns.example/cert.pem",
        )


def invoke(
    reply: Answer | NoAnswer | None = None,
    function: str = FUNCTION,
    endpoint: str | None = "http://lambda.example:3001",
    key: CallerKey | None = None,
) -> tuple[Outcome, list[Asked]]:
    web = FakeWeb(answer(202) if reply is None else reply)
    calls = AwsCalls(web, key, lambda: PUBLISHED_AT)
    sender = LambdaSender(endpoint, calls, Seals())
    outcome = asyncio.run(sender.send(notification(), LambdaTarget(function, "2")))
    return outcome, web.asked


def test_function_is_invoked_asynchronously_with_the_signed_event() -> None:
    outcome, (asked,) = invoke()
    assert (outcome.verdict, outcome.status) == (Verdict.DELIVERED, 202)
    assert asked.url == "http://lambda.example:3001/2015-03-31/functions/resize/invocations"
    assert asked.headers == {"content-type": "application/json", "x-amz-invocation-type": "Event"}
    assert asked.json == {
        "Records": [
            {
                "EventSource": "aws:sns",
                "EventVersion": "1.0",
                "EventSubscriptionArn": SUBSCRIPTION,
                "Sns": {
                    "Type": "Notification",
                    "MessageId": MESSAGE_ID,
                    "TopicArn": TOPIC,
                    "Subject": None,
                    "Message": "hello",
                    "Timestamp": "2026-09-21T14:13:20.123Z",
                    "SignatureVersion": "2",
                    "Signature": "c2ln",
                    "SigningCertUrl": "https://sns.example/cert.pem",
                    "UnsubscribeUrl": None,
                    "MessageAttributes": {},
                },
            }
        ]
    }


def test_attributes_come_as_strings_or_binary() -> None:
    attributes = {
        "n": Attribute("Number", "1.5"),
        "l": Attribute("String.Array", '["a"]'),
        "s": Attribute("String", "x"),
        "b": Attribute("Binary", "AAE="),
    }
    made = msgspec.structs.replace(notification(), attributes=attributes)
    assert lambda_event(made)["Records"][0]["Sns"]["MessageAttributes"] == {
        "n": {"Type": "String", "Value": "1.5"},
        "l": {"Type": "String", "Value": '["a"]'},
        "s": {"Type": "String", "Value": "x"},
        "b": {"Type": "Binary", "Value": "AAE="},
    }


@pytest.mark.parametrize(
    ("endpoint", "qualifier", "url"),
    [
        ("http://h:1", None, "http://h:1/2015-03-31/functions/resize/invocations"),
        (
            "http://h:1/",
            "live",
            "http://h:1/2015-03-31/functions/resize/invocations?Qualifier=live",
        ),
        (
            "http://h",
            "$LATEST",
            "http://h/2015-03-31/functions/resize/invocations?Qualifier=%24LATEST",
        ),
        ("http://{function}:8080/a/b", None, "http://resize:8080/a/b"),
        ("http://h/x/{function}", None, "http://h/x/resize"),
    ],
)
def test_address_of_a_function(endpoint: str, qualifier: str | None, url: str) -> None:
    assert invocation_url(endpoint, "resize", qualifier) == url


@pytest.mark.parametrize(
    ("reply", "verdict"),
    [
        (answer(200, b'"done"'), Verdict.DELIVERED),
        (answer(200, b"{}", x_amz_function_error="Unhandled"), Verdict.RETRYABLE),
        (answer(404, {"Message": "Function not found"}), Verdict.PERMANENT),
        (answer(403), Verdict.PERMANENT),
        (answer(413), Verdict.PERMANENT),
        (answer(429), Verdict.RETRYABLE),
        (answer(500), Verdict.RETRYABLE),
        (NoAnswer("no answer"), Verdict.RETRYABLE),
    ],
)
def test_answer_of_lambda_says_whether_to_try_again(reply: Any, verdict: Verdict) -> None:
    assert invoke(reply)[0].verdict is verdict


@pytest.mark.parametrize(
    ("function", "endpoint", "said"),
    [
        (FUNCTION, None, "no lambda_endpoint is set"),
        ("arn:aws:lambda:r:1:function:../x", "http://h", "no function's ARN"),
        ("resize", "http://h", "no function's ARN"),
        (FUNCTION + ":live:x", "http://h", "no function's ARN"),
    ],
)
def test_function_that_cannot_be_called(function: str, endpoint: str | None, said: str) -> None:
    outcome, asked = invoke(function=function, endpoint=endpoint)
    assert (outcome.verdict, asked) == (Verdict.PERMANENT, [])
    assert said in outcome.text


# --- Signatures -----------------------------------------------------------------------------------


def test_call_is_signed_as_aws_signs_it() -> None:
    _, (asked,) = invoke(function=FUNCTION + ":live", key=KEY)
    assert asked.headers["x-amz-date"] == "20260921T141320Z"
    assert asked.headers["host"] == "lambda.example:3001"
    assert asked.headers["authorization"] == _of_botocore(asked, "lambda")


def _of_botocore(asked: Asked, service: str) -> str:
    """The header that AWS's own client makes for the same request."""
    own = ("authorization", "x-amz-date", "host")
    headers = {name: value for name, value in asked.headers.items() if name not in own}
    request = botocore.awsrequest.AWSRequest("POST", asked.url, headers, asked.body)
    credentials = botocore.credentials.Credentials(KEY.access_key, "hush")
    signer = botocore.auth.SigV4Auth(credentials, service, "eu-central-1")
    request.context["timestamp"] = asked.headers["x-amz-date"]
    request.headers["X-Amz-Date"] = asked.headers["x-amz-date"]
    to_sign = signer.string_to_sign(request, signer.canonical_request(request))
    return (
        f"AWS4-HMAC-SHA256 Credential={signer.scope(request)}, "
        f"SignedHeaders={signer.signed_headers(signer.headers_to_sign(request))}, "
        f"Signature={signer.signature(to_sign, request)}"
    )


def test_secret_of_the_caller_shows_nowhere() -> None:
    assert "hush" not in repr(KEY)
    signed = signed_headers(KEY, "http://h/", "lambda", "r", {}, b"", 0)
    assert "hush" not in str(signed)


# --- Firehose -------------------------------------------------------------------------------------

STREAM = "arn:aws:firehose:eu-central-1:123456789012:deliverystream/archive"
OTHER = STREAM + "-2"


def taken(asked: Asked) -> Answer:
    """All of it."""
    return batch_answer({"RecordId": "r"} for _ in asked.json["Records"])


def batch_answer(responses: Any) -> Answer:
    found = list(responses)
    failed = sum("ErrorCode" in each for each in found)
    return answer(200, {"FailedPutCount": failed, "Encrypted": False, "RequestResponses": found})


def put(
    *messages: str,
    reply: Callable[[Asked], Answer] | Answer | NoAnswer = taken,
    endpoint: str | None = "http://firehose.example",
    key: CallerKey | None = None,
    streams: tuple[str, ...] = (STREAM,),
) -> tuple[list[Outcome], list[Asked]]:
    """All at the same time, to each stream in turn."""
    web = FakeWeb(reply)

    async def run() -> list[Outcome]:
        sender = FirehoseSender(endpoint, AwsCalls(web, key, lambda: PUBLISHED_AT))
        sends = [
            sender.send(notification(text), FirehoseTarget(stream, is_raw=True))
            for text in messages
            for stream in streams
        ]
        outcomes = await asyncio.gather(*sends)
        await sender.close()
        return outcomes

    return asyncio.run(run()), web.asked


def records(asked: Asked) -> list[str]:
    return [base64.b64decode(record["Data"]).decode() for record in asked.json["Records"]]


def test_notifications_of_one_moment_go_together() -> None:
    outcomes, (first,) = put("a", "b", "c")
    assert {outcome.verdict for outcome in outcomes} == {Verdict.DELIVERED}
    assert first.json["DeliveryStreamName"] == "archive"
    assert records(first) == ["a\n", "b\n", "c\n"]
    assert (first.url, first.headers) == (
        "http://firehose.example",
        {
            "content-type": "application/x-amz-json-1.1",
            "x-amz-target": "Firehose_20150804.PutRecordBatch",
        },
    )


def test_streams_have_calls_of_their_own() -> None:
    _, asked = put("a", "b", streams=(STREAM, OTHER))
    assert sorted((each.json["DeliveryStreamName"], len(records(each))) for each in asked) == [
        ("archive", 2),
        ("archive-2", 2),
    ]


def test_call_has_no_more_than_firehose_takes() -> None:
    _, asked = put(*("x" for _ in range(1_001)))
    assert [len(records(each)) for each in asked] == [500, 500, 1]
    large = "x" * 900_000
    _, asked = put(*(large for _ in range(5)))
    assert [len(records(each)) for each in asked] == [4, 1]


def test_record_that_was_not_taken_is_tried_again_by_itself() -> None:
    problem = {"ErrorCode": "ServiceUnavailableException", "ErrorMessage": "Slow down."}
    reply = batch_answer([{"RecordId": "1"}, problem, {"RecordId": "3"}])
    outcomes, _ = put("a", "b", "c", reply=reply)
    assert [outcome.verdict.value for outcome in outcomes] == [
        "delivered",
        "retryable",
        "delivered",
    ]
    assert outcomes[1].text == "ServiceUnavailableException Slow down."


@pytest.mark.parametrize(
    ("reply", "verdict"),
    [
        (answer(400, {"__type": "ResourceNotFoundException", "message": "no"}), Verdict.PERMANENT),
        (answer(400, {"__type": "a#ThrottlingException"}), Verdict.RETRYABLE),
        (answer(503, {"__type": "ServiceUnavailableException"}), Verdict.RETRYABLE),
        (answer(500, b"<html>"), Verdict.RETRYABLE),
        (answer(200, b"{}"), Verdict.RETRYABLE),
        (batch_answer([]), Verdict.RETRYABLE),
        (NoAnswer("no answer"), Verdict.RETRYABLE),
    ],
)
def test_call_that_fails_fails_for_all(reply: Any, verdict: Verdict) -> None:
    outcomes, _ = put("a", "b", reply=reply)
    assert [outcome.verdict for outcome in outcomes] == [verdict] * 2


def test_without_an_endpoint_nothing_is_put() -> None:
    (outcome,), asked = put("a", endpoint=None)
    assert (outcome.verdict, outcome.text, asked) == (
        Verdict.PERMANENT,
        "no firehose_endpoint is set",
        [],
    )


def test_record_that_is_too_large_is_never_sent() -> None:
    (outcome,), asked = put("x" * 1_024_000)
    assert (outcome.verdict, asked) == (Verdict.PERMANENT, [])


def test_call_of_firehose_is_signed() -> None:
    _, (asked,) = put("a", key=KEY)
    assert asked.headers["authorization"] == _of_botocore(asked, "firehose")


def test_record_is_the_document_without_its_signature_on_a_line() -> None:
    made = notification(subject="s", signature="x", signing_cert_url="y", signature_version="1")
    line = record_of(made, is_raw=False)
    assert line.endswith(b"}\n")
    assert line.count(b"\n") == 1
    assert json.loads(line) == {
        "Type": "Notification",
        "MessageId": MESSAGE_ID,
        "TopicArn": TOPIC,
        "Subject": "s",
        "Message": "hello",
        "Timestamp": "2026-09-21T14:13:20.123Z",
    }


def test_whoever_stops_waiting_does_not_stop_the_others() -> None:
    web = FakeWeb(taken)

    async def run() -> list[Verdict]:
        sender = FirehoseSender("http://h", AwsCalls(web, None, lambda: PUBLISHED_AT))
        target = FirehoseTarget(STREAM, is_raw=True)
        tasks = [
            asyncio.create_task(sender.send(notification(text), target)) for text in ("a", "b")
        ]
        await asyncio.sleep(0)
        tasks[0].cancel()
        outcomes = await asyncio.gather(*tasks, return_exceptions=True)
        return [each.verdict for each in outcomes if isinstance(each, Outcome)]

    assert asyncio.run(run()) == [Verdict.DELIVERED]
    assert [records(each) for each in web.asked] == [["b\n"]]


def test_end_of_the_server_leaves_nobody_waiting() -> None:
    async def run() -> list[Verdict]:
        web = FakeWeb(taken)
        sender = FirehoseSender("http://h", AwsCalls(web, None, lambda: PUBLISHED_AT))

        async def hang(*_: Any) -> Answer:
            await asyncio.Event().wait()
            raise AssertionError("nobody sets it")

        web.request = hang  # type: ignore[method-assign]
        target = FirehoseTarget(STREAM)
        tasks = [asyncio.create_task(sender.send(notification(), target)) for _ in range(2)]
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        tasks.append(asyncio.create_task(sender.send(notification(), target)))
        await asyncio.sleep(0)
        await sender.close()
        return [outcome.verdict for outcome in await asyncio.gather(*tasks)]

    assert asyncio.run(run()) == [Verdict.RETRYABLE] * 3
