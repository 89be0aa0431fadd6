"""What the generator makes of the traits of a model; `--check` compares the committed modules."""

from copy import deepcopy
from typing import Any

import pytest

from generate_api import Additions, Generator, QueryNames

MODEL: dict[str, Any] = {
    "metadata": {
        "serviceFullName": "Amazon Tide Service",
        "apiVersion": "2024-01-01",
        "endpointPrefix": "tide",
        "jsonVersion": "1.1",
        "targetPrefix": "Tide_20240101",
    },
    "operations": {
        "Rise": {
            "name": "Rise",
            "http": {"method": "POST", "requestUri": "/"},
            "input": {"shape": "RiseRequest"},
            "output": {"shape": "RiseResult"},
            "errors": [{"shape": "Dry"}],
        },
    },
    "shapes": {
        "RiseRequest": {
            "type": "structure",
            "required": ["Shores"],
            "members": {"Shores": {"shape": "ShoreList"}, "Height": {"shape": "Height"}},
        },
        "RiseResult": {
            "type": "structure",
            "required": ["Wet", "Count"],
            "members": {"Wet": {"shape": "Wet"}, "Count": {"shape": "Height"}},
        },
        "ShoreList": {"type": "list", "member": {"shape": "Name"}},
        "Wet": {"type": "map", "key": {"shape": "Name"}, "value": {"shape": "Name"}},
        "Name": {"type": "string"},
        "Height": {"type": "integer"},
    },
}


def test_a_small_service() -> None:
    # A member hides a type of its own name from its class, so that type is called `Wet_`.
    names = QueryNames("urn:tide", lists={"ShoreList": "Shore"}, maps={"Wet": ("Wet", "K", "V")})
    assert (
        Generator(MODEL, Additions(names, words_its_own_errors=True)).module()
        == '''"""Amazon Tide Service, API version 2024-01-01.

Generated from AWS's service model by tools/generate_api.py; do not edit.
"""

from typing import Annotated

from tidegate.api.operation import (
    FlatList,
    FlatMap,
    Integer,
    OperationShape,
    ServiceShape,
    Shape,
)

ShoreList = Annotated[list[str], FlatList("Shore")]


class RiseRequest(Shape, frozen=True, kw_only=True):
    Shores: ShoreList
    Height: Integer | None = None


Wet_ = Annotated[dict[str, str], FlatMap("Wet", "K", "V")]


class RiseResult(Shape, frozen=True, kw_only=True):
    Wet: Wet_ | None = None
    Count: Integer


SERVICE = ServiceShape(
    name="tide",
    api_version="2024-01-01",
    target_prefix="Tide_20240101",
    json_version="1.1",
    xml_namespace="urn:tide",
)

OPERATIONS: dict[str, OperationShape] = {
    "Rise": OperationShape(
        service=SERVICE,
        name="Rise",
        input=RiseRequest,
        output=RiseResult,
        errors=("Dry",),
    ),
}
'''
    )


def test_what_the_model_says_of_values_and_errors() -> None:
    model = deepcopy(MODEL)
    model["operations"]["Ebb"] = {
        "name": "Ebb",
        "http": {"method": "GET", "requestUri": "/ebb", "responseCode": 202},
    }
    model["shapes"] |= {
        "RiseRequest": {
            "type": "structure",
            "required": ["Coast"],
            "members": {
                "Coast": {"shape": "Coast"},
                "Key": {"shape": "Key"},
                "Height": {"shape": "Height"},
                "Shores": {"shape": "ShoreList"},
                "Names": {"shape": "Names"},
            },
        },
        "Coast": {"type": "string", "enum": ["East", "West"]},
        "Height": {"type": "integer", "min": 0, "max": 9},
        "Key": {"type": "string", "pattern": "[\\w-]+", "max": 8, "sensitive": True},
        "ShoreList": {"type": "list", "max": 5, "member": {"shape": "Key"}},
        "Names": {
            "type": "map",
            "key": {"shape": "Name", "locationName": "Name"},
            "value": {"shape": "Name"},
        },
        "RiseResult": {"type": "structure", "members": {"At": {"shape": "Day"}}},
        "Day": {"type": "timestamp"},
        "Dry": {
            "type": "structure",
            "members": {},
            "error": {"code": "SoDry", "httpStatusCode": 409, "senderFault": True},
            "exception": True,
        },
        "Storm": {"type": "structure", "members": {}, "exception": True, "fault": True},
        "Surge": {"type": "structure", "members": {}, "exception": True, "fault": True},
    }
    additions = Additions(statuses={"Surge": 503}, codes={"Storm": "Gale"})
    text = Generator(model, additions).module()
    for part in (
        'Coast_ = Annotated[str, Constraint(enum=("East", "West"))]\n',
        'Key_ = Annotated[str, Constraint(most=8, pattern=r"[\\w-]+", secret=True)]\n',
        "Height_ = Annotated[Integer, Constraint(least=0, most=9)]\n",
        "ShoreList = Annotated[list[Key_], Constraint(most=5)]\n",
        'Names_ = Annotated[dict[str, str], EntryNames("Name", "value")]\n',
        "    Coast: Coast_\n",
        "    At: Instant | None = None\n",
        '    "Dry": ErrorShape("SoDry", 409),\n',
        '    "Storm": ErrorShape("Gale", 500),\n',
        '    "Surge": ErrorShape("Surge", 503),\n',
        "    errors=ERRORS,\n",
        "        input=NoInput,\n        output=None,\n",
        '        method="GET",\n        path="/ebb",\n        status=202,\n',
    ):
        assert part in text


@pytest.mark.parametrize(
    "change",
    [
        {"Height": {"type": "double"}},
        {"ShoreList": {"type": "list", "member": {"shape": "ShoreList"}}},
        {"RiseRequest": {"type": "structure", "members": {"in": {"shape": "Name"}}}},
        {"RiseRequest": {"type": "structure", "members": {"Instant": {"shape": "Name"}}}},
        {
            "RiseRequest": {
                "type": "structure",
                "members": {"Height": {"shape": "Height", "location": "header"}},
            }
        },
    ],
)
def test_a_trait_that_it_does_not_know_stops_it(change: dict[str, Any]) -> None:
    model = deepcopy(MODEL)
    model["shapes"] |= change
    with pytest.raises(SystemExit):
        Generator(model, Additions()).module()
