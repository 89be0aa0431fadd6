"""HTTP at its edges: malformed, chunked, oversized, pipelined, slow. Never a 500, never the end."""

import json

import pytest

from sdk.raw_http import JSON_TYPE, Connection, Signer, json_call, request


@pytest.fixture
def connection(server):
    with Connection(server.endpoint, limit_s=20) as made:
        yield made


def still_serves(server):
    with Connection(server.endpoint) as connection:
        return connection.ask(json_call(connection.host, "ListQueues", {})).status == 200


def test_health_and_readiness(server):
    assert server.get("/_tidegate/health") == 200
    assert server.get("/_tidegate/ready") == 200


MALFORMED = [
    b"\r\n\r\n\r\n",
    b"nonsense\r\n\r\n",
    b"GET\r\n\r\n",
    b"GET /\r\n\r\n",
    b"GET / HTTP/9.9\r\nHost: x\r\n\r\n",
    b"G\x00T / HTTP/1.1\r\nHost: x\r\n\r\n",
    b"GET / HTTP/1.1\r\nno colon\r\n\r\n",
    b"GET / HTTP/1.1\r\n: empty name\r\n\r\n",
    b"GET / HTTP/1.1\r\nHost: x\r\nbad\x00name: x\r\n\r\n",
    b"GET / HTTP/1.1\r\nHost: x\r\nContent-Length: abc\r\n\r\n",
    b"GET / HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n",
    b"GET / HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999999999999999999\r\n\r\n",
    b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\n{}{",
    b"POST / HTTP/1.1\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    b"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n",
    b"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n-5\r\nabc\r\n",
    b"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: gzip\r\n\r\n",
    b"GET /" + b"a" * 200_000 + b" HTTP/1.1\r\nHost: x\r\n\r\n",
    b"GET / HTTP/1.1\r\nHost: x\r\nX: " + b"a" * 200_000 + b"\r\n\r\n",
    b"GET / HTTP/1.1\r\n" + b"X-Many: x\r\n" * 20_000 + b"\r\n",
    b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
    b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    bytes(range(256)) * 10,
]


@pytest.mark.parametrize("data", MALFORMED, ids=range(len(MALFORMED)))
def test_malformed_request_is_refused_and_the_server_lives(server, data):
    with Connection(server.endpoint, limit_s=10) as connection:
        try:
            connection.send(data)
            connection.socket.shutdown(1)
            answer = connection.read()
        except (BrokenPipeError, ConnectionResetError):
            answer = None
    assert answer is None or 400 <= answer.status < 500 or answer.status in (501, 505)
    assert still_serves(server)


@pytest.mark.parametrize(
    "method", ["PUT", "DELETE", "PATCH", "HEAD", "OPTIONS", "TRACE", "BREW", "CONNECT"]
)
def test_other_methods_are_refused(server, connection, method):
    connection.send(request(method, "/", {"Host": connection.host}))
    answer = None if method == "HEAD" else connection.read()
    assert answer is None or answer.status in (200, 204) or 400 <= answer.status < 502
    assert answer is None or answer.status != 500
    assert still_serves(server)


@pytest.mark.parametrize(
    "path", ["/x", "/000000000000", "//", "/../..", "/%00", "/%ff", "/a/b/c/d", "/_tidegate/x", "*"]
)
def test_unknown_paths_are_refused(connection, path):
    answer = connection.ask(request("GET", path, {"Host": connection.host}))
    assert 400 <= answer.status < 500


def signed(connection, action, payload, **headers):
    base = {
        "Host": connection.host,
        "Content-Type": JSON_TYPE,
        "X-Amz-Target": f"AmazonSQS.{action}",
        **headers,
    }
    return Signer().headers("POST", "/", base, payload)


def chunked(payload, size):
    pieces = [payload[start : start + size] for start in range(0, len(payload), size)]
    return b"".join(b"%x\r\n%s\r\n" % (len(piece), piece) for piece in [*pieces, b""])


@pytest.mark.parametrize("size", [1, 7, 1000])
def test_chunked_body_is_read(connection, json_queue, size):
    payload = json.dumps({"QueueUrl": json_queue.url, "MessageBody": "in pieces"}).encode()
    headers = signed(connection, "SendMessage", payload) | {"Transfer-Encoding": "chunked"}
    head = request("POST", "/", headers, length=False)
    assert connection.ask(head + chunked(payload, size)).status == 200
    assert json_queue.bodies() == ["in pieces"]
    assert connection.ask(json_call(connection.host, "ListQueues", {})).status == 200


def test_request_byte_by_byte(connection, json_queue):
    body = {"QueueUrl": json_queue.url, "MessageBody": "slowly"}
    for byte in json_call(connection.host, "SendMessage", body):
        connection.send(bytes([byte]))
    answer = connection.read()
    assert answer is not None
    assert answer.status == 200
    assert json_queue.bodies() == ["slowly"]


def test_body_that_is_announced_as_too_long_is_refused_at_once(server, connection):
    headers = signed(connection, "SendMessage", b"{}") | {"Content-Length": str(100 * 2**20)}
    connection.send(request("POST", "/", headers, length=False))
    answer = connection.read()
    assert answer is None or answer.status in (400, 413)
    assert still_serves(server)


def test_chunks_that_grow_too_long_are_refused(server, connection):
    headers = signed(connection, "SendMessage", b"{}") | {"Transfer-Encoding": "chunked"}
    piece = b"100000\r\n" + b"x" * 0x100000 + b"\r\n"
    try:
        connection.send(request("POST", "/", headers, length=False))
        for _ in range(64):
            connection.send(piece)
        answer = connection.read()
    except (BrokenPipeError, ConnectionResetError):
        answer = None
    assert answer is None or answer.status in (400, 413)
    assert still_serves(server)


def test_expectation_of_continue_is_met(connection, json_queue):
    payload = json.dumps({"QueueUrl": json_queue.url, "MessageBody": "x"}).encode()
    headers = signed(connection, "SendMessage", payload) | {
        "Expect": "100-continue",
        "Content-Length": str(len(payload)),
    }
    connection.send(request("POST", "/", headers, length=False))
    first = connection.read()
    assert first is not None
    assert first.status == 100
    assert connection.ask(payload).status == 200
    assert json_queue.bodies() == ["x"]


def test_pipelined_requests_are_answered_in_order(connection, json_queue):
    calls = [
        json_call(
            connection.host, "SendMessage", {"QueueUrl": json_queue.url, "MessageBody": f"m{i}"}
        )
        for i in range(20)
    ]
    receive = {"QueueUrl": json_queue.url, "MaxNumberOfMessages": 10}
    calls.append(json_call(connection.host, "ReceiveMessage", receive))
    calls.append(json_call(connection.host, "GetQueueUrl", {"QueueName": "missing-q"}))
    connection.send(b"".join(calls))
    answers = [connection.read() for _ in calls]
    assert [answer.status for answer in answers] == [200] * 21 + [400]
    assert all("MessageId" in answer.json for answer in answers[:20])
    assert len(answers[20].json["Messages"]) == 10


def test_request_behind_a_long_poll_on_one_connection(connection, json_queue):
    poll = {"QueueUrl": json_queue.url, "WaitTimeSeconds": 1}
    connection.send(
        json_call(connection.host, "ReceiveMessage", poll)
        + json_call(connection.host, "ListQueues", {})
    )
    first, second = connection.read(), connection.read()
    assert first.status == second.status == 200
    assert "QueueUrls" in second.json


def test_connection_is_kept_and_closed_as_asked(server):
    with Connection(server.endpoint) as connection:
        for _ in range(3):
            assert connection.ask(json_call(connection.host, "ListQueues", {})).status == 200
        headers = signed(connection, "ListQueues", b"{}") | {"Connection": "close"}
        assert connection.ask(request("POST", "/", headers, b"{}")).status == 200
        assert connection.read() is None


def test_http_1_0_is_answered_and_closed(server):
    with Connection(server.endpoint) as connection:
        headers = signed(connection, "ListQueues", b"{}")
        call = request("POST", "/", headers, b"{}").replace(b"HTTP/1.1", b"HTTP/1.0", 1)
        assert connection.ask(call).status == 200
        assert connection.read() is None


def test_clients_that_vanish_anywhere_hurt_nobody(server, json_queue):
    body = {"QueueUrl": json_queue.url, "MessageBody": "x" * 1000}
    with Connection(server.endpoint) as connection:
        call = json_call(connection.host, "SendMessage", body)
    for cut in range(0, len(call), 97):
        with Connection(server.endpoint) as connection:
            connection.send(call[:cut])
    assert json_queue.depth() == (0, 0, 0)
    assert still_serves(server)


def test_many_idle_connections_are_held(server):
    idle = [Connection(server.endpoint) for _ in range(400)]
    try:
        assert still_serves(server)
        for connection in (idle[0], idle[200], idle[-1]):
            assert connection.ask(json_call(connection.host, "ListQueues", {})).status == 200
    finally:
        for connection in idle:
            connection.socket.close()


def test_large_message_in_both_directions(connection, json_queue):
    body = "ü" * (2**19)
    sent = {"QueueUrl": json_queue.url, "MessageBody": body}
    assert connection.ask(json_call(connection.host, "SendMessage", sent)).status == 200
    receive = json_call(connection.host, "ReceiveMessage", {"QueueUrl": json_queue.url})
    assert connection.ask(receive).json["Messages"][0]["Body"] == body
