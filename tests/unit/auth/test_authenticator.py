"""Signatures as botocore makes them are accepted, and everything else has AWS's refusal."""

import calendar
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any
from unittest import mock
from urllib.parse import quote, urlsplit

import botocore.auth
import pytest
from botocore.auth import SigV4Auth, SigV4QueryAuth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials as ClientCredentials
from hypothesis import given
from hypothesis import strategies as st

from tidegate.auth import authenticator as module
from tidegate.auth.authenticator import Authenticated, Authenticator
from tidegate.auth.credentials import AccessKey, Credentials, development_key
from tidegate.auth.sigv4 import timestamp_of
from tidegate.base.refusals import (
    AccessDeniedException,
    IncompleteSignature,
    InvalidClientTokenId,
    MissingAuthenticationToken,
    Refusal,
    SignatureDoesNotMatch,
)

NOW = calendar.timegm((2026, 11, 24, 10, 30, 0))
ACCOUNT = "123456789012"
SECRET = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"
HOST = "127.0.0.1:4566"

JSON_HEADERS = {
    "Content-Type": "application/x-amz-json-1.0",
    "X-Amz-Target": "AmazonSQS.SendMessage",
    "User-Agent": "Boto3/1.43",
}
BODY = b'{"QueueUrl":"http://127.0.0.1:4566/us-east-1/000000000000/q","MessageBody":"hello"}'

DEFAULT_TEXT = SignatureDoesNotMatch.default


def make_authenticator(
    clock: Callable[[], int] = lambda: NOW, *, any_account: bool = True
) -> Authenticator:
    keys = [development_key(), AccessKey("AKIDEXAMPLE", SECRET, ACCOUNT)]
    return Authenticator(Credentials(keys, any_account=any_account), clock)


def sign(
    method: str = "POST",
    url: str = f"http://{HOST}/",
    body: bytes = BODY,
    headers: dict[str, str] | None = None,
    *,
    key: tuple[str, str] = ("AKIDEXAMPLE", SECRET),
    token: str | None = None,
    region: str = "eu-central-1",
    service: str = "sqs",
    at: int = NOW,
    presigned_for: int | None = None,
) -> SimpleNamespace:
    """A request as botocore signs it, in the form in which the gateway shows it."""
    request = AWSRequest(
        method, url, data=body, headers=JSON_HEADERS if headers is None else headers
    )
    credentials = ClientCredentials(*key, token)
    signer = (
        SigV4Auth(credentials, service, region)
        if presigned_for is None
        else SigV4QueryAuth(credentials, service, region, expires=presigned_for)
    )
    when = SimpleNamespace(strftime=lambda _format: timestamp_of(at))
    with mock.patch.object(botocore.auth, "get_current_datetime", return_value=when):
        signer.add_auth(request)
    parts = urlsplit(request.url)
    sent = {name.lower(): value for name, value in request.headers.items()}
    sent["host"] = parts.netloc
    return SimpleNamespace(
        method=method,
        path=parts.path or "/",
        query=parts.query,
        headers=sent,
        body=request.body or b"",
    )


def refusal(view: Any, authenticator: Authenticator | None = None) -> Refusal:
    with pytest.raises(Refusal) as caught:
        (authenticator or make_authenticator()).authenticate(view)
    return caught.value


def with_authorization(change: Callable[[str], str], **signing: Any) -> SimpleNamespace:
    view = sign(**signing)
    view.headers["authorization"] = change(view.headers["authorization"])
    return view


# --- Accepted ------------------------------------------------------------------------------------


def test_signed_request_gives_principal_region_and_service() -> None:
    found = make_authenticator().authenticate(sign())
    assert (found.region, found.service) == ("eu-central-1", "sqs")
    assert found.principal.account == ACCOUNT
    assert found.principal.arn == f"arn:aws:iam::{ACCOUNT}:root"
    assert found.principal.access_key == "AKIDEXAMPLE"
    assert found.principal.user_id == ACCOUNT


def test_development_key_is_root_of_its_account() -> None:
    found = make_authenticator().authenticate(sign(key=("test", "test")))
    assert found.principal.account == "000000000000"


def test_twelve_digits_with_secret_test_is_root_of_that_account() -> None:
    found = make_authenticator().authenticate(sign(key=("111122223333", "test")))
    assert found.principal.account == "111122223333"


def test_twelve_digits_are_unknown_where_that_is_switched_off() -> None:
    strict = make_authenticator(any_account=False)
    assert refusal(sign(key=("111122223333", "test")), strict) == InvalidClientTokenId()


def test_twelve_digits_with_another_secret_do_not_match() -> None:
    assert refusal(sign(key=("111122223333", "guess"))) == SignatureDoesNotMatch()


def test_session_token_means_nothing_beside_the_development_keys() -> None:
    authenticator = make_authenticator()
    for key in ("test", "111122223333"):
        view = sign(key=(key, "test"), token="a session")
        assert authenticator.authenticate(view).principal.access_key == key


@pytest.mark.parametrize("presigned_for", [None, 60])
def test_long_lived_key_has_no_session_token(presigned_for: int | None) -> None:
    view = sign(token="a session", presigned_for=presigned_for)
    assert refusal(view) == InvalidClientTokenId()


def test_date_header_stands_in_for_x_amz_date() -> None:
    view = sign(headers=JSON_HEADERS | {"Date": "x"})
    assert "x-amz-date" not in view.headers
    assert make_authenticator().authenticate(view).principal.account == ACCOUNT


def test_commas_alone_may_part_the_authorization_header() -> None:
    view = with_authorization(lambda header: header.replace(", ", ","))
    assert make_authenticator().authenticate(view).principal.account == ACCOUNT


def test_second_request_of_a_client_is_verified_from_what_is_known() -> None:
    authenticator = make_authenticator()
    first = authenticator.authenticate(sign())
    with mock.patch.object(module, "parse_authorization", side_effect=AssertionError):
        again = authenticator.authenticate(sign(body=b"other", at=NOW + 5))
    assert again is first


def test_refused_request_leaves_nothing_behind() -> None:
    authenticator = make_authenticator()
    view = sign()
    view.body = b"changed"
    refusal(view, authenticator)
    assert not authenticator._known


def test_what_is_known_has_a_bound() -> None:
    authenticator = make_authenticator()
    with mock.patch.object(module, "_MAX_KNOWN", 3):
        for number in range(8):
            authenticator.authenticate(sign(region=f"us-east-{number}"))
        assert len(authenticator._known) == 3
        assert authenticator.authenticate(sign(region="us-east-0")).region == "us-east-0"


@pytest.mark.parametrize("url", [f"http://{HOST}/", f"http://{HOST}/{'p' * 2000}"])
def test_what_is_long_is_verified_and_not_kept(url: str) -> None:
    """A client may make it as long as a head may be, and thousands of them."""
    authenticator = make_authenticator()
    many = {f"X-Amz-Meta-{'m' * 40}-{number}": "v" for number in range(30)}
    for headers in (JSON_HEADERS, JSON_HEADERS | many):
        for _ in range(2):
            authenticator.authenticate(sign(url=url, headers=headers))
    assert all(len(kept) < 1500 for kept in (*authenticator._known, *authenticator._paths))
    assert len(authenticator._known) == 1


header_values = st.text(st.characters(min_codepoint=32, max_codepoint=126), max_size=30).map(
    lambda value: value.strip()
)
path_segments = st.text(max_size=12).map(lambda text: quote(text, safe="-._~!$&'()*+,;=:@"))
paths = st.lists(path_segments, max_size=4).map(lambda segments: "/" + "/".join(segments))
parameters = st.dictionaries(st.text(max_size=8), st.text(max_size=16), max_size=5)
regions = st.from_regex(r"[a-z]{2}-[a-z]{4,9}-[1-9]", fullmatch=True)


def query_of(items: dict[str, str]) -> str:
    return "&".join(
        f"{quote(name, safe='-_.~')}={quote(value, safe='-_.~')}" for name, value in items.items()
    )


@given(
    method=st.sampled_from(["GET", "POST", "PUT"]),
    path=paths,
    query=parameters.map(query_of),
    body=st.binary(max_size=200),
    headers=st.dictionaries(
        st.from_regex(r"(x-amz-)?[a-z][a-z0-9%-]{0,10}", fullmatch=True), header_values, max_size=4
    ),
    region=regions,
)
def test_whatever_botocore_signs_is_accepted_twice(
    method: str, path: str, query: str, body: bytes, headers: dict[str, str], region: str
) -> None:
    for reserved in ("authorization", "date", "x-amz-date", "host"):
        headers.pop(reserved, None)
    authenticator = make_authenticator()
    view = sign(
        method,
        f"http://{HOST}{path}" + (f"?{query}" if query else ""),
        body,
        headers,
        region=region,
    )
    found = authenticator.authenticate(view)
    assert found.region == region
    assert authenticator.authenticate(view) is found


@given(path=paths, query=parameters.map(query_of), expires=st.integers(1, 604_800))
def test_whatever_botocore_presigns_is_accepted(path: str, query: str, expires: int) -> None:
    view = sign(
        "GET",
        f"http://{HOST}{path}" + (f"?{query}" if query else ""),
        b"",
        {},
        presigned_for=expires,
    )
    late = make_authenticator(lambda: NOW + expires)
    assert late.authenticate(view).principal.account == ACCOUNT
    too_late = make_authenticator(lambda: NOW + expires + 1)
    assert refusal(view, too_late).message.startswith("Signature expired: 20261124T103000Z")


# --- Refused -------------------------------------------------------------------------------------


def test_no_signature_at_all() -> None:
    view = sign()
    del view.headers["authorization"]
    assert refusal(view) == MissingAuthenticationToken("Request is missing Authentication Token")


@pytest.mark.parametrize("header", ["", "Basic dGVzdDp0ZXN0", "Bearer abc", "AWS test:c2ln"])
def test_other_schemes_are_no_authentication(header: str) -> None:
    assert refusal(with_authorization(lambda _: header)) == MissingAuthenticationToken()


def test_missing_parts_are_all_named() -> None:
    view = with_authorization(lambda _: "AWS4-HMAC-SHA256 ")
    del view.headers["x-amz-date"]
    found = refusal(view)
    assert isinstance(found, IncompleteSignature)
    assert found.message.startswith(
        "Authorization header requires 'Credential' parameter. "
        "Authorization header requires 'Signature' parameter. "
        "Authorization header requires 'SignedHeaders' parameter. "
        "Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header. "
    )


def test_what_the_header_held_is_not_in_the_answer() -> None:
    found = refusal(with_authorization(lambda _: f"AWS4-HMAC-SHA256 {SECRET}"))
    assert isinstance(found, IncompleteSignature)
    assert "(missing equal-sign)" in found.message
    assert SECRET not in found.message


def test_unknown_key() -> None:
    found = refusal(sign(key=("AKIDNOBODY", SECRET)))
    assert found == InvalidClientTokenId("The security token included in the request is invalid.")


def test_wrong_secret() -> None:
    assert refusal(sign(key=("AKIDEXAMPLE", "wrong"))) == SignatureDoesNotMatch(DEFAULT_TEXT)


@pytest.mark.parametrize("known", [False, True])
@pytest.mark.parametrize(
    ("part", "value"),
    [("body", BODY + b" "), ("method", "PUT"), ("path", "/other"), ("query", "a=b")],
)
def test_changed_request(known: bool, part: str, value: Any) -> None:
    authenticator = make_authenticator()
    if known:
        authenticator.authenticate(sign())
    view = sign()
    setattr(view, part, value)
    assert refusal(view, authenticator) == SignatureDoesNotMatch()


@pytest.mark.parametrize("known", [False, True])
@pytest.mark.parametrize("name", ["host", "x-amz-target", "content-type"])
def test_changed_or_removed_signed_header(known: bool, name: str) -> None:
    authenticator = make_authenticator()
    if known:
        authenticator.authenticate(sign())
    view = sign()
    view.headers[name] = "changed"
    assert refusal(view, authenticator) == SignatureDoesNotMatch()
    del view.headers[name]
    assert refusal(view, authenticator) == SignatureDoesNotMatch()


@pytest.mark.parametrize("known", [False, True])
def test_unsigned_amz_header(known: bool) -> None:
    authenticator = make_authenticator()
    if known:
        authenticator.authenticate(sign())
    view = sign()
    view.headers["x-amz-more"] = "1"
    found = refusal(view, authenticator)
    assert isinstance(found, SignatureDoesNotMatch)
    assert found.message.startswith(
        "There were headers present in the request which were not signed"
    )
    assert refusal(view, authenticator) == found


def test_host_must_be_signed() -> None:
    view = with_authorization(lambda header: header.replace("host;", ""))
    assert refusal(view) == SignatureDoesNotMatch(
        "'Host' or ':authority' must be a 'SignedHeader' in the AWS Authorization."
    )


@pytest.mark.parametrize("signature", ["é" * 64, "0" * 64, "F" * 64, "0", "0" * 65])
def test_signature_of_another_form(signature: str) -> None:
    authenticator = make_authenticator()
    authenticator.authenticate(sign())
    view = with_authorization(lambda header: header[:-64] + signature)
    assert refusal(view, authenticator) == SignatureDoesNotMatch()


def test_payload_hash_header_counts_for_nothing() -> None:
    view = sign(headers=JSON_HEADERS | {"X-Amz-Content-SHA256": "UNSIGNED-PAYLOAD"})
    assert refusal(view) == SignatureDoesNotMatch()


@pytest.mark.parametrize("known", [False, True])
def test_expired(known: bool) -> None:
    now = [NOW]
    authenticator = make_authenticator(lambda: now[0])
    view = sign()
    if known:
        authenticator.authenticate(view)
    now[0] = NOW + 900
    assert isinstance(authenticator.authenticate(view), Authenticated)
    now[0] = NOW + 1800
    assert refusal(view, authenticator) == SignatureDoesNotMatch(
        "Signature expired: 20261124T103000Z is now earlier than 20261124T104500Z "
        "(20261124T110000Z - 15 min.)"
    )


def test_not_yet_current() -> None:
    make_authenticator().authenticate(sign(at=NOW + 900))
    assert refusal(sign(at=NOW + 901)) == SignatureDoesNotMatch(
        "Signature not yet current: 20261124T104501Z is still later than 20261124T104500Z "
        "(20261124T103000Z + 15 min.)"
    )


def test_date_that_is_none() -> None:
    view = sign()
    view.headers["x-amz-date"] = "20260230T103000Z"
    assert refusal(view) == SignatureDoesNotMatch(
        "Date must be in ISO-8601 'basic format'. Got '20260230T103000Z'. "
        "See http://en.wikipedia.org/wiki/ISO_8601"
    )


@pytest.mark.parametrize("known", [False, True])
def test_wrong_service(known: bool) -> None:
    authenticator = make_authenticator()
    view = sign(service="sns")
    if known:
        assert authenticator.authenticate(view, "sns").service == "sns"
    assert refusal(view, authenticator) == SignatureDoesNotMatch(
        "Credential should be scoped to correct service: 'sqs'."
    )


@pytest.mark.parametrize("region", ["US-EAST-1", "us east", "a:b", "-", "x" * 64])
def test_region_of_another_form(region: str) -> None:
    view = with_authorization(
        lambda header: header.replace("/eu-central-1/", f"/{region.replace(' ', '_')}/")
    )
    assert refusal(view) == SignatureDoesNotMatch("Credential should be scoped to a valid region.")


@pytest.mark.parametrize("known", [False, True])
def test_date_of_scope_differs(known: bool) -> None:
    """A signing key is good for the day in its scope only."""
    authenticator = make_authenticator(lambda: calendar.timegm((2026, 11, 25, 0, 0, 0)))
    just_before = calendar.timegm((2026, 11, 24, 23, 59, 59))
    if known:
        authenticator.authenticate(sign(at=just_before))
    view = sign(at=just_before)
    view.headers["x-amz-date"] = "20261125T000001Z"
    assert refusal(view, authenticator) == SignatureDoesNotMatch(
        "Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP: "
        "'20261124' != '20261125', from '20261125T000001Z'."
    )


def test_wrong_terminator() -> None:
    view = with_authorization(lambda header: header.replace("aws4_request", "aws5_request"))
    assert refusal(view) == SignatureDoesNotMatch(
        "Credential should be scoped with a valid terminator: 'aws4_request', not 'aws5_request'."
    )


def test_other_algorithm() -> None:
    view = with_authorization(lambda header: header.replace("AWS4-HMAC-SHA256", "AWS4-HMAC-SHA1"))
    assert refusal(view) == IncompleteSignature(
        "Unsupported AWS 'algorithm': 'AWS4-HMAC-SHA1' (only AWS4-HMAC-SHA256 for now)."
    )


def test_credential_of_four_parts() -> None:
    view = with_authorization(lambda header: header.replace("/sqs/", "/"))
    assert refusal(view) == IncompleteSignature(
        "Credential must have exactly 5 slash-delimited elements, e.g. "
        "keyid/date/region/service/term, got 'AKIDEXAMPLE/20261124/eu-central-1/aws4_request'"
    )


# --- Presigned -----------------------------------------------------------------------------------

ACTION = f"http://{HOST}/eu-central-1/{ACCOUNT}/q?Action=ReceiveMessage"


def presign(expires: int = 60) -> SimpleNamespace:
    return sign("GET", ACTION, b"", {}, presigned_for=expires)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("Action=ReceiveMessage", "Action=PurgeQueue"),
        ("X-Amz-Expires=60", "X-Amz-Expires=61"),
        ("Action=ReceiveMessage", "Action=ReceiveMessage&More=1"),
    ],
)
def test_presigned_parameters_are_signed(old: str, new: str) -> None:
    view = presign()
    make_authenticator().authenticate(view)
    view.query = view.query.replace(old, new)
    assert refusal(view) == SignatureDoesNotMatch()


def test_presigned_request_carries_no_other_body() -> None:
    view = presign()
    view.body = b"Action=PurgeQueue"
    assert refusal(view) == SignatureDoesNotMatch()


@pytest.mark.parametrize(
    ("expires", "text"),
    [
        ("0", "X-Amz-Expires must be greater than zero"),
        ("604801", "X-Amz-Expires must be less than a week (in seconds);"),
        ("9" * 5000, "X-Amz-Expires must be less than a week (in seconds);"),
        ("-1", "X-Amz-Expires should be a number"),
        ("soon", "X-Amz-Expires should be a number"),
    ],
)
def test_presigned_expiry_out_of_range(expires: str, text: str) -> None:
    view = presign()
    view.query = view.query.replace("X-Amz-Expires=60", f"X-Amz-Expires={expires}")
    found = refusal(view)
    assert isinstance(found, IncompleteSignature)
    assert found.message.startswith(text)


def test_presigned_parameters_that_are_missing_are_named() -> None:
    view = presign()
    view.query = "Action=ReceiveMessage&X-Amz-Algorithm=AWS4-HMAC-SHA256"
    assert refusal(view) == IncompleteSignature(
        "AWS query-string parameters must include 'X-Amz-Credential'. "
        "AWS query-string parameters must include 'X-Amz-Signature'. "
        "AWS query-string parameters must include 'X-Amz-SignedHeaders'. "
        "AWS query-string parameters must include 'X-Amz-Date'. "
        "Re-examine the query-string parameters."
    )


def test_signed_twice() -> None:
    view = sign()
    view.query = presign().query
    found = refusal(view)
    assert isinstance(found, SignatureDoesNotMatch)
    assert found.message.startswith("Found both 'X-Amz-Algorithm'")


@pytest.mark.parametrize("key", ["test", "123456789012"])
def test_a_page_of_another_site_cannot_use_a_key_that_everybody_knows(key: str) -> None:
    view = sign("GET", ACTION, b"", {}, presigned_for=60, key=(key, "test"))
    for site, allowed in (("cross-site", False), ("same-site", True), ("none", True)):
        view.headers["sec-fetch-site"] = site
        if allowed:
            assert make_authenticator().authenticate(view)
        else:
            assert isinstance(refusal(view), AccessDeniedException)


def test_a_page_of_another_site_may_use_a_key_of_its_own() -> None:
    view = presign()
    view.headers["sec-fetch-site"] = "cross-site"
    assert make_authenticator().authenticate(view)
