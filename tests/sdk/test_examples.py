"""The examples in examples/: run as their readers run them, and what their verdicts rest on."""

import base64
import json
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa

ROOT = Path(__file__).resolve().parent.parent.parent
EXAMPLES = ROOT / "examples"
LIMIT_S = 90


@pytest.fixture
def examples(monkeypatch):
    """Makes the examples' files importable, as they are for each other."""
    monkeypatch.syspath_prepend(str(EXAMPLES))


def run_example(*arguments, environment):
    command = [sys.executable, str(EXAMPLES / "run.py"), *arguments]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, env=environment
    ) as process:
        try:
            printed, _ = process.communicate(timeout=LIMIT_S)
        finally:
            # Unlike a kill, it lets the example stop its own server and its encoders.
            process.terminate()
    return process.returncode, printed


def environment_without_endpoint():
    kept = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
    return {**kept, "PYTHONPATH": str(ROOT / "src"), "PYTHONUNBUFFERED": "1"}


def test_every_job_of_the_burst_is_done_and_once():
    status, printed = run_example(
        "video_burst", "--quick", environment=environment_without_endpoint()
    )
    assert printed.rstrip().splitlines()[-1:] == ["Every job was done, and once: 40 of 40."], (
        printed
    )
    assert status == 0


def test_endpoint_that_cannot_be_reached_fails_the_run():
    environment = {
        **environment_without_endpoint(),
        "AWS_ENDPOINT_URL": "http://127.0.0.1:1",
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_MAX_ATTEMPTS": "1",
    }
    status, printed = run_example("video_burst", "--quick", environment=environment)
    assert status == 1
    assert printed.rstrip().splitlines()[-1].startswith("FAILED: ")


@pytest.mark.usefixtures("examples")
def test_second_result_of_a_job_is_turned_away_and_bills_nothing(tmp_path):
    from video_burst.jobs import Job
    from video_burst.results import Results, create_results

    create_results(tmp_path / "results.sqlite3")
    first, second = (Results(tmp_path / "results.sqlite3") for _ in range(2))
    job = Job(number=7, minutes=3, codec="h264")
    assert first.store(job, "encoder-1")
    assert not second.store(job, "encoder-2")
    assert first.done() == {7}
    assert (first.billed_minutes(), first.billed_twice(), first.repeats()) == (3, 0, 1)
    first.close()
    second.close()


@pytest.mark.usefixtures("examples")
@pytest.mark.parametrize(
    "wrong",
    [
        {"done": 39},
        {"done_twice": 1},
        {"minutes_billed": 101},
        {"dead": 1},
        {"healthy_dead": 1},
        {"left": 1},
        {"missed": {"site": 1, "search": 0}},
    ],
)
def test_verdict_names_what_is_wrong(wrong):
    from video_burst.report import Totals

    right = Totals(
        sent=40,
        done=40,
        done_twice=0,
        minutes_sent=100,
        minutes_billed=100,
        poison=2,
        dead=2,
        healthy_dead=0,
        left=0,
        redelivered=9,
        repeated=1,
        hung=1,
        crashed=3,
        told={"site": 40, "search": 40},
        missed={"site": 0, "search": 0},
    )
    assert right.problems() == []
    failed = replace(right, **wrong)
    assert len(failed.problems()) == 1
    assert failed.verdict().startswith("FAILED: ")


def test_consumers_of_order_events_get_what_they_asked_for():
    status, printed = run_example("order_events", environment=environment_without_endpoint())
    assert printed.rstrip().splitlines()[-1:] == [
        "200 events were published once; each consumer got its own, and no other."
    ], printed
    assert status == 0


@pytest.mark.usefixtures("examples")
@pytest.mark.parametrize("got", [[1], [1, 2, 3], []])
def test_consumer_of_order_events_that_got_something_else_fails_the_run(got):
    from order_events.main import Outcome, verdict

    right = Outcome("billing", "{}", [1, 2], [1, 2])
    assert verdict(4, [right])[0]
    is_right, sentence = verdict(4, [right, replace(right, consumer="risk", got=got)])
    assert not is_right
    assert sentence == "FAILED: risk did not get the events that they asked for."


def test_messages_to_the_webhook_are_handled_or_put_aside():
    status, printed = run_example("webhook", environment=environment_without_endpoint())
    assert printed.rstrip().splitlines()[-1:] == [
        "Every message was handled or put aside, and none was lost."
    ], printed
    assert status == 0


@pytest.mark.usefixtures("examples")
@pytest.mark.parametrize(
    "wrong", [{"handled": {1, 2}}, {"dead": []}, {"dead": [1]}, {"forgeries_turned_away": 0}]
)
def test_verdict_on_the_webhook_names_what_is_wrong(wrong):
    from webhook.main import MESSAGES, Totals
    from webhook.service import HOPELESS

    handled = set(range(MESSAGES)) - {HOPELESS}
    right = Totals(handled, failed_attempts=12, dead=[HOPELESS], forgeries_turned_away=1)
    assert right.problems() == []
    failed = replace(right, **wrong)
    assert len(failed.problems()) == 1
    assert failed.verdict().startswith("FAILED: ")


ENDPOINT = "http://127.0.0.1:4566"
KEY = rsa.generate_private_key(65537, 2048)


@pytest.fixture
def signed(examples, monkeypatch):
    """Makes documents that KEY has signed, which is SNS's own."""
    from webhook import signatures

    monkeypatch.setattr(signatures, "_public_key", lambda url: KEY.public_key())

    def make(version="2", **fields):
        document = {
            "Type": "Notification",
            "MessageId": "1",
            "TopicArn": "arn:aws:sns:us-east-1:000000000000:t",
            "Message": "{}",
            "Timestamp": "2026-01-01T00:00:00.000Z",
            "SignatureVersion": version,
            "SigningCertURL": f"{ENDPOINT}/certificate.pem",
            **fields,
        }
        algorithm = {"1": hashes.SHA1(), "2": hashes.SHA256()}[version]
        text = signatures.string_to_sign(document)
        signature = KEY.sign(text, padding.PKCS1v15(), algorithm)
        return {**document, "Signature": base64.b64encode(signature).decode()}

    return make


@pytest.mark.parametrize("version", ["1", "2"])
@pytest.mark.parametrize(
    "fields",
    [{}, {"Subject": "s"}, {"Type": "SubscriptionConfirmation", "SubscribeURL": "u", "Token": "t"}],
)
def test_webhook_believes_what_is_signed(signed, version, fields):
    from webhook.signatures import check_signature

    check_signature(signed(version, **fields), ENDPOINT)


@pytest.mark.parametrize(
    "change",
    [
        {"Message": "{ }"},
        {"Subject": "added"},
        {"TopicArn": "arn:aws:sns:us-east-1:000000000000:u"},
        {"SignatureVersion": "1"},
        {"SignatureVersion": "3"},
        {"Signature": "not base64"},
        {"SigningCertURL": "http://elsewhere.test/certificate.pem"},
        {"SigningCertURL": "http://127.0.0.1:4566@elsewhere.test/certificate.pem"},
        {"SigningCertURL": "https://sns.us-east-1.amazonaws.com.elsewhere.test/certificate.pem"},
    ],
)
def test_webhook_believes_nothing_else(signed, change):
    from webhook.signatures import NotSigned, check_signature

    with pytest.raises(NotSigned):
        check_signature({**signed(), **change}, ENDPOINT)


@pytest.mark.usefixtures("examples")
@pytest.mark.parametrize("body", [b"", b"\xff", b"[]", b"7", b"{}", b'{"SigningCertURL": 7}'])
def test_webhook_turns_away_what_is_no_document(body):
    from webhook.subscriber import Webhook

    webhook = Webhook("127.0.0.1", ENDPOINT, "arn:aws:sns:us-east-1:000000000000:t", print)
    assert webhook.receive(body) == 403
    assert webhook.turned_away == 1
    webhook.close()


def test_webhook_asks_to_try_again_what_it_could_not_handle(signed):
    from webhook.subscriber import Webhook

    def fail(document):
        raise RuntimeError("no")

    webhook = Webhook("127.0.0.1", ENDPOINT, signed()["TopicArn"], fail)
    assert webhook.receive(json.dumps(signed()).encode()) == 500
    other = signed(TopicArn="arn:aws:sns:us-east-1:000000000000:u")
    assert webhook.receive(json.dumps(other).encode()) == 403
    webhook.close()
