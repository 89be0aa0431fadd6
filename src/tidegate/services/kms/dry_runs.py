"""Dry runs: everything is checked, nothing is done, and the client is told so."""

from typing import Any

from tidegate.base.refusals import DryRunOperationException


def stop_dry_run(request: Any) -> None:
    """Raises DryRunOperationException where the request is a dry run that could be done."""
    if request.DryRun:
        raise DryRunOperationException(
            "The request would have succeeded, but the DryRun option is set."
        )
