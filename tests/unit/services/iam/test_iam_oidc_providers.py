"""OpenID Connect providers."""

import pytest

from tidegate.base import iam_limits as limits
from tidegate.base.refusals import (
    EntityAlreadyExistsException,
    InvalidInputException,
    LimitExceededException,
    NoSuchEntityException,
)

URL = "https://login.example.org/realm"
THUMBPRINT = "9E99A48A9960B14926BB7F3B02E22DA2B0AB7280"


def provider(iam, **parameters):
    """Its ARN."""
    answer = iam.ask("CreateOpenIDConnectProvider", Url=URL, **parameters)
    return answer.OpenIDConnectProviderArn


def got(iam, arn):
    return iam.ask("GetOpenIDConnectProvider", OpenIDConnectProviderArn=arn)


def test_a_provider_is_made_and_found(iam):
    arn = provider(
        iam,
        ClientIDList=["a", "b", "a"],
        ThumbprintList=[THUMBPRINT],
        Tags=[{"Key": "t", "Value": "1"}],
    )
    assert arn == f"arn:aws:iam::{iam.account}:oidc-provider/login.example.org/realm"
    found = got(iam, arn)
    assert found.Url == "login.example.org/realm"
    assert found.ClientIDList == ["a", "b"]
    assert found.ThumbprintList == [THUMBPRINT.lower()]
    assert found.CreateDate == 1_700_000_000.0
    assert [(tag.Key, tag.Value) for tag in found.Tags] == [("t", "1")]
    (listed,) = iam.ask("ListOpenIDConnectProviders").OpenIDConnectProviderList
    assert listed.Arn == arn


def test_a_url_is_registered_once(iam, refused):
    provider(iam)
    refused(
        EntityAlreadyExistsException,
        f"Provider with url {URL} already exists.",
        "CreateOpenIDConnectProvider",
        Url=URL,
    )


@pytest.mark.parametrize(
    "url",
    [
        "http://login.example.org",
        "login.example.org",
        "https://login.example.org:8443",
        "https://login.example.org/?a=b",
        "https://login.example.org/#a",
        "https://user@login.example.org",
        "https://",
        "https://[login",
        "http://localhost@login.example.org",
        "ftp://localhost",
        "https://login.example.org/ a",
        "https://login.example.org/a?",
        "https://login.example.org/a#",
        "http://localhost:8080/shutdown?",
        "http://localhost:8080/shutdown#",
        " https://login.example.org",
        "https:a://login.example.org",
        "https:ablogin.example.org",
    ],
)
def test_a_url_must_be_one(refused, url):
    refused(
        InvalidInputException,
        "Invalid Open ID Connect Provider URL",
        "CreateOpenIDConnectProvider",
        Url=url,
    )


@pytest.mark.parametrize(
    "url", ["http://127.0.0.1:8080/realms/one", "https://localhost:8443", "http://[::1]:80"]
)
def test_a_provider_on_this_machine_may_have_a_port_and_no_tls(iam, url):
    answer = iam.ask("CreateOpenIDConnectProvider", Url=url, ClientIDList=["a"])
    arn = answer.OpenIDConnectProviderArn
    assert arn.endswith(":oidc-provider/" + url.partition("://")[2])
    found = iam.ask("GetOpenIDConnectProvider", OpenIDConnectProviderArn=arn)
    assert found.Url == url.partition("://")[2]


@pytest.mark.parametrize("url", [URL, "HTTPS://login.example.org", "http://localhost:8080/a"])
def test_a_provider_is_made_under_the_arn_that_was_authorized(iam, url):
    asked_for = iam.resource("CreateOpenIDConnectProvider", Url=url)
    answer = iam.ask("CreateOpenIDConnectProvider", Url=url)
    assert answer.OpenIDConnectProviderArn == asked_for


@pytest.mark.parametrize("url", ["http://127.0.0.1:8080", "https://localhost:8443"])
def test_a_provider_on_this_machine_is_for_developers(public_iam, url):
    """Its keys are fetched from here: from what else listens on this machine, for nobody else."""
    with pytest.raises(InvalidInputException):
        public_iam.ask("CreateOpenIDConnectProvider", Url=url, ClientIDList=["a"])
    assert public_iam.ask("CreateOpenIDConnectProvider", Url=URL, ClientIDList=["a"])


def test_there_are_limits(iam, refused, monkeypatch):
    refused(
        LimitExceededException,
        "Cannot exceed quota for ClientIdsPerOpenIdConnectProvider: 100",
        "CreateOpenIDConnectProvider",
        Url=URL,
        ClientIDList=[str(number) for number in range(101)],
    )
    refused(
        LimitExceededException,
        "Thumbprint list must contain fewer than 5 entries.",
        "CreateOpenIDConnectProvider",
        Url=URL,
        ThumbprintList=[THUMBPRINT] * 6,
    )
    monkeypatch.setattr(limits, "OIDC_PROVIDERS", 1)
    arn = provider(iam, ClientIDList=[str(number) for number in range(100)])
    refused(
        LimitExceededException,
        "Cannot exceed quota for OpenIdConnectProvidersPerAccount: 1",
        "CreateOpenIDConnectProvider",
        Url="https://other.example",
    )
    refused(
        LimitExceededException,
        None,
        "AddClientIDToOpenIDConnectProvider",
        OpenIDConnectProviderArn=arn,
        ClientID="more",
    )


def test_a_thumbprint_is_hex(refused):
    refused(
        InvalidInputException,
        None,
        "CreateOpenIDConnectProvider",
        Url=URL,
        ThumbprintList=["z" * 40],
    )


def test_client_ids_come_and_go(iam):
    arn = provider(iam)
    for operation, client, left in [
        ("AddClientIDTo", "a", ["a"]),
        ("AddClientIDTo", "b", ["a", "b"]),
        ("AddClientIDTo", "a", ["a", "b"]),
        ("RemoveClientIDFrom", "a", ["b"]),
        ("RemoveClientIDFrom", "a", ["b"]),
    ]:
        iam.ask(f"{operation}OpenIDConnectProvider", OpenIDConnectProviderArn=arn, ClientID=client)
        assert got(iam, arn).ClientIDList == left


def test_thumbprints_are_replaced(iam):
    arn = provider(iam, ThumbprintList=[THUMBPRINT])
    iam.ask(
        "UpdateOpenIDConnectProviderThumbprint",
        OpenIDConnectProviderArn=arn,
        ThumbprintList=["0" * 40, "1" * 40],
    )
    assert got(iam, arn).ThumbprintList == ["0" * 40, "1" * 40]


def test_a_provider_is_deleted_as_often_as_one_likes(iam, refused):
    arn = provider(iam)
    for _ in range(2):
        iam.ask("DeleteOpenIDConnectProvider", OpenIDConnectProviderArn=arn)
    refused(
        NoSuchEntityException,
        f"OpenIDConnect Provider not found for arn {arn}",
        "GetOpenIDConnectProvider",
        OpenIDConnectProviderArn=arn,
    )


@pytest.mark.parametrize(
    ("operation", "more"),
    [
        ("GetOpenIDConnectProvider", {}),
        ("AddClientIDToOpenIDConnectProvider", {"ClientID": "a"}),
        ("RemoveClientIDFromOpenIDConnectProvider", {"ClientID": "a"}),
        ("UpdateOpenIDConnectProviderThumbprint", {"ThumbprintList": [THUMBPRINT]}),
    ],
)
def test_a_provider_must_be_there(iam, refused, operation, more):
    provider(iam)
    theirs = "arn:aws:iam::999900001111:oidc-provider/login.example.org/realm"
    refused(NoSuchEntityException, None, operation, OpenIDConnectProviderArn=theirs, **more)
    refused(
        InvalidInputException,
        "Invalid ARN: arn:aws:iam::1:oidc-provider/x",
        operation,
        OpenIDConnectProviderArn="arn:aws:iam::1:oidc-provider/x",
        **more,
    )


def test_deleting_in_another_account_deletes_nothing(iam):
    arn = provider(iam)
    iam.as_other_account()
    iam.ask("DeleteOpenIDConnectProvider", OpenIDConnectProviderArn=arn)
    iam.principal = type(iam.principal)(iam.account, "arn:aws:iam::1:root", "AKIA", "1")
    assert got(iam, arn).Url == "login.example.org/realm"
