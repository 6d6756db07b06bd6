"""The answer to a batch of events, as OpenLineage's API describes it."""

from collections.abc import Sequence
from typing import Literal

from pydantic import BaseModel


class FailedEvent(BaseModel):
    """One event that was not taken."""

    index: int
    reason: str
    retriable: bool


class BatchSummary(BaseModel):
    """How many events came to what."""

    received: int
    successful: int
    failed: int
    retriable: int
    non_retriable: int


class BatchAnswer(BaseModel):
    """What became of a batch."""

    status: Literal["success", "partial_success", "failure"]
    summary: BatchSummary
    failed_events: list[FailedEvent]


def summary(received: int, failed: Sequence[FailedEvent]) -> BatchAnswer:
    """Count what became of a batch."""
    again = sum(each.retriable for each in failed)
    taken = received - len(failed)
    return BatchAnswer(
        status="success" if not failed else "partial_success" if taken else "failure",
        summary=BatchSummary(
            received=received,
            successful=taken,
            failed=len(failed),
            retriable=again,
            non_retriable=len(failed) - again,
        ),
        failed_events=list(failed),
    )
