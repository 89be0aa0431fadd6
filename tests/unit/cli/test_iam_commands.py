"""`tidegate user`, `key` and `policy`: what they ask a server for, and what they print."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from tidegate.cli import explain, key, policy, remote, user
from tidegate.cli.client import ServerRefusal

USER_ARN = "arn:aws:iam::123456789012:user/alice"
POLICY_ARN = "arn:aws:iam::123456789012:policy/may-send"
DOCUMENT = '{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"*","Resource":"*"}}'
USER = {"UserName": "alice", "UserId": "AIDA1", "Arn": USER_ARN, "CreateDate": "2026-11-24"}
LISTED = {"Policies": [{"PolicyName": "may-send", "Arn": POLICY_ARN, "DefaultVersionId": "v2"}]}


class FakeClient:
    """A server that answers each operation as the test says; an empty answer otherwise."""

    def __init__(self) -> None:
        self.answers: dict[str, dict[str, Any] | ServerRefusal] = {}
        self.calls: list[tuple[str, Mapping[str, Any]]] = []

    def call(self, operation: str, **parameters: Any) -> dict[str, Any]:
        given = {name: value for name, value in parameters.items() if value is not None}
        self.calls.append((operation, given))
        answer = self.answers.get(operation, {})
        if isinstance(answer, ServerRefusal):
            raise answer
        return answer

    def pages(self, operation: str, member: str, **parameters: Any) -> list[Any]:
        found: list[Any] = self.call(operation, **parameters).get(member, [])
        return found

    @property
    def changes(self) -> list[tuple[str, Mapping[str, Any]]]:
        return [call for call in self.calls if not call[0].startswith(("List", "Get"))]


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> FakeClient:
    client = FakeClient()
    monkeypatch.setattr(remote, "connect", lambda given, environment: client)
    return client


@pytest.fixture
def document(tmp_path: Path) -> str:
    path = tmp_path / "policy.json"
    path.write_text(DOCUMENT)
    return str(path)


class TestUser:
    def test_create(self, server: FakeClient, capsys: pytest.CaptureFixture[str]) -> None:
        server.answers["CreateUser"] = {"User": USER}
        assert user.run(["create", "alice", "--path", "/video/", "--tag", "team=video=x"]) == 0
        tags = [{"Key": "team", "Value": "video=x"}]
        expected = {"UserName": "alice", "Path": "/video/", "Tags": tags}
        assert server.calls == [("CreateUser", expected)]
        assert capsys.readouterr().out.startswith(f"Created {USER_ARN}\n")

    def test_tag_needs_a_value(
        self, server: FakeClient, capsys: pytest.CaptureFixture[str]
    ) -> None:
        assert user.run(["create", "alice", "--tag", "team"]) == 2
        assert capsys.readouterr().err == "tidegate: --tag must be KEY=VALUE, not 'team'\n"
        assert server.calls == []

    def test_list(self, server: FakeClient, capsys: pytest.CaptureFixture[str]) -> None:
        server.answers["ListUsers"] = {"Users": [USER]}
        assert user.run(["list"]) == 0
        assert capsys.readouterr().out.splitlines() == [
            "user   created     arn",
            f"alice  2026-11-24  {USER_ARN}",
        ]

    def test_list_as_json(self, server: FakeClient, capsys: pytest.CaptureFixture[str]) -> None:
        server.answers["ListUsers"] = {"Users": [USER]}
        assert user.run(["list", "--json"]) == 0
        assert json.loads(capsys.readouterr().out) == {"Users": [USER]}

    def test_show(self, server: FakeClient, capsys: pytest.CaptureFixture[str]) -> None:
        tags = [{"Key": "team", "Value": "video"}]
        boundary = {"PermissionsBoundaryArn": POLICY_ARN}
        server.answers["GetUser"] = {
            "User": {**USER, "Tags": tags, "PermissionsBoundary": boundary}
        }
        server.answers["ListAccessKeys"] = {
            "AccessKeyMetadata": [{"AccessKeyId": "AKIA1", "Status": "Inactive"}]
        }
        server.answers["ListAttachedUserPolicies"] = {
            "AttachedPolicies": [{"PolicyArn": POLICY_ARN}]
        }
        assert user.run(["show", "alice"]) == 0
        assert capsys.readouterr().out.splitlines() == [
            "User:      alice",
            f"ARN:       {USER_ARN}",
            "Id:        AIDA1",
            "Created:   2026-11-24",
            f"Boundary:  {POLICY_ARN}",
            "Tags: 1",
            "  team=video",
            "Access keys: 1",
            "  AKIA1 (Inactive)",
            "Groups: 0",
            "Policies: 1",
            f"  {POLICY_ARN}",
            "Inline policies: 0",
        ]

    def test_delete(self, server: FakeClient) -> None:
        assert user.run(["delete", "alice"]) == 0
        assert server.calls == [("DeleteUser", {"UserName": "alice"})]

    def test_forced_delete_first_takes_everything_from_the_user(self, server: FakeClient) -> None:
        server.answers["ListAccessKeys"] = {"AccessKeyMetadata": [{"AccessKeyId": "AKIA1"}]}
        server.answers["ListUserPolicies"] = {"PolicyNames": ["inline"]}
        server.answers["ListAttachedUserPolicies"] = {
            "AttachedPolicies": [{"PolicyArn": POLICY_ARN}]
        }
        server.answers["ListGroupsForUser"] = {"Groups": [{"GroupName": "video"}]}
        assert user.run(["delete", "alice", "--force"]) == 0
        alice = {"UserName": "alice"}
        assert server.changes == [
            ("DeleteAccessKey", {**alice, "AccessKeyId": "AKIA1"}),
            ("DeleteUserPolicy", {**alice, "PolicyName": "inline"}),
            ("DetachUserPolicy", {**alice, "PolicyArn": POLICY_ARN}),
            ("RemoveUserFromGroup", {**alice, "GroupName": "video"}),
            ("DeleteUser", alice),
        ]

    def test_refusal_is_shown_plainly(
        self, server: FakeClient, capsys: pytest.CaptureFixture[str]
    ) -> None:
        server.answers["DeleteUser"] = ServerRefusal("DeleteConflict", "Must delete keys first.")
        assert user.run(["delete", "alice"]) == 1
        shown = capsys.readouterr()
        assert (shown.out, shown.err) == ("", "tidegate: DeleteConflict: Must delete keys first.\n")

    def test_without_an_action_it_explains_itself(self, capsys: pytest.CaptureFixture[str]) -> None:
        assert user.run([]) == 2
        assert "create a user" in capsys.readouterr().out


class TestKey:
    CREATED: Mapping[str, Any] = {
        "AccessKey": {"UserName": "alice", "AccessKeyId": "AKIA1", "SecretAccessKey": "the-secret"}
    }

    def test_create_shows_the_secret_once_and_says_so(
        self, server: FakeClient, capsys: pytest.CaptureFixture[str]
    ) -> None:
        server.answers["CreateAccessKey"] = dict(self.CREATED)
        assert key.run(["create", "--user", "alice"]) == 0
        assert server.calls == [("CreateAccessKey", {"UserName": "alice"})]
        shown = capsys.readouterr()
        assert shown.out.splitlines() == [
            "User:        alice",
            "Access key:  AKIA1",
            "Secret key:  the-secret",
        ]
        assert "shown this once" in shown.err
        assert "the-secret" not in shown.err

    def test_create_for_a_machine(
        self, server: FakeClient, capsys: pytest.CaptureFixture[str]
    ) -> None:
        server.answers["CreateAccessKey"] = dict(self.CREATED)
        assert key.run(["create", "--json"]) == 0
        assert server.calls == [("CreateAccessKey", {})]
        assert json.loads(capsys.readouterr().out) == self.CREATED

    def test_list(self, server: FakeClient, capsys: pytest.CaptureFixture[str]) -> None:
        found = {"AccessKeyId": "AKIA1", "Status": "Active", "CreateDate": "now", "UserName": "a"}
        server.answers["ListAccessKeys"] = {"AccessKeyMetadata": [found]}
        assert key.run(["list"]) == 0
        assert capsys.readouterr().out.splitlines()[1] == "AKIA1       Active  now      a"

    @pytest.mark.parametrize(
        ("action", "status"), [("activate", "Active"), ("deactivate", "Inactive")]
    )
    def test_switch(self, server: FakeClient, action: str, status: str) -> None:
        assert key.run([action, "AKIA1", "--user", "alice"]) == 0
        expected = {"UserName": "alice", "AccessKeyId": "AKIA1", "Status": status}
        assert server.calls == [("UpdateAccessKey", expected)]

    def test_delete(self, server: FakeClient) -> None:
        assert key.run(["delete", "AKIA1"]) == 0
        assert server.calls == [("DeleteAccessKey", {"AccessKeyId": "AKIA1"})]


class TestPolicy:
    def test_put_creates_a_managed_policy(self, server: FakeClient, document: str) -> None:
        server.answers["CreatePolicy"] = {"Policy": {"Arn": POLICY_ARN}}
        assert policy.run(["put", "may-send", document]) == 0
        expected = {"PolicyName": "may-send", "PolicyDocument": DOCUMENT}
        assert server.calls == [("CreatePolicy", expected)]

    def test_put_again_makes_a_version_that_is_in_force(
        self, server: FakeClient, document: str, capsys: pytest.CaptureFixture[str]
    ) -> None:
        server.answers["CreatePolicy"] = ServerRefusal("EntityAlreadyExists", "it exists")
        server.answers["ListPolicies"] = LISTED
        server.answers["CreatePolicyVersion"] = {"PolicyVersion": {"VersionId": "v3"}}
        assert policy.run(["put", "may-send", document]) == 0
        expected = {"PolicyArn": POLICY_ARN, "PolicyDocument": DOCUMENT, "SetAsDefault": True}
        assert server.changes[1:] == [("CreatePolicyVersion", expected)]
        assert capsys.readouterr().out == f"{POLICY_ARN} is at version v3\n"

    def test_put_makes_room_for_a_sixth_version(self, server: FakeClient, document: str) -> None:
        """IAM user guide, quotas: a managed policy has up to five versions."""
        server.answers["CreatePolicy"] = ServerRefusal("EntityAlreadyExists", "it exists")
        server.answers["ListPolicies"] = LISTED
        server.answers["ListPolicyVersions"] = {
            "Versions": [
                {"VersionId": f"v{number}", "IsDefaultVersion": number == 8}
                for number in (12, 11, 10, 9, 8)
            ]
        }
        server.answers["CreatePolicyVersion"] = {"PolicyVersion": {"VersionId": "v13"}}
        assert policy.run(["put", "may-send", document]) == 0
        assert server.changes[1] == (
            "DeletePolicyVersion",
            {"PolicyArn": POLICY_ARN, "VersionId": "v9"},
        )

    def test_other_refusals_of_put_are_told(self, server: FakeClient, document: str) -> None:
        server.answers["CreatePolicy"] = ServerRefusal("MalformedPolicyDocument", "no")
        assert policy.run(["put", "may-send", document]) == 1
        assert len(server.calls) == 1

    @pytest.mark.parametrize("kind", ["user", "group", "role"])
    def test_put_into_somebody(self, server: FakeClient, document: str, kind: str) -> None:
        assert policy.run(["put", "inline", document, f"--{kind}", "x"]) == 0
        kind = kind.capitalize()
        expected = {"PolicyName": "inline", "PolicyDocument": DOCUMENT, f"{kind}Name": "x"}
        assert server.calls == [(f"Put{kind}Policy", expected)]

    def test_missing_file_is_told(
        self, server: FakeClient, capsys: pytest.CaptureFixture[str]
    ) -> None:
        assert policy.run(["put", "may-send", "/does/not/exist"]) == 1
        assert capsys.readouterr().err == (
            "tidegate: cannot read /does/not/exist: No such file or directory\n"
        )

    def test_list(self, server: FakeClient, capsys: pytest.CaptureFixture[str]) -> None:
        server.answers["ListPolicies"] = LISTED
        assert policy.run(["list"]) == 0
        assert server.calls == [("ListPolicies", {"Scope": "Local"})]
        assert capsys.readouterr().out.splitlines()[1].split() == [
            "may-send",
            "v2",
            "0",
            POLICY_ARN,
        ]

    def test_list_of_somebody(self, server: FakeClient, capsys: pytest.CaptureFixture[str]) -> None:
        server.answers["ListAttachedRolePolicies"] = {
            "AttachedPolicies": [{"PolicyName": "may-send", "PolicyArn": POLICY_ARN}]
        }
        server.answers["ListRolePolicies"] = {"PolicyNames": ["own"]}
        assert policy.run(["list", "--role", "encoder"]) == 0
        rows = [line.split() for line in capsys.readouterr().out.splitlines()]
        assert rows == [["policy", "arn"], ["may-send", POLICY_ARN], ["own", "inline"]]

    def test_show_prints_the_document_in_force(
        self, server: FakeClient, capsys: pytest.CaptureFixture[str]
    ) -> None:
        server.answers["ListPolicies"] = LISTED
        server.answers["GetPolicy"] = {"Policy": {"DefaultVersionId": "v2"}}
        server.answers["GetPolicyVersion"] = {
            "PolicyVersion": {"Document": "%7B%22Version%22%3A%222012-10-17%22%7D"}
        }
        assert policy.run(["show", "may-send"]) == 0
        assert capsys.readouterr().out == '{"Version":"2012-10-17"}\n'
        expected = {"PolicyArn": POLICY_ARN, "VersionId": "v2"}
        assert server.calls[-1] == ("GetPolicyVersion", expected)

    def test_show_of_an_inline_policy(
        self, server: FakeClient, capsys: pytest.CaptureFixture[str]
    ) -> None:
        server.answers["GetUserPolicy"] = {"PolicyDocument": "%7B%7D"}
        assert policy.run(["show", "inline", "--user", "alice"]) == 0
        assert capsys.readouterr().out == "{}\n"

    def test_delete_takes_the_old_versions_along(self, server: FakeClient) -> None:
        server.answers["ListPolicyVersions"] = {
            "Versions": [
                {"VersionId": "v2", "IsDefaultVersion": True},
                {"VersionId": "v1", "IsDefaultVersion": False},
            ]
        }
        assert policy.run(["delete", POLICY_ARN]) == 0
        assert server.changes == [
            ("DeletePolicyVersion", {"PolicyArn": POLICY_ARN, "VersionId": "v1"}),
            ("DeletePolicy", {"PolicyArn": POLICY_ARN}),
        ]

    @pytest.mark.parametrize(
        ("action", "operation"), [("attach", "AttachUserPolicy"), ("detach", "DetachUserPolicy")]
    )
    def test_attach_and_detach(self, server: FakeClient, action: str, operation: str) -> None:
        server.answers["ListPolicies"] = LISTED
        assert policy.run([action, "may-send", "--user", "alice"]) == 0
        expected = {"PolicyArn": POLICY_ARN, "UserName": "alice"}
        assert server.changes == [(operation, expected)]

    def test_unknown_name_is_told(
        self, server: FakeClient, capsys: pytest.CaptureFixture[str]
    ) -> None:
        assert policy.run(["attach", "nothing", "--user", "alice"]) == 1
        assert capsys.readouterr().err == "tidegate: there is no managed policy nothing\n"
        assert [scope["Scope"] for _, scope in server.calls] == ["Local", "AWS"]


class TestValidate:
    def test_good_document(self, document: str, capsys: pytest.CaptureFixture[str]) -> None:
        assert policy.run(["validate", document]) == 0
        assert capsys.readouterr().out == f"{document}: a valid identity policy\n"

    def test_bad_document_says_why(
        self, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        path = tmp_path / "bad.json"
        path.write_text('{"Version":"2012-10-17","Statement":{"Effect":"Allow","Resource":"*"}}')
        assert policy.run(["validate", str(path)]) == 1
        assert capsys.readouterr().err == (f"{path}: Policy statement must contain actions.\n")

    def test_kinds_have_rules_of_their_own(self, document: str) -> None:
        assert policy.run(["validate", document, "--kind", "trust"]) == 1

    def test_missing_file_is_told(self, capsys: pytest.CaptureFixture[str]) -> None:
        assert policy.run(["validate", "/does/not/exist"]) == 1
        assert "No such file" in capsys.readouterr().err


class TestExplain:
    ARGUMENTS = ("explain", "--principal", USER_ARN, "--action", "sqs:SendMessage")

    def test_everything_is_asked_for(self, server: FakeClient, document: str) -> None:
        arguments = [
            *self.ARGUMENTS,
            *("--resource", "arn:aws:sqs:us-east-1:1:video"),
            *("--context", "aws:SourceIp=192.0.2.1"),
            *("--resource-policy", document),
        ]
        assert policy.run(arguments) == 0
        entry = {
            "ContextKeyName": "aws:SourceIp",
            "ContextKeyValues": ["192.0.2.1"],
            "ContextKeyType": "ip",
        }
        assert server.calls == [
            (
                "SimulatePrincipalPolicy",
                {
                    "PolicySourceArn": USER_ARN,
                    "ActionNames": ["sqs:SendMessage"],
                    "ResourceArns": ["arn:aws:sqs:us-east-1:1:video"],
                    "ContextEntries": [entry],
                    "ResourcePolicy": DOCUMENT,
                    "CallerArn": USER_ARN,
                },
            )
        ]

    def test_denial_names_policy_and_statement(
        self, server: FakeClient, capsys: pytest.CaptureFixture[str]
    ) -> None:
        server.answers["SimulatePrincipalPolicy"] = {
            "EvaluationResults": [
                {
                    "EvalActionName": "sqs:SendMessage",
                    "EvalResourceName": "*",
                    "ResourceSpecificResults": [
                        {
                            "EvalResourceName": "arn:aws:sqs:us-east-1:1:video",
                            "EvalResourceDecision": "explicitDeny",
                        }
                    ],
                    "EvalDecision": "explicitDeny",
                    "MatchedStatements": [
                        {
                            "SourcePolicyId": "no-video",
                            "SourcePolicyType": "user",
                            "StartPosition": {"Line": 4, "Column": 5},
                            "EndPosition": {"Line": 8, "Column": 6},
                        }
                    ],
                    "MissingContextValues": ["aws:SourceIp"],
                }
            ]
        }
        assert policy.run(list(self.ARGUMENTS)) == 0
        assert capsys.readouterr().out.splitlines() == [
            "Action:      sqs:SendMessage",
            "Resource:    arn:aws:sqs:us-east-1:1:video",
            "Decision:    denied: a statement denies it",
            "Decided by:  no-video",
            "Matched statements: 1",
            "  no-video (user), from line 4, column 5 to line 8, column 6",
            "Missing context keys: 1",
            "  aws:SourceIp",
        ]

    def test_each_of_several_resources_has_its_decision(self) -> None:
        decisions = {"arn:aws:sqs:us-east-1:1:a": "allowed", "arn:aws:sqs:us-east-1:1:b": "other"}
        lines = explain.render(
            {
                "EvalActionName": "sqs:SendMessage",
                "EvalResourceName": "*",
                "EvalDecision": "implicitDeny",
                "ResourceSpecificResults": [
                    {"EvalResourceName": arn, "EvalResourceDecision": decision}
                    for arn, decision in decisions.items()
                ],
            }
        )
        assert lines[1:5] == [
            "Resources:   2, and the strictest decision on them",
            "  arn:aws:sqs:us-east-1:1:a: allowed",
            "  arn:aws:sqs:us-east-1:1:b: other",
            "Decision:    denied: no statement allows it",
        ]

    def test_without_a_resource_any_is_meant(self) -> None:
        lines = explain.render({"EvalActionName": "sqs:ListQueues", "EvalDecision": "allowed"})
        assert lines[1] == "Resource:    *"

    def test_boundary_may_decide(self) -> None:
        lines = explain.render(
            {
                "EvalActionName": "sqs:SendMessage",
                "EvalDecision": "implicitDeny",
                "MatchedStatements": [{"SourcePolicyId": "p"}],
                "PermissionsBoundaryDecisionDetail": {"AllowedByPermissionsBoundary": False},
                "EvalDecisionDetails": {"IAM Policy": "allowed"},
            }
        )
        assert lines[2:4] == [
            "Decision:    denied: no statement allows it",
            "Decided by:  the permissions boundary, which does not allow it",
        ]
        assert lines[-2:] == ["By type of policy:", "  IAM Policy: allowed"]

    def test_nothing_that_matches_is_no_policy(self) -> None:
        lines = explain.render(
            {"EvalActionName": "sqs:SendMessage", "EvalDecision": "implicitDeny"}
        )
        assert "Decided by:  no policy" in lines

    def test_values_of_one_key_are_a_list(self) -> None:
        assert explain.context_entries(["aws:TagKeys=a", "aws:TagKeys=b=c"]) == [
            {
                "ContextKeyName": "aws:TagKeys",
                "ContextKeyValues": ["a", "b=c"],
                "ContextKeyType": "stringList",
            }
        ]

    def test_context_needs_a_value(
        self, server: FakeClient, capsys: pytest.CaptureFixture[str]
    ) -> None:
        assert policy.run([*self.ARGUMENTS, "--context", "aws:SourceIp"]) == 2
        assert capsys.readouterr().err == (
            "tidegate: --context must be KEY=VALUE, not 'aws:SourceIp'\n"
        )
