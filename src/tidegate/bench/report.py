"""What a run of the bench says at its end: a table, and JSON."""

import os
import platform
from collections.abc import Sequence
from typing import Any

from tidegate.bench.rows import Row
from tidegate.bench.targets import judge

_COLUMNS = (
    ("rate", "rate/s", "{:,.0f}"),
    ("yardstick", "yardstick/s", "{:,.0f}"),
    ("ratio", "ratio", "{:.2f}"),
    ("p50_ms", "p50 ms", "{:.2f}"),
    ("p90_ms", "p90 ms", "{:.2f}"),
    ("p99_ms", "p99 ms", "{:.2f}"),
    ("p999_ms", "p99.9 ms", "{:.2f}"),
    ("max_ms", "max ms", "{:.2f}"),
    ("server_cpu_percent", "server cpu", "{:.0f}%"),
    ("client_cpu_percent", "client cpu", "{:.0f}%"),
    ("yardstick_cpu_percent", "yardstick cpu", "{:.0f}%"),
)
_SHOWN = {name for name, _, _ in _COLUMNS}
_CLIENT_LIMIT_PERCENT = 95


def table(rows: Sequence[Row]) -> str:
    """The rows with their rates, below them the other metrics, and whatever went wrong."""
    lines = [["scenario", *(title for _, title, _ in _COLUMNS), "errors", "targets"]]
    for row in rows:
        cells = [
            form.format(row.metrics[name]) if name in row.metrics else "-"
            for name, _, form in _COLUMNS
        ]
        lines.append([row.name, *cells, str(sum(row.errors.values())), _targets(row)])
    text = _aligned(lines)
    remarks = [remark for row in rows for remark in _remarks(row)]
    return "\n".join([text, *remarks])


def _targets(row: Row) -> str:
    verdicts = judge(row)
    return "; ".join(
        f"{verdict.target.text()}: {'reached' if verdict.reached else 'MISSED'}"
        for verdict in verdicts
    )


def _aligned(lines: list[list[str]]) -> str:
    widths = [max(len(line[column]) for line in lines) for column in range(len(lines[0]))]
    last = len(widths) - 1
    return "\n".join(
        "  ".join(
            cell.ljust(width) if column in (0, last) else cell.rjust(width)
            for column, (cell, width) in enumerate(zip(line, widths, strict=True))
        ).rstrip()
        for line in lines
    )


def _remarks(row: Row) -> list[str]:
    remarks = []
    others = [
        f"{name} {value:,.3f}".rstrip("0").rstrip(".")
        for name, value in row.metrics.items()
        if name not in _SHOWN and not name.startswith("yardstick")
    ]
    if others:
        remarks.append(f"{row.name}: " + ", ".join(others))
    if row.metrics.get("client_cpu_percent", 0) > _CLIENT_LIMIT_PERCENT:
        remarks.append(f"{row.name}: the load generator had no core to spare and may be the limit")
    remarks.extend(f"{row.name}: {count} x {kind}" for kind, count in row.notes.items())
    remarks.extend(f"{row.name}: ERROR {count} x {kind}" for kind, count in row.errors.items())
    remarks.extend(f"{row.name}: for instance {sample}" for sample in row.samples)
    return remarks


def document(rows: Sequence[Row], settings: dict[str, Any]) -> dict[str, Any]:
    """What `--json` writes."""
    return {
        "machine": {
            "cores": os.cpu_count(),
            "machine": platform.machine(),
            "system": f"{platform.system()} {platform.release()}",
            "python": platform.python_version(),
        },
        "settings": settings,
        "rows": [
            {
                "name": row.name,
                "unit": row.unit,
                "metrics": row.metrics,
                "targets": [
                    {"target": verdict.target.text(), "reached": verdict.reached}
                    for verdict in judge(row)
                ],
                "errors": row.errors,
                "samples": row.samples,
                "notes": row.notes,
            }
            for row in rows
        ],
    }
