"""Settings and the command line, as `tidegate serve --help` describes them."""

import json
import os
import re
import subprocess
import sys

import pytest

from sdk.clients import REGION, create_queue, unique_name
from sdk.raw_http import Connection, json_call
from sdk.refusals import refused
from server_process import ServerProcess

CREDENTIALS = """
[[credentials]]
access_key = "video-encoder"
secret_key = "a long random text, long enough for anyone"
account = "123456789012"
"""
KEY = {"access_key": "video-encoder", "secret": "a long random text, long enough for anyone"}


def run(*arguments, **environment):
    """Runs the command line to its end; it must end by itself."""
    return subprocess.run(
        [sys.executable, "-m", "tidegate.cli.main", *arguments],
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )


def rejected(done, *names):
    assert done.returncode != 0
    for name in names:
        assert name in done.stderr, done.stderr
    assert "Traceback" not in done.stderr


def test_help_explains_every_command():
    for command in ([], ["serve"], ["inspect"], ["verify"], ["bench"]):
        done = run(*command, "--help")
        assert done.returncode == 0
        assert "usage: tidegate" in done.stdout


def test_unknown_option_is_named():
    rejected(run("serve", "--colour", "blue"), "--colour")


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("colour = 'blue'", ["colour"]),
        ("port = 'many'", ["port"]),
        ("port = 70000", ["port"]),
        ("max_body_bytes = -1", ["max_body_bytes"]),
        ("port = ", []),
        ("[[credentials]]\naccess_key = 'x'", ["secret_key"]),
        ("[[credentials]]\naccess_key='x'\nsecret_key='y'\naccount='12'", ["account"]),
    ],
)
def test_wrong_setting_in_the_file_is_named(tmp_path, text, names):
    file = tmp_path / "tidegate.toml"
    file.write_text(text)
    done = run("serve", "--config", str(file), "--data", str(tmp_path / "data"), "--port", "0")
    rejected(done, *names)


def test_missing_file_is_named(tmp_path):
    missing = str(tmp_path / "missing.toml")
    rejected(run("serve", "--config", missing, "--data", str(tmp_path / "data")), missing)


def test_unknown_variable_is_named(tmp_path):
    done = run("serve", "--data", str(tmp_path / "data"), "--port", "0", TIDEGATE_COLOUR="blue")
    rejected(done, "TIDEGATE_COLOUR")


def test_other_addresses_than_loopback_need_real_keys(tmp_path):
    data = str(tmp_path / "data")
    keys = ["--development-keys", "true"]
    done = run("serve", "--host", "0.0.0.0", "--port", "0", "--data", data, *keys)
    rejected(done, f"tidegate root-key --data {data}")


def test_port_in_use_is_a_clear_error(server, tmp_path):
    done = run("serve", "--port", str(server.port), "--data", str(tmp_path / "data"))
    rejected(done, str(server.port))


def test_keys_of_the_file_own_their_account(new_server, tmp_path, clients):
    file = tmp_path / "tidegate.toml"
    file.write_text('development_keys = false\nlog_level = "warning"\n' + CREDENTIALS)
    file.chmod(0o600)
    server = new_server("--config", str(file))
    client = clients.make(server.endpoint, **KEY)
    queue = create_queue(client)
    assert queue.arn == f"arn:aws:sqs:{REGION}:123456789012:{queue.name}"
    for key in ("test", "111111111111"):
        with refused(("InvalidClientTokenId", "UnrecognizedClientException"), status=None):
            clients.make(server.endpoint, access_key=key).list_queues()


def test_settings_by_environment_and_flags_over_them(new_server, tmp_path):
    environment = {"TIDEGATE_QUEUE_URL_BASE": "https://environment.example"}
    server = new_server("--queue-url-base", "https://flag.example", environment=environment)
    assert url_of_a_new_queue(server).startswith("https://flag.example/")


def url_of_a_new_queue(server):
    with Connection(server.endpoint) as connection:
        answer = connection.ask(
            json_call(connection.host, "CreateQueue", {"QueueName": unique_name()})
        )
        assert answer.status == 200
        return answer.json["QueueUrl"]


@pytest.mark.parametrize(
    ("options", "form"),
    [
        (["--queue-url-base", "https://q.example.com"], r"https://q\.example\.com/.*{end}"),
        (["--queue-url-domain", "aws.test"], r"https?://sqs\.us-east-1\.aws\.test(:\d+)?/{end}"),
    ],
)
def test_public_address_of_queue_urls(new_server, clients, options, form):
    server = new_server(*options)
    client = clients.make(server.endpoint)
    queue = create_queue(client)
    assert re.fullmatch(form.format(end=f"000000000000/{queue.name}"), queue.url), queue.url
    queue.send("x")
    assert queue.bodies() == ["x"]
    there = clients.make(server.endpoint, region="eu-west-1")
    assert there.create_queue(QueueName=queue.name)["QueueUrl"] != queue.url


def test_quotas_of_aws_throttle_a_fifo_queue(new_server, clients):
    """300 calls a second and action on a FIFO queue, when the settings ask for it."""
    server = new_server("--aws-quotas", "true")
    fifo = create_queue(clients.make(server.endpoint), fifo=True)
    statuses = receive_quickly(server, fifo, 1500)
    assert statuses.count(200) >= 300
    throttled = [status for status in statuses if status != 200]
    assert throttled
    assert all(status in (400, 403, 429) for status in throttled)
    fifo.send("another action", MessageGroupId="g")
    standard = create_queue(clients.make(server.endpoint))
    assert set(receive_quickly(server, standard, 1500)) == {200}


def test_quotas_are_off_by_default(server, json_fifo):
    assert set(receive_quickly(server, json_fifo, 1500)) == {200}


def receive_quickly(server, queue, count):
    """Receives from an empty queue, pipelined on one connection; gives the statuses."""
    with Connection(server.endpoint) as connection:
        call = json_call(connection.host, "ReceiveMessage", {"QueueUrl": queue.url})
        statuses = []
        for _ in range(0, count, 50):
            connection.send(call * 50)
            statuses += [connection.read().status for _ in range(50)]
    return statuses


def test_body_limit_of_the_settings(new_server):
    server = new_server("--max-body-bytes", str(2 * 2**20))
    with Connection(server.endpoint) as connection:
        call = json_call(connection.host, "ListQueues", {"QueueNamePrefix": "x" * 2 * 2**20})
        try:
            answer = connection.ask(call)
        except (BrokenPipeError, ConnectionResetError, AssertionError):
            return
    assert answer.status in (400, 413)


def test_slow_head_is_cut_off(new_server):
    server = new_server("--head-timeout-s", "1")
    with Connection(server.endpoint, limit_s=10) as connection:
        connection.send(b"POST / HTTP/1.1\r\nHost: x\r\nX-Slow: ")
        answer = connection.read()
    assert answer is None or answer.status == 408


def test_idle_connection_is_closed(new_server):
    server = new_server("--idle-timeout-s", "1")
    with Connection(server.endpoint, limit_s=10) as connection:
        assert connection.ask(json_call(connection.host, "ListQueues", {})).status == 200
        assert connection.read() is None


def test_log_is_json_when_nobody_looks_on(new_server):
    server = new_server("--log-level", "debug")
    server.stop()
    lines = server.errors().splitlines()
    assert lines
    assert all(isinstance(json.loads(line), dict) for line in lines)


def test_inspect_and_verify_read_the_directory_of_a_stopped_server(new_server, clients):
    server = new_server()
    queue = create_queue(clients.make(server.endpoint))
    queue.send_all([f"m{i}" for i in range(20)])
    queue.receive(5)
    server.stop()
    inspected = run("inspect", str(server.data))
    assert inspected.returncode == 0, inspected.stderr
    assert queue.name in inspected.stdout
    assert "20" in inspected.stdout or "15" in inspected.stdout
    assert run("verify", str(server.data)).returncode == 0


def test_damage_is_found_named_and_not_served(new_server, clients):
    server = new_server()
    # In the clear, for the test to find its place in the file.
    queue = create_queue(clients.make(server.endpoint), SqsManagedSseEnabled="false")
    queue.send_all([f"m{i} " + "x" * 1000 for i in range(100)])
    server.kill()
    file = largest_file(server.data)
    data = bytearray(file.read_bytes())
    place = data.index(b"m50 ") + 100
    data[place] ^= 0xFF
    file.write_bytes(data)
    verified = run("verify", str(server.data))
    assert verified.returncode != 0
    assert file.name in verified.stdout + verified.stderr
    again = ServerProcess(server.data)
    try:
        again.start()
    except RuntimeError:
        assert file.name in again.errors()
        return
    # A server that starts must not hand out what is damaged.
    bodies = create_bodies(clients, again, queue)
    again.close()
    assert all(re.fullmatch(r"m\d+ x{1000}", body) for body in bodies)


def create_bodies(clients, server, queue):
    client = clients.make(server.endpoint)
    answer = client.receive_message(QueueUrl=queue.url, MaxNumberOfMessages=10)
    return [message["Body"] for message in answer.get("Messages", [])]


def largest_file(folder):
    files = [path for path in folder.rglob("*") if path.is_file()]
    return max(files, key=lambda path: len(path.read_bytes().rstrip(b"\0")))
