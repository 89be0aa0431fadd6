"""Platform applications, their endpoints, SMS settings and data protection policies."""

import json

import pytest

from sdk.access.principals import Account, Confidences, unique
from sdk.refusals import refused

SECRETS = {"PlatformPrincipal": "client-id", "PlatformCredential": "client-secret"}


@pytest.fixture
def application(home):
    answer = home.sns.create_platform_application(
        Name=unique("app"), Platform="ADM", Attributes=SECRETS
    )
    return answer["PlatformApplicationArn"]


@pytest.fixture
def new_endpoint(home, application):
    def make(**parameters):
        parameters = {"Token": "token_1", **parameters}
        answer = home.sns.create_platform_endpoint(PlatformApplicationArn=application, **parameters)
        return answer["EndpointArn"]

    return make


def endpoints(home, application):
    answer = home.sns.list_endpoints_by_platform_application(PlatformApplicationArn=application)
    return answer["Endpoints"]


# Platform applications.


def test_an_application_never_shows_its_secrets(home, application):
    assert application.startswith(f"arn:aws:sns:us-east-1:{home.number}:app/ADM/app-")
    name = {"PlatformApplicationArn": application}
    answer = home.sns.get_platform_application_attributes(**name)
    assert answer["Attributes"] == {"Enabled": "true"}
    listed = home.sns.list_platform_applications()["PlatformApplications"]
    assert {**name, "Attributes": {"Enabled": "true"}} in listed


def test_attributes_of_an_application(home, topic, application):
    name = {"PlatformApplicationArn": application}
    attributes = {"EventEndpointCreated": topic.arn, "SuccessFeedbackSampleRate": "10"}
    home.sns.set_platform_application_attributes(**name, Attributes=attributes)
    shown = home.sns.get_platform_application_attributes(**name)["Attributes"]
    assert shown == {"Enabled": "true", **attributes}


def test_a_deleted_application_takes_its_endpoints_with_it(home, application, new_endpoint):
    arn = new_endpoint()
    for _ in range(2):
        home.sns.delete_platform_application(PlatformApplicationArn=application)
    with refused("NotFound", status=404):
        home.sns.get_platform_application_attributes(PlatformApplicationArn=application)
    with refused("NotFound", status=404):
        home.sns.get_endpoint_attributes(EndpointArn=arn)


# Endpoints.


def test_an_endpoint_of_an_application(home, application, new_endpoint):
    arn = new_endpoint()
    prefix = application.replace(":app/", ":endpoint/")
    assert arn.startswith(prefix + "/")
    shown = {"Enabled": "true", "Token": "token_1"}
    assert home.sns.get_endpoint_attributes(EndpointArn=arn)["Attributes"] == shown
    assert endpoints(home, application) == [{"EndpointArn": arn, "Attributes": shown}]
    home.sns.set_endpoint_attributes(EndpointArn=arn, Attributes={"Enabled": "false"})
    changed = home.sns.get_endpoint_attributes(EndpointArn=arn)["Attributes"]
    assert changed == {**shown, "Enabled": "false"}
    for _ in range(2):
        home.sns.delete_endpoint(EndpointArn=arn)
    assert endpoints(home, application) == []


def test_making_an_endpoint_again_gives_the_same_one(new_endpoint):
    arn = new_endpoint(CustomUserData="data")
    assert new_endpoint(CustomUserData="data") == arn
    assert new_endpoint(Token="token_2") != arn


def test_user_data_that_is_given_twice(home, new_endpoint):
    """As recorded: the parameter wins over the attribute."""
    arn = new_endpoint(CustomUserData="foo", Attributes={"CustomUserData": "bar"})
    shown = home.sns.get_endpoint_attributes(EndpointArn=arn)["Attributes"]
    assert shown == {"CustomUserData": "foo", "Enabled": "true", "Token": "token_1"}


def test_deleting_an_endpoint_leaves_its_subscription(home, topic, new_endpoint):
    arn = new_endpoint()
    topic.subscribe(arn, "application")
    before = topic.subscriptions()
    home.sns.delete_endpoint(EndpointArn=arn)
    assert topic.subscriptions() == before
    assert before[0]["Endpoint"] == arn


def test_publishing_to_what_is_disabled(home, application, new_endpoint):
    arn = new_endpoint()
    home.sns.set_endpoint_attributes(EndpointArn=arn, Attributes={"Enabled": "false"})
    with refused("EndpointDisabled"):
        home.sns.publish(TargetArn=arn, Message="x")
    home.sns.set_endpoint_attributes(EndpointArn=arn, Attributes={"Enabled": "true"})
    home.sns.set_platform_application_attributes(
        PlatformApplicationArn=application, Attributes={"Enabled": "false"}
    )
    with refused("PlatformApplicationDisabled"):
        home.sns.publish(TargetArn=arn, Message="x")


# Phones.


@pytest.fixture
def phones(publisher):
    """An account of its own: SMS attributes are those of an account."""
    return Account(publisher.endpoint, Confidences(), "444444444444")


def test_sms_attributes(phones):
    """As recorded."""
    attributes = {
        "MonthlySpendLimit": "1",
        "DeliveryStatusSuccessSamplingRate": "100",
        "DefaultSenderID": "Sender",
        "DefaultSMSType": "Promotional",
    }
    phones.sns.set_sms_attributes(attributes=attributes)
    assert phones.sns.get_sms_attributes()["attributes"] == attributes
    some = phones.sns.get_sms_attributes(attributes=["DefaultSMSType", "DefaultSenderID"])
    assert some["attributes"] == {"DefaultSMSType": "Promotional", "DefaultSenderID": "Sender"}


@pytest.mark.parametrize("sender", ["aVeryLongSender", "12345678", "a b"])
def test_sender_ids_that_cannot_be(phones, sender):
    with refused("InvalidParameter"):
        phones.sns.set_sms_attributes(attributes={"DefaultSenderID": sender})


def test_nobody_has_opted_out(phones):
    number = "+491701234567"
    assert phones.sns.list_phone_numbers_opted_out()["phoneNumbers"] == []
    assert phones.sns.check_if_phone_number_is_opted_out(phoneNumber=number)["isOptedOut"] is False
    phones.sns.opt_in_phone_number(phoneNumber=number)


# Data protection.


def test_a_data_protection_policy_is_kept_and_shown(home, topic):
    """As recorded: it is no attribute of the topic."""
    before = topic.attributes()
    document = {
        "Name": "data_protection_policy",
        "Description": "Test Policy",
        "Version": "2021-06-01",
        "Statement": [
            {
                "Sid": "test-statement",
                "DataDirection": "Inbound",
                "Principal": ["*"],
                "DataIdentifier": [
                    "arn:aws:dataprotection:us-east-1::data-identifier/EmailAddress"
                ],
                "Operation": {"Deny": {}},
            }
        ],
    }
    home.sns.put_data_protection_policy(
        ResourceArn=topic.arn, DataProtectionPolicy=json.dumps(document)
    )
    answer = home.sns.get_data_protection_policy(ResourceArn=topic.arn)
    assert json.loads(answer["DataProtectionPolicy"]) == document
    assert topic.attributes() == before
    with refused("InvalidParameter"):
        home.sns.put_data_protection_policy(ResourceArn=topic.arn, DataProtectionPolicy="{")
    missing = topic.arn + "-missing"
    with refused("NotFound", status=404):
        home.sns.get_data_protection_policy(ResourceArn=missing)
