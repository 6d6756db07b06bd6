"""Which run started this process, as OpenLineage's integrations tell it to what they start."""

import json
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from meshwright.events.facts import ParentFacts
from meshwright.events.naming import Name

CONTEXT = "OPENLINEAGE_CONTEXT"
PARENT = "OPENLINEAGE_PARENT_ID"
ROOT = "OPENLINEAGE_ROOT_PARENT_ID"


def parent_in(environment: Mapping[str, str]) -> ParentFacts | None:
    """Read the parent, and what started it all, from environment variables; None for none, or what makes no sense.

    `OPENLINEAGE_CONTEXT` is JSON with `parent`; `OPENLINEAGE_PARENT_ID` and `OPENLINEAGE_ROOT_PARENT_ID` are
    `namespace/job/run id`.
    """
    return _of_context(environment.get(CONTEXT, "")) or _of_ids(environment)


def _of_ids(environment: Mapping[str, str]) -> ParentFacts | None:
    parent, root = _read(environment.get(PARENT, "")), _read(environment.get(ROOT, ""))
    if parent is None or root is None:
        return parent
    return ParentFacts(job=parent.job, run_id=parent.run_id, root=root)


def _read(text: str) -> ParentFacts | None:
    rest, _, run_id = text.strip().rpartition("/")
    namespace, _, job = rest.rpartition("/")
    return _parent(namespace, job, run_id)


def _of_context(text: str) -> ParentFacts | None:
    try:
        told: Any = json.loads(text)["parent"] if text else {}
        parent = _of_json(told)
        root = _of_json(told.get("root") or {})
    except (ValueError, KeyError, TypeError, AttributeError):
        return None
    return parent and ParentFacts(job=parent.job, run_id=parent.run_id, root=root)


def _of_json(told: Any) -> ParentFacts | None:
    run: Any = told.get("run") or {}
    job: Any = told.get("job") or {}
    return _parent(str(job.get("namespace", "")), str(job.get("name", "")), str(run.get("runId", "")))


def _parent(namespace: str, job: str, run_id: str) -> ParentFacts | None:
    try:
        found = UUID(run_id)
    except ValueError:
        return None
    return ParentFacts(job=Name(namespace, job), run_id=str(found)) if namespace and job else None
