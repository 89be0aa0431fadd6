"""Definitions of queues.  Recorded answers of AWS are cited by the name of their case."""

import json

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tidegate.base.arn import hidden_queue_arn
from tidegate.base.refusals import (
    InvalidAttributeName,
    InvalidAttributeValue,
    InvalidParameterValueException,
    OverLimit,
    Refusal,
)
from tidegate.catalog import queue_attributes, queues
from tidegate.catalog.queues import QueueDefinition

ARN = "arn:aws:sqs:eu-west-1:000000000000:jobs"
FIFO = f"{ARN}.fifo"
DLQ = "arn:aws:sqs:eu-west-1:000000000000:dlq"


def standard(attributes=None, arn=ARN):
    return queues.define(arn, attributes or {}, {}, 1_700_000_000_123)


def fifo(attributes=None, arn=FIFO):
    given = {"FifoQueue": "true", **(attributes or {})}
    return queues.define(arn, given, {}, 1_700_000_000_123)


def changed(definition, **attributes):
    return queues.with_attributes(definition, attributes, 1_700_000_009_000)


def refusal_of(refusal, action, *arguments):
    with pytest.raises(refusal) as caught:
        action(*arguments)
    return caught.value.message


# --- Defaults, and what is shown -----------------------------------------------------------------


def test_a_new_standard_queue_shows_the_defaults_of_aws():
    """Recorded as create_and_update_queue_attributes; the counts are the engine's."""
    assert queues.describe(standard()) == {
        "QueueArn": ARN,
        "CreatedTimestamp": "1700000000",
        "LastModifiedTimestamp": "1700000000",
        "DelaySeconds": "0",
        "MaximumMessageSize": "1048576",
        "MessageRetentionPeriod": "345600",
        "ReceiveMessageWaitTimeSeconds": "0",
        "SqsManagedSseEnabled": "true",
        "VisibilityTimeout": "30",
    }


def test_a_fifo_queue_shows_what_only_fifo_queues_have():
    """Recorded as fifo_change_to_high_throughput_after_creation."""
    shown = queues.describe(fifo())
    assert shown["FifoQueue"] == "true"
    assert shown["ContentBasedDeduplication"] == "false"
    assert shown["DeduplicationScope"] == "queue"
    assert shown["FifoThroughputLimit"] == "perQueue"


def test_attributes_are_parsed_when_they_are_set():
    given = {
        "DelaySeconds": "900",
        "MaximumMessageSize": "1024",
        "MessageRetentionPeriod": "60",
        "ReceiveMessageWaitTimeSeconds": "20",
        "VisibilityTimeout": "0",
    }
    definition = standard(given)
    assert definition.delay_s == 900
    assert definition.maximum_message_size == 1024
    assert definition.retention_s == 60
    assert definition.receive_wait_s == 20
    assert definition.visibility_timeout_s == 0
    assert given.items() <= queues.describe(definition).items()


def test_a_change_keeps_the_rest_and_the_day_of_creation():
    definition = changed(standard({"DelaySeconds": "5"}), VisibilityTimeout="69")
    assert (definition.delay_s, definition.visibility_timeout_s) == (5, 69)
    assert definition.created_at == 1_700_000_000_123
    assert definition.modified_at == 1_700_000_009_000


def test_a_definition_survives_being_written_down():
    policy = json.dumps({"deadLetterTargetArn": DLQ, "maxReceiveCount": 3})
    allow = json.dumps({"redrivePermission": "byQueue", "sourceQueueArns": [DLQ]})
    definition = queues.define(
        FIFO,
        {"FifoQueue": "true", "RedrivePolicy": policy, "RedriveAllowPolicy": allow},
        {"team": "blue"},
        5,
    )
    written = msgspec.msgpack.encode(definition)
    assert msgspec.msgpack.decode(written, type=QueueDefinition) == definition


# --- Names and values ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    "name", ["Foo", "QueueArn", "ApproximateNumberOfMessages", "CreatedTimestamp", "All", ""]
)
def test_attributes_that_cannot_be_set_are_unknown(name):
    message = refusal_of(InvalidAttributeName, standard, {name: "1"})
    assert message == f"Unknown Attribute {name}."


@pytest.mark.parametrize(
    ("name", "low", "high"),
    [
        ("DelaySeconds", 0, 900),
        ("MaximumMessageSize", 1024, 1_048_576),
        ("MessageRetentionPeriod", 60, 1_209_600),
        ("ReceiveMessageWaitTimeSeconds", 0, 20),
        ("VisibilityTimeout", 0, 43_200),
        ("KmsDataKeyReusePeriodSeconds", 60, 86_400),
    ],
)
def test_numbers_keep_to_their_range(name, low, high):
    standard({name: str(low)})
    standard({name: str(high)})
    for value in (str(low - 1), str(high + 1), "", "x", " 1", "1.0", "+1", "1_0", "9" * 30, "٣"):
        message = refusal_of(InvalidAttributeValue, standard, {name: value})
        assert message == f"Invalid value for the parameter {name}."


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("ContentBasedDeduplication", "yes"),
        ("DeduplicationScope", "group"),
        ("FifoThroughputLimit", "none"),
        ("SqsManagedSseEnabled", ""),
    ],
)
def test_choices_keep_to_their_words(name, value):
    message = refusal_of(InvalidAttributeValue, fifo, {name: value})
    assert message == f"Invalid value for the parameter {name}."


# --- Names of queues, FIFO -----------------------------------------------------------------------


def test_a_fifo_name_needs_the_attribute():
    message = refusal_of(InvalidParameterValueException, queues.check_new, "jobs.fifo", {})
    assert message == (
        "Can only include alphanumeric characters, hyphens, or underscores. 1 to 80 in length"
    )


@pytest.mark.parametrize("name", ["jobs", ".fifo", "a" * 76 + ".fifo", "a b.fifo", "a.fifo.fifo"])
def test_the_attribute_needs_a_fifo_name(name):
    message = refusal_of(
        InvalidParameterValueException, queues.check_new, name, {"FifoQueue": "true"}
    )
    assert message == (
        "The name of a FIFO queue can only include alphanumeric characters, hyphens, or "
        "underscores, must end with .fifo suffix and be 1 to 80 in length."
    )


def test_the_longest_names():
    queues.check_new("a" * 80, {})
    queues.check_new("a" * 75 + ".fifo", {"FifoQueue": "true"})


def test_a_standard_queue_does_not_know_the_attribute():
    """Recorded as set_unsupported_attribute_standard."""
    text = "Unknown Attribute FifoQueue."
    assert refusal_of(InvalidAttributeName, standard, {"FifoQueue": "false"}) == text
    for value in ("true", "false"):
        with pytest.raises(InvalidAttributeName, match=text):
            changed(standard(), FifoQueue=value)


def test_a_fifo_queue_stays_one():
    assert changed(fifo(), FifoQueue="true").is_fifo
    with pytest.raises(InvalidAttributeValue, match="Modifying queue type is not supported"):
        changed(fifo(), FifoQueue="false")


@pytest.mark.parametrize("value", ["true", "queue", "perQueue", "nonsense"])
@pytest.mark.parametrize(
    "name", ["ContentBasedDeduplication", "DeduplicationScope", "FifoThroughputLimit"]
)
def test_attributes_of_fifo_queues_are_unknown_to_standard_queues(name, value):
    text = f"Unknown Attribute {name}."
    assert refusal_of(InvalidAttributeName, standard, {name: value}) == text
    with pytest.raises(InvalidAttributeName, match=text):
        changed(standard(), **{name: value})


def test_high_throughput_needs_both_attributes():
    high = changed(
        fifo(), DeduplicationScope="messageGroup", FifoThroughputLimit="perMessageGroupId"
    )
    assert high.deduplication_scope == "messageGroup"
    assert high.fifo_throughput_limit == "perMessageGroupId"
    with pytest.raises(InvalidAttributeValue):
        changed(fifo(), FifoThroughputLimit="perMessageGroupId")
    with pytest.raises(InvalidAttributeValue):
        changed(high, DeduplicationScope="queue")


# --- Encryption ----------------------------------------------------------------------------------


def test_a_key_replaces_encryption_by_sqs_itself():
    """Recorded as sse_queue_attributes."""
    definition = standard({"KmsMasterKeyId": "testKeyId", "KmsDataKeyReusePeriodSeconds": "6000"})
    shown = queues.describe(definition)
    assert shown["KmsMasterKeyId"] == "testKeyId"
    assert shown["KmsDataKeyReusePeriodSeconds"] == "6000"
    assert shown["SqsManagedSseEnabled"] == "false"


def test_encryption_by_sqs_replaces_a_key():
    """Recorded as sse_queue_attributes."""
    definition = changed(standard({"KmsMasterKeyId": "testKeyId"}), SqsManagedSseEnabled="true")
    shown = queues.describe(definition)
    assert shown["SqsManagedSseEnabled"] == "true"
    assert "KmsMasterKeyId" not in shown
    assert "KmsDataKeyReusePeriodSeconds" not in shown


def test_an_empty_key_takes_the_key_away():
    definition = changed(standard({"KmsMasterKeyId": "testKeyId"}), KmsMasterKeyId="")
    assert (definition.kms_master_key_id, definition.sqs_managed_sse) == (None, True)


@pytest.mark.parametrize("first", ["KmsMasterKeyId", "SqsManagedSseEnabled"])
def test_encryption_can_be_turned_off_in_any_order(first):
    given = {"KmsMasterKeyId": "", "SqsManagedSseEnabled": "false"}
    ordered = {first: given[first], **given}
    assert standard(ordered).sqs_managed_sse is False
    assert queues.same_attributes(standard(ordered), ordered) is None


def test_only_one_kind_of_encryption_at_a_time():
    message = refusal_of(
        InvalidAttributeValue, standard, {"KmsMasterKeyId": "k", "SqsManagedSseEnabled": "true"}
    )
    assert message.startswith("You can use one type of server-side encryption (SSE) at one time.")


# --- Dead letters --------------------------------------------------------------------------------


def redrive(target=DLQ, count=3):
    return json.dumps({"deadLetterTargetArn": target, "maxReceiveCount": count})


@pytest.mark.parametrize("count", [1, 1000, "3"])
def test_a_redrive_policy_is_parsed_and_shown_as_it_was_given(count):
    text = redrive(count=count)
    definition = standard({"RedrivePolicy": text})
    assert (definition.redrive_target, definition.max_receive_count) == (DLQ, int(count))
    assert queues.describe(definition)["RedrivePolicy"] == text


def test_an_empty_redrive_policy_takes_it_away():
    """Recorded as set_empty_redrive_policy."""
    definition = changed(standard({"RedrivePolicy": redrive()}), RedrivePolicy="")
    assert (definition.redrive_target, definition.max_receive_count) == (None, None)
    assert "RedrivePolicy" not in queues.describe(definition)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("{", "Redrive policy is not a valid JSON map."),
        ("[]", "Redrive policy is not a valid JSON map."),
        ("[" * 100_000, "Redrive policy is not a valid JSON map."),
        ("{}", "Redrive policy does not contain mandatory attribute: maxReceiveCount."),
        (
            '{"maxReceiveCount":3}',
            "Redrive policy does not contain mandatory attribute: deadLetterTargetArn.",
        ),
        (redrive(target="dlq"), "Invalid value for deadLetterTargetArn."),
        (redrive(target=3), "Invalid value for deadLetterTargetArn."),
        (redrive(target=DLQ + "\ud800"), "Invalid value for deadLetterTargetArn."),
        *(
            (
                redrive(count=count),
                f"Invalid value for maxReceiveCount: {count}, valid values are from 1 to 1000 both "
                "inclusive.",
            )
            for count in (0, 1001, "x", -1, True, 1.5)
        ),
    ],
)
def test_redrive_policies_that_are_none(text, reason):
    message = refusal_of(InvalidParameterValueException, standard, {"RedrivePolicy": text})
    assert message == f"Value {text} for parameter RedrivePolicy is invalid. Reason: {reason}"


def check_target(source, target):
    return refusal_of(
        InvalidParameterValueException, queues.check_redrive_target, source, target
    ).partition("Reason: ")[2]


def test_a_dead_letter_queue_must_exist():
    source = standard({"RedrivePolicy": redrive()})
    assert check_target(source, None) == "Dead letter target does not exist."
    queues.check_redrive_target(source, standard(arn=DLQ))


def test_no_dead_letters_go_to_a_queue_of_the_servers_own():
    """Whatever is in one is passed on, as what a topic has sent say."""
    hidden = hidden_queue_arn("eu-west-1", "000000000000", "dlq")
    source = standard({"RedrivePolicy": redrive(hidden)})
    target = msgspec.structs.replace(standard(arn=DLQ), arn=hidden)
    assert check_target(source, target) == "Dead letter target does not exist."


def test_a_dead_letter_queue_must_be_of_the_same_kind():
    source = fifo({"RedrivePolicy": redrive()})
    reason = check_target(source, standard(arn=DLQ))
    assert reason == "Dead-letter queue must be same type of queue as the source.."


@pytest.mark.parametrize("place", ["us-east-1:000000000000", "eu-west-1:111111111111"])
def test_a_dead_letter_queue_must_be_of_the_same_account_and_region(place):
    arn = f"arn:aws:sqs:{place}:dlq"
    assert check_target(standard({"RedrivePolicy": redrive(arn)}), standard(arn=arn))


def test_a_queue_without_a_redrive_policy_needs_no_target():
    queues.check_redrive_target(standard(), None)


@pytest.mark.parametrize(
    ("allow", "allowed"),
    [
        ("", True),
        ('{"redrivePermission":"allowAll"}', True),
        ('{"redrivePermission":"denyAll"}', False),
        (json.dumps({"redrivePermission": "byQueue", "sourceQueueArns": [ARN]}), True),
        (json.dumps({"redrivePermission": "byQueue", "sourceQueueArns": [FIFO]}), False),
    ],
)
def test_a_dead_letter_queue_says_who_may_use_it(allow, allowed):
    source = standard({"RedrivePolicy": redrive()})
    target = standard({"RedriveAllowPolicy": allow}, arn=DLQ)
    assert queues.may_redrive(ARN, target) is allowed
    if allowed:
        queues.check_redrive_target(source, target)
    else:
        assert check_target(source, target)


@pytest.mark.parametrize(
    "text",
    [
        "{",
        "{}",
        '{"redrivePermission":"some"}',
        '{"redrivePermission":"byQueue"}',
        '{"redrivePermission":"byQueue","sourceQueueArns":[]}',
        '{"redrivePermission":"byQueue","sourceQueueArns":"x"}',
        '{"redrivePermission":"byQueue","sourceQueueArns":["x"]}',
        '{"redrivePermission":"byQueue","sourceQueueArns":[1]}',
        '{"redrivePermission":["byQueue"]}',
        json.dumps({"redrivePermission": "byQueue", "sourceQueueArns": [ARN] * 11}),
        json.dumps({"redrivePermission": "denyAll", "sourceQueueArns": [ARN]}),
        '{"redrivePermission":"allowAll","more":1}',
    ],
)
def test_redrive_allow_policies_that_are_none(text):
    message = refusal_of(InvalidParameterValueException, standard, {"RedriveAllowPolicy": text})
    assert message.startswith(f"Value {text} for parameter RedriveAllowPolicy is invalid. Reason: ")


# --- The same queue again ------------------------------------------------------------------------


def test_the_same_or_fewer_attributes_find_the_queue():
    definition = standard({"DelaySeconds": "5", "RedrivePolicy": redrive()})
    assert queues.same_attributes(definition, {}) is None
    assert queues.same_attributes(definition, {"DelaySeconds": "5"}) is None
    assert queues.same_attributes(definition, {"VisibilityTimeout": "30"}) is None
    assert queues.same_attributes(fifo(), {"FifoQueue": "true"}) is None


def test_another_value_names_its_attribute():
    definition = standard({"DelaySeconds": "5"})
    wanted = {"VisibilityTimeout": "30", "DelaySeconds": "6"}
    name = queues.same_attributes(definition, wanted)
    assert queues.different_attribute(name) == (
        "A queue already exists with the same name and a different value for attribute DelaySeconds"
    )
    assert queues.same_attributes(definition, {"RedrivePolicy": redrive()}) == "RedrivePolicy"


def test_policies_are_compared_by_what_they_say():
    spaced = json.dumps({"maxReceiveCount": "3", "deadLetterTargetArn": DLQ}, indent=2)
    definition = standard({"RedrivePolicy": redrive(), "Policy": json.dumps(POLICY)})
    again = {"RedrivePolicy": spaced, "Policy": json.dumps(POLICY, indent=2)}
    assert queues.same_attributes(definition, again) is None
    assert queues.same_attributes(definition, {"Policy": ""}) == "Policy"


# --- Policies ------------------------------------------------------------------------------------

STATEMENT = {"Effect": "Allow", "Principal": "*", "Action": "sqs:*", "Resource": ARN}
POLICY = {"Version": "2012-10-17", "Statement": [STATEMENT]}


def test_a_policy_is_shown_as_it_was_given_and_cleared_by_the_empty_string():
    text = json.dumps(POLICY)
    definition = standard({"Policy": text})
    assert queues.describe(definition)["Policy"] == text
    assert "Policy" not in queues.describe(changed(definition, Policy=""))


@pytest.mark.parametrize(
    "policy",
    [
        [],
        "x",
        {},
        {**POLICY, "Version": "2020-01-01"},
        {**POLICY, "More": 1},
        {**POLICY, "Statement": []},
        {**POLICY, "Statement": ["x"]},
        {**POLICY, "Statement": [STATEMENT] * 21},
        {**POLICY, "Statement": {**STATEMENT, "Effect": "Maybe"}},
        {**POLICY, "Statement": {"Effect": "Allow", "Action": "*"}},
        {**POLICY, "Statement": {"Effect": "Allow", "Principal": "*"}},
        {**POLICY, "Statement": {**STATEMENT, "Condition": "x"}},
        {**POLICY, "Statement": {**STATEMENT, "Principal": {"AWS": ["1"] * 51}}},
        {**POLICY, "Statement": {**STATEMENT, "Sid": "x" * 8_192}},
        {**POLICY, "Id": json.loads("[" * 100 + "]" * 100)},
    ],
)
def test_policies_that_are_none(policy):
    message = refusal_of(InvalidAttributeValue, standard, {"Policy": json.dumps(policy)})
    assert message == "Invalid value for the parameter Policy."


def permit(definition, label="alice", accounts=("111111111111",), actions=("SendMessage",)):
    return queues.with_permission(definition, label, list(accounts), list(actions), 9)


def test_a_permission_makes_a_policy():
    definition = permit(standard())
    assert json.loads(definition.policy) == {
        "Version": "2008-10-17",
        "Id": f"{ARN}/SQSDefaultPolicy",
        "Statement": [
            {
                "Sid": "alice",
                "Effect": "Allow",
                "Principal": {"AWS": "arn:aws:iam::111111111111:root"},
                "Action": "SQS:SendMessage",
                "Resource": ARN,
            }
        ],
    }
    assert definition.modified_at == 9


def test_a_permission_joins_a_policy_with_half_a_surrogate_pair():
    definition = permit(standard({"Policy": json.dumps({**POLICY, "Id": "\ud800"})}))
    definition.policy.encode()


def test_several_accounts_and_actions_become_lists():
    definition = permit(standard(), "x", ("111111111111", "222222222222"), ("SendMessage", "*"))
    (statement,) = json.loads(definition.policy)["Statement"]
    assert statement["Principal"]["AWS"][1] == "arn:aws:iam::222222222222:root"
    assert statement["Action"] == ["SQS:SendMessage", "SQS:*"]


def test_a_permission_joins_the_policy_that_is_there():
    definition = permit(standard({"Policy": json.dumps({**POLICY, "Statement": STATEMENT})}))
    assert [s.get("Sid") for s in json.loads(definition.policy)["Statement"]] == [None, "alice"]


def test_a_label_is_used_once():
    message = refusal_of(InvalidParameterValueException, permit, permit(standard()))
    assert message == "Value alice for parameter Label is invalid. Reason: Already exists."


def test_a_policy_has_twenty_statements_at_most():
    definition = standard()
    for number in range(20):
        definition = permit(definition, str(number))
    refusal_of(OverLimit, permit, definition)


def test_a_policy_has_8192_bytes_at_most():
    definition = permit(standard(), "a", ["111111111111"] * 200)
    refusal_of(OverLimit, permit, definition, "b", ["111111111111"] * 200)


def test_a_permission_is_taken_back():
    two = permit(permit(standard()), "bob")
    one = queues.without_permission(two, "alice", 10)
    assert [s["Sid"] for s in json.loads(one.policy)["Statement"]] == ["bob"]
    assert queues.without_permission(one, "bob", 11).policy is None


def test_a_permission_that_is_not_there_cannot_be_taken_back():
    message = refusal_of(
        InvalidParameterValueException, queues.without_permission, standard(), "alice", 9
    )
    assert message == "Value alice for parameter Label is invalid. Reason: can't find label."


# --- Tags ----------------------------------------------------------------------------------------


def test_tags_are_added_replaced_and_removed():
    definition = queues.define(ARN, {}, {"a": "1", "b": "2"}, 5)
    definition = queues.with_tags(definition, {"b": "3", "c": ""})
    assert definition.tags == {"a": "1", "b": "3", "c": ""}
    definition = queues.without_tags(definition, ["a", "missing"])
    assert definition.tags == {"b": "3", "c": ""}
    assert definition.modified_at == 5


def test_fifty_tags_are_the_most():
    full = queues.define(ARN, {}, {str(number): "" for number in range(50)}, 5)
    queues.with_tags(full, {"0": "new value"})
    message = refusal_of(InvalidParameterValueException, queues.with_tags, full, {"x": ""})
    assert message == "Too many tags added for queue jobs."


@pytest.mark.parametrize(
    "tags",
    [
        {"": ""},
        {"k" * 129: ""},
        {"k": "v" * 257},
        {"AWS:k": ""},
        {"k": "<"},
        {"k": "\n"},
        {"\x00": ""},
    ],
)
def test_tags_that_no_queue_may_have(tags):
    refusal_of(Refusal, queues.define, ARN, {}, tags, 5)


def test_tags_in_any_script():
    queues.define(ARN, {}, {"ключ": "значение 1", "a.b:/=+-@_": "中文\u3000"}, 5)


# --- Whatever clients send -----------------------------------------------------------------------

KEYS = [
    "maxReceiveCount",
    "deadLetterTargetArn",
    "redrivePermission",
    "sourceQueueArns",
    "Version",
    "Statement",
    "Principal",
    "Effect",
    "Action",
    "AWS",
    "Condition",
]
TEXTS = st.text(max_size=30) | st.recursive(
    st.none() | st.integers() | st.text(max_size=9) | st.floats() | st.just(ARN),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(KEYS), inner, max_size=4)
    ),
    max_leaves=9,
).map(json.dumps)


@given(st.dictionaries(st.sampled_from(sorted(queue_attributes.NAMES)), TEXTS, max_size=4))
def test_any_attributes_make_a_definition_or_a_refusal(attributes):
    try:
        definition = queues.define(ARN, attributes, {}, 5)
    except Refusal as refusal:
        refusal.message.encode()
        return
    written = msgspec.msgpack.encode(definition)
    assert msgspec.msgpack.decode(written, type=QueueDefinition) == definition
    assert queues.same_attributes(definition, attributes) is None
