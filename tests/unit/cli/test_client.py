"""Requests of the commands' client, and what it makes of answers."""

from types import SimpleNamespace
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

from tidegate.api import iam
from tidegate.base.refusals import AccessDeniedException
from tidegate.cli.client import Client, Keys, NoAnswer, ServerRefusal
from tidegate.wire import query_answer, service_errors

NOW = 1_795_516_200.0
ENDPOINT = urlsplit("http://127.0.0.1:4566")


class OfflineClient(Client):
    """Keeps what it would send, and answers what the test says."""

    def __init__(self, *answers: tuple[int, bytes], keys: Keys | None = None) -> None:
        super().__init__(ENDPOINT, keys or Keys("AKIA1", "secret"), clock=lambda: NOW)
        self.answers = list(answers)
        self.sent: list[dict[str, list[str]]] = []

    def _post(self, body: bytes) -> tuple[int, bytes]:
        self.sent.append(parse_qs(body.decode()))
        return self.answers.pop(0)


def answered(operation: str, output: Any) -> tuple[int, bytes]:
    return 200, query_answer.encode(iam.OPERATIONS[operation], output, "an-id")


class TestRequests:
    def form(self, **parameters: Any) -> dict[str, list[str]]:
        client = OfflineClient(answered("GetUser", None))
        client.call("GetUser", **parameters)
        return client.sent[0]

    def test_operation_and_version_are_named(self) -> None:
        assert self.form(UserName="alice") == {
            "Action": ["GetUser"],
            "Version": ["2010-05-08"],
            "UserName": ["alice"],
        }

    def test_lists_and_structures_are_flattened(self) -> None:
        form = self.form(Tags=[{"Key": "a", "Value": "1"}], ActionNames=["x", "y"], Many=[])
        del form["Action"], form["Version"]
        assert form == {
            "Tags.member.1.Key": ["a"],
            "Tags.member.1.Value": ["1"],
            "ActionNames.member.1": ["x"],
            "ActionNames.member.2": ["y"],
        }

    def test_what_is_none_is_left_out(self) -> None:
        assert "Path" not in self.form(Path=None)

    def test_switches_are_words(self) -> None:
        assert self.form(SetAsDefault=True)["SetAsDefault"] == ["true"]

    @pytest.mark.parametrize("token", [None, "a/session+token=="])
    def test_signature_is_the_one_that_aws_has(
        self, monkeypatch: pytest.MonkeyPatch, token: str | None
    ) -> None:
        client = OfflineClient(keys=Keys("AKIA1", "wJalrXUtnFEMI/K7MDENG", token))
        sent = client._signed_headers("/", b"Action=ListUsers")
        headers = {name: sent[name] for name in ("content-type", "host")}
        expected = AWSRequest("POST", "http://127.0.0.1:4566/", headers, b"Action=ListUsers")
        stamp = SimpleNamespace(strftime=lambda form: "20261124T103000Z")
        monkeypatch.setattr("botocore.auth.get_current_datetime", lambda: stamp)
        keys = Credentials("AKIA1", "wJalrXUtnFEMI/K7MDENG", token)
        SigV4Auth(keys, "iam", "us-east-1").add_auth(expected)
        assert sent["x-amz-date"] == expected.headers["X-Amz-Date"]
        assert sent["authorization"] == expected.headers["Authorization"]
        assert sent.get("x-amz-security-token") == token

    def test_secret_is_in_no_repr(self) -> None:
        assert "secret" not in repr(Keys("AKIA1", "secret", "secret"))


class TestAnswers:
    def test_members_have_their_types(self) -> None:
        output = iam.SimulatePolicyResponse(
            EvaluationResults=[
                iam.EvaluationResult(
                    EvalActionName="sqs:SendMessage",
                    EvalDecision="allowed",
                    MatchedStatements=[
                        iam.Statement(
                            SourcePolicyId="p", StartPosition=iam.Position(Line=3, Column=5)
                        )
                    ],
                    MissingContextValues=[],
                    EvalDecisionDetails={"IAM Policy": "allowed"},
                )
            ],
            IsTruncated=False,
        )
        client = OfflineClient(answered("SimulatePrincipalPolicy", output))
        assert client.call("SimulatePrincipalPolicy") == {
            "EvaluationResults": [
                {
                    "EvalActionName": "sqs:SendMessage",
                    "EvalDecision": "allowed",
                    "MatchedStatements": [
                        {"SourcePolicyId": "p", "StartPosition": {"Line": 3, "Column": 5}}
                    ],
                    "MissingContextValues": [],
                    "EvalDecisionDetails": {"IAM Policy": "allowed"},
                }
            ],
            "IsTruncated": False,
        }

    def test_operation_without_output_answers_nothing(self) -> None:
        assert OfflineClient(answered("DeleteUser", None)).call("DeleteUser") == {}

    def test_all_pages_are_read(self) -> None:
        def page(name: str, marker: str | None) -> tuple[int, bytes]:
            user = iam.User_(Path="/", UserName=name, UserId="A", Arn="arn", CreateDate=NOW)
            output = iam.ListUsersResponse(
                Users=[user], IsTruncated=marker is not None, Marker=marker
            )
            return answered("ListUsers", output)

        client = OfflineClient(page("alice", "m1"), page("bob", None))
        users = list(client.pages("ListUsers", "Users", PathPrefix="/"))
        assert [user["UserName"] for user in users] == ["alice", "bob"]
        assert [form.get("Marker") for form in client.sent] == [None, ["m1"]]
        assert client.sent[1]["PathPrefix"] == ["/"]

    def test_error_of_the_server_has_its_code_and_text(self) -> None:
        error = service_errors.query_error(AccessDeniedException("no <way>"), "id", iam.SERVICE)
        client = OfflineClient((error.status, error.body))
        with pytest.raises(ServerRefusal, match=r"^AccessDenied: no <way>$") as caught:
            client.call("ListUsers")
        assert caught.value.code == "AccessDenied"

    @pytest.mark.parametrize("body", [b"<html>", b"", b"<html></html>", b"\xff\xfe"])
    def test_error_that_is_none_of_iam_is_said_to_be_that(self, body: bytes) -> None:
        with pytest.raises(NoAnswer, match="has answered 502 with what is no answer of IAM"):
            OfflineClient((502, body)).call("ListUsers")

    @pytest.mark.parametrize("body", [b"{}", b"<html></html>"])
    def test_success_that_is_none_of_iam_is_no_answer(self, body: bytes) -> None:
        with pytest.raises(NoAnswer):
            OfflineClient((200, body)).call("ListUsers")
