"""One product's page, for people and programs."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from meshwright.access import Decision, explain
from meshwright.errors import UnknownProduct, counted
from meshwright.markers import RevealLevel, RowsShown
from meshwright.ports import Registry
from meshwright.read import column_level
from meshwright.registry import Entry
from meshwright.spec import Spec

_LIMITS: Mapping[RowsShown, str] = {
    "all": "",
    "limited": ", of which a row policy limits what you see",
    "none": ", of which you may see none",
}


@dataclass(frozen=True, slots=True)
class Page:
    """What a product promises, how it stands, and what the reader sees of it."""

    spec: Spec
    facts: tuple[tuple[str, str], ...]
    levels: Mapping[str, RevealLevel]

    def as_json(self) -> dict[str, Any]:
        """Put the page into JSON-ready values."""
        return {"spec": self.spec.model_dump(mode="json"), "facts": dict(self.facts), "levels": dict(self.levels)}


def page(registry: Registry, product: str, decide: Callable[[str], Decision]) -> Page:
    """Ask the catalog for the product, and `decide` for its columns."""
    entry = registry.find(product)
    if entry is None:
        raise UnknownProduct(product, [e.spec.id for e in registry.products()], "catalog")
    decided = decide(product)
    leaves: dict[str, RevealLevel] = {path: decided.column(path).level for path in decided.columns}
    levels: dict[str, RevealLevel] = {c.name: column_level(c.name, leaves) for c in entry.spec.columns}
    refused = (("you", explain(decided).problem),) if not decided.read else ()
    return Page(entry.spec, (*_facts(entry, decided), *refused), levels)


def _facts(entry: Entry, decided: Decision) -> Iterator[tuple[str, str]]:
    if entry.whole:
        yield "table", f"{entry.table} (version {entry.delta_version})"
    else:
        yield "version", str(entry.delta_version)
    if entry.rows is not None:
        yield "rows", f"{entry.rows:,}{_LIMITS[decided.rows_shown] if decided.read else ''}"
    yield "purpose", entry.spec.purpose
    if entry.spec.tags:
        yield "tags", ", ".join(entry.spec.tags)
    sla = entry.spec.sla
    promised = {"latency": sla.latency, "frequency": sla.frequency, "retention": sla.retention}
    for name, value in promised.items():
        if value is not None:
            yield name, _plainly(value)
    if entry.spec.ports:
        yield "reads", ", ".join(p.product for p in entry.spec.ports)
    if entry.spec.sources:
        yield "sources", ", ".join(s.name for s in entry.spec.sources)


def _plainly(promise: timedelta | str) -> str:
    """Write a duration in the largest unit that it is a whole number of."""
    if isinstance(promise, str):
        return promise
    seconds = promise.total_seconds()
    for unit, length in (("day", 86400), ("hour", 3600), ("minute", 60)):
        if seconds and seconds % length == 0:
            return counted(int(seconds // length), unit)
    return f"{seconds:g} seconds"
