"""Accounts and regions keep apart, and a queue's URL works however it is written."""

import pytest

from sdk.clients import ACCOUNT, REGION, unique_name
from sdk.queue_under_test import Queue
from sdk.raw_http import Connection, json_call
from sdk.refusals import NO_SUCH_QUEUE, refused

OTHER = "111111111111"


@pytest.fixture
def other_account(server, clients):
    """On loopback a key of 12 digits with the secret `test` is the root of that account."""
    return clients.make(server.endpoint, access_key=OTHER)


@pytest.fixture
def other_region(server, clients):
    return clients.make(server.endpoint, region="eu-west-1")


def test_account_of_the_key_owns_the_queue(other_account):
    url = other_account.create_queue(QueueName=unique_name())["QueueUrl"]
    queue = Queue(other_account, url)
    assert f"/{OTHER}/" in url
    assert queue.arn == f"arn:aws:sqs:{REGION}:{OTHER}:{queue.name}"
    queue.send("x")
    message = queue.receive_one(AttributeNames=["SenderId"])
    assert message["Attributes"] == {"SenderId": OTHER}


def test_queues_of_one_name_in_two_accounts_are_two(other_account, json_queue):
    theirs = Queue(other_account, other_account.create_queue(QueueName=json_queue.name)["QueueUrl"])
    assert theirs.url != json_queue.url
    json_queue.send("mine")
    assert theirs.receive() == []
    assert json_queue.bodies() == ["mine"]


def test_another_accounts_queue_is_not_listed_nor_found(other_account, json_queue):
    assert "QueueUrls" not in other_account.list_queues(QueueNamePrefix=json_queue.name)
    with refused(NO_SUCH_QUEUE):
        other_account.get_queue_url(QueueName=json_queue.name)


def test_another_accounts_queue_cannot_be_used_without_permission(other_account, json_queue):
    json_queue.send("private")
    stranger = json_queue.through(other_account)
    denied = ("AccessDenied", "AccessDeniedException", NO_SUCH_QUEUE)
    with refused(denied, status=None):
        stranger.receive()
    with refused(denied, status=None):
        other_account.delete_queue(QueueUrl=json_queue.url)
    assert json_queue.bodies() == ["private"]


def test_owner_finds_the_queue_by_its_account(sqs, queue):
    answer = sqs.get_queue_url(QueueName=queue.name, QueueOwnerAWSAccountId=ACCOUNT)
    assert answer["QueueUrl"] == queue.url
    with refused((NO_SUCH_QUEUE, "AccessDenied"), status=None):
        sqs.get_queue_url(QueueName=queue.name, QueueOwnerAWSAccountId="222222222222")


def test_queues_of_one_name_in_two_regions_are_two(other_region, json_queue):
    there = Queue(other_region, other_region.create_queue(QueueName=json_queue.name)["QueueUrl"])
    assert there.arn == f"arn:aws:sqs:eu-west-1:{ACCOUNT}:{json_queue.name}"
    assert there.url != json_queue.url
    assert there.url.endswith(f"/{ACCOUNT}/{json_queue.name}")
    json_queue.send("here")
    assert there.receive() == []
    there.send("there")
    assert json_queue.bodies() == ["here"]
    assert there.bodies() == ["there"]


def test_another_regions_queue_is_not_listed_nor_found(other_region, json_queue):
    assert "QueueUrls" not in other_region.list_queues(QueueNamePrefix=json_queue.name)
    with refused(NO_SUCH_QUEUE):
        other_region.get_queue_url(QueueName=json_queue.name)


def test_dead_letter_queue_of_another_region_is_refused(other_region, json_queue):
    there = Queue(other_region, other_region.create_queue(QueueName=unique_name())["QueueUrl"])
    policy = f'{{"deadLetterTargetArn": "{there.arn}", "maxReceiveCount": 1}}'
    with refused(("InvalidParameterValue", "InvalidAttributeValue", NO_SUCH_QUEUE)):
        json_queue.set(RedrivePolicy=policy)


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1"])
def test_url_has_the_host_that_the_client_used(server, clients, host):
    endpoint = f"http://{host}:{server.port}"
    client = clients.make(endpoint)
    url = client.create_queue(QueueName=unique_name())["QueueUrl"]
    assert url.startswith(endpoint + "/")
    queue = Queue(client, url)
    queue.send("x")
    assert queue.bodies() == ["x"]


def test_url_has_the_host_header_whatever_it_is(server, json_queue):
    for host in ("queues.example:1234", "tidegate", "sqs.us-east-1.example.com"):
        with Connection(server.endpoint) as connection:
            call = json_call(host, "GetQueueUrl", {"QueueName": json_queue.name})
            answer = connection.ask(call)
        url = answer.json["QueueUrl"]
        assert url.startswith(f"http://{host}/")
        assert url.endswith(f"/{ACCOUNT}/{json_queue.name}")


@pytest.mark.parametrize(
    "form",
    [
        "https://sqs.us-east-1.amazonaws.com/{path}",
        "https://us-east-1.queue.amazonaws.com/{path}",
        "https://queue.amazonaws.com/{path}",
        "http://sqs.us-east-1.tidegate.example:4566/{path}",
        "http://container:9324/{path}",
        "http://10.1.2.3/{path}",
        "http://[::1]:4566/{path}",
        "http://localhost:4566/queue/us-east-1/{path}",
        "http://localhost:4566/{path}/",
    ],
)
def test_every_form_of_url_that_names_account_and_queue_is_understood(queue, form):
    other = Queue(queue.client, form.format(path=f"{ACCOUNT}/{queue.name}"))
    other.send("x")
    assert queue.bodies() == ["x"]


def test_url_of_a_fifo_queue_and_of_another_region(server, clients, json_fifo):
    json_fifo.through(json_fifo.client).send("x", MessageGroupId="g")
    assert json_fifo.bodies() == ["x"]
    there = clients.make(server.endpoint, region="ap-southeast-2")
    url = there.create_queue(QueueName=unique_name())["QueueUrl"]
    assert Queue(there, url).attributes("QueueArn")["QueueArn"].split(":")[3] == "ap-southeast-2"


@pytest.mark.parametrize(
    "url", ["", "nonsense", "http://", "http://localhost/", "/x", f"http://localhost/{ACCOUNT}/"]
)
def test_url_that_names_no_queue_is_refused(sqs, url):
    codes = (NO_SUCH_QUEUE, "InvalidAddress", "MissingParameter", "InvalidParameterValue")
    with refused(codes, status=None):
        sqs.send_message(QueueUrl=url, MessageBody="x")
