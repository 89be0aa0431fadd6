"""Mobile push.  Recorded answers of AWS are cited by the name of their case."""

import json
from datetime import UTC, datetime

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
)
from cryptography.x509.oid import NameOID

from tidegate.base.refusals import InvalidParameterException, NotFoundException
from tidegate.catalog.push import MovedToken, PlatformApplication, PlatformEndpoint

ACCOUNT, REGION = "111122223333", "eu-west-1"
HERE = f"arn:aws:sns:{REGION}:{ACCOUNT}"
APP = f"{HERE}:app/ADM/news"
ADM = {"PlatformPrincipal": "client-id", "PlatformCredential": "client-secret"}


def application(sns, name="news", platform="ADM", **attributes):
    given = {**ADM, **attributes} if platform == "ADM" else attributes
    return sns.ask(
        "CreatePlatformApplication", Name=name, Platform=platform, Attributes=given
    ).PlatformApplicationArn


def endpoint(sns, token="token_1", app=APP, **parameters):
    return sns.ask(
        "CreatePlatformEndpoint", PlatformApplicationArn=app, Token=token, **parameters
    ).EndpointArn


def shown(sns, arn):
    return sns.ask("GetEndpointAttributes", EndpointArn=arn).Attributes


@pytest.fixture(scope="module")
def key():
    return ec.generate_private_key(ec.SECP256R1())


def pem(key):
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()


@pytest.fixture(scope="module")
def certificate(key):
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Apple Push Services: news")])
    built = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(datetime(2025, 1, 1, tzinfo=UTC))
        .not_valid_after(datetime(2026, 1, 1, tzinfo=UTC))
        .sign(key, hashes.SHA256())
    )
    return built.public_bytes(Encoding.PEM).decode()


# --- Applications --------------------------------------------------------------------------------


def test_an_application_shows_no_credentials(sns) -> None:
    """create_platform_application, list_.._applications, get_.._application_attributes"""
    assert application(sns) == APP
    (listed,) = sns.ask("ListPlatformApplications").PlatformApplications
    assert (listed.PlatformApplicationArn, listed.Attributes) == (APP, {"Enabled": "true"})
    asked = sns.ask("GetPlatformApplicationAttributes", PlatformApplicationArn=APP)
    assert asked.Attributes == {"Enabled": "true"}
    (found,) = sns.entities.all_of(PlatformApplication, f"{ACCOUNT}/{REGION}").values()
    assert found.sealed_credential == f"sealed {APP}#credential".encode()
    assert found.sealed_principal == f"sealed {APP}#principal".encode()
    assert "sealed" not in repr(found)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("a" * 257, "a" * 257 + " Reason: must be at most 256 characters long"),
        ("", " Reason: cannot be empty"),
        (
            "@name",
            "@name Reason: must contain only characters 'a'-'z', 'A'-'Z', '0'-'9', '_', '-', and "
            "'.'",
        ),
    ],
)
def test_names_that_no_application_can_have(refused, name, text) -> None:
    """create_platform_application_invalid_name"""
    refused(
        InvalidParameterException,
        f"Invalid parameter: {text}",
        "CreatePlatformApplication",
        Name=name,
        Platform="ADM",
        Attributes=ADM,
    )


@pytest.mark.parametrize(
    ("attributes", "text"),
    [
        (
            {"PlatformPrincipal": "a"},
            "PlatformPrincipal attribute provided without PlatformCredential",
        ),
        (
            {"PlatformCredential": "a"},
            "PlatformCredential attribute provided without PlatformPrincipal",
        ),
        ({"Enabled": "true"}, "Platform credentials are invalid"),
        ({**ADM, "Colour": "red"}, "Invalid attribute name: Colour"),
        ({**ADM, "ApplePlatformTeamID": "A123456789"}, "Invalid attribute name: "),
        (
            {**ADM, "SuccessFeedbackSampleRate": "101"},
            "Invalid value for attribute: SuccessFeedbackSampleRate: 101 value provided is not an "
            "integer between 0-100",
        ),
        ({**ADM, "Enabled": "maybe"}, "Invalid value for attribute: Enabled: must be true or"),
        ({**ADM, "EventEndpointCreated": "here"}, "Invalid value for attribute: TopicArn Reason"),
    ],
)
def test_wrong_attributes_of_an_application(refused, attributes, text) -> None:
    """create_platform_application_invalid_attributes"""
    refusal = refused(
        InvalidParameterException,
        None,
        "CreatePlatformApplication",
        Name="news",
        Platform="ADM",
        Attributes=attributes,
    )
    assert refusal.message.startswith(f"Invalid parameter: Attributes Reason: {text}")


def test_platforms_that_there_are_not(refused) -> None:
    refused(
        InvalidParameterException,
        "Invalid parameter: Platform Reason: PIGEON is not supported",
        "CreatePlatformApplication",
        Name="news",
        Platform="PIGEON",
        Attributes=ADM,
    )


def test_the_same_application_again(sns, refused) -> None:
    application(sns)
    assert application(sns, PlatformCredential="new-secret") == APP
    refused(
        InvalidParameterException,
        "Invalid parameter: Name Reason: An application with the same name but different "
        "properties already exists",
        "CreatePlatformApplication",
        Name="news",
        Platform="ADM",
        Attributes={**ADM, "Enabled": "false"},
    )


def test_attributes_are_set_and_taken_away(sns, refused) -> None:
    """set_platform_application_attributes_non_existing_app, .._invalid_arn"""
    application(sns)
    topic = f"{HERE}:events"
    given = {"EventEndpointCreated": topic, "SuccessFeedbackSampleRate": "5"}
    change = {"PlatformApplicationArn": APP, "Attributes": given}
    sns.ask("SetPlatformApplicationAttributes", **change)
    asked = sns.ask("GetPlatformApplicationAttributes", PlatformApplicationArn=APP)
    assert asked.Attributes == {"Enabled": "true", **given}
    cleared = {**change, "Attributes": {"SuccessFeedbackSampleRate": ""}}
    sns.ask("SetPlatformApplicationAttributes", **cleared)
    asked = sns.ask("GetPlatformApplicationAttributes", PlatformApplicationArn=APP)
    assert asked.Attributes == {"Enabled": "true", "EventEndpointCreated": topic}
    for half in ({"PlatformPrincipal": "a"}, {"PlatformCredential": "a"}):
        refused(
            NotFoundException,
            "PlatformApplication does not exist",
            "SetPlatformApplicationAttributes",
            PlatformApplicationArn=f"{APP}2",
            Attributes=half,
        )
        refused(
            InvalidParameterException,
            None,
            "SetPlatformApplicationAttributes",
            **{**change, "Attributes": half},
        )
    refused(
        InvalidParameterException,
        "Invalid parameter: PlatformApplicationArn Reason: An ARN must have at least 6 elements, "
        "not 1",
        "SetPlatformApplicationAttributes",
        PlatformApplicationArn="dummy",
        Attributes=given,
    )


def test_an_application_takes_its_endpoints_with_it(sns, refused) -> None:
    application(sns)
    endpoint(sns)
    for _ in range(2):
        sns.ask("DeletePlatformApplication", PlatformApplicationArn=APP)
    assert sns.entities.scopes(PlatformEndpoint) == []
    refused(
        NotFoundException,
        "PlatformApplication does not exist",
        "ListEndpointsByPlatformApplication",
        PlatformApplicationArn=APP,
    )


# --- Credentials ---------------------------------------------------------------------------------


def told(sns, platform, **attributes):
    arn = application(sns, platform=platform, **attributes)
    return sns.ask("GetPlatformApplicationAttributes", PlatformApplicationArn=arn).Attributes


def test_apple_takes_a_certificate_and_its_key(sns, key, certificate) -> None:
    assert told(sns, "APNS", PlatformPrincipal=certificate, PlatformCredential=pem(key)) == {
        "Enabled": "true",
        "AppleCertificateExpiryDate": "2026-01-01T00:00:00.000Z",
        "AuthenticationMethod": "certificate",
    }


def test_apple_takes_a_signing_key_of_a_team(sns, key) -> None:
    of_team = {"ApplePlatformTeamID": "ABCDE12345", "ApplePlatformBundleID": "com.example.news"}
    signing = {"PlatformPrincipal": "KEYID12345", "PlatformCredential": pem(key)}
    assert told(sns, "APNS_SANDBOX", **signing, **of_team) == {
        "Enabled": "true",
        "AuthenticationMethod": "token",
        **of_team,
    }


def test_firebase_takes_a_service_account(sns, key) -> None:
    account = {
        "type": "service_account",
        "project_id": "news",
        "private_key": pem(key),
        "client_email": "a@b",
        "token_uri": "https://oauth2.example.com/token",
    }
    assert told(sns, "GCM", PlatformCredential=json.dumps(account)) == {
        "Enabled": "true",
        "AuthenticationMethod": "token",
    }


def test_firebase_knows_server_keys_of_before(sns) -> None:
    assert told(sns, "GCM", PlatformCredential="AAAA:key")["AuthenticationMethod"] == "key"


@pytest.mark.parametrize("platform", ["APNS", "MPNS", "GCM", "WNS", "BAIDU"])
@pytest.mark.parametrize(
    ("principal", "credential"),
    [
        ("no certificate", "no key"),
        ("certificate", "no key"),
        ("certificate", "another key"),
        ("KEYID12345", "key"),
        ("x", "{}"),
        ("x", "{"),
        ("x", "line\nline"),
        ("x", "\ud800"),
    ],
)
def test_what_no_platform_gave(refused, key, certificate, platform, principal, credential) -> None:
    another = pem(ec.generate_private_key(ec.SECP256R1()))
    credential = {"key": pem(key), "another key": another}.get(credential, credential)
    principal = certificate if principal == "certificate" else principal
    if platform in ("WNS", "BAIDU"):
        principal = f"{principal}\n"
    refused(
        InvalidParameterException,
        None,
        "CreatePlatformApplication",
        Name="news",
        Platform=platform,
        Attributes={"PlatformPrincipal": principal, "PlatformCredential": credential},
    )


# --- Endpoints -----------------------------------------------------------------------------------


def test_an_endpoint_is_made_once_for_a_token(sns, refused) -> None:
    """create_platform_endpoint_idempotency, get_platform_endpoint_attributes"""
    application(sns)
    arn = endpoint(sns, CustomUserData="foo")
    assert arn.startswith(f"{HERE}:endpoint/ADM/news/")
    assert endpoint(sns) == endpoint(sns, CustomUserData="foo") == arn
    assert shown(sns, arn) == {"Enabled": "true", "Token": "token_1", "CustomUserData": "foo"}
    refused(
        InvalidParameterException,
        f"Invalid parameter: Token Reason: Endpoint {arn} already exists with the same Token, but "
        "different attributes.",
        "CreatePlatformEndpoint",
        PlatformApplicationArn=APP,
        Token="token_1",
        CustomUserData="bar",
    )


def test_data_given_twice(sns) -> None:
    """create_platform_endpoint_double_custom_data"""
    application(sns)
    arn = endpoint(sns, CustomUserData="foo", Attributes={"CustomUserData": "bar"})
    assert shown(sns, arn)["CustomUserData"] == "foo"


@pytest.mark.parametrize(
    ("attributes", "text"),
    [
        ({"PlatformPrincipal": "a"}, "Invalid attribute name: PlatformPrincipal"),
        ({"InvalidKey": "a"}, "Invalid attribute name: InvalidKey"),
        ({"ChannelId": "a"}, "Invalid attribute name: ChannelId"),
        ({"Token": ""}, "Invalid value for attribute: Token: cannot be empty"),
        (
            {"CustomUserData": "ä" * 1025},
            "Invalid value for attribute: CustomUserData: must be at most 2048 bytes long in UTF-8 "
            "encoding",
        ),
    ],
)
def test_wrong_attributes_of_an_endpoint(sns, refused, attributes, text) -> None:
    """create_platform_endpoint_with_invalid_attributes"""
    application(sns)
    refused(
        InvalidParameterException,
        f"Invalid parameter: Attributes Reason: {text}",
        "CreatePlatformEndpoint",
        PlatformApplicationArn=APP,
        Token="token_1",
        Attributes=attributes,
    )


def test_wrong_arns_and_tokens(sns, refused) -> None:
    """set_platform_endpoint_attributes_invalid_arn"""
    application(sns)
    slashes = "Reason: Wrong number of slashes in relative portion of the ARN."
    refused(
        InvalidParameterException,
        f"Invalid parameter: EndpointArn {slashes}",
        "SetEndpointAttributes",
        EndpointArn=f"{HERE}:endpoint/ADM/news",
        Attributes={},
    )
    refused(
        InvalidParameterException,
        f"Invalid parameter: PlatformApplicationArn {slashes}",
        "CreatePlatformEndpoint",
        PlatformApplicationArn=f"{HERE}:news",
        Token="token_1",
    )
    refused(
        InvalidParameterException,
        "Invalid parameter: Token Reason: cannot be empty",
        "CreatePlatformEndpoint",
        PlatformApplicationArn=APP,
        Token="",
    )
    refused(
        NotFoundException,
        "Endpoint does not exist",
        "GetEndpointAttributes",
        EndpointArn=f"{HERE}:endpoint/ADM/news/nothing",
    )


def test_a_token_may_move_between_endpoints(sns, refused) -> None:
    """set_platform_endpoint_attributes"""
    application(sns)
    first, second = endpoint(sns, "one"), endpoint(sns, "two")
    taken = {"EndpointArn": first, "Attributes": {"Token": "two"}}
    refused(InvalidParameterException, None, "SetEndpointAttributes", **taken)
    sns.ask("SetEndpointAttributes", EndpointArn=second, Attributes={"Token": "three"})
    sns.ask("SetEndpointAttributes", **taken)
    assert endpoint(sns, "two") == first
    assert endpoint(sns, "three") == second
    third = endpoint(sns, "one")
    assert third not in (first, second)
    assert endpoint(sns, "one") == third
    sns.ask("DeleteEndpoint", EndpointArn=first)
    again = endpoint(sns, "two")
    assert again not in (first, second, third)
    for arn in (second, third, again):
        sns.ask("DeleteEndpoint", EndpointArn=arn)
    assert sns.entities.scopes(MovedToken) == []
    assert sns.entities.scopes(PlatformEndpoint) == []


def test_apples_tokens_are_hexadecimal_and_small(sns, refused, key) -> None:
    app = application(
        sns,
        platform="APNS",
        PlatformPrincipal="KEYID12345",
        PlatformCredential=pem(key),
        ApplePlatformTeamID="ABCDE12345",
        ApplePlatformBundleID="com.example.news",
    )
    assert shown(sns, endpoint(sns, "AB12", app))["Token"] == "ab12"
    assert endpoint(sns, "ab12", app) == endpoint(sns, "AB12", app)
    refused(
        InvalidParameterException,
        "Invalid parameter: Token Reason: iOS device tokens must be no more than 400 hexadecimal "
        "characters",
        "CreatePlatformEndpoint",
        PlatformApplicationArn=app,
        Token="xyz",
    )


def test_a_deleted_endpoint_leaves_its_subscriptions(sns, refused) -> None:
    """delete_platform_endpoint, delete_platform_endpoint_with_subscription"""
    application(sns)
    arn = endpoint(sns)
    topic = sns.topic()
    subscription = sns.subscribe(topic, "application", arn)
    listed = sns.ask("ListEndpointsByPlatformApplication", PlatformApplicationArn=APP)
    (only,) = listed.Endpoints
    assert (only.EndpointArn, only.Attributes) == (arn, {"Enabled": "true", "Token": "token_1"})
    for _ in range(2):
        sns.ask("DeleteEndpoint", EndpointArn=arn)
    listed = sns.ask("ListEndpointsByPlatformApplication", PlatformApplicationArn=APP)
    assert listed.Endpoints == []
    assert sns.attributes(subscription)["Endpoint"] == arn
    other = {"TopicArn": topic, "Protocol": "application", "Endpoint": f"{arn[:-1]}0"}
    refused(InvalidParameterException, None, "Subscribe", **other)


def test_events_are_told_where_somebody_wants_them(sns) -> None:
    topic = f"{HERE}:events"
    application(sns, EventEndpointCreated=topic, EventEndpointUpdated=topic)
    arn = endpoint(sns)
    endpoint(sns)
    sns.ask("SetEndpointAttributes", EndpointArn=arn, Attributes={"Enabled": "false"})
    sns.ask("DeleteEndpoint", EndpointArn=arn)
    assert sns.sent.events == [
        ("news", "EventEndpointCreated", "token_1"),
        ("news", "EventEndpointUpdated", "token_1"),
    ]
