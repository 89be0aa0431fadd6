"""Topics.  Recorded answers of AWS are cited by the name of their case."""

import json

import pytest

from tidegate.base.refusals import (
    AccessDeniedException,
    InvalidParameterException,
    InvalidStateException,
    NotFoundException,
    ResourceNotFoundException,
    TagLimitExceededException,
)
from tidegate.catalog.identities import User
from tidegate.catalog.topics import CancelledSubscription, Subscription, Topic

ACCOUNT, REGION = "111122223333", "eu-west-1"
NEWS = f"arn:aws:sns:{REGION}:{ACCOUNT}:news"
FIFO = f"{NEWS}.fifo"
DAY = 86_400_000


def test_a_new_topic_shows_what_aws_shows(sns) -> None:
    """create_topic_test_arn"""
    assert sns.topic() == NEWS
    shown = sns.topic_attributes()
    policy = json.loads(shown.pop("Policy"))
    assert policy["Id"] == "__default_policy_ID"
    assert policy["Statement"][0]["Condition"] == {"StringEquals": {"AWS:SourceOwner": ACCOUNT}}
    assert policy["Statement"][0]["Resource"] == NEWS
    effective = json.loads(shown.pop("EffectiveDeliveryPolicy"))
    assert effective["http"]["defaultHealthyRetryPolicy"]["numRetries"] == 3
    assert shown == {
        "TopicArn": NEWS,
        "Owner": ACCOUNT,
        "DisplayName": "",
        "SubscriptionsConfirmed": "0",
        "SubscriptionsPending": "0",
        "SubscriptionsDeleted": "0",
    }


def test_a_deleted_topic_is_gone_and_may_be_deleted_again(sns, refused) -> None:
    """create_topic_test_arn, delete_non_existent_topic"""
    sns.topic()
    sns.ask("DeleteTopic", TopicArn=NEWS)
    refused(NotFoundException, "Topic does not exist", "GetTopicAttributes", TopicArn=NEWS)
    sns.ask("DeleteTopic", TopicArn=NEWS)


@pytest.mark.parametrize("name", ["", "a b", "a.b", "ü", "x" * 257, ".fifo", "news.FIFO", "a\n"])
def test_names_that_no_topic_can_have(refused, name) -> None:
    refused(InvalidParameterException, "Invalid parameter: Topic Name", "CreateTopic", Name=name)


def test_the_suffix_and_the_attribute_go_together(sns, refused) -> None:
    wrong = "Invalid parameter: Topic Name"
    fifo = {"FifoTopic": "true"}
    refused(InvalidParameterException, wrong, "CreateTopic", Name="news.fifo")
    refused(InvalidParameterException, wrong, "CreateTopic", Name="news", Attributes=fifo)
    assert sns.topic("x" * 251 + ".fifo").endswith(".fifo")


def test_the_same_fewer_and_no_tags_give_the_same_topic(sns, refused) -> None:
    """create_duplicate_topic_check_idempotency, create_duplicate_topic_with_more_tags"""
    tags = [{"Key": "a", "Value": "1"}, {"Key": "b", "Value": "2"}]
    for given in (tags, tags, tags[:1], []):
        assert sns.topic(Tags=given) == NEWS
    assert sns.records == 1
    for other in ([{"Key": "a", "Value": "2"}], [{"Key": "c", "Value": "1"}]):
        refused(
            InvalidParameterException,
            "Invalid parameter: Tags Reason: Topic already exists with different tags",
            "CreateTopic",
            Name="news",
            Tags=other,
        )


def test_a_topic_deleted_and_made_again_may_have_other_tags(sns) -> None:
    """create_topic_after_delete_with_new_tags"""
    sns.topic(Tags=[{"Key": "a", "Value": "1"}])
    sns.ask("DeleteTopic", TopicArn=NEWS)
    assert sns.topic(Tags=[{"Key": "a", "Value": "2"}]) == NEWS


def test_other_attributes_are_an_error_and_the_same_are_not(sns, refused) -> None:
    sns.topic(attributes={"DisplayName": "News", "TracingConfig": "Active"})
    assert sns.topic(attributes={"DisplayName": "News", "SignatureVersion": "1"}) == NEWS
    refused(
        InvalidParameterException,
        "Invalid parameter: Attributes Reason: Topic already exists with different attributes",
        "CreateTopic",
        Name="news",
        Attributes={"DisplayName": "Olds"},
    )


def test_tags_need_the_permission_to_tag(sns, refused) -> None:
    tags = [{"Key": "a", "Value": "1"}]
    sns.topic(Tags=tags)
    assert sns.asked == [("sns:TagResource", NEWS)]
    sns.denied.add("sns:TagResource")
    refused(AccessDeniedException, None, "CreateTopic", Name="other", Tags=tags)


# --- Attributes ----------------------------------------------------------------------------------


def set_attribute(sns, name, value, topic=NEWS):
    sns.ask("SetTopicAttributes", TopicArn=topic, AttributeName=name, AttributeValue=value)
    return sns.topic_attributes(topic)


ROLE = f"arn:aws:iam::{ACCOUNT}:role/logs"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("DisplayName", "News"),
        ("KmsMasterKeyId", "alias/aws/sns"),
        ("SignatureVersion", "2"),
        ("SignatureVersion", "1"),
        ("TracingConfig", "Active"),
        ("MaximumMessageSize", "1048576"),
        ("HTTPSuccessFeedbackRoleArn", ROLE),
        ("SQSSuccessFeedbackSampleRate", "100"),
        ("LambdaFailureFeedbackRoleArn", ROLE),
        ("ApplicationSuccessFeedbackSampleRate", "0"),
        ("FirehoseFailureFeedbackRoleArn", ROLE),
    ],
)
def test_an_attribute_that_was_set_is_shown(sns, name, value) -> None:
    sns.topic()
    before = sns.topic_attributes()
    assert set_attribute(sns, name, value) == {**before, name: value}
    sns.topic("made", attributes={name: value})
    made = sns.topic_attributes(NEWS.replace("news", "made"))
    assert made[name] == value


@pytest.mark.parametrize(
    ("name", "value", "text"),
    [
        ("FifoTopic", "false", "AttributeName"),
        ("Owner", "1", "AttributeName"),
        ("ContentBasedDeduplication", "true", "AttributeName"),
        ("ArchivePolicy", "{}", "AttributeName"),
        (
            "SQSSuccessFeedbackSampleRate",
            "500",
            "SQSSuccessFeedbackSampleRate: 500 value provided is not an integer between 0-100",
        ),
        (
            "HTTPFailureFeedbackRoleArn",
            "me",
            "HTTPFailureFeedbackRoleArn: me is not a valid role to allow SNS to write to "
            "Cloudwatch Logs",
        ),
        (
            "MaximumMessageSize",
            "1023",
            "MaximumMessageSize: 1023 value provided is not an integer between 1024-1048576",
        ),
        (
            "SignatureVersion",
            "3",
            "SignatureVersion: Invalid value [3]. Please use either 1 or 2",
        ),
        ("Policy", "{", "Policy Error: null"),
        (
            "DeliveryPolicy",
            '{"http":{"defaultHealthyRetryPolicy":{"minDelayTarget":1,"maxDelayTarget":1,'
            '"numRetries":300}}}',
            "DeliveryPolicy: http.defaultHealthyRetryPolicy.numRetries must be less than or equal "
            "to 100",
        ),
    ],
)
def test_wrong_values_are_told(sns, refused, name, value, text) -> None:
    sns.topic()
    refused(
        InvalidParameterException,
        f"Invalid parameter: {text}",
        "SetTopicAttributes",
        TopicArn=NEWS,
        AttributeName=name,
        AttributeValue=value,
    )
    in_create = f"Unknown attribute {name}" if text == "AttributeName" else text
    if name != "FifoTopic":
        refused(
            InvalidParameterException,
            f"Invalid parameter: Attributes Reason: {in_create}",
            "CreateTopic",
            Name="made",
            Attributes={name: value},
        )


def test_delivery_policies_come_and_go(sns) -> None:
    """topic_delivery_policy_crud"""
    policy = '{"http":{"defaultRequestPolicy":{"headerContentType":"application/json"}}}'
    sns.topic("news.fifo", attributes={"DeliveryPolicy": policy, "SignatureVersion": "2"})
    shown = sns.topic_attributes(FIFO)
    assert shown["FifoTopic"] == "true"
    assert shown["ContentBasedDeduplication"] == "false"
    assert json.loads(shown["DeliveryPolicy"]) == {
        "http": {
            "disableSubscriptionOverrides": False,
            "defaultRequestPolicy": {"headerContentType": "application/json"},
        }
    }
    cleared = '{"http":{"defaultHealthyRetryPolicy":null}}'
    shown = set_attribute(sns, "DeliveryPolicy", cleared, FIFO)
    assert shown["DeliveryPolicy"] == '{"http":{"disableSubscriptionOverrides":false}}'
    assert "DeliveryPolicy" not in set_attribute(sns, "DeliveryPolicy", "", FIFO)


def test_an_empty_value_takes_an_attribute_away(sns) -> None:
    sns.topic(attributes={"KmsMasterKeyId": "mine", "SQSFailureFeedbackRoleArn": ROLE})
    assert "KmsMasterKeyId" not in set_attribute(sns, "KmsMasterKeyId", "")
    assert "SQSFailureFeedbackRoleArn" not in set_attribute(sns, "SQSFailureFeedbackRoleArn", "")


def test_fifo_topics_have_attributes_of_their_own(sns) -> None:
    sns.topic("news.fifo", attributes={"ContentBasedDeduplication": "True"})
    assert sns.topic_attributes(FIFO)["ContentBasedDeduplication"] == "true"
    shown = set_attribute(sns, "FifoThroughputScope", "MessageGroup", FIFO)
    assert shown["FifoThroughputScope"] == "MessageGroup"


def test_an_archive_begins_when_it_is_asked_for_and_keeps_its_topic(sns, refused) -> None:
    sns.topic("news.fifo")
    policy = '{"MessageRetentionPeriod":"30"}'
    shown = set_attribute(sns, "ArchivePolicy", policy, FIFO)
    assert shown["ArchivePolicy"] == policy
    assert shown["BeginningArchiveTime"] == "2023-11-14T22:13:20.250Z"
    refused(InvalidStateException, None, "DeleteTopic", TopicArn=FIFO)
    sns.now += 40 * DAY
    longer = set_attribute(sns, "ArchivePolicy", '{"MessageRetentionPeriod":35}', FIFO)
    assert longer["BeginningArchiveTime"] == "2023-11-19T22:13:20.250Z"
    assert "ArchivePolicy" not in set_attribute(sns, "ArchivePolicy", "{}", FIFO)
    sns.ask("DeleteTopic", TopicArn=FIFO)


@pytest.mark.parametrize(
    "policy",
    [
        '{"MessageRetentionPeriod":"0"}',
        '{"MessageRetentionPeriod":366}',
        '{"MessageRetentionPeriod":"1.5"}',
        '{"Days":1}',
        "[]",
        '{"MessageRetentionPeriod":true}',
    ],
)
def test_archives_are_kept_for_1_to_365_days(sns, refused, policy) -> None:
    sns.topic("news.fifo")
    refused(
        InvalidParameterException,
        None,
        "SetTopicAttributes",
        TopicArn=FIFO,
        AttributeName="ArchivePolicy",
        AttributeValue=policy,
    )


def test_large_messages_are_not_for_every_subscription(sns, refused) -> None:
    sns.topic()
    sns.subscribe(protocol="http", endpoint="http://example.com/")
    large = {"AttributeName": "MaximumMessageSize", "AttributeValue": "300000"}
    refused(InvalidParameterException, None, "SetTopicAttributes", TopicArn=NEWS, **large)
    set_attribute(sns, "MaximumMessageSize", "262144")
    sns.topic("large", attributes={"MaximumMessageSize": "300000"})
    large_topic = NEWS.replace("news", "large")
    refused(
        InvalidParameterException,
        None,
        "Subscribe",
        TopicArn=large_topic,
        Protocol="http",
        Endpoint="http://example.com/",
    )
    for number in range(100):
        queue = f"arn:aws:sqs:{REGION}:{ACCOUNT}:q{number}"
        sns.subscribe(large_topic, endpoint=queue)
    refused(
        InvalidParameterException,
        None,
        "Subscribe",
        TopicArn=large_topic,
        Protocol="sqs",
        Endpoint=f"arn:aws:sqs:{REGION}:{ACCOUNT}:q100",
    )


# --- ARNs, lists, deletion -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("given", "text"),
    [
        ("", "TopicArn Reason: An ARN must have at least 6 elements, not 1"),
        ("news", "TopicArn Reason: An ARN must have at least 6 elements, not 1"),
        ("a:b", "TopicArn Reason: An ARN must have at least 6 elements, not 2"),
        (f"arn:aws:sns:us-east-1:{ACCOUNT}:news", "TopicArn"),
        (f"arn:aws:sqs:{REGION}:{ACCOUNT}:news", "TopicArn"),
        (f"{NEWS}:more", "TopicArn"),
    ],
)
def test_what_is_no_arn_of_a_topic_here(refused, given, text) -> None:
    """publish_wrong_arn_format, topic_publish_another_region"""
    refused(
        InvalidParameterException,
        f"Invalid parameter: {text}",
        "GetTopicAttributes",
        TopicArn=given,
    )


def test_lists_come_in_pages_of_a_hundred_and_by_region(sns, refused) -> None:
    for number in range(201):
        sns.topic(f"t{number:03}")
    sns.region = "us-east-1"
    sns.topic("elsewhere")
    sns.region = REGION
    names, token = [], {}
    for size in (100, 100, 1):
        answer = sns.ask("ListTopics", **token)
        assert len(answer.Topics) == size
        names += [topic.TopicArn.rpartition(":")[2] for topic in answer.Topics]
        token = {"NextToken": answer.NextToken}
    assert answer.NextToken is None
    assert names == [f"t{number:03}" for number in range(201)]
    wrong = "Invalid parameter: NextToken"
    refused(InvalidParameterException, wrong, "ListTopics", NextToken="ü")


def test_a_topic_takes_its_subscriptions_with_it_however_many(sns) -> None:
    sns.topic()
    many = [
        Subscription(NEWS, f"{number:08}-0000-0000-0000-000000000000", ACCOUNT, "sms", "+1", "", 1)
        for number in range(6_000)
    ]
    sns.put(*many[:3_000])
    sns.put(*many[3_000:])
    before = sns.records
    sns.ask("DeleteTopic", TopicArn=NEWS)
    assert sns.records - before > 1
    assert sns.entities.scopes(Subscription) == []
    assert sns.entities.scopes(Topic) == []
    assert sns.entities.scopes(CancelledSubscription) == []


# --- Tags ----------------------------------------------------------------------------------------


def test_tags_are_added_listed_and_removed(sns) -> None:
    sns.topic()
    tags = [{"Key": "a", "Value": "1"}, {"Key": "b", "Value": ""}]
    sns.ask("TagResource", ResourceArn=NEWS, Tags=tags)
    sns.ask("TagResource", ResourceArn=NEWS, Tags=[{"Key": "a", "Value": "2"}])
    sns.ask("UntagResource", ResourceArn=NEWS, TagKeys=["b", "never"])
    listed = sns.ask("ListTagsForResource", ResourceArn=NEWS).Tags
    assert [(tag.Key, tag.Value) for tag in listed] == [("a", "2")]


def test_there_are_fifty_tags_and_no_more(sns, refused) -> None:
    sns.topic()
    tags = [{"Key": f"k{number}", "Value": ""} for number in range(51)]
    text = "Could not complete request: tag quota of per resource exceeded"
    refused(TagLimitExceededException, text, "TagResource", ResourceArn=NEWS, Tags=tags)
    sns.ask("TagResource", ResourceArn=NEWS, Tags=tags[:50])
    refused(TagLimitExceededException, text, "TagResource", ResourceArn=NEWS, Tags=tags[50:])


@pytest.mark.parametrize("operation", ["TagResource", "UntagResource", "ListTagsForResource"])
def test_what_is_not_there_has_no_tags(sns, operation) -> None:
    given = {"TagResource": {"Tags": []}, "UntagResource": {"TagKeys": []}}.get(operation, {})
    with pytest.raises(ResourceNotFoundException, match="Resource does not exist"):
        sns.ask(operation, ResourceArn=NEWS, **given)


# --- Policies and permissions --------------------------------------------------------------------


def policy(sns):
    return json.loads(sns.topic_attributes()["Policy"])


def permit(label="test", actions=("Publish",), accounts=(ACCOUNT,)):
    return {"Label": label, "ActionName": list(actions), "AWSAccountId": list(accounts)}


def test_permissions_are_statements_after_the_default_one(sns) -> None:
    """topic_add_permission, topic_add_multiple_permissions"""
    sns.topic()
    sns.ask("AddPermission", TopicArn=NEWS, **permit())
    sns.ask("AddPermission", TopicArn=NEWS, **permit("more", ["Publish", "Subscribe"]))
    assert policy(sns)["Statement"][1:] == [
        {
            "Sid": "test",
            "Effect": "Allow",
            "Principal": {"AWS": f"arn:aws:iam::{ACCOUNT}:root"},
            "Action": "SNS:Publish",
            "Resource": NEWS,
        },
        {
            "Sid": "more",
            "Effect": "Allow",
            "Principal": {"AWS": f"arn:aws:iam::{ACCOUNT}:root"},
            "Action": ["SNS:Publish", "SNS:Subscribe"],
            "Resource": NEWS,
        },
    ]


def test_wrong_permissions(sns, refused) -> None:
    """add_permission_errors"""
    sns.topic()
    sns.ask("AddPermission", TopicArn=NEWS, **permit())
    for parameters, text in (
        (permit(), "Statement already exists"),
        (permit("a", ["Nothing"]), "Policy statement action out of service scope!"),
        (permit("a", ["CreateTopic"]), "Policy statement action out of service scope!"),
        (permit("a", accounts=["me"]), "A provided account ID is not valid"),
    ):
        refused(
            InvalidParameterException,
            f"Invalid parameter: {text}",
            "AddPermission",
            TopicArn=NEWS,
            **parameters,
        )
    refused(NotFoundException, "Topic does not exist", "AddPermission", TopicArn=FIFO, **permit())


def test_removing_what_is_not_there_is_no_fault(sns) -> None:
    sns.topic()
    sns.ask("AddPermission", TopicArn=NEWS, **permit())
    for label in ("test", "test", "__default_statement_ID"):
        sns.ask("RemovePermission", TopicArn=NEWS, Label=label)
    assert policy(sns)["Statement"] == []


@pytest.mark.parametrize(
    ("change", "text"),
    [
        ({"Action": "SNS:*"}, "Policy statement action out of service scope!"),
        ({"Action": "sns:ListT*s"}, "Policy statement action out of service scope!"),
        ({"Action": "sqs:SendMessage"}, "Policy statement action out of service scope!"),
        ({"Action": "SNS:Publishx"}, "Policy statement action out of service scope!"),
        ({"Principal": {"AWS": "me"}}, "Policy Error: PrincipalNotFound"),
        ({"Effect": "Maybe"}, "Policy Error: null"),
        (
            {"Principal": {"AWS": f"arn:aws:iam::{ACCOUNT}:user/nobody"}},
            "Policy Error: PrincipalNotFound",
        ),
    ],
)
def test_policies_that_no_topic_takes(sns, refused, change, text) -> None:
    sns.topic()
    statement = {"Effect": "Allow", "Principal": "*", "Action": "SNS:Publish", "Resource": NEWS}
    document = json.dumps({"Statement": [{**statement, **change}]})
    refused(
        InvalidParameterException,
        f"Invalid parameter: {text}",
        "SetTopicAttributes",
        TopicArn=NEWS,
        AttributeName="Policy",
        AttributeValue=document,
    )
    refused(
        InvalidParameterException,
        f"Invalid parameter: Attributes Reason: {text}",
        "CreateTopic",
        Name="made",
        Attributes={"Policy": document},
    )


@pytest.mark.parametrize("action", ["SNS:Receive", "sns:publish", "SNS:Publ*", "SNS:Get*Policy"])
def test_policies_that_a_topic_takes(sns, action) -> None:
    sns.topic()
    sns.put(User(ACCOUNT, "ann", "/", "AIDAANN", 1))
    who = {"AWS": f"arn:aws:iam::{ACCOUNT}:user/ann"}
    statement = {"Effect": "Allow", "Principal": who, "Action": action, "Resource": NEWS}
    document = json.dumps({"Statement": [statement]})
    assert set_attribute(sns, "Policy", document)["Policy"] == document
    assert sns.topic(attributes={"Policy": json.dumps({"Statement": [statement]}, indent=1)})


ANN = User(ACCOUNT, "Ann", "/", "AIDA111111111111", 1)
NAMESAKE = User(ACCOUNT, "Ann", "/", "AIDA222222222222", 2)


def naming(principal: str) -> str:
    statement = {"Effect": "Allow", "Principal": {"AWS": principal}, "Action": "SNS:Publish"}
    return json.dumps({"Statement": [{**statement, "Sid": "ann", "Resource": NEWS}]})


def test_a_policy_means_whom_it_named_when_it_was_set(sns) -> None:
    """User guide, "AWS JSON policy elements: Principal"."""
    sns.put(ANN)
    made = sns.topic("made", {"Policy": naming(ANN.arn)})
    sns.topic()
    set_attribute(sns, "Policy", naming(ANN.arn))
    sns.put(NAMESAKE)
    for topic in (made, NEWS):
        shown = json.loads(sns.topic_attributes(topic)["Policy"])
        assert shown == json.loads(naming(ANN.id))


def test_permissions_come_and_go_beside_whom_a_policy_means(sns) -> None:
    sns.put(ANN)
    sns.topic(attributes={"Policy": naming(ANN.arn)})
    sns.put(NAMESAKE)
    sns.ask("AddPermission", TopicArn=NEWS, **permit())
    assert policy(sns)["Statement"][0]["Principal"] == {"AWS": ANN.id}
    sns.remove(NAMESAKE)
    sns.ask("AddPermission", TopicArn=NEWS, **permit("more"))
    assert policy(sns)["Statement"][0]["Principal"] == {"AWS": ANN.id}
    sns.ask("RemovePermission", TopicArn=NEWS, Label="test")
    set_attribute(sns, "DisplayName", "News")
    assert [each["Sid"] for each in policy(sns)["Statement"]] == ["ann", "more"]
    assert policy(sns)["Statement"][0]["Principal"] == {"AWS": ANN.id}


def test_a_policy_that_is_set_again_means_the_namesake(sns) -> None:
    sns.put(ANN)
    sns.topic(attributes={"Policy": naming(ANN.arn)})
    sns.put(NAMESAKE)
    assert set_attribute(sns, "Policy", naming(ANN.arn))["Policy"] == naming(ANN.arn)


def test_a_topic_whose_policy_means_another_is_not_the_same(sns, refused) -> None:
    sns.put(ANN)
    sns.topic(attributes={"Policy": naming(ANN.arn)})
    assert sns.topic(attributes={"Policy": naming(ANN.arn)}) == NEWS
    sns.put(NAMESAKE)
    refused(
        InvalidParameterException,
        "Invalid parameter: Attributes Reason: Topic already exists with different attributes",
        "CreateTopic",
        Name="news",
        Attributes={"Policy": naming(ANN.arn)},
    )


def test_a_policy_of_a_topic_from_before_ids_were_kept_names_by_arn(sns) -> None:
    sns.put(NAMESAKE, Topic(ACCOUNT, REGION, "news", 1, policy=naming(ANN.arn)))
    assert policy(sns) == json.loads(naming(ANN.arn))
    assert sns.topic(attributes={"Policy": naming(ANN.arn)}) == NEWS


# --- Data protection -----------------------------------------------------------------------------

PROTECTION = {
    "Name": "data_protection_policy",
    "Version": "2021-06-01",
    "Statement": [
        {
            "Sid": "test-statement",
            "DataDirection": "Inbound",
            "Principal": ["*"],
            "DataIdentifier": ["arn:aws:dataprotection::aws:data-identifier/EmailAddress"],
            "Operation": {"Deny": {}},
        }
    ],
}


def test_data_protection_policies_are_kept_and_shown(sns) -> None:
    """data_protection_policy_crud"""
    sns.topic()
    asked = {"ResourceArn": NEWS}
    assert sns.ask("GetDataProtectionPolicy", **asked).DataProtectionPolicy == ""
    text = json.dumps(PROTECTION)
    sns.ask("PutDataProtectionPolicy", **asked, DataProtectionPolicy=text)
    assert sns.ask("GetDataProtectionPolicy", **asked).DataProtectionPolicy == text
    assert "DataProtectionPolicy" not in sns.topic_attributes()
    sns.topic("other", DataProtectionPolicy=text)
    other = NEWS.replace("news", "other")
    shown = sns.ask("GetDataProtectionPolicy", ResourceArn=other).DataProtectionPolicy
    assert shown == text


@pytest.mark.parametrize(
    ("change", "text"),
    [
        ({"DataDirection": "Up"}, "Statement DataDirection must be either Inbound or Outbound"),
        ({"Principal": "*"}, "Statement Principal must be a list of strings"),
        (
            {"Operation": {}},
            "Statement Operation must be one of Audit, Deidentify or Deny",
        ),
    ],
)
def test_what_is_no_data_protection_policy(sns, refused, change, text) -> None:
    sns.topic()
    wrong = {**PROTECTION, "Statement": [{**PROTECTION["Statement"][0], **change}]}
    refused(
        InvalidParameterException,
        f"Invalid parameter: DataProtectionPolicy Reason: {text}",
        "PutDataProtectionPolicy",
        ResourceArn=NEWS,
        DataProtectionPolicy=json.dumps(wrong),
    )


@pytest.mark.parametrize("text", ["{", "[]", "{}", " " * 30_721, '{"Name":"a"}'])
def test_texts_that_are_no_policies(sns, refused, text) -> None:
    sns.topic()
    refused(
        InvalidParameterException,
        None,
        "PutDataProtectionPolicy",
        ResourceArn=NEWS,
        DataProtectionPolicy=text,
    )
