"""Every operation of every model has a row, or the documents say that there is none."""

from __future__ import annotations

import inspect
from pathlib import Path
from types import ModuleType
from typing import Any
from unittest.mock import Mock

import pytest

from tidegate.api import iam, kms, sns, sqs, sts
from tidegate.base.call import Operation
from tidegate.services.iam.operations import IamService
from tidegate.services.kms.operations import KmsService
from tidegate.services.sns.operations import SnsService
from tidegate.services.sqs.operations import SqsService
from tidegate.services.sts.operations import StsService

DOCS = Path(__file__).parents[3] / "docs"
SERVICES = [
    (sqs, SqsService, "operations.md"),
    (iam, IamService, "iam.md"),
    (kms, KmsService, "kms.md"),
    (sts, StsService, "sts.md"),
    (sns, SnsService, "sns.md"),
]


each_service = pytest.mark.parametrize(
    ("model", "service", "document"), SERVICES, ids=[model.SERVICE.name for model, _, _ in SERVICES]
)


def rows_of(service: type[Any]) -> list[Operation]:
    """The table alone; nothing of it is called."""
    parameters = inspect.signature(service).parameters.values()
    needed = [each for each in parameters if each.kind is not each.KEYWORD_ONLY]
    rows: list[Operation] = service(*(Mock() for _ in needed)).operations()
    return rows


@each_service
def test_every_operation_has_a_row_or_is_named_as_missing(
    model: ModuleType, service: type[Any], document: str
) -> None:
    rows = {row.name for row in rows_of(service)}
    text = (DOCS / document).read_text()
    assert rows <= set(model.OPERATIONS)
    missing = [name for name in model.OPERATIONS if name not in rows]
    assert [name for name in missing if f"`{name}`" not in text] == []


@each_service
def test_every_row_says_what_it_needs(model: ModuleType, service: type[Any], document: str) -> None:
    for row in rows_of(service):
        vendor, _, action = row.action.partition(":")
        assert vendor == model.SERVICE.name
        assert action
        assert callable(row.resource)
        assert row.input is model.OPERATIONS[row.name].input
