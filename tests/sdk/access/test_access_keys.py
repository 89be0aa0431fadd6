"""Access keys of users: made, rotated, switched off, deleted, and when each was last used."""

import datetime

import pytest

from sdk.access.expect import denied, eventually
from sdk.access.principals import Principal, allow
from sdk.refusals import refused

# The JSON protocol, and SQS in it for SDKs; the Query protocol of IAM and STS.
UNKNOWN_KEY = ("InvalidClientTokenId", "UnrecognizedClientException")
WRONG_SIGNATURE = ("SignatureDoesNotMatch", "InvalidSignatureException")


@pytest.fixture
def user(home):
    return home.new_user(allow("*"))


@pytest.fixture
def new_key(home, user):
    """Another key of the user."""
    return home.with_key(home.iam.create_access_key(UserName=user.name), name=user.name)


def asks(who):
    """One call to each service; a key must work for all of them or for none."""
    return [who.sqs.list_queues, who.sts.get_caller_identity, who.iam.list_users, who.kms.list_keys]


def test_a_key_looks_like_a_key(user):
    assert user.access_key.startswith("AKIA")
    assert len(user.access_key) == 20
    assert len(user.secret) == 40


def test_a_new_key_works_for_every_service(user):
    for ask in asks(user):
        ask()


def test_an_inactive_key_stops_working_at_once_and_may_be_activated_again(home, user):
    user.sqs.list_queues()
    home.iam.update_access_key(UserName=user.name, AccessKeyId=user.access_key, Status="Inactive")
    for ask in asks(user):
        with refused(UNKNOWN_KEY, containing="security token", status=None):
            ask()
    home.iam.update_access_key(UserName=user.name, AccessKeyId=user.access_key, Status="Active")
    for ask in asks(user):
        ask()


def test_a_deleted_key_stops_working_at_once(home, user):
    user.sqs.list_queues()
    home.iam.delete_access_key(UserName=user.name, AccessKeyId=user.access_key)
    for ask in asks(user):
        with refused(UNKNOWN_KEY, containing="security token", status=None):
            ask()
    assert home.iam.list_access_keys(UserName=user.name)["AccessKeyMetadata"] == []


def test_keys_are_rotated_without_a_gap(home, user, new_key, queue):
    for key in (user, new_key):
        key.sqs.send_message(QueueUrl=queue.url, MessageBody="x")
    home.iam.update_access_key(UserName=user.name, AccessKeyId=user.access_key, Status="Inactive")
    new_key.sqs.send_message(QueueUrl=queue.url, MessageBody="x")
    home.iam.delete_access_key(UserName=user.name, AccessKeyId=user.access_key)
    new_key.sqs.send_message(QueueUrl=queue.url, MessageBody="x")
    listed = home.iam.list_access_keys(UserName=user.name)["AccessKeyMetadata"]
    assert [(key["AccessKeyId"], key["Status"]) for key in listed] == [
        (new_key.access_key, "Active")
    ]


def test_a_user_has_two_keys_at_most(home, user, new_key):
    with refused("LimitExceeded", containing="AccessKeysPerUser: 2", status=409):
        home.iam.create_access_key(UserName=user.name)


def test_a_user_without_a_name_in_the_call_means_itself(user):
    made = user.iam.create_access_key()["AccessKey"]
    user.confidences.keep(made["SecretAccessKey"])
    assert made["UserName"] == user.name
    user.iam.update_access_key(AccessKeyId=made["AccessKeyId"], Status="Inactive")
    listed = user.iam.list_access_keys()["AccessKeyMetadata"]
    assert {key["AccessKeyId"]: key["Status"] for key in listed} == {
        user.access_key: "Active",
        made["AccessKeyId"]: "Inactive",
    }
    user.iam.delete_access_key(AccessKeyId=made["AccessKeyId"])


def test_no_answer_but_the_first_has_the_secret(home, user):
    answers = [
        home.iam.list_access_keys(UserName=user.name),
        home.iam.get_access_key_last_used(AccessKeyId=user.access_key),
        home.iam.get_user(UserName=user.name),
        home.iam.get_account_authorization_details(Filter=["User"]),
    ]
    assert user.secret not in str(answers)


def test_another_secret_does_not_open(home, user):
    thief = Principal(home.endpoint, home.confidences, user.access_key, "x" * 40)
    for ask in asks(thief):
        with refused(WRONG_SIGNATURE, containing="does not match", status=None):
            ask()


def test_secrets_of_one_users_keys_are_not_interchangeable(home, user, new_key):
    mixed = Principal(home.endpoint, home.confidences, user.access_key, new_key.secret)
    with refused(WRONG_SIGNATURE, status=None):
        mixed.sqs.list_queues()


def test_when_a_key_was_last_used_is_known(home, user, queue):
    """AWS lets the note come late, so a test asks until it is there."""

    def last_used():
        answer = home.iam.get_access_key_last_used(AccessKeyId=user.access_key)
        assert answer["UserName"] == user.name
        return answer["AccessKeyLastUsed"]

    def where():
        return last_used()["ServiceName"], last_used()["Region"]

    assert where() == ("N/A", "N/A")
    assert "LastUsedDate" not in last_used()
    before = datetime.datetime.now(datetime.UTC).replace(second=0, microsecond=0)
    user.sqs.send_message(QueueUrl=queue.url, MessageBody="x")
    eventually(lambda: where() == ("sqs", "us-east-1"))
    assert last_used()["LastUsedDate"] >= before


def test_last_use_of_a_key_that_does_not_exist(home):
    """AWS answers AccessDenied for keys of others, and does not tell them from keys of nobody."""
    with refused(("NoSuchEntity", "AccessDenied"), status=None):
        home.iam.get_access_key_last_used(AccessKeyId="AKIAIOSFODNN7EXAMPLE")


def test_the_account_of_a_key(home, abroad, user):
    assert abroad.sts.get_access_key_info(AccessKeyId=user.access_key)["Account"] == home.number


def test_switching_off_another_users_key_needs_permission(home, user, nobody):
    with denied("iam:UpdateAccessKey"):
        nobody.iam.update_access_key(
            UserName=user.name, AccessKeyId=user.access_key, Status="Inactive"
        )
    user.sqs.list_queues()


def test_another_accounts_root_does_not_find_the_key(abroad, user):
    with refused("NoSuchEntity", status=404):
        abroad.iam.update_access_key(
            UserName=user.name, AccessKeyId=user.access_key, Status="Inactive"
        )
    user.sqs.list_queues()
