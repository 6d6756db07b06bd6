"""One read: who asks, what the policies show of which version, and the rows in pieces."""

import json
from collections.abc import Collection, Generator, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from urllib.parse import quote

import polars as pl
import pyarrow as pa

from meshwright.access import Decision, Principal
from meshwright.access.grants.statements import grant_of
from meshwright.io.delta import DeltaSnapshot
from meshwright.markers import RevealLevel
from meshwright.query import ReadRequest
from meshwright.read import Batches, Shape, Shown, column_level, raw_columns, shown
from meshwright_catalog.gateway.auditing import ReadFacts
from meshwright_catalog.gateway.naming import name_of, outline


@dataclass(frozen=True, slots=True)
class Asked:
    """One request as it came, by whom, until when they are known, and under which id.

    `coded` if tokens of columns may come as places in lists.
    """

    principal: Principal
    until: datetime
    product: str
    request: ReadRequest
    request_id: str
    coded: bool = False

    def facts(self, purposes: Collection[str]) -> ReadFacts:
        """Tell the audit what is known before anything was found; `purposes` are those of the mesh."""
        who = f"{self.principal.kind}:{self.principal.name}"
        condition = outline(self.request.filter, ())
        purpose, product = name_of(self.request.purpose, purposes), self.product[:200]
        return ReadFacts(who, purpose, product, "", None, {}, condition, "", (), self.request_id)


@dataclass(frozen=True)
class Reading:
    """A read that is allowed: rows are read as `batches` are taken; `intent` is the audit's event."""

    asked: Asked
    contract: str
    shape: Shape
    found: DeltaSnapshot
    table: Generator[pl.DataFrame]
    batches: Batches
    intent: str = ""

    @cached_property
    def works_on(self) -> Mapping[str, RevealLevel]:
        """The level of every column and field that is shown, filtered, grouped or sorted by."""
        names = {*raw_columns(self.shape.spec, self.shape.decision, self.shape.query)}
        levels = self._everything.levels
        return {path: level for path, level in levels.items() if path.partition(".")[0] in names and level != "hidden"}

    @property
    def clear_of_classified(self) -> bool:
        """Tell whether the read works on classified values as they are."""
        decision = self.shape.decision
        return any(level == "clear" and decision.column(path).classes for path, level in self.works_on.items())

    @property
    def grants(self) -> tuple[str, ...]:
        """The grants among what decided about the columns that the read works on."""
        decision = self.shape.decision
        by = (*decision.by, *(policy for path in self.works_on for policy in decision.column(path).by))
        return tuple(sorted({grant_of(policy.id) for policy in by} - {""}))

    @cached_property
    def levels(self) -> Mapping[str, RevealLevel]:
        """The level of each column of the answer; a figure has that of what it was made from."""
        asked = self.asked.request.aggregate
        made_from = {measure.name: measure.column for measure in asked.of} if asked else {}
        names = {name: made_from.get(name, name) for name in self.batches.schema}
        found = self._everything.levels
        return {name: "clear" if source is None else column_level(source, found) for name, source in names.items()}

    @property
    def headers(self) -> dict[str, str]:
        """Say what was read and under which rules."""
        decision, keys = self.shape.decision, self.shape.keys
        found = {
            "Mesh-Version": str(self.found.version),
            "Mesh-Contract": self.contract,
            "Mesh-Policies": decision.policies,
            "Mesh-Levels": json.dumps(self.levels),
            "Mesh-Rows": decision.rows_shown,
        }
        if keys is not None and "token" in self.works_on.values():
            found["Mesh-Scope"] = f"{keys.key(decision.scope)[0]} {quote(decision.scope)}"
        return found

    def close(self) -> None:
        """Let go of the table's files."""
        self.batches.pieces.close()
        self.table.close()
        pa.default_memory_pool().release_unused()  # or what one read took stays taken until the next needs it

    @cached_property
    def _everything(self) -> Shown:
        return shown(self.shape.spec, self.shape.decision, self.shape.query.model_copy(update={"columns": None}))


def shows_less(now: Decision, before: Decision, levels: Mapping[str, str]) -> bool:
    """Tell whether a new decision no longer grants what an answer shows; another choice of rows is less, too."""
    if now.digest() == before.digest():
        return False
    if not now.read or now.rows != before.rows or now.scope != before.scope:
        return True
    return any(level not in now.column(path).granted for path, level in levels.items())
