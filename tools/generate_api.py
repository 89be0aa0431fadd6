"""Writes `src/tidegate/api/<service>.py` from AWS's service models.

    python tools/generate_api.py                write the modules
    python tools/generate_api.py --check        fail when a module differs from its model
    python tools/generate_api.py --models DIR   read the models from DIR, botocore's `data`

The models come with botocore, a development dependency.  Another service is added by naming it in
SERVICES.  A trait that no service here has used yet stops the generator with a message, so nothing
is dropped in silence.
"""

import argparse
import gzip
import json
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import pairwise
from keyword import iskeyword
from pathlib import Path
from typing import Any

import sqs_query_names

API = Path(__file__).resolve().parent.parent / "src" / "tidegate" / "api"
LINE_LENGTH = 100
SCALARS = {
    "blob": "bytes",
    "boolean": "bool",
    "integer": "Integer",
    "long": "Long",
    "string": "str",
}


@dataclass(frozen=True)
class QueryNames:
    """The Query protocol's names for a model that does not hold them."""

    xml_namespace: str
    lists: dict[str, str] = field(default_factory=dict)
    maps: dict[str, tuple[str, str, str]] = field(default_factory=dict)
    query_json_names: dict[str, str] = field(default_factory=dict)


SERVICES: dict[str, QueryNames | None] = {
    "sqs": QueryNames(
        sqs_query_names.XML_NAMESPACE,
        sqs_query_names.LISTS,
        sqs_query_names.MAPS,
        sqs_query_names.QUERY_JSON_NAMES,
    ),
}
"""Name of the folder in botocore's data: names to add to what the model says."""


class Generator:
    """Makes the text of one service's module.

    Shapes are written after the shapes that they refer to, in the order in which the operations,
    sorted by name, reach them.
    """

    def __init__(self, model: dict[str, Any], names: QueryNames | None) -> None:
        self.metadata = model["metadata"]
        self.operations = dict(sorted(model["operations"].items()))
        self.shapes = model["shapes"]
        self.names = names
        self.written: dict[str, list[str]] = {}
        self.open: list[str] = []
        self.inputs = self.reachable("input")
        self.hidden = set(hidden_names(model["shapes"]))

    def module(self) -> str:
        for operation in self.operations.values():
            for side in ("input", "output"):
                if side in operation:
                    self.type_of(operation[side]["shape"])
        shapes = list(self.written.values())
        blocks = [self.header(shapes), *shapes, self.service(), self.table()]
        return spaced(blocks)

    def header(self, shapes: list[list[str]]) -> list[str]:
        text = "\n".join(line for lines in shapes for line in lines)
        used = [
            name
            for name in ("FlatList", "FlatMap", "Integer", "Long")
            if f"{name}(" in text or f" {name}" in text or f"[{name}]" in text
        ]
        names = sorted(
            [*used, "OperationShape", "ServiceShape", "Shape"], key=lambda name: name.lower()
        )
        typing = ["from typing import Annotated", ""] if "Annotated[" in text else []
        return [
            f'"""{self.metadata["serviceFullName"]}, API version {self.metadata["apiVersion"]}.',
            "",
            "Generated from AWS's service model by tools/generate_api.py; do not edit.",
            '"""',
            "",
            *typing,
            "from tidegate.api.operation import (",
            *(f"    {name}," for name in names),
            ")",
        ]

    def reachable(self, side: str) -> set[str]:
        """The names of all shapes below the operations' `side`."""
        found: set[str] = set()
        todo = [op[side]["shape"] for op in self.operations.values() if side in op]
        while todo:
            name = todo.pop()
            if name not in found:
                found.add(name)
                todo.extend(references(self.shapes[name]))
        return found

    def type_of(self, name: str) -> str:
        """The Python type of a shape; writes the shape first where it has a name of its own."""
        shape = self.shapes[name]
        kind = shape["type"]
        if kind in SCALARS:
            return SCALARS[kind]
        if name in self.open:
            raise SystemExit(f"{name} refers to itself: the generator knows no such shapes")
        if name not in self.written:
            self.open.append(name)
            self.written[name] = self.lines(name, shape)
            self.open.pop()
        return self.python_name(name)

    def python_name(self, name: str) -> str:
        return f"{name}_" if name in self.hidden else name

    def lines(self, name: str, shape: dict[str, Any]) -> list[str]:
        if shape["type"] == "structure":
            return list(self.structure(name, shape))
        if shape["type"] == "list":
            return self.list_alias(name, shape)
        if shape["type"] == "map":
            return self.map_alias(name, shape)
        raise SystemExit(f"{name} is a {shape['type']}: the generator knows no such shapes")

    def structure(self, name: str, shape: dict[str, Any]) -> Iterator[str]:
        required = set(shape.get("required", ()))
        types = {member: self.type_of(of["shape"]) for member, of in shape["members"].items()}
        for member in filter(iskeyword, types):
            raise SystemExit(f"{name}.{member} is a keyword of Python")
        members: list[str] = []
        for member, reference in shape["members"].items():
            if "location" in reference:
                raise SystemExit(f"{name}.{member} is not in the body: no such trait is known")
            if member in required and not self.may_be_left_out(name, reference["shape"]):
                members.append(f"    {member}: {types[member]}")
            else:
                members.append(f"    {member}: {types[member]} | None = None")
        yield f"class {self.python_name(name)}(Shape, frozen=True, kw_only=True):"
        yield from members or ["    pass"]

    def may_be_left_out(self, owner: str, member: str) -> bool:
        """AWS leaves out an empty list of an answer even where its model requires the list."""
        return owner not in self.inputs and self.shapes[member]["type"] in ("list", "map")

    def list_alias(self, name: str, shape: dict[str, Any]) -> list[str]:
        plain = f"list[{self.type_of(shape['member']['shape'])}]"
        if self.names is None or name not in self.names.lists:
            return [f"{self.python_name(name)} = {plain}"]
        arguments = [self.names.lists[name]]
        if name in self.names.query_json_names:
            arguments.append(self.names.query_json_names[name])
        return annotated(self.python_name(name), plain, "FlatList", arguments)

    def map_alias(self, name: str, shape: dict[str, Any]) -> list[str]:
        key, value = self.type_of(shape["key"]["shape"]), self.type_of(shape["value"]["shape"])
        if self.names is None or name not in self.names.maps:
            return [f"{self.python_name(name)} = dict[{key}, {value}]"]
        plain, arguments = f"dict[{key}, {value}]", list(self.names.maps[name])
        return annotated(self.python_name(name), plain, "FlatMap", arguments)

    def service(self) -> list[str]:
        metadata = self.metadata
        namespace = metadata.get("xmlNamespace", self.names and self.names.xml_namespace)
        return [
            "SERVICE = ServiceShape(",
            f"    name={quoted(metadata['endpointPrefix'])},",
            f"    api_version={quoted(metadata['apiVersion'])},",
            f"    target_prefix={quoted(metadata.get('targetPrefix'))},",
            f"    json_version={quoted(metadata.get('jsonVersion'))},",
            f"    xml_namespace={quoted(namespace)},",
            ")",
        ]

    def table(self) -> list[str]:
        lines = ["OPERATIONS: dict[str, OperationShape] = {"]
        for name, operation in self.operations.items():
            http = operation["http"]
            output = (
                self.python_name(operation["output"]["shape"]) if "output" in operation else None
            )
            errors = [error["shape"] for error in operation.get("errors", ())]
            lines += [
                f"    {quoted(name)}: OperationShape(",
                "        service=SERVICE,",
                f"        name={quoted(name)},",
                f"        input={self.python_name(operation['input']['shape'])},",
                f"        output={output},",
                *tuple_lines("errors", errors),
                f"        method={quoted(http['method'])},",
                f"        path={quoted(http['requestUri'])},",
                f"        status={http.get('responseCode', 200)},",
                "    ),",
            ]
        return [*lines, "}"]


def spaced(blocks: list[list[str]]) -> str:
    """The text of a module: two empty lines about a class, one between other statements."""
    text = "\n".join(blocks[0])
    for before, after in pairwise(blocks):
        beside_class = any(block[0].startswith("class ") for block in (before, after))
        text += ("\n\n\n" if beside_class else "\n\n") + "\n".join(after)
    return text + "\n"


def references(shape: dict[str, Any]) -> Iterator[str]:
    """The names of the shapes that a shape's definition names."""
    for part in ("member", "key", "value"):
        if part in shape:
            yield shape[part]["shape"]
    for member in shape.get("members", {}).values():
        yield member["shape"]


def hidden_names(shapes: dict[str, Any]) -> Iterator[str]:
    """The names of shapes that a member of the same name would hide in the class that uses both."""
    for shape in shapes.values():
        members = shape.get("members", {})
        yield from members.keys() & {reference["shape"] for reference in members.values()}


def annotated(name: str, plain: str, marker: str, arguments: list[str]) -> list[str]:
    """`name = Annotated[...]`, broken as ruff breaks it."""
    note = f"{marker}({', '.join(quoted(argument) for argument in arguments)})"
    line = f"{name} = Annotated[{plain}, {note}]"
    if len(line) <= LINE_LENGTH:
        return [line]
    return [f"{name} = Annotated[", f"    {plain},", f"    {note},", "]"]


def tuple_lines(name: str, values: list[str]) -> list[str]:
    """`name=(...)` as an argument, one element a line."""
    if not values:
        return [f"        {name}=(),"]
    return [
        f"        {name}=(",
        *(f"            {quoted(value)}," for value in values),
        "        ),",
    ]


def quoted(value: str | None) -> str:
    return "None" if value is None else json.dumps(value)


def load_model(service: str, models: Path | None) -> dict[str, Any]:
    """The newest version of a service's model, from `models` or from the installed botocore."""
    if models is None:
        from botocore.loaders import Loader

        return dict(Loader().load_service_model(service, "service-2"))
    newest = max(path for path in (models / service).iterdir() if path.is_dir())
    packed = newest / "service-2.json.gz"
    text = gzip.decompress(packed.read_bytes()) if packed.exists() else None
    model: dict[str, Any] = json.loads(text or (newest / "service-2.json").read_bytes())
    return model


def main() -> int:
    parser = argparse.ArgumentParser(description="Generate tidegate.api from AWS's models.")
    parser.add_argument("--check", action="store_true", help="write nothing; fail on a difference")
    parser.add_argument("--models", type=Path, help="botocore's data directory")
    options = parser.parse_args()
    stale = 0
    for service, names in SERVICES.items():
        text = Generator(load_model(service, options.models), names).module()
        path = API / f"{service}.py"
        if options.check:
            if not path.exists() or path.read_text(encoding="utf-8") != text:
                print(f"{path} differs from its model; run tools/generate_api.py", file=sys.stderr)
                stale = 1
        else:
            path.write_text(text, encoding="utf-8")
    return stale


if __name__ == "__main__":
    sys.exit(main())
