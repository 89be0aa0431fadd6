"""ARNs of principals, and names that the policy language does not take for one."""

import pytest

from policy_cases import RESOURCE, document
from tidegate.auth.policy.malformed import InvalidPrincipal
from tidegate.auth.policy.principals import Named, parse_principal_arn
from tidegate.auth.policy.statements import compile_policy

ACCOUNT = "111111111111"


@pytest.mark.parametrize(
    ("arn", "named"),
    [
        (f"arn:aws:iam::{ACCOUNT}:root", ("Account", ACCOUNT, "")),
        (f"arn:aws:iam::{ACCOUNT}:user/ann", ("User", ACCOUNT, "ann")),
        (f"arn:aws-cn:iam::{ACCOUNT}:user/eu/de/ann", ("User", ACCOUNT, "eu/de/ann")),
        (f"arn:aws:iam::{ACCOUNT}:role/ops/night", ("Role", ACCOUNT, "ops/night")),
        (f"arn:aws:sts::{ACCOUNT}:assumed-role/night/shift", ("AssumedRole", ACCOUNT, "night")),
        (f"arn:aws:sts::{ACCOUNT}:federated-user/f", ("FederatedUser", ACCOUNT, "f")),
    ],
)
def test_arn_of_a_principal(arn: str, named: tuple[str, str, str]) -> None:
    found = parse_principal_arn(arn)
    assert found is not None
    assert (found.kind, found.account, found.name) == named


@pytest.mark.parametrize(
    "arn",
    [
        "",
        "*",
        f"arn:aws:iam::{ACCOUNT}:user/",
        f"arn:aws:iam::{ACCOUNT}:user/a*",
        f"arn:aws:iam::{ACCOUNT}:user/ann\n",
        f"arn:aws:iam::{ACCOUNT}:group/g",
        f"arn:aws:iam:us-east-1:{ACCOUNT}:user/ann",
        "arn:aws:iam::1111:user/ann",
        f"arn:aws:sts::{ACCOUNT}:assumed-role/night",
        f"arn:aws:sts::{ACCOUNT}:assumed-role/night/*",
        f"arn:aws:iam::{ACCOUNT}:user/" + "a/" * 5000 + "*",
    ],
)
def test_what_is_no_principal(arn: str) -> None:
    assert parse_principal_arn(arn) is None


def test_each_principal_is_looked_up() -> None:
    asked: list[Named] = []

    def exists(principal: Named) -> bool:
        asked.append(principal)
        return principal.kind != "Role"

    names = [ACCOUNT, f"arn:aws:iam::{ACCOUNT}:user/ann", f"arn:aws:iam::{ACCOUNT}:role/gone"]
    statement = {"Effect": "Allow", "Principal": {"AWS": names}, "Action": "sqs:*"}
    with pytest.raises(InvalidPrincipal) as raised:
        compile_policy(document(statement), RESOURCE, exists=exists)
    assert raised.value.text == f'Invalid principal in policy: "AWS":"{names[2]}"'
    assert [principal.value for principal in asked] == names
