"""The end of a run whose process is gone: told from its START alone, so that it is the same each time."""

import copy
from datetime import datetime
from typing import Any

from meshwright.events.facets import moment
from meshwright.events.facts import WrittenFacts
from meshwright.events.naming import Name, place
from meshwright.events.run import error_facet, say_written
from meshwright.ports import Event

GONE = "the process that ran it is gone, and nothing of it was published"


def table_of(begun: Event) -> str | None:
    """Name the Delta table that a run would write; None when it writes none."""
    for output in begun["outputs"]:
        if output["facets"].get("storage", {}).get("storageLayer") == "delta":
            return place(Name(output["namespace"], output["name"]))
    return None


def gone(begun: Event) -> Event:
    """Say that a run was stopped from outside; nobody knows when, so it is told as of its beginning."""
    found: dict[str, Any] = copy.deepcopy(dict(begun)) | {"eventType": "ABORT"}
    found["run"]["facets"]["errorMessage"] = error_facet(found["producer"], GONE)
    for output in found["outputs"]:
        output["facets"].pop("columnLineage", None)
    return found


def published(begun: Event, written: WrittenFacts, at: datetime) -> Event:
    """Say what a run wrote that could not say so itself."""
    found: dict[str, Any] = copy.deepcopy(dict(begun)) | {"eventType": "COMPLETE", "eventTime": moment(at)}
    say_written(found["producer"], found["outputs"][0], written)
    return found
