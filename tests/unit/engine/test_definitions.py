"""Creating, changing, listing, purging and deleting queues."""

from __future__ import annotations

import json

import pytest

from engine_harness import ACCOUNT, REGION, Engine, arn, bodies, redrive_policy
from tidegate.base.refusals import (
    InvalidAttributeName,
    InvalidAttributeValue,
    InvalidParameterValueException,
    PurgeQueueInProgress,
    QueueDeletedRecently,
    QueueDoesNotExist,
    QueueNameExists,
    ReceiptHandleIsInvalid,
)
from tidegate.catalog.identities import User
from tidegate.engine import commands


def listed(engine: Engine, *, prefix: str = "", after: str = "", limit: int = 1000) -> list[str]:
    names = engine.run(commands.ListQueues(ACCOUNT, REGION, prefix, after, limit))
    return [each.rpartition(":")[2] for each in names.arns]


# --- Create --------------------------------------------------------------------------------------


def test_a_queue_has_the_defaults_of_aws(engine: Engine) -> None:
    engine.create("q")
    created = str(engine.now // 1000)
    assert engine.attributes("q") == {
        "QueueArn": arn("q"),
        "CreatedTimestamp": created,
        "LastModifiedTimestamp": created,
        "VisibilityTimeout": "30",
        "MaximumMessageSize": "1048576",
        "MessageRetentionPeriod": "345600",
        "DelaySeconds": "0",
        "ReceiveMessageWaitTimeSeconds": "0",
        "SqsManagedSseEnabled": "true",
        "ApproximateNumberOfMessages": "0",
        "ApproximateNumberOfMessagesNotVisible": "0",
        "ApproximateNumberOfMessagesDelayed": "0",
    }


def test_creating_it_again_with_the_same_or_fewer_attributes_succeeds(engine: Engine) -> None:
    engine.create("q", DelaySeconds="5", VisibilityTimeout="7")
    engine.send("q", "kept")
    written = len(engine.records)
    engine.create("q", DelaySeconds="5", VisibilityTimeout="7")
    engine.create("q", DelaySeconds="5")
    engine.create("q")
    assert len(engine.records) == written


@pytest.mark.parametrize(("name", "value"), [("DelaySeconds", "6"), ("MaximumMessageSize", "1024")])
def test_creating_it_again_with_another_value_is_refused(
    engine: Engine, name: str, value: str
) -> None:
    engine.create("q", DelaySeconds="5")
    with pytest.raises(QueueNameExists, match=f"different value for attribute {name}"):
        engine.create("q", **{name: value})


@pytest.mark.parametrize(
    ("name", "attributes"),
    [
        ("q", {"FifoQueue": "true"}),
        ("q.fifo", {"FifoQueue": "false"}),
        ("a b", {}),
        ("x" * 81, {}),
    ],
)
def test_a_name_that_does_not_fit_its_kind_is_refused(
    engine: Engine, name: str, attributes: dict[str, str]
) -> None:
    with pytest.raises(InvalidParameterValueException):
        engine.run(commands.CreateQueue(arn(name), attributes, {}))
    assert listed(engine) == []


def test_a_name_stays_taken_for_60_seconds_after_its_queue_was_deleted(engine: Engine) -> None:
    engine.create("q")
    engine.remove("q")
    engine.sleep(59.999)
    with pytest.raises(QueueDeletedRecently, match="You must wait 60 seconds"):
        engine.create("q")
    engine.sleep(0.001)
    engine.create("q")
    assert listed(engine) == ["q"]


def test_other_names_are_free_at_once(engine: Engine) -> None:
    engine.create("q")
    engine.remove("q")
    engine.create("r")
    assert listed(engine) == ["r"]


# --- Change --------------------------------------------------------------------------------------


def test_attributes_that_are_not_given_stay(engine: Engine) -> None:
    engine.create("q", DelaySeconds="5", VisibilityTimeout="7")
    engine.sleep(10)
    engine.set("q", VisibilityTimeout="8")
    shown = engine.attributes("q")
    assert (shown["DelaySeconds"], shown["VisibilityTimeout"]) == ("5", "8")
    assert int(shown["LastModifiedTimestamp"]) == int(shown["CreatedTimestamp"]) + 10


@pytest.mark.parametrize(
    ("attributes", "refusal"),
    [
        ({"DelaySeconds": "901"}, InvalidAttributeValue),
        ({"Nonsense": "1"}, InvalidAttributeName),
        ({"FifoQueue": "true"}, InvalidAttributeName),
        ({"ContentBasedDeduplication": "true"}, InvalidAttributeName),
        ({"DelaySeconds": "5", "VisibilityTimeout": "x"}, InvalidAttributeValue),
    ],
)
def test_a_refused_change_changes_nothing(
    engine: Engine, attributes: dict[str, str], refusal: type[Exception]
) -> None:
    engine.create("q")
    before = engine.attributes("q")
    with pytest.raises(refusal):
        engine.set("q", **attributes)
    assert engine.attributes("q") == before


def test_tags_come_and_go(engine: Engine) -> None:
    engine.run(commands.CreateQueue(arn("q"), {}, {"a": "1", "b": "2"}))
    engine.run(commands.TagQueue(arn("q"), {"b": "3", "c": ""}))
    engine.run(commands.UntagQueue(arn("q"), ["a", "absent"]))
    described = engine.run(commands.DescribeQueue(arn("q")))
    assert described.tags == {"b": "3", "c": ""}


def test_permissions_come_and_go(engine: Engine) -> None:
    engine.create("q")
    engine.run(commands.AddPermission(arn("q"), "label", ["444455556666"], ["SendMessage"]))
    (statement,) = json.loads(engine.attributes("q")["Policy"])["Statement"]
    assert statement["Sid"] == "label"
    with pytest.raises(InvalidParameterValueException):
        engine.run(commands.AddPermission(arn("q"), "label", ["444455556666"], ["SendMessage"]))
    engine.run(commands.RemovePermission(arn("q"), "label"))
    with pytest.raises(InvalidParameterValueException):
        engine.run(commands.RemovePermission(arn("q"), "label"))


ANN = User("111122223333", "Ann", "/", "AIDA111111111111", 5)
NAMESAKE = User("111122223333", "Ann", "/", "AIDA222222222222", 6)


def put(engine: Engine, user: User) -> None:
    engine.run(commands.ChangeEntities(engine.state.entities.version, [user], []))


def naming(arn: str) -> str:
    statement = {"Effect": "Allow", "Principal": {"AWS": arn}, "Action": "sqs:*", "Sid": "ann"}
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


def test_a_policy_means_whom_it_named_when_it_was_set(engine: Engine) -> None:
    put(engine, ANN)
    policy = naming(ANN.arn)
    engine.create("made", Policy=policy)
    engine.create("set")
    engine.set("set", Policy=policy)
    put(engine, NAMESAKE)
    for queue in ("made", "set"):
        engine.run(commands.AddPermission(arn(queue), "label", ["444455556666"], ["SendMessage"]))
        first, _ = json.loads(engine.attributes(queue)["Policy"])["Statement"]
        assert first["Principal"] == {"AWS": ANN.id}
        engine.run(commands.RemovePermission(arn(queue), "label"))
        engine.set(queue, VisibilityTimeout="1")
        assert engine.attributes(queue)["Policy"] == naming(ANN.id).replace(" ", "")


def test_a_policy_that_is_set_again_means_the_namesake(engine: Engine) -> None:
    put(engine, ANN)
    policy = naming(ANN.arn)
    engine.create("q", Policy=policy)
    put(engine, NAMESAKE)
    engine.set("q", Policy=policy)
    assert engine.attributes("q")["Policy"] == policy


# --- Redrive policies ----------------------------------------------------------------------------


def test_a_dead_letter_queue_must_be_there(engine: Engine) -> None:
    with pytest.raises(InvalidParameterValueException, match="Dead letter target does not exist"):
        engine.create("q", RedrivePolicy=redrive_policy("dead", 3))
    assert listed(engine) == []


def test_a_dead_letter_queue_must_be_of_the_same_kind(engine: Engine) -> None:
    engine.create("dead.fifo")
    engine.create("q")
    with pytest.raises(InvalidParameterValueException, match="same type of queue"):
        engine.set("q", RedrivePolicy=redrive_policy("dead.fifo", 3))


def test_an_empty_redrive_policy_takes_it_away(engine: Engine) -> None:
    engine.create_with_dead_letters("q", "dead", 1)
    engine.set("q", RedrivePolicy="")
    assert "RedrivePolicy" not in engine.attributes("q")
    engine.send("q", "x")
    for _ in range(3):
        assert bodies(engine.receive("q", visibility=0)) == ["x"]


def test_another_change_does_not_ask_for_the_dead_letter_queue_again(engine: Engine) -> None:
    engine.create_with_dead_letters("q", "dead", 1)
    engine.remove("dead")
    engine.set("q", DelaySeconds="1")
    assert engine.attributes("q")["DelaySeconds"] == "1"


def test_the_queues_behind_a_dead_letter_queue_are_listed_in_pages(engine: Engine) -> None:
    engine.create("dead")
    for name in ("c", "a", "b"):
        engine.create(name, RedrivePolicy=redrive_policy("dead", 3))
    engine.create("other")

    def page(after: str, limit: int) -> commands.QueueNames:
        names = engine.run(commands.ListDeadLetterSources(arn("dead"), after, limit))
        assert isinstance(names, commands.QueueNames)
        return names

    assert page("", 10) == commands.QueueNames([arn("a"), arn("b"), arn("c")], False)
    assert page("", 2) == commands.QueueNames([arn("a"), arn("b")], True)
    assert page(arn("b"), 2) == commands.QueueNames([arn("c")], False)
    engine.set("c", RedrivePolicy="")
    engine.remove("a")
    assert page("", 10) == commands.QueueNames([arn("b")], False)


# --- List ----------------------------------------------------------------------------------------


def test_queues_are_listed_by_name(engine: Engine) -> None:
    for name in ("b", "a", "ab", "c"):
        engine.create(name)
    engine.remove("c")
    assert listed(engine) == ["a", "ab", "b"]
    assert listed(engine, prefix="a") == ["a", "ab"]
    assert listed(engine, prefix="zz") == []


def test_a_list_has_pages(engine: Engine) -> None:
    for number in range(5):
        engine.create(f"q{number}")
    engine.create("r")

    def page(after: str, limit: int) -> tuple[list[str], bool]:
        names = engine.run(commands.ListQueues(ACCOUNT, REGION, "q", after, limit))
        return [each[-2:] for each in names.arns], names.more

    assert page("", 2) == (["q0", "q1"], True)
    assert page("q1", 2) == (["q2", "q3"], True)
    assert page("q3", 2) == (["q4"], False)
    assert page("", 5) == (["q0", "q1", "q2", "q3", "q4"], False)


def test_a_page_goes_on_after_a_queue_that_was_deleted_meanwhile(engine: Engine) -> None:
    for name in ("a", "b", "c"):
        engine.create(name)
    engine.remove("b")
    assert listed(engine, after="b") == ["c"]


def test_accounts_and_regions_do_not_see_each_other(engine: Engine) -> None:
    engine.create("q")
    other = commands.ListQueues("999999999999", REGION, "", "", 10)
    assert engine.run(other).arns == []
    elsewhere = commands.ListQueues(ACCOUNT, "us-east-1", "", "", 10)
    assert engine.run(elsewhere).arns == []


# --- Purge ---------------------------------------------------------------------------------------


def test_a_purge_takes_everything_also_what_is_in_flight_and_delayed(engine: Engine) -> None:
    engine.create("q")
    engine.send_all("q", "ab")
    engine.send("q", "delayed", delay=10)
    in_flight = engine.receive_one("q", visibility=5)
    engine.purge("q")
    assert engine.counts("q") == (0, 0, 0)
    engine.sleep(20)
    assert engine.receive("q", 10) == []
    engine.delete("q", in_flight)


def test_a_purged_queue_goes_on(engine: Engine) -> None:
    engine.create("q")
    engine.send("q", "before")
    engine.purge("q")
    engine.send("q", "after")
    engine.send("q", "delayed", delay=1)
    engine.sleep(1)
    assert bodies(engine.receive_all("q")) == ["after", "delayed"]


def test_a_queue_is_purged_once_in_60_seconds(engine: Engine) -> None:
    engine.create("q")
    engine.purge("q")
    engine.sleep(59.999)
    text = "Only one PurgeQueue operation on q is allowed every 60 seconds."
    with pytest.raises(PurgeQueueInProgress, match=text):
        engine.purge("q")
    engine.sleep(0.001)
    engine.purge("q")


def test_a_purge_takes_what_waits_in_the_groups_of_a_fifo_queue(engine: Engine) -> None:
    engine.create("q.fifo")
    engine.send_all("q.fifo", "abc", group="g")
    engine.receive_one("q.fifo")
    engine.purge("q.fifo")
    engine.send("q.fifo", "new", group="g")
    assert bodies(engine.receive("q.fifo", 10)) == ["new"]


# --- Delete --------------------------------------------------------------------------------------


def test_a_deleted_queue_takes_its_messages_along(engine: Engine) -> None:
    engine.create("q")
    engine.send_all("q", "ab")
    engine.receive_one("q")
    engine.remove("q")
    with pytest.raises(QueueDoesNotExist):
        engine.receive("q")
    engine.sleep(60)
    engine.create("q")
    assert engine.receive("q", 10) == []
    assert engine.counts("q") == (0, 0, 0)


def test_a_receipt_of_a_deleted_queue_is_not_one_of_its_successor(engine: Engine) -> None:
    engine.create("q")
    engine.send("q", "old")
    old = engine.receive_one("q")
    engine.remove("q")
    engine.sleep(60)
    engine.create("q")
    engine.send("q", "new")
    engine.receive_one("q")
    with pytest.raises(ReceiptHandleIsInvalid):
        engine.delete("q", old)


def test_deleting_a_queue_wakes_those_who_wait_on_it(engine: Engine) -> None:
    engine.create("q")
    engine.awoken()
    engine.remove("q")
    assert engine.awoken() == {"q"}


def test_purging_and_deleting_free_the_space_of_the_messages(engine: Engine) -> None:
    for name in ("a", "b"):
        engine.create(name)
        engine.send_all(name, "xyz")
    assert sum(engine.state.usage.live_bytes.values()) > 0
    engine.purge("a")
    engine.remove("b")
    assert set(engine.state.usage.live_bytes.values()) == {0}


def test_names_that_are_free_again_are_not_remembered(engine: Engine) -> None:
    for number in range(5):
        engine.create(f"q{number}")
        engine.remove(f"q{number}")
        engine.sleep(40)
    assert set(engine.state.deleted_at) == {arn("q3"), arn("q4")}
