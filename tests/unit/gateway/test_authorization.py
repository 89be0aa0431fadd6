from typing import Any

import pytest

from tidegate.base.call import Principal
from tidegate.base.refusals import AccessDeniedException
from tidegate.gateway.authorization import authorize_root

ROOT = Principal(account="111122223333", arn="arn", access_key="key", user_id="111122223333")
NO_CALL: Any = None


@pytest.mark.parametrize("resource", ["*", "arn:aws:sqs:eu-west-1:111122223333:q"])
def test_root_may_do_everything_at_home(resource: str) -> None:
    authorize_root(ROOT, "sqs:SendMessage", resource, NO_CALL)


@pytest.mark.parametrize(
    "resource",
    [
        "arn:aws:sqs:eu-west-1:999999999999:q",
        "arn:aws:sqs:eu-west-1:999999999999:111122223333",
        "arn:aws:sqs:111122223333:999999999999:q",
        "arn:aws:sqs:eu-west-1::q",
        "111122223333",
        "",
    ],
)
def test_and_nothing_anywhere_else(resource: str) -> None:
    with pytest.raises(AccessDeniedException, match=r"Access to the resource .* is denied"):
        authorize_root(ROOT, "sqs:SendMessage", resource, NO_CALL)
