"""The scenario secured: what policies and encryption at rest take of the rate.

Two runs are one pair: one by the account's root with a queue that nothing encrypts, where nothing
is to be decided, and one by a user whose policy has a condition, with a queue as a new one is:
sealed by SSE-SQS.
"""

import json
import re
from collections.abc import Awaitable, Callable
from statistics import median

from tidegate.bench.load import Run
from tidegate.bench.rows import Row
from tidegate.bench.session import Session
from tidegate.bench.signing import Signer
from tidegate.bench.subject import IAM, CallFailed, Subject
from tidegate.bench.throughput import drained

_CONNECTIONS = 64
_PLAIN = {"SqsManagedSseEnabled": "false"}
_SEALED = {"SqsManagedSseEnabled": "true"}
_POLICY = {
    "Version": "2012-10-17",
    "Statement": [
        {
            "Effect": "Allow",
            "Action": ["sqs:SendMessage", "sqs:ReceiveMessage", "sqs:DeleteMessage"],
            "Resource": "arn:aws:sqs:*:*:tidegate-bench-*",
            "Condition": {"DateGreaterThan": {"aws:CurrentTime": "2020-01-01T00:00:00Z"}},
        }
    ],
}
_ACCESS_KEY = re.compile(r"<AccessKeyId>(.+?)</AccessKeyId>")
_SECRET_KEY = re.compile(r"<SecretAccessKey>(.+?)</SecretAccessKey>")

Load = Callable[[Session, Subject, str, int, str], Awaitable[Run]]


async def secured(session: Session) -> None:
    """Sends, and messages received and deleted."""
    async with session.subject() as root:
        user = root.signed_by(await _user(session, root))
        for name, load in (("send", _sent), ("drain", drained)):
            for count in session.options.connections or (_CONNECTIONS,):
                row = Row(f"secured/{name}/{count}", "message")
                await _compare(session, row, root, user, load, count)
                session.rows.append(row)


async def _compare(
    session: Session, row: Row, root: Subject, user: Subject, load: Load, connections: int
) -> None:
    plain: list[float] = []
    sealed: list[float] = []
    kinds = [("plain", root, _PLAIN, plain), ("secured", user, _SEALED, sealed)]
    for number in range(session.options.pairs):
        # A machine that grows slower or faster favours neither.
        for kind, subject, attributes, rates in kinds if number % 2 else reversed(kinds):
            label = f"{row.name}, pair {number + 1} of {session.options.pairs}, {kind}"
            url = await root.create_queue(session.queue_name(), attributes)
            run = await load(session, subject, url, connections, label)
            await root.delete_queue(url)
            row.take(run.tally)
            rates.append(run.rate)
            session.tell(f"{label}: {run.rate:,.0f}/s")
    row.metrics["rate"] = median(sealed)
    row.metrics["plain_rate"] = median(plain)
    row.metrics["of_plain"] = median(
        one / other if other else 0.0 for one, other in zip(sealed, plain, strict=True)
    )


async def _sent(session: Session, subject: Subject, url: str, connections: int, label: str) -> Run:
    return await session.send(subject, url, connections, label)


async def _user(session: Session, root: Subject) -> Signer:
    """A new user with a policy, and a key.  Raises CallFailed, OSError."""
    name = {"UserName": session.queue_name()}
    await root.query("CreateUser", name, IAM)
    policy = {"PolicyName": "bench", "PolicyDocument": json.dumps(_POLICY)}
    await root.query("PutUserPolicy", name | policy, IAM)
    answer = await root.query("CreateAccessKey", name, IAM)
    access_key, secret_key = _ACCESS_KEY.search(answer), _SECRET_KEY.search(answer)
    if access_key is None or secret_key is None:
        raise CallFailed("CreateAccessKey", 200, b"no key in the answer")
    return Signer(access_key[1], secret_key[1], session.options.region)
