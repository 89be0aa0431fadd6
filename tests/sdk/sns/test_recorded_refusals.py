"""Requests that AWS was asked, with the errors that it answered, word for word."""

import json
from typing import Any

import pytest

from sdk.access.principals import HOME
from sdk.refusals import refused
from sdk.sns.topic_under_test import create_subscriber, create_topic

NOT_FOUND = "Topic does not exist"
TOPIC_ARN = "Invalid parameter: TopicArn Reason: An ARN must have at least 6 elements, not {}"
TOO_COMPLEX = "Filter policy is too complex"
NULL = (
    "1 validation error detected: Value null at 'attributes' failed to satisfy constraint: "
    "Member must not be null"
)
NOT_JSON = (
    "Invalid parameter: {}: failed to parse JSON. Unexpected character ('i' (code 105)): was "
    "expecting double-quote to start field name\n at [Source: REDACTED "
    "(`StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION` disabled); line: 1, column: 2]"
)
NAME_LETTERS = "must contain only characters 'a'-'z', 'A'-'Z', '0'-'9', '_', '-', and '.'"
ENDPOINT_ATTRIBUTE = "Invalid parameter: Attributes Reason: Invalid attribute name: {}"
BATCH_ID = "The Id of a batch entry in the batch request "
SECRETS = {"PlatformPrincipal": "id", "PlatformCredential": "secret"}


class World:
    """What the requests are about."""

    def __init__(self, home: Any) -> None:
        # What AWS refuses should come to the server, and not be refused by the SDK.
        self.sns = home.client("sns", parameter_validation=False)
        self.standard = create_topic(home)
        self.fifo = create_topic(home, fifo=True, ContentBasedDeduplication="false")
        self.topic = self.standard.arn
        self.missing = self.topic + "-missing"
        self.subscriber = create_subscriber(self.standard, home, RawMessageDelivery="true")
        self.subscription = self.subscriber.arn
        self.queue = self.subscriber.queue
        self.other_queue = home.queue_arn("not-there")
        self.fifo_subscriber = create_subscriber(self.fifo, home, fifo=True)
        gone = create_subscriber(self.standard, home)
        self.sns.unsubscribe(SubscriptionArn=gone.arn)
        self.gone = gone.arn
        application = self.sns.create_platform_application(
            Name="recorded", Platform="ADM", Attributes=SECRETS
        )
        self.application = application["PlatformApplicationArn"]
        self.no_application = self.application + "-missing"
        endpoint = self.sns.create_platform_endpoint(
            PlatformApplicationArn=self.application, Token="token_1"
        )
        self.endpoint = endpoint["EndpointArn"]
        self.sns.add_permission(
            TopicArn=self.topic, Label="taken", AWSAccountId=[HOME], ActionName=["Publish"]
        )

    def set(self, name: str, value: str) -> Any:
        return self.sns.set_subscription_attributes(
            SubscriptionArn=self.subscription, AttributeName=name, AttributeValue=value
        )

    def set_fifo(self, name: str, value: str) -> Any:
        return self.sns.set_subscription_attributes(
            SubscriptionArn=self.fifo_subscriber.arn, AttributeName=name, AttributeValue=value
        )

    def publish(self, topic: str | None = None, **parameters: Any) -> Any:
        return self.sns.publish(TopicArn=topic or self.topic, **{"Message": "x", **parameters})

    def batch(self, **entry: Any) -> Any:
        entries = [{"Message": "x", **entry}]
        return self.sns.publish_batch(TopicArn=self.topic, PublishBatchRequestEntries=entries)

    def subscribe(self, protocol: str, endpoint: str, **parameters: Any) -> Any:
        parameters = {"TopicArn": self.topic, **parameters}
        return self.sns.subscribe(Protocol=protocol, Endpoint=endpoint, **parameters)

    def application_of(self, **parameters: Any) -> Any:
        parameters = {"Name": "name", "Platform": "ADM", "Attributes": SECRETS, **parameters}
        return self.sns.create_platform_application(**parameters)

    def change_application(self, **parameters: Any) -> Any:
        parameters = {"PlatformApplicationArn": self.no_application, **parameters}
        return self.sns.set_platform_application_attributes(**parameters)

    def endpoint_of(self, **parameters: Any) -> Any:
        parameters = {"PlatformApplicationArn": self.application, "Token": "t", **parameters}
        return self.sns.create_platform_endpoint(**parameters)

    def permission(self, **parameters: Any) -> Any:
        parameters = {"AWSAccountId": [HOME], "ActionName": ["Publish"], **parameters}
        return self.sns.add_permission(**{"TopicArn": self.topic, "Label": "new", **parameters})

    def sms(self, **attributes: str) -> Any:
        return self.sns.set_sms_attributes(attributes=attributes)


@pytest.fixture(scope="module")
def world(home):
    return World(home)


# The name of a case, what is asked, and the text, code and status of the error.
CASES: dict[str, tuple[Any, ...]] = {
    "attributes of a missing topic": (
        lambda w: w.sns.get_topic_attributes(TopicArn=w.missing),
        NOT_FOUND,
        "NotFound",
        404,
    ),
    "fifo set later": (
        lambda w: w.sns.set_topic_attributes(
            TopicArn=w.topic, AttributeName="FifoTopic", AttributeValue="false"
        ),
        "Invalid parameter: AttributeName",
    ),
    # Publish.
    "publish to a word": (lambda w: w.publish("randomstring"), TOPIC_ARN.format(1)),
    "publish to two words": (lambda w: w.publish("random:string"), TOPIC_ARN.format(2)),
    "publish to nothing": (
        lambda w: w.sns.publish(TopicArn="", Message="x"),
        TOPIC_ARN.format(1),
    ),
    "publish to a missing topic": (lambda w: w.publish(w.missing), NOT_FOUND, "NotFound", 404),
    "publish to a missing endpoint": (
        lambda w: w.sns.publish(TargetArn=w.endpoint[:-4] + "0000", Message="x"),
        "Invalid parameter: TargetArn Reason: No endpoint found for the target arn specified",
    ),
    "publish with an empty subject": (
        lambda w: w.publish(Subject=""),
        "Invalid parameter: Subject",
    ),
    "publish nothing": (lambda w: w.publish(Message=""), "Invalid parameter: Empty message"),
    "publish to a topic of another region": (
        lambda w: w.publish(w.topic.replace("us-east-1", "eu-west-1")),
        "Invalid parameter: TopicArn",
    ),
    "batch to a topic of another region": (
        lambda w: w.sns.publish_batch(
            TopicArn=w.topic.replace("us-east-1", "eu-west-1"),
            PublishBatchRequestEntries=[{"Id": "1", "Message": "x"}],
        ),
        "Invalid parameter: TopicArn",
    ),
    "no group on a fifo topic": (
        lambda w: w.publish(w.fifo.arn, MessageDeduplicationId="d"),
        "Invalid parameter: The MessageGroupId parameter is required for FIFO topics",
    ),
    "no deduplication on a fifo topic": (
        lambda w: w.publish(w.fifo.arn, MessageGroupId="g"),
        "Invalid parameter: The topic should either have ContentBasedDeduplication enabled or "
        "MessageDeduplicationId provided explicitly",
    ),
    "deduplication on a standard topic": (
        lambda w: w.publish(MessageDeduplicationId="d"),
        "Invalid parameter: MessageDeduplicationId Reason: The request includes "
        "MessageDeduplicationId parameter that is not valid for this topic type",
    ),
    "a letter in a phone number": (
        lambda w: w.sns.publish(PhoneNumber="+1a234", Message="x"),
        "Invalid parameter: PhoneNumber Reason: +1a234 is not valid to publish to",
    ),
    "letters before a phone number": (
        lambda w: w.sns.publish(PhoneNumber="NAA+15551234567", Message="x"),
        "Invalid parameter: PhoneNumber Reason: NAA+15551234567 is not valid to publish to",
    ),
    "a dot in a batch id": (
        lambda w: w.batch(Id="message.id"),
        BATCH_ID + "contains an impermissible character: message.id",
        "InvalidBatchEntryId",
    ),
    "other letters in a batch id": (
        lambda w: w.batch(Id="msg@123#test"),
        BATCH_ID + "contains an impermissible character: msg@123#test",
        "InvalidBatchEntryId",
    ),
    "a long batch id": (
        lambda w: w.batch(Id="a" * 81),
        BATCH_ID + "is too long: " + "a" * 81,
        "InvalidBatchEntryId",
    ),
    # Subscribe.
    "subscribe to a word": (
        lambda w: w.subscribe("sqs", w.other_queue, TopicArn="randomstring"),
        TOPIC_ARN.format(1),
    ),
    "subscribe to five words": (
        lambda w: w.subscribe("sqs", w.other_queue, TopicArn="arn:aws:sns:us-east-1:" + HOME),
        TOPIC_ARN.format(5),
    ),
    "subscribe to a missing topic": (
        lambda w: w.subscribe("sqs", w.other_queue, TopicArn=w.missing),
        NOT_FOUND,
        "NotFound",
        404,
    ),
    "subscribe a queue's url": (
        lambda w: w.subscribe("sqs", w.queue.url),
        "Invalid parameter: SQS endpoint ARN",
    ),
    "subscribe letters before a phone number": (
        lambda w: w.subscribe("sms", "NAA+15551234567"),
        "Invalid SMS endpoint: NAA+15551234567",
    ),
    "subscribe a fifo queue to a standard topic": (
        lambda w: w.subscribe("sqs", w.other_queue + ".fifo"),
        "Invalid parameter: Invalid parameter: Endpoint Reason: FIFO SQS Queues can not be "
        "subscribed to standard SNS topics",
    ),
    "subscribe again with other attributes": (
        lambda w: w.subscribe("sqs", w.queue.arn, Attributes={"RawMessageDelivery": "false"}),
        "Invalid parameter: Attributes Reason: Subscription already exists with different "
        "attributes",
    ),
    # Subscriptions.
    "unsubscribe a word": (
        lambda w: w.sns.unsubscribe(SubscriptionArn="randomstring"),
        TOPIC_ARN.format(1).replace("TopicArn", "SubscriptionArn"),
    ),
    "attributes of an ended subscription": (
        lambda w: w.sns.get_subscription_attributes(SubscriptionArn=w.gone),
        "Subscription does not exist",
        "NotFound",
        404,
    ),
    "set an attribute of an ended subscription": (
        lambda w: w.sns.set_subscription_attributes(
            SubscriptionArn=w.gone, AttributeName="RawMessageDelivery", AttributeValue="true"
        ),
        "Subscription does not exist",
        "NotFound",
        404,
    ),
    "an attribute that is none": (
        lambda w: w.set("FakeAttribute", "x"),
        "Invalid parameter: AttributeName",
    ),
    "a wrong value for raw delivery": (
        lambda w: w.set("RawMessageDelivery", "test-ValUe"),
        "Invalid parameter: RawMessageDelivery: Invalid value [test-ValUe]. Must be true or false.",
    ),
    "an empty value for raw delivery": (
        lambda w: w.set("RawMessageDelivery", ""),
        "Invalid parameter: RawMessageDelivery: Invalid value []. Must be true or false.",
    ),
    "an ARN that is none for dead letters": (
        lambda w: w.set("RedrivePolicy", '{"deadLetterTargetArn": "fake-arn"}'),
        "Invalid parameter: RedrivePolicy: deadLetterTargetArn is an invalid arn",
    ),
    "no JSON for dead letters": (
        lambda w: w.set("RedrivePolicy", "{invalid}"),
        NOT_JSON.format("RedrivePolicy"),
    ),
    "no JSON for a filter": (
        lambda w: w.set("FilterPolicy", "{invalid}"),
        NOT_JSON.format("FilterPolicy"),
    ),
    "a scope that is none": (
        lambda w: w.set("FilterPolicyScope", "RandomValue"),
        "Invalid parameter: FilterPolicyScope: Invalid value [RandomValue]. Please use either "
        "MessageBody or MessageAttributes",
    ),
    "a standard queue for dead letters of a fifo queue": (
        lambda w: w.set_fifo("RedrivePolicy", json.dumps({"deadLetterTargetArn": w.queue.arn})),
        "Invalid parameter: RedrivePolicy: must use a FIFO queue as DLQ for a FIFO Subscription "
        "to a FIFO Topic.",
    ),
    "confirm with a word": (
        lambda w: w.sns.confirm_subscription(TopicArn=w.topic, Token="randomtoken"),
        "Invalid token",
    ),
    # Filter policies through SetSubscriptionAttributes.
    "six keys of a filter": (
        lambda w: w.set("FilterPolicy", json.dumps({f"key{i}": ["a"] for i in range(6)})),
        "Invalid parameter: FilterPolicy: Filter policy can not have more than 5 keys",
    ),
    "a filter's key with a text": (
        lambda w: w.set("FilterPolicy", '{"key_a":"value_one"}'),
        'Invalid parameter: FilterPolicy: "key_a" must be an object or an array\n at [Source: '
        '(String)"{"key_a":"value_one"}"; line: 1, column: 11]',
    ),
    # Permissions.
    "a label that is taken": (
        lambda w: w.permission(Label="taken"),
        "Invalid parameter: Statement already exists",
    ),
    "a permission for a missing topic": (
        lambda w: w.permission(TopicArn=w.missing),
        NOT_FOUND,
        "NotFound",
        404,
    ),
    "a permission for an action that is none": (
        lambda w: w.permission(ActionName=["InvalidAction"]),
        "Invalid parameter: Policy statement action out of service scope!",
    ),
    # SMS.
    "an SMS attribute that is none": (
        lambda w: w.sms(InvalidAttribute="x"),
        "InvalidAttribute is not a valid attribute",
    ),
    "an SMS type that is none": (
        lambda w: w.sms(DefaultSMSType="Fun"),
        "DefaultSMSType is invalid",
    ),
    "opting in what is no number": (
        lambda w: w.sns.opt_in_phone_number(phoneNumber="not a number"),
        "Invalid parameter: PhoneNumber Reason: input incorrectly formatted",
    ),
    # Platform applications and endpoints.
    "an application without attributes": (
        lambda w: w.sns.create_platform_application(Name="name", Platform="ADM"),
        NULL,
        "ValidationError",
    ),
    "an application without a credential": (
        lambda w: w.application_of(Attributes={"PlatformPrincipal": "x"}),
        "Invalid parameter: Attributes Reason: PlatformPrincipal attribute provided without "
        "PlatformCredential",
    ),
    "an application without a principal": (
        lambda w: w.application_of(Attributes={"PlatformCredential": "x"}),
        "Invalid parameter: Attributes Reason: PlatformCredential attribute provided without "
        "PlatformPrincipal",
    ),
    "a long name of an application": (
        lambda w: w.application_of(Name="a" * 257),
        "Invalid parameter: " + "a" * 257 + " Reason: must be at most 256 characters long",
    ),
    "no name of an application": (
        lambda w: w.application_of(Name=""),
        "Invalid parameter:  Reason: cannot be empty",
    ),
    "other letters in the name of an application": (
        lambda w: w.application_of(Name="@name"),
        "Invalid parameter: @name Reason: " + NAME_LETTERS,
    ),
    "attributes of a word": (
        lambda w: w.change_application(PlatformApplicationArn="word", Attributes=SECRETS),
        TOPIC_ARN.format(1).replace("TopicArn", "PlatformApplicationArn"),
    ),
    "no attributes of a missing application": (
        lambda w: w.change_application(),
        NULL,
        "ValidationError",
    ),
    "attributes of a missing application": (
        lambda w: w.change_application(Attributes={"PlatformPrincipal": "x"}),
        "PlatformApplication does not exist",
        "NotFound",
        404,
    ),
    "a token again with other attributes": (
        lambda w: w.endpoint_of(Token="token_1", Attributes={"CustomUserData": "other"}),
        "Invalid parameter: Token Reason: Endpoint {w.endpoint} already exists with the same "
        "Token, but different attributes.",
    ),
    "an attribute of applications on an endpoint": (
        lambda w: w.endpoint_of(Attributes={"PlatformPrincipal": "x"}),
        ENDPOINT_ATTRIBUTE.format("PlatformPrincipal"),
    ),
    "a credential on an endpoint": (
        lambda w: w.endpoint_of(Attributes={"PlatformCredential": "x"}),
        ENDPOINT_ATTRIBUTE.format("PlatformCredential"),
    ),
    "an attribute that no endpoint has": (
        lambda w: w.endpoint_of(Attributes={"InvalidKey": "x"}),
        ENDPOINT_ATTRIBUTE.format("InvalidKey"),
    ),
    "long user data": (
        lambda w: w.endpoint_of(Attributes={"CustomUserData": "a" * 2049}),
        "Invalid parameter: Attributes Reason: Invalid value for attribute: CustomUserData: must "
        "be at most 2048 bytes long in UTF-8 encoding",
    ),
    "attributes of an application as of an endpoint": (
        lambda w: w.sns.set_endpoint_attributes(
            EndpointArn=w.application, Attributes={"Enabled": "true"}
        ),
        "Invalid parameter: EndpointArn Reason: Wrong number of slashes in relative portion of "
        "the ARN.",
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_refused_as_by_aws(world, name):
    ask, text, *more = CASES[name]
    code, status = (*more, *("InvalidParameter", 400)[len(more) :])
    with refused(code, text.replace("{w.endpoint}", world.endpoint), status=status) as caught:
        ask(world)
    assert caught.value.response["Error"]["Type"] == "Sender"


def test_nothing_came_of_the_refused(world):
    """No request above had an effect, so what was published afterwards comes alone."""
    world.publish(Message="the first")
    assert world.subscriber.bodies() == ["the first"]
    attributes = world.subscriber.attributes()
    assert attributes["RawMessageDelivery"] == "true"
    assert not {"FilterPolicy", "RedrivePolicy"} & set(attributes)


# Filter policies through Subscribe.

SOURCE = '{}\n at [Source: (String)"{}"; line: 1, column: {}]'
MUST_BE_TEXT = "{} match pattern must be a string"
MUST_BE_ARRAY = '"{}" must be an object or an array'
UNSUPPORTED = "Unsupported anything-but pattern: {}"
MALFORMED = "Malformed CIDR, {}"

FILTERS = [
    ('{"key":[]}', "Empty arrays are not allowed", 10),
    ('{"key":[{"suffix":100}]}', MUST_BE_TEXT.format("suffix"), 22),
    ('{"key":[{"suffix":null}]}', MUST_BE_TEXT.format("suffix"), 23),
    ('{"key":[{"suffix":[]}]}', MUST_BE_TEXT.format("suffix"), 20),
    ('{"key":[{"suffix":["test","test2"]}]}', MUST_BE_TEXT.format("suffix"), 20),
    ('{"key":[{"cidr":["bad-filter"]}]}', MUST_BE_TEXT.format("prefix"), 18),
    ('{"key":[{"cidr":"bad-filter"}]}', MALFORMED.format("one '/' required"), None),
    ('{"key":[{"cidr":"bad-filter/64"}]}', "Nonstandard IP address: bad-filter", None),
    (
        '{"key":[{"cidr":"10.0.0.0/bad"}]}',
        MALFORMED.format("mask bits must be an integer"),
        None,
    ),
    ('{"key":[{"cidr":"xx.11.xx/8"}]}', "Nonstandard IP address: xx.11.xx", None),
    (
        '{"key":[{"cidr":"xxxx:db8:1234:1a00::/64"}]}',
        "Nonstandard IP address: xxxx:db8:1234:1a00::",
        None,
    ),
    (
        '{"key":[{"anything-but":{"wrong-operator":null}}]}',
        UNSUPPORTED.format("wrong-operator"),
        47,
    ),
    ('{"key":[{"anything-but":{"exists":false}}]}', UNSUPPORTED.format("exists"), 40),
    ('{"key":[{"anything-but":{"prefix":false}}]}', MUST_BE_TEXT.format("prefix"), 40),
    (json.dumps({"key": [str(i) for i in range(151)]}), TOO_COMPLEX, None),
    (
        json.dumps({"a": [str(i) for i in range(13)], "b": [str(i) for i in range(12)]}),
        TOO_COMPLEX,
        None,
    ),
    (
        json.dumps({f"key{i}": ["a"] for i in range(6)}),
        "Filter policy can not have more than 5 keys",
        None,
    ),
]


NESTED = [
    ('{"key":{"suffix":"value"}}', MUST_BE_ARRAY.format("suffix"), 19),
    ('{"key":{"suffix":"value","prefix":"value"}}', MUST_BE_ARRAY.format("suffix"), 19),
    ('{"key":{"not-an-operator":"value"}}', MUST_BE_ARRAY.format("not-an-operator"), 28),
    (
        json.dumps({"a": {"b": {"c": list("abcdefghij")}}, "d": {"e": list("abcdefgh")}}),
        TOO_COMPLEX,
        None,
    ),
]


SCOPED = [
    pytest.param(scope, *case, id=f"{scope[7:]}-{case[0][:40]}")
    for scope in ("MessageAttributes", "MessageBody")
    for case in [*FILTERS, *(NESTED if scope == "MessageBody" else [])]
]


@pytest.mark.parametrize(("scope", "source", "reason", "column"), SCOPED)
def test_filter_policies_refused_as_by_aws(world, scope, source, reason, column):
    told = reason if column is None else SOURCE.format(reason, source, column)
    with refused("InvalidParameter", "Invalid parameter: Attributes Reason: FilterPolicy: " + told):
        world.subscribe(
            "sqs",
            world.other_queue,
            Attributes={"FilterPolicy": source, "FilterPolicyScope": scope},
        )
