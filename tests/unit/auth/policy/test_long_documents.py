"""Documents that are as long as IAM's model lets them be are read, or refused, at once.

A pattern that can match one text in two ways takes minutes for each of these.
"""

import json
from typing import Any

import pytest

from tidegate.auth.policy.malformed import InvalidPrincipal, MalformedPolicy
from tidegate.auth.policy.rules import resource_rules
from tidegate.auth.policy.statements import CompiledPolicy, compile_policy
from tidegate.auth.policy.variables import Template

LONG = 120_000


def read(**elements: Any) -> CompiledPolicy:
    statement = {"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*", **elements}
    text = json.dumps({"Version": "2012-10-17", "Statement": statement})
    return compile_policy(text, resource_rules())


def read_number(number: str) -> CompiledPolicy:
    condition = '"Condition": {"StringEquals": {"aws:a": [' + number + "]}}"
    return compile_policy(
        '{"Statement": {"Effect": "Deny", "Principal": "*", "Action": "*", "Resource": "*", '
        + condition
        + "}}",
        resource_rules(),
    )


@pytest.mark.parametrize(
    "resource",
    [
        "arn:" + "*" * LONG + "!:sqs:*:*:*",
        "arn:aws" + "-a" * LONG + "!:sqs:*:*:*",
        "arn:aws:sqs:" + "*" * LONG + "!:*:*",
        "arn:aws:sqs:*:" + "?" * LONG + "!:*",
    ],
)
def test_a_resource_that_is_none(resource: str) -> None:
    with pytest.raises(MalformedPolicy):
        read(Resource=resource)


@pytest.mark.parametrize(
    "principal",
    [
        {"Service": "a." * LONG},
        {"Federated": "a-" * LONG + "!"},
        {"AWS": "arn:aws" + "-a" * LONG},
        {"AWS": "arn:aws:iam::111122223333:user/" + "a/" * LONG},
    ],
)
def test_a_principal_that_is_none(principal: dict[str, str]) -> None:
    with pytest.raises(InvalidPrincipal):
        read(Principal=principal)


@pytest.mark.parametrize("begun", ["${a", "${a,", "${a,'", "${a,''", "${*", "${a${"])
def test_a_variable_that_does_not_end(begun: str) -> None:
    text = begun + " " * LONG
    assert read(Resource="arn:aws:sqs:*:*:" + text)
    assert Template(text, variables=True).names == ()


@pytest.mark.parametrize("text", ["${ a }", "${ a , 'b' }", "${a,'b'}", "${a,  'b'  }"])
def test_white_space_around_the_parts_of_a_variable(text: str) -> None:
    assert Template(text, variables=True).names == ("a",)


@pytest.mark.parametrize("number", ["7", "-7", "0.5", "1" * 40, "1." + "0" * 40])
def test_a_number_of_a_condition(number: str) -> None:
    assert read_number(number)


@pytest.mark.parametrize("number", ["1" * 41, "1" * 5_000, "1." + "0" * 41, "1e999", "1E5", "1e-5"])
def test_a_number_that_is_none_for_a_condition(number: str) -> None:
    with pytest.raises(MalformedPolicy):
        read_number(number)
