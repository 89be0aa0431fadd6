"""Requests through the whole gateway, with a service, an authenticator and a transport of ours."""

import logging
from collections.abc import Callable
from typing import Any
from urllib.parse import quote
from xml.etree import ElementTree

import msgspec
import pytest

from tidegate.api import sns, sqs
from tidegate.auth.authenticator import Authenticated
from tidegate.base.call import Call, Operation, Principal
from tidegate.base.refusals import (
    AccessDeniedException,
    LogStopped,
    MissingAuthenticationToken,
    QueueDoesNotExist,
)
from tidegate.gateway import routes
from tidegate.gateway.exchange import Exchange
from tidegate.gateway.origin import Origins
from tidegate.gateway.pipeline import Document, Gateway
from tidegate.gateway.request_ids import RequestIds
from tidegate.gateway.routes import Routes
from tidegate.http.messages import Request
from unit.http.http_fakes import Client

ROOT = Principal(account="111122223333", arn="arn", access_key="key", user_id="111122223333")
JSON = b"Content-Type: application/x-amz-json-1.0"
FORM = b"Content-Type: application/x-www-form-urlencoded"
SIGNED = b"Authorization: good"
TARGET = b"X-Amz-Target: AmazonSQS.GetQueueUrl"
RESULT = sqs.GetQueueUrlResult(QueueUrl="http://q/1")


def authorize_at_home(exchange: Exchange, operation: Operation, shape: Any) -> None:
    if exchange.resource.split(":")[4] != exchange.principal.account:
        raise AccessDeniedException("Not at home.")


class FakeAuthenticator:
    def authenticate(self, view: Request, service: str) -> Authenticated:
        if view.headers.get("authorization") != "good":
            raise MissingAuthenticationToken
        return Authenticated(ROOT, "eu-west-1", "sqs")


class FakeTurns:
    """What the gateway says of its turns, and what handlers did meanwhile."""

    def __init__(self) -> None:
        self.log: list[str] = []

    def begin(self) -> None:
        self.log.append("begin")

    def end(self) -> None:
        self.log.append("end")


class Service:
    """GetQueueUrl, SendMessage and TagQueue, answered by what the test says."""

    def __init__(self, answer: Callable[[Any, Any], None]) -> None:
        self.answer = answer
        self.calls: list[tuple[Any, Any]] = []
        self.account = ROOT.account
        self.ready = True
        self.turns = FakeTurns()
        self.soon: list[Callable[[], None]] = []
        names = ("GetQueueUrl", "SendMessage", "TagQueue")
        self.routes = Routes(
            routes.Service(sqs.SERVICE, sqs.OPERATIONS, [self._row(name) for name in names])
        )
        self.gateway = Gateway(
            self.routes,
            FakeAuthenticator(),
            authorize_at_home,
            Origins("127.0.0.1:4566"),
            lambda: self.ready,
            RequestIds(lambda size: bytes.fromhex("00112233445566778899aabbccddeeff")),
            self.turns,
            lambda then: self.soon.append(then),
            {"/cert.pem": Document("application/x-pem-file", b"-----BEGIN")}.get,
        )
        self.client = Client(self.gateway)

    def turn(self) -> None:
        """The end of a turn of the loop."""
        soon, self.soon = self.soon, []
        for each in soon:
            each()

    def _row(self, name: str) -> Operation:
        shape = sqs.OPERATIONS[name]
        return Operation(name, shape.input, self._handle, f"sqs:{name}", self._resource)

    def _handle(self, call: Any, shape: Any) -> None:
        self.turns.log.append("call")
        self.calls.append((call, shape))
        self.answer(call, shape)

    def _resource(self, call: Call, shape: Any) -> str:
        return f"arn:aws:sqs:{call.region}:{self.account}:q"

    def send(self, *fields: bytes, body: bytes = b"", start: bytes = b"POST /") -> "Answer":
        """What comes back in this turn."""
        self.arrive(self.client, *fields, body=body, start=start)
        self.turn()
        return Answer(self.client.transport.take())

    @staticmethod
    def arrive(client: Client, *fields: bytes, body: bytes = b"", start: bytes = b"POST /") -> None:
        lines = (start + b" HTTP/1.1", b"Host: queues:80", *fields)
        client.send(b"\r\n".join((*lines, b"Content-Length: %d" % len(body), b"", body)))


class Answer:
    """What came back, taken apart."""

    def __init__(self, raw: bytes) -> None:
        head, _, self.body = raw.partition(b"\r\n\r\n")
        first, *lines = head.decode().split("\r\n")
        self.status = int(first.split(" ")[1]) if raw else None
        self.headers = dict(line.split(": ", 1) for line in lines)

    @property
    def json(self) -> Any:
        return msgspec.json.decode(self.body)

    @property
    def xml(self) -> dict[str, str | None]:
        """The texts of the leaves, by tag."""
        tree = ElementTree.fromstring(self.body)
        return {e.tag.partition("}")[2]: e.text for e in tree.iter() if not len(e)}


def replying(call: Any, shape: Any) -> None:
    call.reply(RESULT)


def failing(error: Exception) -> Callable[[Any, Any], None]:
    return lambda call, shape: call.fail(error)


def raising(error: Exception) -> Callable[[Any, Any], None]:
    def answer(call: Any, shape: Any) -> None:
        raise error

    return answer


class TestAwsJson:
    def test_a_call_is_answered(self) -> None:
        answer = Service(replying).send(JSON, TARGET, SIGNED, body=b'{"QueueName":"q"}')
        assert answer.status == 200
        assert answer.json == {"QueueUrl": "http://q/1"}
        assert answer.headers["Content-Type"] == "application/x-amz-json-1.0"
        assert answer.headers["x-amzn-RequestId"] == "00112233-4455-4677-a899-aabbccdde000"

    def test_the_handler_sees_who_calls_and_how(self) -> None:
        service = Service(replying)
        service.send(JSON, TARGET, SIGNED, body=b'{"QueueName":"q"}')
        call, shape = service.calls[0]
        assert shape == sqs.GetQueueUrlRequest(QueueName="q")
        assert (call.principal, call.region) == (ROOT, "eu-west-1")
        assert (call.origin, call.request_id) == (
            "http://queues:80",
            "00112233-4455-4677-a899-aabbccdde000",
        )

    @pytest.mark.parametrize(
        ("fields", "expected"),
        [
            ([], None),
            ([b"x-amzn-trace-id:"], None),
            ([b"X-Amzn-Trace-Id: Root=1-2-3;Sampled=1"], "Root=1-2-3;Sampled=1"),
        ],
    )
    def test_the_handler_sees_the_trace_that_the_request_belongs_to(
        self, fields: list[bytes], expected: str | None
    ) -> None:
        service = Service(replying)
        service.send(JSON, TARGET, SIGNED, *fields, body=b'{"QueueName":"q"}')
        call, _ = service.calls[0]
        assert call.trace_header == expected

    def test_parameters_of_the_content_type_change_nothing(self) -> None:
        content_type = b"Content-Type: Application/x-amz-json-1.0; charset=utf-8"
        answer = Service(replying).send(content_type, TARGET, SIGNED, body=b'{"QueueName":"q"}')
        assert answer.json == {"QueueUrl": "http://q/1"}

    def test_any_path_will_do(self) -> None:
        body = b'{"QueueName":"q"}'
        answer = Service(replying).send(JSON, TARGET, SIGNED, body=body, start=b"POST /1/q")
        assert answer.status == 200

    @pytest.mark.parametrize(
        "fields",
        [[b"X-Amz-Target: AmazonSQS.Nothing"], [b"X-Amz-Target: SendMessage"], []],
    )
    def test_an_unknown_target(self, fields: list[bytes]) -> None:
        answer = Service(replying).send(JSON, SIGNED, *fields, body=b"{}")
        assert answer.status == 404
        assert answer.json["__type"] == "com.amazon.coral.service#UnknownOperationException"

    def test_an_error_has_the_codes_of_both_protocols(self) -> None:
        service = Service(failing(QueueDoesNotExist()))
        answer = service.send(JSON, TARGET, SIGNED, body=b'{"QueueName":"q"}')
        assert answer.status == 400
        assert answer.json["__type"] == "com.amazonaws.sqs#QueueDoesNotExist"
        assert answer.headers["x-amzn-query-error"] == (
            "AWS.SimpleQueueService.NonExistentQueue;Sender"
        )

    def test_an_operation_without_output(self) -> None:
        service = Service(lambda call, shape: call.reply(None))
        target = b"X-Amz-Target: AmazonSQS.TagQueue"
        answer = service.send(JSON, target, SIGNED, body=b'{"QueueUrl":"q","Tags":{}}')
        assert (answer.status, answer.body) == (200, b"")

    def test_another_content_type_is_no_json(self) -> None:
        answer = Service(replying).send(TARGET, SIGNED, body=b"{}")
        assert (answer.status, answer.body) == (404, b"<UnknownOperationException/>\n")


class TestQuery:
    BODY = b"Action=GetQueueUrl&Version=2012-11-05&QueueName=q"

    @pytest.mark.parametrize("content_type", [(FORM,), (FORM + b"; charset=utf-8",), ()])
    def test_a_form_is_answered_in_xml(self, content_type: tuple[bytes, ...]) -> None:
        answer = Service(replying).send(*content_type, SIGNED, body=self.BODY)
        assert answer.headers["Content-Type"] == "text/xml"
        assert answer.xml == {
            "QueueUrl": "http://q/1",
            "RequestId": answer.headers["x-amzn-RequestId"],
        }

    def test_a_query_string_is_as_good(self) -> None:
        answer = Service(replying).send(SIGNED, start=b"GET /?" + self.BODY)
        assert answer.xml["QueueUrl"] == "http://q/1"

    def test_json_is_given_to_who_accepts_it(self) -> None:
        answer = Service(replying).send(FORM, SIGNED, b"Accept: application/json", body=self.BODY)
        assert answer.headers["Content-Type"] == "application/json"
        assert answer.json["GetQueueUrlResponse"]["GetQueueUrlResult"] == {"QueueUrl": "http://q/1"}

    def send(self, path: bytes, parameters: bytes = b"") -> Any:
        service = Service(lambda call, shape: call.reply(sqs.SendMessageResult()))
        body = b"Action=SendMessage&MessageBody=b" + parameters
        answer = service.send(FORM, SIGNED, body=body, start=b"POST " + path)
        return service.calls[0][1].QueueUrl if service.calls else answer.status

    def test_the_path_names_the_queue(self) -> None:
        assert self.send(b"/1/q") == "http://queues:80/1/q"

    def test_the_parameter_names_it_better(self) -> None:
        other = quote("http://x/2/r", safe="").encode()
        assert self.send(b"/1/q", b"&QueueUrl=" + other) == "http://x/2/r"

    def test_the_root_names_none(self) -> None:
        assert self.send(b"/") == 400

    def test_an_unknown_action(self) -> None:
        answer = Service(replying).send(FORM, SIGNED, body=b"Action=Fly")
        assert answer.status == 400
        assert answer.xml["Code"] == "InvalidAction"
        assert answer.xml["Message"] == "The action Fly is not valid for this endpoint."

    @pytest.mark.parametrize("start", [b"GET /1/q", b"POST /1/q", b"PUT /?Action=GetQueueUrl"])
    def test_no_action(self, start: bytes) -> None:
        answer = Service(replying).send(SIGNED, start=start)
        assert (answer.status, answer.body) == (404, b"<UnknownOperationException/>\n")

    def test_a_body_that_is_no_form_is_not_read(self) -> None:
        service = Service(replying)
        assert service.send(b"Content-Type: text/plain", SIGNED, body=self.BODY).status == 404


class TestOrder:
    def test_a_stranger_learns_nothing_about_the_body(self) -> None:
        answer = Service(replying).send(JSON, TARGET, body=b"no json")
        assert answer.status == 403
        assert answer.json["__type"].endswith("#MissingAuthenticationTokenException")

    def test_an_unknown_operation_comes_before_the_signature(self) -> None:
        assert Service(replying).send(FORM, body=b"Action=Fly").xml["Code"] == "InvalidAction"

    def test_another_accounts_resource_is_denied(self) -> None:
        service = Service(replying)
        service.account = "999999999999"
        answer = service.send(JSON, TARGET, SIGNED, body=b'{"QueueName":"q"}')
        assert answer.status == 403
        assert answer.json == {
            "__type": "com.amazon.coral.service#AccessDeniedException",
            "message": "Not at home.",
        }
        assert service.calls == []

    def test_a_bad_body_is_a_refusal(self) -> None:
        answer = Service(replying).send(JSON, TARGET, SIGNED, body=b"no json")
        assert answer.status == 400
        assert answer.json["__type"].endswith("#SerializationException")


class TestAnswers:
    BODY = b'{"QueueName":"secret"}'

    def test_a_raised_refusal_is_the_answer(self) -> None:
        service = Service(raising(QueueDoesNotExist()))
        assert service.send(JSON, TARGET, SIGNED, body=self.BODY).status == 400

    def test_a_fault_can_be_tried_again(self) -> None:
        service = Service(raising(LogStopped("the log has stopped")))
        assert service.send(JSON, TARGET, SIGNED, body=self.BODY).status == 503

    @pytest.mark.parametrize("how", [raising, failing])
    def test_a_bug_says_nothing_to_the_client_and_all_to_the_log(
        self,
        how: Callable[[Exception], Callable[[Any, Any], None]],
        caplog: pytest.LogCaptureFixture,
    ) -> None:
        service = Service(how(ZeroDivisionError("inner")))
        answer = service.send(JSON, TARGET, SIGNED, body=self.BODY)
        assert answer.status == 500
        assert answer.json["__type"].endswith("#InternalFailure")
        assert b"inner" not in answer.body
        (record,) = caplog.records
        assert record.levelno == logging.ERROR
        assert answer.headers["x-amzn-RequestId"] in record.getMessage()
        assert "GetQueueUrl" in record.getMessage()
        assert record.exc_info is not None
        assert record.exc_info[0] is ZeroDivisionError
        assert "secret" not in caplog.text
        assert "good" not in caplog.text
        assert service.send(JSON, TARGET, SIGNED, body=self.BODY).status == 500

    def test_an_output_that_cannot_be_written_is_a_bug(
        self, caplog: pytest.LogCaptureFixture
    ) -> None:
        service = Service(lambda call, shape: call.reply(object()))
        assert service.send(JSON, TARGET, SIGNED, body=self.BODY).status == 500
        assert len(caplog.records) == 1

    def test_an_answer_may_come_later(self) -> None:
        service = Service(lambda call, shape: None)
        assert service.send(JSON, TARGET, SIGNED, body=self.BODY).status is None
        service.calls[0][0].reply(RESULT)
        assert Answer(service.client.transport.take()).json == {"QueueUrl": "http://q/1"}

    def test_a_second_answer_is_a_bug_and_no_answer(self, caplog: pytest.LogCaptureFixture) -> None:
        def twice(call: Any, shape: Any) -> None:
            call.reply(RESULT)
            call.fail(QueueDoesNotExist())

        service = Service(twice)
        assert service.send(JSON, TARGET, SIGNED, body=self.BODY).status == 200
        assert "answered twice" in caplog.text
        assert service.send(JSON, TARGET, SIGNED, body=self.BODY).status == 200

    def test_a_client_that_hangs_up_is_told_of(self) -> None:
        told: list[str] = []
        service = Service(lambda call, shape: call.on_gone(lambda: told.append("gone")))
        service.send(JSON, TARGET, SIGNED, body=self.BODY)
        call = service.calls[0][0]
        assert not call.gone
        service.client.connection.connection_lost(None)
        assert told == ["gone"]
        assert call.gone
        call.reply(RESULT)

    def test_asking_after_the_answer_is_in_vain(self) -> None:
        told: list[str] = []
        service = Service(replying)
        service.send(JSON, TARGET, SIGNED, body=self.BODY)
        service.calls[0][0].on_gone(lambda: told.append("gone"))
        service.client.connection.connection_lost(None)
        assert told == []


class TestHealth:
    def test_alive_and_ready_without_a_signature(self) -> None:
        service = Service(replying)
        assert service.send(start=b"GET /_tidegate/health").body == b"ok\n"
        assert service.send(start=b"GET /_tidegate/ready").body == b"ready\n"
        assert service.send(start=b"HEAD /_tidegate/ready").status == 200

    def test_alive_but_not_ready(self) -> None:
        service = Service(replying)
        service.ready = False
        assert service.send(start=b"GET /_tidegate/health").status == 200
        assert service.send(start=b"GET /_tidegate/ready").status == 503

    @pytest.mark.parametrize("start", [b"GET /_tidegate/other", b"POST /_tidegate/health"])
    def test_nothing_else_is_there(self, start: bytes) -> None:
        assert Service(replying).send(start=start).status == 404


class TestDocuments:
    def test_anybody_may_read_them(self) -> None:
        answer = Service(replying).send(start=b"GET /cert.pem")
        assert (answer.status, answer.body) == (200, b"-----BEGIN")
        assert answer.headers["Content-Type"] == "application/x-pem-file"
        assert Service(replying).send(start=b"HEAD /cert.pem").body == b""

    @pytest.mark.parametrize("start", [b"POST /cert.pem", b"GET /other.pem"])
    def test_and_nothing_else(self, start: bytes) -> None:
        assert Service(replying).send(start=start).status == 404


class TestTurns:
    """What one turn of the loop brings takes each stage together."""

    GOOD = b'{"QueueName":"q"}'

    @staticmethod
    def arrive(service: Service, *bodies: bytes) -> list[Client]:
        clients = [Client(service.gateway) for _ in bodies]
        for client, body in zip(clients, bodies, strict=True):
            service.arrive(client, JSON, TARGET, SIGNED, body=body)
        return clients

    def test_nothing_happens_before_the_turn_ends(self) -> None:
        service = Service(replying)
        (client,) = self.arrive(service, self.GOOD)
        assert service.turns.log == []
        assert client.transport.take() == b""

    def test_all_are_handled_between_one_begin_and_one_end(self) -> None:
        service = Service(replying)
        clients = self.arrive(service, self.GOOD, self.GOOD, self.GOOD)
        service.turn()
        assert service.turns.log == ["begin", "call", "call", "call", "end"]
        assert [Answer(client.transport.take()).status for client in clients] == [200] * 3

    def test_one_that_is_refused_costs_the_others_nothing(self) -> None:
        service = Service(replying)
        clients = self.arrive(service, self.GOOD, b"{", self.GOOD)
        service.turn()
        assert [Answer(client.transport.take()).status for client in clients] == [200, 400, 200]

    def test_a_bug_in_one_costs_the_others_nothing(self, caplog: pytest.LogCaptureFixture) -> None:
        answers = iter((raising(ValueError("bug")), replying))
        service = Service(lambda call, shape: next(answers)(call, shape))
        clients = self.arrive(service, self.GOOD, self.GOOD)
        service.turn()
        assert [Answer(client.transport.take()).status for client in clients] == [500, 200]
        assert service.turns.log[-1] == "end"
        assert len(caplog.records) == 1

    @pytest.mark.parametrize("broken", ["a document", "an error"])
    def test_not_even_where_the_failure_cannot_be_told(
        self, broken: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def fails(*given: Any) -> Any:
            raise ValueError("bug")

        reported: list[Any] = []
        monkeypatch.setattr(
            "tidegate.http.connection.Connection._report", lambda *given: reported.append(given)
        )
        service = Service(replying)
        if broken == "a document":
            service.gateway._find_document = fails
            first = Client(service.gateway)
            service.arrive(first, start=b"GET /cert.pem")
        else:
            monkeypatch.setattr(Exchange, "fail", fails)
            (first,) = self.arrive(service, b"{")
        (second,) = self.arrive(service, self.GOOD)
        service.turn()
        assert Answer(first.transport.take()).status == 500
        assert Answer(second.transport.take()).status == 200
        assert len(reported) == 1

    def test_they_are_handled_in_the_order_in_which_they_came(self) -> None:
        service = Service(replying)
        self.arrive(service, *(b'{"QueueName":"q%d"}' % number for number in range(5)))
        service.turn()
        assert [shape.QueueName for _, shape in service.calls] == [f"q{n}" for n in range(5)]


class TestOpenActions:
    """A link in a mail names neither a version nor anybody who signs."""

    LINK = b"GET /?Action=Unsubscribe&SubscriptionArn=arn:aws:sns:eu-west-1:1:t:u"

    @staticmethod
    def service_with(operation: Operation) -> Service:
        service = Service(replying)
        service.routes.add(routes.Service(sns.SERVICE, sns.OPERATIONS, [operation]))
        return service

    def test_a_link_comes_to_the_service_that_has_its_action(self) -> None:
        arns: list[str] = []

        def end(call: Any, shape: sns.UnsubscribeInput) -> None:
            arns.append(shape.SubscriptionArn)
            call.reply(None)

        shape = sns.OPERATIONS["Unsubscribe"].input
        row = Operation("Unsubscribe", shape, end, "", lambda *_: "a:a:a:a:", signed=False)
        service = self.service_with(row)
        answer = service.send(start=self.LINK)
        assert b"<UnsubscribeResponse" in answer.body
        assert arns == ["arn:aws:sns:eu-west-1:1:t:u"]

    def test_what_needs_a_signature_is_for_the_first_service(self) -> None:
        shape = sns.OPERATIONS["Unsubscribe"].input
        row = Operation("Unsubscribe", shape, replying, "", lambda *_: "a:a:a:a:")
        answer = self.service_with(row).send(start=self.LINK)
        assert answer.xml["Code"] == "InvalidAction"


class TestLaterServices:
    def test_what_no_service_understands_waits_for_those_to_come(self) -> None:
        service = Service(replying)
        service.gateway.expect_services(lambda: None)
        assert service.send(FORM, SIGNED, body=b"Action=GetCallerIdentity").status is None
        service.client = Client(service.gateway)
        assert service.send(JSON, TARGET, SIGNED, body=b'{"QueueName":"q"}').status == 200

    def test_and_is_served_when_they_are_there(self) -> None:
        service = Service(replying)
        service.gateway.expect_services(lambda: None)
        service.send(FORM, SIGNED, body=b"Action=Fly")
        service.gateway.all_services_are_there()
        service.turn()
        answer = Answer(service.client.transport.take())
        assert (answer.status, answer.xml["Code"]) == (400, "InvalidAction")


@pytest.mark.parametrize(
    ("fields", "body", "may_hold"),
    [
        ((JSON, TARGET), b'{"QueueName":"q"}', False),
        ((JSON, TARGET), b'{"QueueName":"q\\u0001"}', True),
        ((FORM,), b"Action=GetQueueUrl&Version=2012-11-05&QueueName=q%01", True),
    ],
)
def test_a_request_says_whether_its_texts_may_hold_control_characters(
    fields: tuple[bytes, ...], body: bytes, may_hold: bool
) -> None:
    service = Service(replying)
    service.send(*fields, SIGNED, body=body)
    assert service.calls[0][0].may_hold_controls is may_hold


def test_the_first_request_that_nobody_understands_asks_for_more_services() -> None:
    service, asked = Service(replying), []
    service.gateway.expect_services(lambda: asked.append(1))
    service.send(JSON, TARGET, SIGNED, body=b'{"QueueName":"q"}')
    assert asked == []
    for _ in range(2):
        service.client = Client(service.gateway)
        service.send(FORM, SIGNED, body=b"Action=GetCallerIdentity")
    assert asked == [1]
