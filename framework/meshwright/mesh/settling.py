"""Tell the end of runs whose process is gone: the table's log says whether they published."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import NamedTuple

from meshwright.errors import MeshError
from meshwright.events import WrittenFacts, gone, published, table_of
from meshwright.mesh.world import World
from meshwright.ports import Event


class Commit(NamedTuple):
    """What a run wrote, and when."""

    written: WrittenFacts
    at: datetime


def settle(world: World) -> None:
    """Tell COMPLETE for each dead run that its table's log holds, ABORT for any other."""
    try:
        for begun in world.recorder.unended():
            world.recorder.record(_end(world, begun))
    except MeshError:  # a log that cannot be read says nothing: the next command asks again
        return


def committed(world: World, table: str, run_id: str) -> Commit | None:
    """Find what a run wrote, by the table's log; None when it holds no such run."""
    for entry in world.store_of(table).history(table):
        if entry.get("run_id") == run_id:
            rows = int(entry["rows"]) if "rows" in entry else None
            written = WrittenFacts(version=int(entry["version"]), rows=rows)
            appended = replace(written, mode="append") if entry.get("mode") == "append" else written
            return Commit(appended, datetime.fromtimestamp(entry["timestamp"] / 1000, UTC))
    return None


def _end(world: World, begun: Event) -> Event:
    table = table_of(begun)
    found = committed(world, table, begun["run"]["runId"]) if table else None
    return gone(begun) if found is None else published(begun, found.written, found.at)
