"""Whatever stands where a signature is expected: a principal comes out, or a refusal."""

from types import SimpleNamespace

from hypothesis import given
from hypothesis import strategies as st

from tidegate.auth.authenticator import Authenticated, Authenticator
from tidegate.auth.credentials import Credentials, development_key
from tidegate.base.refusals import Refusal

NOW = 1_795_516_200  # 2026-11-24T10:30:00Z

# Text of a request is ISO-8859-1, but a caller that gets this wrong must not end in a bug either.
any_text = st.text(max_size=40) | st.text(st.characters(max_codepoint=255), max_size=40)
pieces = st.sampled_from(
    [
        "AWS4-HMAC-SHA256",
        "AWS4-",
        " ",
        ", ",
        ",",
        "=",
        "Credential=",
        "Credential=test/20261124/us-east-1/sqs/aws4_request",
        "Credential=test/20261124/us-east-1/sqs",
        "SignedHeaders=",
        "SignedHeaders=host;x-amz-date",
        "SignedHeaders=host;%;%s",
        "Signature=",
        "Signature=" + "0" * 64,
        "X-Amz-Algorithm=AWS4-HMAC-SHA256&",
        "X-Amz-Credential=test%2F20261124%2Fus-east-1%2Fsqs%2Faws4_request&",
        "X-Amz-Date=20261124T103000Z&",
        "X-Amz-Expires=60&",
        "X-Amz-SignedHeaders=host&",
        "X-Amz-Signature=" + "0" * 64 + "&",
        "%",
        "%zz",
        "&",
        "é",
    ]
)
near_miss = st.lists(pieces | any_text, max_size=9).map("".join)
dates = st.sampled_from(["20261124T103000Z", "20261124T1030", "00000000T000000Z", ""]) | any_text


@given(
    authorization=st.none() | near_miss,
    query=st.just("") | near_miss,
    path=st.just("/") | any_text,
    date=st.none() | dates,
    http_date=st.none() | dates | st.just("Tue, 24 Nov 2026 10:30:00 -0000"),
    headers=st.dictionaries(any_text, any_text, max_size=3),
    body=st.binary(max_size=40),
)
def test_a_principal_or_a_refusal(
    authorization: str | None,
    query: str,
    path: str,
    date: str | None,
    http_date: str | None,
    headers: dict[str, str],
    body: bytes,
) -> None:
    for name, value in (
        ("host", "127.0.0.1"),
        ("authorization", authorization),
        ("x-amz-date", date),
        ("date", http_date),
    ):
        if value is not None:
            headers[name] = value
    authenticator = Authenticator(Credentials([development_key()]), lambda: NOW)
    view = SimpleNamespace(method="POST", path=path, query=query, headers=headers, body=body)
    try:
        answer: object = authenticator.authenticate(view)
    except Refusal as refused:
        answer = refused
    assert isinstance(answer, Authenticated | Refusal)
