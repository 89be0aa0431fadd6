"""Writes `src/tidegate/api/<service>.py` from AWS's service models.

    python tools/generate_api.py                write the modules
    python tools/generate_api.py --check        fail when a module differs from its model
    python tools/generate_api.py --models DIR   read the models from DIR, botocore's `data`

The models come with botocore, a development dependency.  Another service is added by naming it in
SERVICES.  A trait that no service here has used yet stops the generator with a message, so nothing
is dropped in silence.

What the model allows a value to be is written where a client may send the value, and nowhere else:
a module is imported whenever a server starts, and IAM's has more than 300 shapes.
"""

from __future__ import annotations

import argparse
import gzip
import json
import re
import sys
from collections.abc import Iterable, Iterator
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
    "timestamp": "Instant",
}
IMPORTS = (
    "Constraint",
    "EntryNames",
    "ErrorShape",
    "FlatList",
    "FlatMap",
    "Instant",
    "Integer",
    "Long",
    "NoInput",
    "OperationShape",
    "ServiceShape",
    "Shape",
)
"""All that a module may import from `tidegate.api.operation`."""
CONSTRAINTS = {"least": "min", "most": "max", "pattern": "pattern", "enum": "enum"}
"""Argument of `Constraint`: name of the model's trait."""


@dataclass(frozen=True)
class Expression:
    """Something in brackets that may need more than one line."""

    opening: str
    parts: list[Expression | str]
    closing: str

    def __str__(self) -> str:
        return f"{self.opening}{', '.join(map(str, self.parts))}{self.closing}"


@dataclass(frozen=True)
class QueryNames:
    """The Query protocol's names for a model that does not hold them."""

    xml_namespace: str
    lists: dict[str, str] = field(default_factory=dict)
    maps: dict[str, tuple[str, str, str]] = field(default_factory=dict)
    query_json_names: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Additions:
    """What is to be known of a service besides its model."""

    names: QueryNames | None = None
    words_its_own_errors: bool = False
    """Its module has neither the model's constraints nor the model's errors: the service checks
    its input itself, and `wire` keeps a table of its errors."""
    statuses: dict[str, int] = field(default_factory=dict)
    """HTTP status of an error, where the model has neither it nor the usual one."""
    codes: dict[str, str] = field(default_factory=dict)
    """Code of an error, where answers of the service have another one than its model."""


SERVICES: dict[str, Additions] = {
    "iam": Additions(),
    # Statuses: "Errors" on the pages of the operations in the API reference of KMS.
    "kms": Additions(statuses={"DependencyTimeoutException": 503}),
    "sns": Additions(codes={"ValidationException": "ValidationError"}),
    "sqs": Additions(
        QueryNames(
            sqs_query_names.XML_NAMESPACE,
            sqs_query_names.LISTS,
            sqs_query_names.MAPS,
            sqs_query_names.QUERY_JSON_NAMES,
        ),
        words_its_own_errors=True,
    ),
    "sts": Additions(),
}
"""Name of the folder in botocore's data: what to add to the model there."""


class Generator:
    """Makes the text of one service's module.

    Shapes are written after the shapes that they refer to, in the order in which the operations,
    sorted by name, reach them.
    """

    def __init__(self, model: dict[str, Any], additions: Additions) -> None:
        self.metadata = model["metadata"]
        self.operations = dict(sorted(model["operations"].items()))
        self.shapes = model["shapes"]
        self.additions = additions
        self.names = additions.names
        self.written: dict[str, list[str]] = {}
        self.open: list[str] = []
        self.inputs = self.reachable("input")
        self.hidden = {*hidden_names(model["shapes"]), *IMPORTS}

    def module(self) -> str:
        for operation in self.operations.values():
            for side in ("input", "output"):
                if side in operation:
                    self.type_of(operation[side]["shape"])
        shapes = list(self.written.values())
        body = [*shapes, *self.errors(), self.service(), self.table()]
        return spaced([self.header(body), *body])

    def header(self, body: list[list[str]]) -> list[str]:
        text = "\n".join(line for lines in body for line in lines)
        names = [name for name in IMPORTS if re.search(rf"\b{name}\b", text)]
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
        if kind in SCALARS and not self.constraint(name):
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
        if shape["type"] in SCALARS:
            plain = SCALARS[shape["type"]]
            return annotated(self.python_name(name), plain, self.constraint(name))
        raise SystemExit(f"{name} is a {shape['type']}: the generator knows no such shapes")

    def structure(self, name: str, shape: dict[str, Any]) -> Iterator[str]:
        required = set(shape.get("required", ()))
        types = {member: self.type_of(of["shape"]) for member, of in shape["members"].items()}
        for member in types:
            if iskeyword(member) or member in IMPORTS:
                raise SystemExit(f"{name}.{member} cannot be the name of an attribute")
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
        plain, notes = f"list[{self.type_of(shape['member']['shape'])}]", self.constraint(name)
        if self.names and name in self.names.lists:
            arguments = [self.names.lists[name]]
            if name in self.names.query_json_names:
                arguments.append(self.names.query_json_names[name])
            notes = [marker("FlatList", arguments), *notes]
        elif "locationName" in shape["member"] or shape.get("flattened"):
            raise SystemExit(f"{name} has names of its own in the Query protocol: none is known")
        return annotated(self.python_name(name), plain, notes)

    def map_alias(self, name: str, shape: dict[str, Any]) -> list[str]:
        key, value = self.type_of(shape["key"]["shape"]), self.type_of(shape["value"]["shape"])
        plain, notes = f"dict[{key}, {value}]", self.constraint(name)
        if self.names and name in self.names.maps:
            notes = [marker("FlatMap", self.names.maps[name]), *notes]
        elif shape.get("flattened"):
            raise SystemExit(f"{name} is flattened: no such trait is known")
        elif "locationName" in shape["key"] or "locationName" in shape["value"]:
            names = [shape[part].get("locationName", part) for part in ("key", "value")]
            notes = [marker("EntryNames", names), *notes]
        return annotated(self.python_name(name), plain, notes)

    def constraint(self, name: str) -> list[Expression]:
        """What the model allows a value of this shape to be: one note, or none.

        Of an answer nobody asks that, for it is ours.
        """
        shape = self.shapes[name]
        if name not in self.inputs or self.additions.words_its_own_errors:
            return []
        parts: list[Expression | str] = []
        for argument, trait in CONSTRAINTS.items():
            if trait == "enum" and trait in shape:
                values = [quoted(value) for value in shape[trait]]
                comma = "" if values[1:] else ","
                parts.append(Expression("enum=(", list(values), f"{comma})"))
            elif trait == "pattern" and trait in shape:
                parts.append(f"pattern={raw(shape[trait])}")
            elif trait in shape:
                parts.append(f"{argument}={shape[trait]}")
        if shape.get("sensitive"):
            parts.append("secret=True")
        return [Expression("Constraint(", parts, ")")] if parts else []

    def errors(self) -> list[list[str]]:
        """The table of the service's errors, if it is the model that words them."""
        if self.additions.words_its_own_errors:
            return []
        rows = [
            laid_out(f"{quoted(name)}: ", self.error(name, shape), ",", "    ")
            for name, shape in sorted(self.shapes.items())
            if shape.get("exception")
        ]
        return [["ERRORS = {", *(line for lines in rows for line in lines), "}"]]

    def error(self, name: str, shape: dict[str, Any]) -> Expression:
        trait = shape.get("error", {})
        usual = 500 if shape.get("fault") else 400
        status = trait.get("httpStatusCode") or self.additions.statuses.get(name, usual)
        if trait and (status >= 500) == trait.get("senderFault", False):
            raise SystemExit(f"The status of {name} is not that of the fault's side")
        code = self.additions.codes.get(name, trait.get("code", name))
        return Expression("ErrorShape(", [quoted(code), str(status)], ")")

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
            *([] if self.additions.words_its_own_errors else ["    errors=ERRORS,"]),
            ")",
        ]

    def table(self) -> list[str]:
        lines = ["OPERATIONS: dict[str, OperationShape] = {"]
        for name, operation in self.operations.items():
            input_ = (
                self.python_name(operation["input"]["shape"]) if "input" in operation else "NoInput"
            )
            output = (
                self.python_name(operation["output"]["shape"]) if "output" in operation else None
            )
            errors = [error["shape"] for error in operation.get("errors", ())]
            lines += [
                f"    {quoted(name)}: OperationShape(",
                "        service=SERVICE,",
                f"        name={quoted(name)},",
                f"        input={input_},",
                f"        output={output},",
                *tuple_lines("errors", errors),
                *binding_lines(operation["http"]),
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


def annotated(name: str, plain: str, notes: list[Expression]) -> list[str]:
    """`name = Annotated[...]`; `name = plain` without notes."""
    value = Expression("Annotated[", [plain, *notes], "]") if notes else plain
    return laid_out(f"{name} = ", value, "")


def marker(name: str, arguments: Iterable[str]) -> Expression:
    return Expression(f"{name}(", [quoted(argument) for argument in arguments], ")")


def laid_out(before: str, value: Expression | str, after: str, indent: str = "") -> list[str]:
    """The lines of an expression: one if it fits, else one a part, as ruff would break it."""
    line = f"{indent}{before}{value}{after}"
    if len(line) <= LINE_LENGTH or isinstance(value, str):
        return [line]
    inner = [laid_out("", part, ",", indent + "    ") for part in value.parts]
    lines = [line for lines in inner for line in lines]
    return [f"{indent}{before}{value.opening}", *lines, f"{indent}{value.closing}{after}"]


def binding_lines(http: dict[str, Any]) -> Iterator[str]:
    """What an operation's HTTP binding has that is not the usual."""
    if http["method"] != "POST":
        yield f"        method={quoted(http['method'])},"
    if http["requestUri"] != "/":
        yield f"        path={quoted(http['requestUri'])},"
    if http.get("responseCode", 200) != 200:
        yield f"        status={http['responseCode']},"


def tuple_lines(name: str, values: list[str]) -> list[str]:
    """`name=(...)` as an argument, one element a line."""
    if len(values) < 2:
        return [f"        {name}=({''.join(f'{quoted(value)},' for value in values)}),"]
    return [
        f"        {name}=(",
        *(f"            {quoted(value)}," for value in values),
        "        ),",
    ]


def quoted(value: str | None) -> str:
    return "None" if value is None else json.dumps(value)


def raw(pattern: str) -> str:
    """A regular expression as a literal that reads as the model has it."""
    return f'r"{pattern}"' if '"' not in pattern else repr(pattern)


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
    for service, additions in SERVICES.items():
        text = Generator(load_model(service, options.models), additions).module()
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
