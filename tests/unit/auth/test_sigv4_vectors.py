"""Cases of AWS's published Signature Version 4 test suite, and the example of its documentation.

https://docs.aws.amazon.com/IAM/latest/UserGuide/signature-v4-test-suite.html
"""

from types import SimpleNamespace

import pytest

from tidegate.auth.sigv4 import Scope, Signer, canonical_path, canonical_query

SECRET = b"wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"
TIMESTAMP = "20150830T123600Z"
HOST = {"host": "example.amazonaws.com", "x-amz-date": TIMESTAMP}
FORM = HOST | {"content-type": "application/x-www-form-urlencoded"}
UNRESERVED = "-._~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
ETHIOPIC = "ሴ".encode().decode("latin-1")

VANILLA = "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31"

CASES = {
    "get-vanilla": ("GET", "/", "", HOST, b"", VANILLA),
    "get-slash": ("GET", "//", "", HOST, b"", VANILLA),
    "get-slash-dot-slash": ("GET", "/./", "", HOST, b"", VANILLA),
    "get-relative": ("GET", "/example/..", "", HOST, b"", VANILLA),
    "get-relative-relative": ("GET", "/example1/example2/../..", "", HOST, b"", VANILLA),
    "get-vanilla-query-order-key-case": (
        "GET",
        "/",
        "Param2=value2&Param1=value1",
        HOST,
        b"",
        "b97d918cfa904a5beff61c982a1b6f458b799221646efd99d3219ec94cdf2500",
    ),
    "get-vanilla-utf8-query": (
        "GET",
        "/",
        f"{ETHIOPIC}=bar",
        HOST,
        b"",
        "2cdec8eed098649ff3a119c94853b13c643bcf08f8b0a1d91e12c9027818dd04",
    ),
    "get-unreserved": (
        "GET",
        f"/{UNRESERVED}",
        "",
        HOST,
        b"",
        "07ef7494c76fa4850883e2b006601f940f8a34d404d0cfa977f52a65bbf5f24f",
    ),
    "get-utf8": (
        "GET",
        f"/{ETHIOPIC}",
        "",
        HOST,
        b"",
        "8318018e0b0f223aa2bbf98705b62bb787dc9c0e678f255a891fd03141be5d85",
    ),
    "get-space": (
        "GET",
        "/example space/",
        "",
        HOST,
        b"",
        "652487583200325589f1fba4c7e578f72c47cb61beeca81406b39ddec1366741",
    ),
    "get-header-value-trim": (
        "GET",
        "/",
        "",
        HOST | {"my-header1": "value1", "my-header2": '"a   b   c"'},
        b"",
        "acc3ed3afb60bb290fc8d2dd0098b9911fcaa05412b367055dee359757a9c736",
    ),
    "post-vanilla": (
        "POST",
        "/",
        "",
        HOST,
        b"",
        "5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b",
    ),
    "post-x-www-form-urlencoded": (
        "POST",
        "/",
        "",
        FORM,
        b"Param1=value1",
        "ff11897932ad3f4e8b18135d722051e5ac45fc38421b1da7b9d196a0fe09473a",
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_published_case_has_its_published_signature(case: str) -> None:
    method, path, query, headers, body, signature = CASES[case]
    signer = Signer(
        SECRET,
        Scope("AKIDEXAMPLE", "20150830", "us-east-1", "service", "aws4_request"),
        tuple(sorted(headers)),
    )
    request = SimpleNamespace(method=method, path=path, query=query, headers=headers, body=body)
    computed = signer.signature(request, canonical_path(path), canonical_query(query), TIMESTAMP)
    assert computed == signature


def test_documented_list_users_example_has_its_documented_signature() -> None:
    headers = {
        "content-type": "application/x-www-form-urlencoded; charset=utf-8",
        "host": "iam.amazonaws.com",
        "x-amz-date": TIMESTAMP,
    }
    signer = Signer(
        SECRET,
        Scope("AKIDEXAMPLE", "20150830", "us-east-1", "iam", "aws4_request"),
        tuple(headers),
    )
    query = "Action=ListUsers&Version=2010-05-08"
    request = SimpleNamespace(method="GET", path="/", query=query, headers=headers, body=b"")
    assert (
        signer.signature(request, "/", canonical_query(query), TIMESTAMP)
        == "5d672d79c15b13162d9279b0855cfba6789a8edb4c82c400e06b5924a6f2b5d7"
    )
