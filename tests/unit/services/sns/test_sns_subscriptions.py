"""Subscriptions.  Recorded answers of AWS are cited by the name of their case."""

import json

import pytest

from tidegate.base.call import Principal
from tidegate.base.refusals import (
    AccessDeniedException,
    AuthorizationErrorException,
    FilterPolicyLimitExceededException,
    InvalidParameterException,
    MissingAuthenticationToken,
    NotFoundException,
    SubscriptionLimitExceededException,
)
from tidegate.catalog.topics import CancelledSubscription, IssuedToken, Subscription

ACCOUNT, OTHER, REGION = "111122223333", "444455556666", "eu-west-1"
NEWS = f"arn:aws:sns:{REGION}:{ACCOUNT}:news"
FIFO = f"{NEWS}.fifo"
QUEUE = f"arn:aws:sqs:{REGION}:{ACCOUNT}:jobs"
ROOT = f"arn:aws:iam::{ACCOUNT}:root"
STRANGER = Principal(OTHER, f"arn:aws:iam::{OTHER}:root", "AKIAOTHER", OTHER)
NOBODY = Principal("", "", "", "anonymous", kind="Anonymous")
WEB = {"protocol": "https", "endpoint": "https://example.com/hook"}
DAY = 86_400_000
LAMBDA = f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:work"
STREAM = f"arn:aws:firehose:{REGION}:{ACCOUNT}:deliverystream/s"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/writer"


@pytest.fixture(autouse=True)
def topic(sns):
    return sns.topic()


def wrong(refused, text, **parameters):
    message = None if text is None else f"Invalid parameter: {text}"
    parameters = {"TopicArn": NEWS, **parameters}
    return refused(InvalidParameterException, message, "Subscribe", **parameters)


# --- Subscribing ---------------------------------------------------------------------------------


def test_an_own_queue_is_subscribed_at_once(sns) -> None:
    """not_found_error_on_set_subscription_attributes"""
    subscription = sns.subscribe()
    assert sns.attributes(subscription) == {
        "ConfirmationWasAuthenticated": "true",
        "Endpoint": QUEUE,
        "Owner": ACCOUNT,
        "PendingConfirmation": "false",
        "Protocol": "sqs",
        "RawMessageDelivery": "false",
        "SubscriptionArn": subscription,
        "SubscriptionPrincipal": ROOT,
        "TopicArn": NEWS,
    }
    assert sns.sent.confirmations == []
    assert sns.topic_attributes()["SubscriptionsConfirmed"] == "1"


@pytest.mark.parametrize(
    ("protocol", "endpoint", "attributes"),
    [
        ("sms", "+123123123", {}),
        ("sms", "+15/55-123.4567", {}),
        ("lambda", LAMBDA, {}),
        ("lambda", f"{LAMBDA}:$LATEST", {}),
        ("firehose", STREAM, {"SubscriptionRoleArn": ROLE}),
        ("sqs", f"arn:aws:sqs:us-east-1:{ACCOUNT}:far", {}),
    ],
)
def test_what_needs_no_confirmation(sns, protocol, endpoint, attributes) -> None:
    """subscribe_sms_endpoint"""
    shown = sns.attributes(sns.subscribe(NEWS, protocol, endpoint, attributes))
    assert shown["PendingConfirmation"] == "false"
    assert shown["ConfirmationWasAuthenticated"] == "true"
    assert shown["Endpoint"] == endpoint


@pytest.mark.parametrize(
    ("protocol", "endpoint"),
    [
        ("http", "http://example.com"),
        ("https", "https://user:pass@example.com:8443/a?b=c"),
        ("https", "https://[::1]/"),
        ("email", "ann@example.com"),
        ("email-json", "a+b@example.co.uk"),
        ("sqs", f"arn:aws:sqs:{REGION}:{OTHER}:theirs"),
        ("lambda", LAMBDA.replace(ACCOUNT, OTHER)),
    ],
)
def test_what_is_pending_until_its_owner_confirms(sns, protocol, endpoint) -> None:
    """creating_subscription"""
    asked = {"TopicArn": NEWS, "Protocol": protocol, "Endpoint": endpoint}
    assert sns.ask("Subscribe", **asked).SubscriptionArn == "pending confirmation"
    (sent,) = sns.sent.confirmations
    shown = sns.attributes(sent[0].arn)
    assert shown["PendingConfirmation"] == "true"
    assert shown["ConfirmationWasAuthenticated"] == "false"
    (listed,) = sns.ask("ListSubscriptionsByTopic", TopicArn=NEWS).Subscriptions
    assert listed.SubscriptionArn == "PendingConfirmation"
    assert sns.topic_attributes()["SubscriptionsPending"] == "1"
    again = sns.ask("Subscribe", **asked, ReturnSubscriptionArn=True)
    assert again.SubscriptionArn == sent[0].arn
    assert len(sns.sent.confirmations) == 2


@pytest.mark.parametrize(
    ("protocol", "endpoint", "text"),
    [
        ("pigeon", "x", "Amazon SNS does not support this protocol string: pigeon"),
        ("sqs", None, "Endpoint"),
        ("sqs", "http://127.0.0.1:4566/1/jobs", "SQS endpoint ARN"),
        ("sqs", "arn:aws:sqs:r:1:a\nb", "SQS endpoint ARN"),
        ("sqs", "arn:aws:sqs:eu-west-1:000000000000:~own", "SQS endpoint ARN"),
        ("http", "https://example.com", "Endpoint must match the specified protocol"),
        ("https", "http://example.com", "Endpoint must match the specified protocol"),
        ("http", "http://", "Endpoint"),
        ("http", "http://example.com/a b", "Endpoint"),
        ("http", "http://example.com:99999/", "Endpoint"),
        ("http", "http://[::1", "Endpoint"),
        ("http", "http://example.com/\r\nX: 1", "Endpoint"),
        ("email", "this is not an email", "Email address"),
        ("email", "a@b\r\nBcc: c@d", "Email address"),
        ("email-json", "@example.com", "Email address"),
        ("lambda", QUEUE, "Lambda endpoint ARN"),
        ("firehose", QUEUE, "Firehose endpoint ARN"),
        ("application", NEWS, f"Application endpoint arn invalid:{NEWS}"),
        (
            "sqs",
            f"{QUEUE}.fifo",
            "Invalid parameter: Endpoint Reason: FIFO SQS Queues can not be subscribed to standard "
            "SNS topics",
        ),
    ],
)
def test_endpoints_that_cannot_be(refused, protocol, endpoint, text) -> None:
    """subscribe_to_sqs_with_queue_url, validations_for_fifo"""
    given = {} if endpoint is None else {"Endpoint": endpoint}
    wrong(refused, text, Protocol=protocol, **given)


@pytest.mark.parametrize("number", ["NAA+15551234567", "+15--551234567", "+15551234567.", "12"])
def test_numbers_that_cannot_be(refused, number) -> None:
    """publish_wrong_phone_format"""
    text = f"Invalid SMS endpoint: {number}"
    asked = {"TopicArn": NEWS, "Protocol": "sms", "Endpoint": number}
    refused(InvalidParameterException, text, "Subscribe", **asked)


def test_a_topic_must_be_there(refused) -> None:
    """subscribe_with_invalid_topic, subscribe_unknown_topic"""
    asked = {"Protocol": "sqs", "Endpoint": QUEUE}
    refused(NotFoundException, "Topic does not exist", "Subscribe", TopicArn=f"{NEWS}2", **asked)
    wrong(
        refused,
        "TopicArn Reason: An ARN must have at least 6 elements, not 5",
        TopicArn="a:b:c:d:e",
        **asked,
    )


def test_fifo_topics_take_queues_of_both_kinds_and_nothing_else(sns, refused) -> None:
    """validations_for_fifo"""
    sns.topic("news.fifo")
    for endpoint in (QUEUE, f"{QUEUE}.fifo"):
        assert sns.attributes(sns.subscribe(FIFO, endpoint=endpoint))["Endpoint"] == endpoint
    wrong(refused, None, TopicArn=FIFO, Protocol="lambda", Endpoint=LAMBDA)


def test_subscribing_again_gives_the_same_subscription(sns, refused) -> None:
    """subscribe_idempotency, double_subscription"""
    subscription = sns.subscribe(attributes={"RawMessageDelivery": "true"})
    records = sns.records
    for attributes in (
        {"RawMessageDelivery": "true"},
        {"RawMessageDelivery": "True"},
        {"FilterPolicyScope": "MessageAttributes"},
        {},
        None,
    ):
        assert sns.subscribe(attributes=attributes) == subscription
    assert sns.records == records
    wrong(
        refused,
        "Attributes Reason: Subscription already exists with different attributes",
        Protocol="sqs",
        Endpoint=QUEUE,
        Attributes={"RawMessageDelivery": "false"},
    )


def test_the_condition_keys_of_subscribe(sns) -> None:
    row = sns.rows["Subscribe"]
    shape = sns.shape("Subscribe", TopicArn=NEWS, Protocol="sqs", Endpoint=QUEUE)
    assert row.context(sns.call(), shape) == {"sns:Endpoint": QUEUE, "sns:Protocol": "sqs"}
    assert row.resource(sns.call(), shape) == NEWS


# --- Attributes ----------------------------------------------------------------------------------


def set_attribute(sns, subscription, name, value):
    sns.ask(
        "SetSubscriptionAttributes",
        SubscriptionArn=subscription,
        AttributeName=name,
        AttributeValue=value,
    )
    return sns.attributes(subscription)


def test_filter_policies_and_their_scope(sns) -> None:
    """set_subscription_filter_policy_scope, subscribe_sqs_queue"""
    subscription = sns.subscribe()
    shown = set_attribute(sns, subscription, "FilterPolicyScope", "MessageBody")
    assert "FilterPolicyScope" not in shown
    policy = '{"attr1":[{"numeric":[">",0,"<=",100]}]}'
    shown = set_attribute(sns, subscription, "FilterPolicy", policy)
    assert (shown["FilterPolicy"], shown["FilterPolicyScope"]) == (policy, "MessageBody")
    assert "FilterPolicy" not in set_attribute(sns, subscription, "FilterPolicy", "{}")


def test_redrive_policies_come_and_go(sns) -> None:
    """redrive_policy_lambda_subscription"""
    policy = json.dumps({"deadLetterTargetArn": f"{QUEUE}-dead"})
    subscription = sns.subscribe(protocol="lambda", endpoint=LAMBDA)
    assert set_attribute(sns, subscription, "RedrivePolicy", policy)["RedrivePolicy"] == policy
    found = next(iter(sns.entities.all_of(Subscription, NEWS).values()))
    assert found.dead_letter_target == f"{QUEUE}-dead"
    assert "RedrivePolicy" not in set_attribute(sns, subscription, "RedrivePolicy", "")


def test_web_endpoints_have_delivery_policies(sns) -> None:
    subscription = sns.subscribe(**WEB)
    effective = json.loads(sns.attributes(subscription)["EffectiveDeliveryPolicy"])
    assert effective["healthyRetryPolicy"]["numRetries"] == 3
    policy = {"healthyRetryPolicy": {"minDelayTarget": 1, "maxDelayTarget": 2, "numRetries": 9}}
    shown = set_attribute(sns, subscription, "DeliveryPolicy", json.dumps(policy))
    assert json.loads(shown["DeliveryPolicy"])["healthyRetryPolicy"]["numRetries"] == 9
    assert json.loads(shown["EffectiveDeliveryPolicy"])["healthyRetryPolicy"]["numRetries"] == 9


def at(line, column):
    return (
        "\n at [Source: REDACTED (`StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION` disabled); "
        f"line: {line}, column: {column}]"
    )


@pytest.mark.parametrize(
    ("name", "value", "text"),
    [
        ("fake", "x", "AttributeName"),
        ("ReplayPolicy", "{}", "AttributeName"),
        (
            "RawMessageDelivery",
            "test-ValUe",
            "RawMessageDelivery: Invalid value [test-ValUe]. Must be true or false.",
        ),
        (
            "RawMessageDelivery",
            "",
            "RawMessageDelivery: Invalid value []. Must be true or false.",
        ),
        (
            "RedrivePolicy",
            '{"deadLetterTargetArn":"fake"}',
            "RedrivePolicy: deadLetterTargetArn is an invalid arn",
        ),
        (
            "RedrivePolicy",
            "{invalidjson}",
            "RedrivePolicy: failed to parse JSON. Unexpected character ('i' (code 105)): was "
            f"expecting double-quote to start field name{at(1, 2)}",
        ),
        (
            "FilterPolicy",
            "{invalidjson}",
            "FilterPolicy: failed to parse JSON. Unexpected character ('i' (code 105)): was "
            f"expecting double-quote to start field name{at(1, 2)}",
        ),
        (
            "FilterPolicyScope",
            "RandomValue",
            "FilterPolicyScope: Invalid value [RandomValue]. Please use either MessageBody or "
            "MessageAttributes",
        ),
        (
            "DeliveryPolicy",
            "{}",
            "Delivery protocol [sqs] does not support delivery policy.",
        ),
        ("SubscriptionRoleArn", ROLE, "SubscriptionRoleArn: Invalid value"),
    ],
)
def test_wrong_attributes_are_told(sns, refused, name, value, text) -> None:
    """validate_set_sub_attributes"""
    subscription = sns.subscribe()
    refused(
        InvalidParameterException,
        f"Invalid parameter: {text}",
        "SetSubscriptionAttributes",
        SubscriptionArn=subscription,
        AttributeName=name,
        AttributeValue=value,
    )
    in_subscribe = f"Unknown attribute {name}" if text == "AttributeName" else text
    wrong(
        refused,
        f"Attributes Reason: {in_subscribe}",
        Protocol="sqs",
        Endpoint=f"{QUEUE}2",
        Attributes={name: value},
    )


@pytest.mark.parametrize(
    ("protocol", "endpoint"), [("sms", "+123123123"), ("lambda", LAMBDA), ("email", "a@b.c")]
)
def test_not_every_protocol_knows_raw_messages(refused, protocol, endpoint) -> None:
    wrong(
        refused,
        f"Attributes Reason: Delivery protocol [{protocol}] does not support raw message delivery.",
        Protocol=protocol,
        Endpoint=endpoint,
        Attributes={"RawMessageDelivery": "true"},
    )


def test_a_stream_needs_a_role(refused) -> None:
    wrong(
        refused,
        "Attributes Reason: SubscriptionRoleArn: Invalid value",
        Protocol="firehose",
        Endpoint=STREAM,
    )


@pytest.mark.parametrize(
    ("topic_arn", "endpoint", "target"),
    [
        (FIFO, f"{QUEUE}.fifo", QUEUE),
        (NEWS, QUEUE, f"{QUEUE}.fifo"),
        (NEWS, QUEUE, f"arn:aws:sqs:us-east-1:{ACCOUNT}:dead"),
        (NEWS, QUEUE, f"arn:aws:sqs:{REGION}:{OTHER}:dead"),
    ],
)
def test_dead_letters_go_to_a_queue_that_is_like_the_subscription(
    sns, refused, topic_arn, endpoint, target
) -> None:
    """validations_for_fifo"""
    sns.topic("news.fifo")
    subscription = sns.subscribe(topic_arn, endpoint=endpoint)
    text = None
    if topic_arn == FIFO:
        text = (
            "Invalid parameter: RedrivePolicy: must use a FIFO queue as DLQ for a FIFO "
            "Subscription to a FIFO Topic."
        )
    refused(
        InvalidParameterException,
        text,
        "SetSubscriptionAttributes",
        SubscriptionArn=subscription,
        AttributeName="RedrivePolicy",
        AttributeValue=json.dumps({"deadLetterTargetArn": target}),
    )


def test_replays_need_an_archive(sns, refused) -> None:
    sns.topic("news.fifo")
    subscription = sns.subscribe(FIFO)
    policy = '{"PointType":"Timestamp","StartingPoint":"2023-10-01T00:00:00.000Z"}'
    replay = {
        "SubscriptionArn": subscription,
        "AttributeName": "ReplayPolicy",
        "AttributeValue": policy,
    }
    refused(InvalidParameterException, None, "SetSubscriptionAttributes", **replay)
    sns.ask(
        "SetTopicAttributes",
        TopicArn=FIFO,
        AttributeName="ArchivePolicy",
        AttributeValue='{"MessageRetentionPeriod":"7"}',
    )
    shown = set_attribute(sns, subscription, "ReplayPolicy", policy)
    assert (shown["ReplayPolicy"], shown["ReplayStatus"]) == (policy, "Pending")
    (found,) = sns.entities.all_of(Subscription, FIFO).values()
    assert (found.replay.starting_at, found.replay.ending_at) == (1_696_118_400_000, None)
    assert "ReplayStatus" not in set_attribute(sns, subscription, "ReplayPolicy", "{}")
    for change in (
        {"PointType": "Number"},
        {"StartingPoint": "soon"},
        {"StartingPoint": None},
        {"EndingPoint": "2023-09-01T00:00:00Z"},
        {"Point": 1},
    ):
        text = json.dumps({**json.loads(policy), **change})
        refused(
            InvalidParameterException,
            None,
            "SetSubscriptionAttributes",
            **{**replay, "AttributeValue": text},
        )


def test_what_is_not_there_has_no_attributes(sns, refused) -> None:
    """not_found_error_on_set_subscription_attributes"""
    subscription = sns.subscribe()
    sns.ask("Unsubscribe", SubscriptionArn=subscription)
    text = "Subscription does not exist"
    refused(NotFoundException, text, "GetSubscriptionAttributes", SubscriptionArn=subscription)
    refused(
        NotFoundException,
        text,
        "SetSubscriptionAttributes",
        SubscriptionArn=subscription,
        AttributeName="RawMessageDelivery",
        AttributeValue="true",
    )
    assert sns.ask("ListSubscriptionsByTopic", TopicArn=NEWS).Subscriptions == []
    assert sns.topic_attributes()["SubscriptionsDeleted"] == "1"


@pytest.mark.parametrize(
    ("arn", "text"),
    [
        ("pending confirmation", "An ARN must have at least 6 elements, not 1"),
        (NEWS, None),
        (f"{NEWS}:not-a-uuid", None),
    ],
)
def test_what_is_no_arn_of_a_subscription(refused, arn, text) -> None:
    """unsubscribe_from_deleted_topic"""
    reason = f" Reason: {text}" if text else ""
    message = f"Invalid parameter: SubscriptionArn{reason}"
    for operation in ("Unsubscribe", "GetSubscriptionAttributes"):
        refused(InvalidParameterException, message, operation, SubscriptionArn=arn)


# --- Confirming ----------------------------------------------------------------------------------


def confirm(sns, token=None, **parameters):
    token = token or sns.sent.confirmations[-1][1]
    answer = sns.ask("ConfirmSubscription", TopicArn=NEWS, Token=token, **parameters)
    return answer.SubscriptionArn


def test_a_token_confirms_once_and_for_all(sns) -> None:
    subscription = sns.subscribe(**WEB)
    sns.principal = NOBODY
    sns.region = ""
    assert confirm(sns) == subscription
    records = sns.records
    assert confirm(sns) == subscription
    assert sns.records == records
    sns.principal = Principal(ACCOUNT, ROOT, "AKIAROOT", ACCOUNT)
    shown = sns.attributes(subscription)
    assert shown["PendingConfirmation"] == "false"
    assert shown["ConfirmationWasAuthenticated"] == "false"
    assert sns.ask("Subscribe", TopicArn=NEWS, Protocol="https", Endpoint=WEB["endpoint"])
    assert len(sns.sent.confirmations) == 1


def test_a_signature_is_remembered(sns) -> None:
    subscription = sns.subscribe(**WEB)
    confirm(sns, AuthenticateOnUnsubscribe="true")
    assert sns.attributes(subscription)["ConfirmationWasAuthenticated"] == "true"


def test_without_a_signature_nobody_can_ask_for_signatures(sns, refused) -> None:
    sns.subscribe(**WEB)
    sns.principal = NOBODY
    refused(
        MissingAuthenticationToken,
        None,
        "ConfirmSubscription",
        TopicArn=NEWS,
        Token=sns.sent.confirmations[0][1],
        AuthenticateOnUnsubscribe="true",
    )


def test_earlier_tokens_stay_valid(sns) -> None:
    subscription = sns.subscribe(**WEB)
    sns.subscribe(**WEB)
    first, second = (token for _, token in sns.sent.confirmations)
    assert first != second
    assert confirm(sns, first) == subscription


def test_no_token_is_kept(sns) -> None:
    sns.subscribe(**WEB)
    token = sns.sent.confirmations[0][1]
    (found,) = sns.entities.all_of(Subscription, NEWS).values()
    assert token not in repr(found)
    assert len(token) == 160


@pytest.mark.parametrize(
    ("change", "text"),
    [
        (lambda token: token[:-1], "Invalid token"),
        (lambda token: "random", "Invalid token"),
        (lambda token: token.upper(), "Invalid token"),
        (lambda token: token[:-2] + "00", "Invalid parameter: Token"),
        (lambda token: "0" * len(token), "Invalid parameter: Token"),
    ],
)
def test_wrong_tokens(sns, refused, change, text) -> None:
    """sns_confirm_subscription_wrong_token"""
    sns.subscribe(protocol="email", endpoint="ann@example.com")
    token = change(sns.sent.confirmations[0][1])
    refused(InvalidParameterException, text, "ConfirmSubscription", TopicArn=NEWS, Token=token)


def test_a_token_is_for_its_own_topic(sns, refused) -> None:
    sns.subscribe(**WEB)
    sns.topic("other")
    for name in ("other", "none"):
        refused(
            InvalidParameterException,
            "Invalid parameter: Token",
            "ConfirmSubscription",
            TopicArn=NEWS.replace("news", name),
            Token=sns.sent.confirmations[0][1],
        )


def test_after_two_days_nothing_is_left_to_confirm(sns, refused) -> None:
    subscription = sns.subscribe(**WEB)
    token = sns.sent.confirmations[0][1]
    sns.now += 2 * DAY
    text = "Invalid parameter: Token"
    refused(InvalidParameterException, text, "ConfirmSubscription", TopicArn=NEWS, Token=token)
    refused(NotFoundException, None, "GetSubscriptionAttributes", SubscriptionArn=subscription)
    assert sns.topic_attributes()["SubscriptionsPending"] == "0"
    again = sns.subscribe(**WEB)
    assert again != subscription
    assert len(sns.entities.all_of(Subscription, NEWS)) == 1


# --- Unsubscribing -------------------------------------------------------------------------------


def test_an_owner_needs_the_permission(sns, refused) -> None:
    subscription = sns.subscribe()
    sns.denied.add("sns:Unsubscribe")
    refused(AccessDeniedException, None, "Unsubscribe", SubscriptionArn=subscription)
    assert sns.asked == [("sns:Unsubscribe", NEWS)]
    sns.denied.clear()
    sns.ask("Unsubscribe", SubscriptionArn=subscription)
    assert sns.sent.cancellations == []
    sns.ask("Unsubscribe", SubscriptionArn=subscription)


@pytest.mark.parametrize("principal", [NOBODY, STRANGER])
def test_the_link_works_for_everybody_and_can_be_taken_back(sns, principal) -> None:
    subscription = sns.subscribe(**WEB, attributes={"RawMessageDelivery": "true"})
    confirm(sns)
    sns.principal = principal
    sns.ask("Unsubscribe", SubscriptionArn=subscription)
    if principal is NOBODY:
        sns.ask("Unsubscribe", SubscriptionArn=subscription)
    ((cancelled, token),) = sns.sent.cancellations
    assert cancelled.arn == subscription
    again = confirm(sns, token)
    assert again != subscription
    sns.principal = Principal(ACCOUNT, ROOT, "AKIAROOT", ACCOUNT)
    shown = sns.attributes(again)
    assert (shown["Endpoint"], shown["RawMessageDelivery"]) == (WEB["endpoint"], "true")
    assert sns.entities.scopes(CancelledSubscription) == []


@pytest.mark.parametrize("principal", [NOBODY, STRANGER])
def test_with_authentication_the_link_is_for_owners(sns, refused, principal) -> None:
    subscription = sns.subscribe(**WEB)
    confirm(sns, AuthenticateOnUnsubscribe="true")
    sns.principal = principal
    refused(AuthorizationErrorException, None, "Unsubscribe", SubscriptionArn=subscription)
    sns.principal = Principal(ACCOUNT, ROOT, "AKIAROOT", ACCOUNT)
    sns.ask("Unsubscribe", SubscriptionArn=subscription)


def test_a_pending_subscription_is_ended_by_owners_only(sns, refused) -> None:
    subscription = sns.subscribe(**WEB)
    sns.principal = STRANGER
    text = f"User: {STRANGER.arn} is not authorized to perform: SNS:Unsubscribe on resource: {NEWS}"
    refused(AuthorizationErrorException, text, "Unsubscribe", SubscriptionArn=subscription)


def test_cancelled_subscriptions_are_forgotten(sns) -> None:
    old = Subscription(NEWS, "0" * 36, ACCOUNT, "sms", "+1", "", 1)
    sns.put(CancelledSubscription(old, IssuedToken(b"d", sns.now)))
    subscription = sns.subscribe(**WEB)
    confirm(sns)
    sns.principal = NOBODY
    sns.ask("Unsubscribe", SubscriptionArn=subscription)
    (left,) = sns.entities.all_of(CancelledSubscription, NEWS).values()
    assert left.subscription.arn == subscription


# --- Other accounts ------------------------------------------------------------------------------


def test_a_subscription_belongs_to_who_subscribes(sns, refused) -> None:
    sns.principal = STRANGER
    theirs = f"arn:aws:sqs:{REGION}:{OTHER}:theirs"
    subscription = sns.subscribe(NEWS, endpoint=theirs)
    shown = sns.attributes(subscription)
    assert (shown["Owner"], shown["PendingConfirmation"]) == (OTHER, "false")
    asked = {"SubscriptionArn": subscription}
    assert sns.resource("GetSubscriptionAttributes", **asked) == "*"
    (listed,) = sns.ask("ListSubscriptions").Subscriptions
    assert (listed.SubscriptionArn, listed.TopicArn) == (subscription, NEWS)
    set_attribute(sns, subscription, "RawMessageDelivery", "true")
    sns.principal = Principal(ACCOUNT, ROOT, "AKIAROOT", ACCOUNT)
    assert sns.resource("GetSubscriptionAttributes", **asked) == NEWS
    assert sns.attributes(subscription)["Owner"] == OTHER
    assert sns.ask("ListSubscriptions").Subscriptions == []
    refused(
        AuthorizationErrorException,
        f"User: {ROOT} is not authorized to perform: SNS:SetSubscriptionAttributes on resource: "
        f"{NEWS}",
        "SetSubscriptionAttributes",
        **asked,
        AttributeName="RawMessageDelivery",
        AttributeValue="false",
    )
    sns.ask("Unsubscribe", **asked)


# --- Lists and limits ----------------------------------------------------------------------------


def many(topic, first, count, **members):
    return [
        Subscription(
            topic,
            f"{number:08}-0000-0000-0000-000000000000",
            ACCOUNT,
            "sms",
            "+1",
            "",
            1,
            **members,
        )
        for number in range(first, first + count)
    ]


def test_lists_go_over_all_topics_of_the_region(sns) -> None:
    names = ["a", "a-b", "a_b"]
    for place, name in enumerate(names):
        arn = sns.topic(name)
        sns.put(*many(arn, 80 * place, 80))
    seen, token, pages = [], {}, 0
    while True:
        answer = sns.ask("ListSubscriptions", **token)
        seen += [each.SubscriptionArn for each in answer.Subscriptions]
        pages += 1
        if answer.NextToken is None:
            break
        token = {"NextToken": answer.NextToken}
    assert (len(seen), len(set(seen)), pages) == (240, 240, 3)
    sns.region = "us-east-1"
    assert sns.ask("ListSubscriptions").Subscriptions == []


def test_a_fifo_topic_has_a_hundred_subscriptions(sns, refused) -> None:
    sns.topic("news.fifo")
    sns.put(*many(FIFO, 0, 100))
    asked = {"TopicArn": FIFO, "Protocol": "sqs", "Endpoint": QUEUE}
    refused(SubscriptionLimitExceededException, None, "Subscribe", **asked)


def test_a_topic_has_two_hundred_filter_policies(sns, refused) -> None:
    sns.put(*many(NEWS, 0, 200, filter_policy='{"a":["b"]}'))
    filtered = {"FilterPolicy": '{"a":["c"]}'}
    asked = {"TopicArn": NEWS, "Protocol": "sqs", "Endpoint": QUEUE, "Attributes": filtered}
    refused(FilterPolicyLimitExceededException, None, "Subscribe", **asked)
    subscription = sns.subscribe()
    refused(
        FilterPolicyLimitExceededException,
        None,
        "SetSubscriptionAttributes",
        SubscriptionArn=subscription,
        AttributeName="FilterPolicy",
        AttributeValue='{"a":["c"]}',
    )


def test_an_account_has_five_thousand_pending_subscriptions(sns, refused) -> None:
    other = sns.topic("other")
    tokens = (IssuedToken(b"", sns.now + 1),)
    for first in range(0, 5_000, 1_000):
        sns.put(*many(other, first, 1_000, pending=True, tokens=tokens))
    asked = {"TopicArn": NEWS, "Protocol": "https", "Endpoint": WEB["endpoint"]}
    refused(SubscriptionLimitExceededException, None, "Subscribe", **asked)
    sns.now += 1
    assert sns.subscribe(**WEB)
