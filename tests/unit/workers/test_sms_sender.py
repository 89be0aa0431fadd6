"""SMS: who sends, what is refused, what it costs, and what the gateway and the file get."""

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest

from fake_web import Asked, FakeWeb, answer
from notifications import MESSAGE_ID, PUBLISHED_AT, notification
from tidegate.kms.secret import Secret
from tidegate.workers.outcome import Outcome, Verdict
from tidegate.workers.sms.gateway import GatewayOptions, SmsGateway
from tidegate.workers.sms.recorder import SmsRecorder
from tidegate.workers.sms.sender import SmsSender, TextMessages
from tidegate.workers.sms.spending import Spent
from tidegate.workers.sms.text_message import SmsTarget, TextMessage
from tidegate.workers.web_client import NoAnswer

PHONE = "+491701234567"


class Kept:
    """A way on which messages only arrive."""

    def __init__(self) -> None:
        self.messages: list[TextMessage] = []

    async def deliver(self, message: TextMessage) -> Outcome:
        self.messages.append(message)
        return Outcome(Verdict.DELIVERED)

    async def close(self) -> None: ...


def send(
    way: TextMessages,
    text: str = "hello",
    target: SmsTarget | None = None,
    price: int = 0,
    **attributes: str,
) -> Outcome:
    """Attributes go by the names of AWS's, such as SenderID."""
    prefixes = {"OriginationNumber": "AWS.MM.SMS."}
    named = {prefixes.get(name, "AWS.SNS.SMS.") + name: text for name, text in attributes.items()}
    sender = SmsSender(way, price, lambda: PUBLISHED_AT)
    made = notification(text, attributes=named)
    return asyncio.run(sender.send(made, target or SmsTarget(PHONE)))


def taken(target: SmsTarget | None = None, **attributes: str) -> TextMessage:
    way = Kept()
    assert send(way, target=target, **attributes).verdict is Verdict.DELIVERED
    return way.messages[0]


def test_message_without_any_setting() -> None:
    assert taken() == TextMessage(MESSAGE_ID, PHONE, "hello", "NOTICE", "Promotional", 1, 0)


def test_message_has_the_sender_and_type_of_the_account_or_its_own() -> None:
    account = SmsTarget(PHONE, {"DefaultSenderID": "Tide", "DefaultSMSType": "Transactional"})
    assert (taken(account).sender, taken(account).type) == ("Tide", "Transactional")
    own = taken(account, SenderID="Gate7", SMSType="Promotional")
    assert (own.sender, own.type) == ("Gate7", "Promotional")
    assert taken(account, SenderID="Gate7", OriginationNumber="+4930123456").sender == "+4930123456"


@pytest.mark.parametrize("name", ["", "123", "twelve chars", "ABCDEFGHIJKL", "a\r\nb", "a-b"])
def test_what_is_no_sender_is_nobody(name: str) -> None:
    assert taken(SenderID=name).sender == "NOTICE"


def refused(text: str = "hello", target: SmsTarget | None = None, **more: Any) -> str:
    way = Kept()
    outcome = send(way, text, target, **more)
    assert outcome.verdict is Verdict.PERMANENT
    assert way.messages == []
    return outcome.text


def test_what_cannot_be_sent_is_refused_with_the_texts_of_aws() -> None:
    assert refused(target=SmsTarget("+49 170")) == "Invalid phone number"
    assert refused(target=SmsTarget(PHONE, opted_out=True)) == "Phone number is opted out"
    unverified = SmsTarget(PHONE, unverified=True)
    assert refused(target=unverified) == "Phone number is not verified in the SMS sandbox"
    assert refused("a" * 1_601) == "Message body is invalid"
    assert refused("") == "Message body is invalid"


def test_message_has_a_price_by_its_parts() -> None:
    assert send(Kept(), "a" * 161, price=30_000).cost_micro_usd == 60_000
    assert refused("a" * 161, price=30_000, MaxPrice="0.05") == (
        "This delivery would exceed max price"
    )


def test_account_spends_no_more_than_its_limit_in_a_month() -> None:
    limit = {"MonthlySpendLimit": "2"}
    assert refused(target=SmsTarget(PHONE, limit, Spent("2026-09", 1_990_000)), price=10_001) == (
        "No quota left for account"
    )
    for spent in (Spent("2026-09", 1_990_000), Spent("2026-08", 2_000_000)):
        outcome = send(Kept(), target=SmsTarget(PHONE, limit, spent), price=10_000)
        assert outcome.cost_micro_usd == 10_000
    # Without a limit it is AWS's, a dollar.
    assert refused(target=SmsTarget(PHONE, {}, Spent("2026-09", 1_000_000)), price=1)


# --- The gateway ----------------------------------------------------------------------------------

EVIL = 'a "quoted" {phone} & <b>\\ö\n'


def gateway(content_type: str, body: str, **more: Any) -> tuple[SmsGateway, FakeWeb]:
    web = FakeWeb(more.pop("reply", None))
    fields = {"url": Secret(b"https://sms.example/send"), "method": "POST"} | more
    return SmsGateway(GatewayOptions(content_type=content_type, body=body, **fields), web), web


def asked(content_type: str, body: str, text: str = EVIL, **more: Any) -> Asked:
    way, web = gateway(content_type, body, **more)
    assert send(way, text, SenderID="Tide").verdict is Verdict.DELIVERED
    return web.asked[0]


def test_gateway_gets_json() -> None:
    found = asked(
        "application/json",
        '{"to": {"tel": "{phone}"}, "from": "{sender}", "text": "{message}", "{other}": '
        '"{type} {message_id}"}',
        headers=Secret(b'{"authorization": "Bearer hush"}'),
    )
    assert found.json == {
        "to": {"tel": PHONE},
        "from": "Tide",
        "text": EVIL,
        "{other}": f"Promotional {MESSAGE_ID}",
    }
    assert (found.method, found.url) == ("POST", "https://sms.example/send")
    assert found.headers == {"content-type": "application/json", "authorization": "Bearer hush"}


def test_gateway_gets_a_form_or_xml_or_text() -> None:
    form = asked("application/x-www-form-urlencoded; charset=utf-8", "To={phone}&Body={message}")
    assert form.body.decode() == (
        "To=%2B491701234567&Body=a+%22quoted%22+%7Bphone%7D+%26+%3Cb%3E%5C%C3%B6%0A"
    )
    xml = asked("text/xml", "<sms>{message}</sms>")
    assert xml.body.decode() == "<sms>a &quot;quoted&quot; {phone} &amp; &lt;b&gt;\\ö\n</sms>"
    assert asked("text/plain", "{message}").body.decode() == EVIL


def test_gateway_may_take_all_in_its_address() -> None:
    url = Secret(b"https://sms.example/send?key=hush&to={phone}&text={message}")
    found = asked("", "unused", "1 & 2/ö", url=url, method="GET")
    assert (found.method, found.body, found.headers) == ("GET", b"", {})
    assert found.url == (
        "https://sms.example/send?key=hush&to=%2B491701234567&text=1%20%26%202%2F%C3%B6"
    )


@pytest.mark.parametrize(
    ("status", "verdict"),
    [
        *((200, "delivered"), (202, "delivered"), (302, "permanent"), (400, "permanent")),
        *((401, "permanent"), (408, "retryable"), (429, "retryable"), (500, "retryable")),
    ],
)
def test_status_of_the_gateway_says_whether_to_try_again(status: int, verdict: str) -> None:
    way, _ = gateway("text/plain", "", reply=answer(status, b"said", retry_after="7"))
    outcome = send(way, price=5)
    assert (outcome.verdict.value, outcome.status, outcome.text) == (verdict, status, "said")
    assert outcome.retry_after_s == (7 if verdict == "retryable" else None)
    assert outcome.cost_micro_usd == (5 if verdict == "delivered" else 0)


def test_gateway_that_does_not_answer_is_asked_again() -> None:
    way, _ = gateway("text/plain", "", reply=NoAnswer("no answer within 30 s"))
    assert send(way).verdict is Verdict.RETRYABLE


def test_secrets_of_the_gateway_show_nowhere() -> None:
    options = GatewayOptions(Secret(b"https://x?hush"), "GET", "", "", Secret(b'{"a": "hush"}'))
    assert "hush" not in repr(options)


# --- The file -------------------------------------------------------------------------------------


def test_message_is_a_line_for_its_owner_alone(tmp_path: Path) -> None:
    outcome = send(SmsRecorder(tmp_path / "sms"), "Grüße\n", SenderID="Tide")
    assert outcome.verdict is Verdict.DELIVERED
    file = tmp_path / "sms" / "messages.jsonl"
    (line,) = file.read_text().splitlines()
    assert json.loads(line) == {
        "message_id": MESSAGE_ID,
        "phone": PHONE,
        "message": "Grüße\n",
        "sender": "Tide",
        "type": "Promotional",
        "parts": 1,
    }
    assert file.stat().st_mode & 0o777 == 0o600


def test_file_has_a_bound(tmp_path: Path) -> None:
    recorder = SmsRecorder(tmp_path, most_bytes=300)

    async def run() -> None:
        sender = SmsSender(recorder, 0, lambda: PUBLISHED_AT)
        for number in range(9):
            await sender.send(notification(f"message {number}"), SmsTarget(PHONE))

    asyncio.run(run())
    kept = [path.read_text() for path in sorted(tmp_path.iterdir())]
    assert [text.count("\n") for text in kept] == [1, 2]
    assert "message 8" in kept[0]


def test_file_that_cannot_be_made_is_tried_again(tmp_path: Path) -> None:
    (tmp_path / "sms").write_text("")
    assert send(SmsRecorder(tmp_path / "sms")).verdict is Verdict.RETRYABLE
