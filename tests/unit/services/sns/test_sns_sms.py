"""SMS.  Recorded answers of AWS are cited by the name of their case."""

import pytest

from tidegate.base.refusals import (
    InvalidParameterException,
    OptedOutException,
    ResourceNotFoundException,
    UserErrorException,
    VerificationException,
)
from tidegate.catalog.sms import OptedOutNumber
from tidegate.services.sns.sms_sandbox import SmsOptions

ACCOUNT, REGION = "111122223333", "eu-west-1"
SCOPE = f"{ACCOUNT}/{REGION}"
PHONE = "+441234567890"
DAY = 86_400_000
MINUTE = 60_000


@pytest.fixture
def sms_options():
    return SmsOptions(in_sandbox=True, origination_numbers=("+15550001", "+15550002"))


def test_attributes_are_kept_by_region(sns) -> None:
    """set_get_sms_attributes"""
    given = {
        "DefaultSMSType": "Promotional",
        "DefaultSenderID": "LSTest",
        "DeliveryStatusSuccessSamplingRate": "100",
        "MonthlySpendLimit": "1",
    }
    sns.ask("SetSMSAttributes", attributes=given)
    assert sns.ask("GetSMSAttributes").attributes == given
    some = ["DefaultSMSType", "DefaultSenderID", "DeliveryStatusIAMRole"]
    assert sns.ask("GetSMSAttributes", attributes=some).attributes == {
        "DefaultSMSType": "Promotional",
        "DefaultSenderID": "LSTest",
    }
    sns.ask("SetSMSAttributes", attributes={"DefaultSenderID": "", "MonthlySpendLimit": "2.50"})
    assert "DefaultSenderID" not in sns.ask("GetSMSAttributes").attributes
    sns.region = "us-east-1"
    assert sns.ask("GetSMSAttributes").attributes == {}


@pytest.mark.parametrize(
    ("name", "value", "text"),
    [
        ("InvalidAttribute", "x", "InvalidAttribute is not a valid attribute"),
        ("DefaultSendID", "x", "DefaultSendID is not a valid attribute"),
        ("DefaultSMSType", "x", "DefaultSMSType is invalid"),
        ("DefaultSenderID", "testSenderID", "DefaultSenderID is invalid"),
        ("DefaultSenderID", "1234", "DefaultSenderID is invalid"),
        ("DeliveryStatusSuccessSamplingRate", "101", "DeliveryStatusSuccessSamplingRate is "),
        ("DeliveryStatusIAMRole", "me", "DeliveryStatusIAMRole is invalid"),
        ("MonthlySpendLimit", "-1", "MonthlySpendLimit is invalid"),
        (
            "UsageReportS3Bucket",
            "reports",
            "Invalid parameter: UsageReportS3Bucket Reason: The bucket you provided does not exist",
        ),
    ],
)
def test_wrong_attributes(refused, name, value, text) -> None:
    """set_invalid_sms_attributes"""
    refusal = refused(InvalidParameterException, None, "SetSMSAttributes", attributes={name: value})
    assert refusal.message.startswith(text)


def test_who_opted_out_is_listed_and_opted_in_once_a_month(sns, refused) -> None:
    """is_phone_number_opted_out, opt_in_phone_number, list_opted_out"""
    assert sns.ask("ListPhoneNumbersOptedOut").phoneNumbers == []
    sns.put(OptedOutNumber(SCOPE, PHONE))
    asked = {"phoneNumber": PHONE}
    assert sns.ask("CheckIfPhoneNumberIsOptedOut", **asked).isOptedOut is True
    assert sns.ask("ListPhoneNumbersOptedOut").phoneNumbers == [PHONE]
    sns.ask("OptInPhoneNumber", **asked)
    assert sns.ask("CheckIfPhoneNumberIsOptedOut", **asked).isOptedOut is False
    assert sns.ask("ListPhoneNumbersOptedOut").phoneNumbers == []
    (known,) = sns.entities.all_of(OptedOutNumber, SCOPE).values()
    sns.put(OptedOutNumber(SCOPE, PHONE, opted_in_at=known.opted_in_at))
    sns.now += 30 * DAY - 1
    refused(InvalidParameterException, None, "OptInPhoneNumber", **asked)
    sns.now += 1
    sns.ask("OptInPhoneNumber", **asked)


def test_a_number_that_nobody_knows_is_opted_in(sns) -> None:
    """opt_in_non_existing_phone_number"""
    sns.ask("OptInPhoneNumber", phoneNumber=PHONE)
    assert sns.ask("CheckIfPhoneNumberIsOptedOut", phoneNumber=PHONE).isOptedOut is False


@pytest.mark.parametrize("operation", ["OptInPhoneNumber", "CheckIfPhoneNumberIsOptedOut"])
@pytest.mark.parametrize("number", ["", "+1a234", f"{PHONE}x", "+44 123", "+١٢٣٤"])
def test_what_is_no_number(refused, operation, number) -> None:
    """opt_in_invalid_number"""
    text = "Invalid parameter: PhoneNumber Reason: input incorrectly formatted"
    refused(InvalidParameterException, text, operation, phoneNumber=number)


# --- The sandbox ---------------------------------------------------------------------------------


def add(sns, number=PHONE):
    """The one-time password that is sent."""
    sns.ask("CreateSMSSandboxPhoneNumber", PhoneNumber=number)
    return sns.sent.passwords[-1][3]


def verify(sns, password, number=PHONE):
    sns.ask("VerifySMSSandboxPhoneNumber", PhoneNumber=number, OneTimePassword=password)


def listed(sns):
    numbers = sns.ask("ListSMSSandboxPhoneNumbers").PhoneNumbers
    return {each.PhoneNumber: each.Status for each in numbers}


def test_the_account_is_in_the_sandbox_where_that_is_set(sns) -> None:
    assert sns.ask("GetSMSSandboxAccountStatus").IsInSandbox is True


def test_a_number_is_verified_by_its_password(sns, refused) -> None:
    password = add(sns)
    assert sns.sent.passwords == [(ACCOUNT, REGION, PHONE, password)]
    assert len(password) == 6
    assert listed(sns) == {PHONE: "Pending"}
    verify(sns, password)
    assert listed(sns) == {PHONE: "Verified"}
    verify(sns, password)
    refused(UserErrorException, None, "CreateSMSSandboxPhoneNumber", PhoneNumber=PHONE)


def test_only_a_verified_number_is_published_to(sns, refused) -> None:
    text = f"Invalid parameter: PhoneNumber Reason: {PHONE} is not verified in the SMS sandbox"
    asked = {"PhoneNumber": PHONE, "Message": "x"}
    refused(InvalidParameterException, text, "Publish", **asked)
    password = add(sns)
    refused(InvalidParameterException, text, "Publish", **asked)
    verify(sns, password)
    assert sns.ask("Publish", **asked).MessageId
    sns.region = "us-east-1"
    refused(InvalidParameterException, text, "Publish", **asked)


def test_a_password_has_fifteen_minutes_and_five_tries(sns) -> None:
    password = add(sns)
    other = "000000" if password != "000000" else "000001"
    for _ in range(5):
        with pytest.raises(VerificationException, match="incorrect"):
            verify(sns, other)
    with pytest.raises(VerificationException, match="expired"):
        verify(sns, password)
    password = add(sns)
    sns.now += 15 * MINUTE
    with pytest.raises(VerificationException, match="expired"):
        verify(sns, password)
    verify(sns, add(sns))


def test_a_verified_number_stays_for_a_day(sns, refused) -> None:
    add(sns)
    sns.ask("DeleteSMSSandboxPhoneNumber", PhoneNumber=PHONE)
    assert listed(sns) == {}
    verify(sns, add(sns))
    asked = {"PhoneNumber": PHONE}
    refused(UserErrorException, None, "DeleteSMSSandboxPhoneNumber", **asked)
    sns.now += DAY
    sns.ask("DeleteSMSSandboxPhoneNumber", **asked)
    refused(ResourceNotFoundException, None, "DeleteSMSSandboxPhoneNumber", **asked)


def test_the_sandbox_holds_ten_numbers_of_who_wants_messages(sns, refused) -> None:
    for number in range(10):
        add(sns, f"+4412345678{number:02}")
    refused(UserErrorException, None, "CreateSMSSandboxPhoneNumber", PhoneNumber=PHONE)
    sns.put(OptedOutNumber(SCOPE, PHONE))
    refused(OptedOutException, None, "CreateSMSSandboxPhoneNumber", PhoneNumber=PHONE)


def test_lists_have_the_size_that_is_asked_for(sns) -> None:
    for number in range(3):
        add(sns, f"+4412345678{number:02}")
    page = sns.ask("ListSMSSandboxPhoneNumbers", MaxResults=2)
    assert len(page.PhoneNumbers) == 2
    rest = sns.ask("ListSMSSandboxPhoneNumbers", MaxResults=2, NextToken=page.NextToken)
    assert (len(rest.PhoneNumbers), rest.NextToken) == (1, None)
    numbers = sns.ask("ListOriginationNumbers", MaxResults=1)
    assert [each.PhoneNumber for each in numbers.PhoneNumbers] == ["+15550001"]
    assert numbers.NextToken is not None
