"""STS by boto3: who calls, sessions of roles and users, tokens of an OpenID Connect provider."""

from __future__ import annotations

import itertools
import json
import os
import threading
import time
import urllib.request
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import boto3
import jwt
import pytest
from botocore import UNSIGNED
from botocore.config import Config
from cryptography.hazmat.primitives.asymmetric import rsa

from sdk.clients import ACCOUNT, REGION, SETTINGS, unique_name
from sdk.refusals import refused
from server_process import ServerProcess

_numbers = itertools.count()

Keys = tuple[str, str, str | None]
"""Access key, secret, session token."""
DEVELOPMENT: Keys = ("test", "test", None)

MakeClient = Callable[..., Any]


@pytest.fixture(scope="module")
def client(server: ServerProcess) -> Iterator[MakeClient]:
    made = []

    def make(
        service: str, keys: Keys = DEVELOPMENT, at: ServerProcess = server, **more: Any
    ) -> Any:
        access_key, secret, token = keys
        client = boto3.client(
            service,
            endpoint_url=at.endpoint,
            region_name=REGION,
            aws_access_key_id=access_key,
            aws_secret_access_key=secret,
            aws_session_token=token,
            config=Config(**SETTINGS, **more),
        )
        made.append(client)
        return client

    yield make
    for each in made:
        each.close()


def policy(action: str, resource: str = "*", effect: str = "Allow") -> str:
    statement = {"Effect": effect, "Action": action, "Resource": resource}
    return json.dumps({"Version": "2012-10-17", "Statement": statement})


def trust(principal: dict[str, str], action: str = "sts:AssumeRole", **more: Any) -> str:
    statement = {"Effect": "Allow", "Principal": principal, "Action": action, **more}
    return json.dumps({"Version": "2012-10-17", "Statement": statement})


def keys_of(answer: dict[str, Any]) -> Keys:
    credentials = answer["Credentials"]
    return (
        credentials["AccessKeyId"],
        credentials["SecretAccessKey"],
        credentials["SessionToken"],
    )


class Account:
    """Users and roles that no other test knows, in one account."""

    def __init__(self, client: MakeClient, root: Keys = DEVELOPMENT, **at: ServerProcess) -> None:
        self.iam = client("iam", root, **at)

    def _name(self, kind: str) -> str:
        return f"{kind}-{os.getpid()}-{next(_numbers)}"

    def user(self, action: str | None = None) -> tuple[str, Keys]:
        """ARN and keys of a user whose own policy allows `action`."""
        name = self._name("user")
        arn = self.iam.create_user(UserName=name)["User"]["Arn"]
        if action is not None:
            self.iam.put_user_policy(UserName=name, PolicyName="own", PolicyDocument=policy(action))
        key = self.iam.create_access_key(UserName=name)["AccessKey"]
        return arn, (key["AccessKeyId"], key["SecretAccessKey"], None)

    def role(self, trusted: str, action: str = "sqs:*") -> str:
        """ARN of a role."""
        name = self._name("role")
        role = self.iam.create_role(RoleName=name, AssumeRolePolicyDocument=trusted)["Role"]
        self.iam.put_role_policy(RoleName=name, PolicyName="own", PolicyDocument=policy(action))
        return str(role["Arn"])


@pytest.fixture
def account(client: MakeClient) -> Account:
    return Account(client)


# --- Who calls -----------------------------------------------------------------------------------


def test_development_key_is_the_root(client: MakeClient) -> None:
    answer = client("sts").get_caller_identity()
    assert answer["Arn"] == f"arn:aws:iam::{ACCOUNT}:root"
    assert answer["UserId"] == answer["Account"] == ACCOUNT


def test_user_needs_no_permission_to_ask_who_it_is(client: MakeClient, account: Account) -> None:
    arn, keys = account.user()
    answer = client("sts", keys).get_caller_identity()
    assert answer["Arn"] == arn
    assert answer["UserId"].startswith("AIDA")


def test_made_up_session(client: MakeClient) -> None:
    sqs = client("sqs", ("ASIAQAAAAAAAAAAAAAAA", "x", "no token"))
    with refused(
        "InvalidClientTokenId", "The security token included in the request is invalid.", status=403
    ):
        sqs.list_queues()


# --- Roles ---------------------------------------------------------------------------------------


def test_role_session_may_do_what_its_role_may(client: MakeClient, account: Account) -> None:
    arn, keys = account.user()
    role = account.role(trust({"AWS": arn}))
    answer = client("sts", keys).assume_role(RoleArn=role, RoleSessionName="job-7")
    session = keys_of(answer)
    name = role.rpartition("/")[2]
    assert answer["AssumedRoleUser"]["Arn"] == (f"arn:aws:sts::{ACCOUNT}:assumed-role/{name}/job-7")
    sqs = client("sqs", session)
    url = sqs.create_queue(QueueName=unique_name())["QueueUrl"]
    sqs.send_message(QueueUrl=url, MessageBody="from a session")
    assert sqs.receive_message(QueueUrl=url)["Messages"][0]["Body"] == "from a session"
    who = client("sts", session).get_caller_identity()
    assert who["Arn"] == answer["AssumedRoleUser"]["Arn"]
    with refused("AccessDenied", status=403, containing=":assumed-role/"):
        client("iam", session).list_users()


def test_session_policy_bounds_a_session(client: MakeClient, account: Account) -> None:
    arn, keys = account.user()
    role = account.role(trust({"AWS": arn}))
    answer = client("sts", keys).assume_role(
        RoleArn=role, RoleSessionName="one", Policy=policy("sqs:ListQueues")
    )
    assert answer["PackedPolicySize"] > 0
    sqs = client("sqs", keys_of(answer))
    sqs.list_queues()
    with refused(
        ("AccessDenied", "AccessDeniedException"),
        status=403,
        containing="because no session policy allows the sqs:createqueue action",
    ):
        sqs.create_queue(QueueName=unique_name())


def test_role_of_another_account(client: MakeClient, account: Account) -> None:
    there = Account(client, ("111122223333", "test", None))
    arn, keys = there.user("sts:AssumeRole")
    _, without = there.user()
    condition = {"StringEquals": {"sts:ExternalId": "x-1"}}
    role = account.role(trust({"AWS": "111122223333"}, Condition=condition))
    denied = f"is not authorized to perform: sts:AssumeRole on resource: {role}"
    for who, external_id in ((keys, "none"), (keys, "x-2"), (without, "x-1")):
        with refused("AccessDenied", status=403, containing=denied):
            client("sts", who).assume_role(
                RoleArn=role, RoleSessionName="one", ExternalId=external_id
            )
    answer = client("sts", keys).assume_role(RoleArn=role, RoleSessionName="one", ExternalId="x-1")
    assert f":{ACCOUNT}:assumed-role/" in answer["AssumedRoleUser"]["Arn"]
    assert arn.split(":")[4] == "111122223333"


@pytest.mark.parametrize("killed", [False, True])
def test_session_lives_through_a_restart(
    client: MakeClient, new_server: Callable[..., ServerProcess], killed: bool
) -> None:
    server = new_server()
    account = Account(client, at=server)
    arn, keys = account.user()
    role = account.role(trust({"AWS": arn}))
    answer = client("sts", keys, at=server).assume_role(RoleArn=role, RoleSessionName="one")
    if killed:
        server.kill()
    else:
        assert server.stop() == 0
    server.start()
    client("sqs", keys_of(answer), at=server).list_queues()
    assert client("sts", keys, at=server).get_caller_identity()["Arn"] == arn


def test_session_of_a_deleted_role_is_over(client: MakeClient, account: Account) -> None:
    arn, keys = account.user()
    role = account.role(trust({"AWS": arn}))
    answer = client("sts", keys).assume_role(RoleArn=role, RoleSessionName="one")
    sqs = client("sqs", keys_of(answer))
    sqs.list_queues()
    name = role.rpartition("/")[2]
    account.iam.delete_role_policy(RoleName=name, PolicyName="own")
    account.iam.delete_role(RoleName=name)
    with refused("InvalidClientTokenId", status=403):
        sqs.list_queues()


def test_too_long_a_session(client: MakeClient, account: Account) -> None:
    arn, keys = account.user()
    role = account.role(trust({"AWS": arn}))
    with refused(
        "ValidationError",
        "The requested DurationSeconds exceeds the MaxSessionDuration set for this role.",
    ):
        client("sts", keys).assume_role(RoleArn=role, RoleSessionName="one", DurationSeconds=3601)


def test_inactive_key_stops_at_once(client: MakeClient, account: Account) -> None:
    arn, keys = account.user()
    sts = client("sts", keys)
    sts.get_caller_identity()
    name = arn.rpartition("/")[2]
    account.iam.update_access_key(UserName=name, AccessKeyId=keys[0], Status="Inactive")
    with refused("InvalidClientTokenId", status=403):
        sts.get_caller_identity()
    account.iam.update_access_key(UserName=name, AccessKeyId=keys[0], Status="Active")
    sts.get_caller_identity()


# --- Users ---------------------------------------------------------------------------------------


def test_session_of_a_user(client: MakeClient, account: Account) -> None:
    arn, keys = account.user("sqs:*")
    session = keys_of(client("sts", keys).get_session_token(DurationSeconds=900))
    assert client("sts", session).get_caller_identity()["Arn"] == arn
    client("sqs", session).list_queues()
    with refused(
        "AccessDenied", "Cannot call GetSessionToken with session credentials", status=403
    ):
        client("sts", session).get_session_token()


def test_federated_user(client: MakeClient, account: Account) -> None:
    _, keys = account.user("*")
    sts = client("sts", keys)
    session = keys_of(sts.get_federation_token(Name="guest", Policy=policy("sqs:List*")))
    assert client("sts", session).get_caller_identity()["Arn"] == (
        f"arn:aws:sts::{ACCOUNT}:federated-user/guest"
    )
    sqs = client("sqs", session)
    sqs.list_queues()
    with refused(("AccessDenied", "AccessDeniedException"), status=403):
        sqs.create_queue(QueueName=unique_name())
    nothing = keys_of(sts.get_federation_token(Name="guest"))
    with refused(("AccessDenied", "AccessDeniedException"), status=403):
        client("sqs", nothing).list_queues()


def test_presigned_url_of_a_session(client: MakeClient, account: Account) -> None:
    _, keys = account.user("sqs:*")
    session = keys_of(client("sts", keys).get_session_token())
    url = client("sts", session).generate_presigned_url(
        "get_caller_identity", ExpiresIn=60, HttpMethod="GET"
    )
    assert "X-Amz-Security-Token" in url
    with urllib.request.urlopen(url) as answer:
        assert b":user/" in answer.read()


def test_account_of_a_key(client: MakeClient, account: Account) -> None:
    _, keys = account.user()
    session = keys_of(client("sts", keys).get_session_token())
    for key in (keys[0], session[0]):
        assert client("sts").get_access_key_info(AccessKeyId=key)["Account"] == ACCOUNT


# --- Web identities ------------------------------------------------------------------------------


class Issuer(ThreadingHTTPServer):
    """An OpenID Connect provider on this machine."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Pages)
        self.host = f"127.0.0.1:{self.server_address[1]}"
        self.url = f"http://{self.host}"
        self._key = rsa.generate_private_key(65537, 2048)
        public = jwt.algorithms.RSAAlgorithm.to_jwk(self._key.public_key(), as_dict=True)
        self.pages: dict[str, Any] = {
            "/.well-known/openid-configuration": {
                "issuer": self.url,
                "jwks_uri": self.url + "/keys",
            },
            "/keys": {"keys": [public | {"kid": "k1", "alg": "RS256"}]},
        }
        threading.Thread(target=self.serve_forever, args=(0.01,), daemon=True).start()

    def token(self, **claims: Any) -> str:
        now = int(time.time())
        default = {
            "iss": self.url,
            "sub": "repo:a/b",
            "aud": "sts.amazonaws.com",
            "iat": now,
            "exp": now + 300,
        }
        return jwt.encode(default | claims, self._key, "RS256", {"kid": "k1"})


class _Pages(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        assert isinstance(self.server, Issuer)
        body = json.dumps(self.server.pages[self.path]).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args: object) -> None:
        pass


@pytest.fixture(scope="module")
def issuer() -> Iterator[Issuer]:
    made = Issuer()
    yield made
    made.shutdown()
    made.server_close()


def test_web_identity(client: MakeClient, account: Account, issuer: Issuer) -> None:
    provider = account.iam.create_open_id_connect_provider(
        Url=issuer.url, ClientIDList=["sts.amazonaws.com"]
    )["OpenIDConnectProviderArn"]
    condition = {"StringEquals": {f"{issuer.host}:sub": "repo:a/b"}}
    role = account.role(
        trust({"Federated": provider}, "sts:AssumeRoleWithWebIdentity", Condition=condition)
    )
    sts = client("sts", signature_version=UNSIGNED)
    members = {"RoleArn": role, "RoleSessionName": "web"}
    answer = sts.assume_role_with_web_identity(**members, WebIdentityToken=issuer.token())
    assert answer["SubjectFromWebIdentityToken"] == "repo:a/b"
    assert (answer["Provider"], answer["Audience"]) == (provider, "sts.amazonaws.com")
    client("sqs", keys_of(answer)).list_queues()
    for code, claims in (
        ("AccessDenied", {"sub": "repo:x/y"}),
        ("InvalidIdentityToken", {"aud": "x"}),
        ("InvalidIdentityToken", {"iss": "https://elsewhere.example"}),
        ("ExpiredTokenException", {"exp": 1}),
    ):
        with refused(code, status=None):
            sts.assume_role_with_web_identity(**members, WebIdentityToken=issuer.token(**claims))
