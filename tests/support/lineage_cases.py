"""Events for tests of what the catalog takes."""

from typing import Any
from uuid import NAMESPACE_URL, uuid5


def told(job: str) -> dict[str, Any]:
    """Write an event of a job of sales, without a run."""
    return {
        "eventTime": "2026-11-20T10:00:00Z",
        "producer": "urn:test",
        "schemaURL": "https://openlineage.io/spec/2-0-2/OpenLineage.json#/$defs/RunEvent",
        "job": {"namespace": "mesh://thenar/sales", "name": job},
    }


def deep(levels: int) -> dict[str, Any]:
    """Nest objects in one another."""
    made: dict[str, Any] = {}
    for _ in range(levels - 1):
        made = {"a": made}
    return made


def run_of(
    domain: str, inputs: list[dict[str, Any]], outputs: list[dict[str, Any]], *, job: str = "load"
) -> dict[str, Any]:
    """Write a COMPLETE event of a run of a domain's job."""
    return told(job) | {
        "eventType": "COMPLETE",
        "run": {"runId": str(uuid5(NAMESPACE_URL, f"{domain}/{job}"))},
        "job": {"namespace": f"mesh://thenar/{domain}", "name": job},
        "inputs": inputs,
        "outputs": outputs,
    }
