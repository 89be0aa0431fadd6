"""Expecting an error of AWS: its code, its text, its HTTP status."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from botocore.exceptions import ClientError


@contextmanager
def refused(
    code: str | tuple[str, ...],
    text: str | None = None,
    *,
    status: int | None = 400,
    query_error: str | None = None,
    containing: str | None = None,
) -> Iterator[pytest.ExceptionInfo[ClientError]]:
    """The block must be refused with this error.

    `code` is what a client sees as the error's code (one of several, where AWS documents no
    single one); `text` the whole message, `containing` a part of it; `query_error` the name that
    the JSON protocol adds for the same error. A status of None leaves the status open.
    """
    with pytest.raises(ClientError) as caught:
        yield caught
    error = caught.value.response["Error"]
    answered = caught.value.response["ResponseMetadata"]["HTTPStatusCode"]
    codes = (code,) if isinstance(code, str) else code
    assert error["Code"] in codes, error
    if text is not None:
        assert error["Message"] == text
    if containing is not None:
        assert containing in error["Message"]
    if status is not None:
        assert answered == status, error
    if query_error is not None and "QueryErrorCode" in error:
        assert error["QueryErrorCode"] == query_error
    assert answered < 500, error


NO_SUCH_QUEUE = "AWS.SimpleQueueService.NonExistentQueue"
