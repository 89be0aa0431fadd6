"""Who calls: an access key, and a boto3 client for each service that is asked through it."""

from __future__ import annotations

import base64
import itertools
import json
import os
from functools import cached_property
from typing import Any

import boto3
from botocore import UNSIGNED
from botocore.config import Config

from sdk.clients import REGION

HOME = "000000000000"
ABROAD = "111111111111"
VERSION = "2012-10-17"

# A test sees each error itself, so nothing is tried twice.
SETTINGS: dict[str, Any] = {
    "retries": {"max_attempts": 0},
    "read_timeout": 30,
    "max_pool_connections": 10,
}

_numbers = itertools.count()

# One for all clients: making a session takes longer than making a client of it.
_session = boto3.Session()


def unique(kind: str) -> str:
    """A name that no other test uses."""
    return f"{kind}-{os.getpid()}-{next(_numbers)}"


def policy(*statements: dict[str, Any]) -> str:
    """A policy document with these statements."""
    return json.dumps({"Version": VERSION, "Statement": list(statements)})


def allow(action: str | list[str], resource: str | list[str] = "*", **more: Any) -> dict[str, Any]:
    """A statement that allows; `more` are its other elements, such as Condition or Principal."""
    return {"Effect": "Allow", "Action": action, "Resource": resource, **more}


def deny(action: str | list[str], resource: str | list[str] = "*", **more: Any) -> dict[str, Any]:
    return {"Effect": "Deny", "Action": action, "Resource": resource, **more}


def trust(*principals: str, **more: Any) -> str:
    """A trust policy that lets these ARNs or accounts assume the role."""
    statement = {"Effect": "Allow", "Principal": {"AWS": list(principals)}}
    return policy({**statement, "Action": "sts:AssumeRole", **more})


class Confidences:
    """What was told to clients in confidence, and all error texts that they have read.

    At the end of the session a test looks for the first in whatever the server has written.
    """

    def __init__(self) -> None:
        self.secrets: set[bytes] = set()
        self.error_texts: list[str] = []

    def keep(self, secret: str | bytes) -> None:
        self.secrets.add(secret.encode() if isinstance(secret, str) else secret)

    def listen(self, client: Any) -> Any:
        client.meta.events.register("after-call", self._after_call)
        return client

    def forms(self) -> set[bytes]:
        """The secrets as they stand and in the encodings in which one would slip out."""
        made = set()
        for secret in self.secrets:
            made |= {secret, base64.b64encode(secret), base64.b64encode(secret).rstrip(b"=")}
            made |= {secret.hex().encode(), secret.hex().upper().encode()}
        return made

    def _after_call(self, parsed: dict[str, Any], **_: Any) -> None:
        if "Error" in parsed:
            self.error_texts.append(json.dumps(parsed, default=str))


class Principal:
    """Someone who signs with a key, or with none at all."""

    def __init__(
        self,
        endpoint: str,
        confidences: Confidences,
        access_key: str = "",
        secret: str = "",
        token: str | None = None,
        *,
        name: str = "",
        arn: str = "",
        region: str = REGION,
        verify: str | None = None,
    ) -> None:
        """Without an access key nothing is signed; `verify` is a file of trusted authorities."""
        self.endpoint = endpoint
        self.confidences = confidences
        self.access_key = access_key
        self.secret = secret
        self.token = token
        self.name = name
        self.arn = arn
        self.region = region
        self._verify = verify
        for confidential in (secret, token):
            # The development key is no secret: its documentation stands in the repository.
            if confidential and confidential != "test":
                confidences.keep(confidential)

    def __repr__(self) -> str:
        return f"Principal({self.arn or self.access_key or 'anonymous'})"

    @cached_property
    def sqs(self) -> Any:
        return self.client("sqs")

    @cached_property
    def sns(self) -> Any:
        return self.client("sns")

    @cached_property
    def iam(self) -> Any:
        return self.client("iam")

    @cached_property
    def sts(self) -> Any:
        return self.client("sts")

    @cached_property
    def kms(self) -> Any:
        return self.client("kms")

    def client(self, service: str, **settings: Any) -> Any:
        """A client of its own; `settings` go to botocore's Config."""
        signing = {} if self.access_key else {"signature_version": UNSIGNED}
        made = _session.client(
            service,
            endpoint_url=self.endpoint,
            region_name=self.region,
            aws_access_key_id=self.access_key or "none",
            aws_secret_access_key=self.secret or "none",
            aws_session_token=self.token,
            verify=self._verify,
            config=Config(**{**SETTINGS, **signing, **settings}),
        )
        return self.confidences.listen(made)

    def at(self, endpoint: str, *, region: str = "", verify: str | None = None) -> Principal:
        """The same one, speaking to another address or region."""
        return Principal(
            endpoint,
            self.confidences,
            self.access_key,
            self.secret,
            self.token,
            name=self.name,
            arn=self.arn,
            region=region or self.region,
            verify=verify,
        )

    def with_key(self, answer: dict[str, Any], **more: Any) -> Principal:
        """Somebody else, by the answer of CreateAccessKey or of an operation of STS."""
        key = answer.get("AccessKey") or answer["Credentials"]
        return Principal(
            self.endpoint,
            self.confidences,
            key["AccessKeyId"],
            key["SecretAccessKey"],
            key.get("SessionToken"),
            **more,
        )

    def assume(self, role_arn: str, session: str = "session", **parameters: Any) -> Principal:
        answer = self.sts.assume_role(RoleArn=role_arn, RoleSessionName=session, **parameters)
        return self.with_key(answer, name=session, arn=answer["AssumedRoleUser"]["Arn"])


class Role:
    def __init__(self, owner: Account, name: str, arn: str) -> None:
        self.owner = owner
        self.name = name
        self.arn = arn

    def may(self, *statements: dict[str, Any], name: str = "inline") -> None:
        self.owner.iam.put_role_policy(
            RoleName=self.name, PolicyName=name, PolicyDocument=policy(*statements)
        )


class User(Principal):
    """A user of an account, with its first access key."""

    owner: Account

    def may(self, *statements: dict[str, Any], name: str = "inline") -> None:
        """Replaces the user's inline policy of that name."""
        self.owner.iam.put_user_policy(
            UserName=self.name, PolicyName=name, PolicyDocument=policy(*statements)
        )


class Account(Principal):
    """The root of an account, who makes everybody else."""

    def __init__(
        self,
        endpoint: str,
        confidences: Confidences,
        number: str,
        access_key: str = "",
        secret: str = "test",
        **more: Any,
    ) -> None:
        """Without a key, by the development keys: `test`, or 12 digits for another account."""
        key = access_key or ("test" if number == HOME else number)
        arn = f"arn:aws:iam::{number}:root"
        super().__init__(endpoint, confidences, key, secret, arn=arn, **more)
        self.number = number

    def new_user(self, *statements: dict[str, Any], **parameters: Any) -> User:
        """A user with a key, and with an inline policy where there are statements."""
        user = self._user(unique("user"), **parameters)
        if statements:
            user.may(*statements)
        return user

    def made_again(self, user: User) -> User:
        """Somebody else under the same name, after the user has been deleted; it must have nothing
        but its first access key."""
        self.iam.delete_access_key(UserName=user.name, AccessKeyId=user.access_key)
        self.iam.delete_user(UserName=user.name)
        return self._user(user.name)

    def _user(self, name: str, **parameters: Any) -> User:
        arn = self.iam.create_user(UserName=name, **parameters)["User"]["Arn"]
        key = self.iam.create_access_key(UserName=name)["AccessKey"]
        user = User(
            self.endpoint,
            self.confidences,
            key["AccessKeyId"],
            key["SecretAccessKey"],
            name=name,
            arn=arn,
        )
        user.owner = self
        return user

    def new_role(self, trust_policy: str, *statements: dict[str, Any], **parameters: Any) -> Role:
        name = unique("role")
        answer = self.iam.create_role(
            RoleName=name, AssumeRolePolicyDocument=trust_policy, **parameters
        )
        role = Role(self, name, answer["Role"]["Arn"])
        if statements:
            role.may(*statements)
        return role

    def new_group(self, *members: User) -> str:
        name = unique("group")
        self.iam.create_group(GroupName=name)
        for member in members:
            self.iam.add_user_to_group(GroupName=name, UserName=member.name)
        return name

    def new_policy(self, *statements: dict[str, Any], **parameters: Any) -> str:
        """The ARN of a new managed policy."""
        answer = self.iam.create_policy(
            PolicyName=unique("policy"), PolicyDocument=policy(*statements), **parameters
        )
        return str(answer["Policy"]["Arn"])

    def queue_arn(self, name: str) -> str:
        return f"arn:aws:sqs:{self.region}:{self.number}:{name}"
