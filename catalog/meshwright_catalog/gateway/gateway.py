"""The gateway: from a request to rows that the policies show; the only place that opens tables and holds keys."""

import logging
import re
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import timedelta

import polars as pl

from meshwright.access import Decision, Principal
from meshwright.errors import (
    AccessDenied,
    CatalogUnavailable,
    MeshError,
    QueryRejected,
    TokenRejected,
    UnknownColumn,
    UnknownMajor,
    UnknownProduct,
)
from meshwright.io.delta import DeltaSnapshot
from meshwright.ports import Keys
from meshwright.publish import as_published
from meshwright.read import Shape, present, raw_columns, read_batches
from meshwright.registry import Entry
from meshwright_catalog import products
from meshwright_catalog.catalog import Catalog
from meshwright_catalog.gateway.auditing import Audit, Outcome, ReadFacts
from meshwright_catalog.gateway.lake import Lake
from meshwright_catalog.gateway.limits import Limits, check
from meshwright_catalog.gateway.naming import in_words, outline, paths_of
from meshwright_catalog.gateway.reading import Asked, Reading, shows_less
from meshwright_catalog.gateway.streams import Streams

log = logging.getLogger(__name__)

Decide = Callable[[Principal, str, Entry], Decision]
"""Decide what a principal would read for a purpose, column by column."""

_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_.]{0,126}")


@dataclass(frozen=True)
class Storage:
    """What the gateway alone has: where tables lie, and the secrets that tokens are made with."""

    lake: Lake
    keys: Keys


@dataclass(frozen=True)
class Gateway:
    """Answers reads; every method may take its time, and is called from a thread."""

    catalog: Catalog
    decide: Decide
    storage: Storage
    audit: Audit
    limits: Limits
    streams: Streams = field(init=False)

    def __post_init__(self) -> None:
        """Start with no answer under way."""
        object.__setattr__(self, "streams", Streams(self.limits))

    def open(self, asked: Asked) -> Reading:
        """Find, decide, and note the intent, unless no row is asked for; none is read yet.

        Raises `UnknownProduct` for a product that the caller may not discover as for one that is not there;
        `AccessDenied`, `QueryRejected`, `StoreError` or `CatalogUnavailable`, none of which quotes a value.
        """
        known = frozenset((*self.catalog.gate.policies().purposes.parents, asked.product))
        facts = asked.facts(known)
        try:
            check(asked.request, asked.product, self.limits)
            entry = self._entry(asked)
            paths = paths_of(entry.spec)
            known |= paths
            facts = replace(facts, contract=entry.spec.version, filter=outline(asked.request.filter, paths))
            found = self.storage.lake.open(entry, asked.request, self.catalog.clock())
            decision = self._decided(asked, entry, found)
            facts = replace(facts, version=found.version, policies=decision.policies, grants=decision.grants)
            reading = self._reading(asked, entry, found, decision)
        except (AccessDenied, UnknownProduct) as error:
            self._note_denial(facts, in_words(error.problem, known))
            raise
        except UnknownColumn as error:
            typed = repr(error.column) if _NAME.fullmatch(error.column) else "of that name"
            raise QueryRejected(asked.product, f"there is no column {typed} to be read") from None
        facts = replace(facts, levels=reading.works_on, grants=reading.grants)
        if asked.request.limit == 0:
            return reading  # it tells the schema, as an explanation does, and reads nothing
        return replace(reading, intent=self._intent(facts, must=reading.clear_of_classified))

    def require_still(self, reading: Reading) -> None:
        """Decide again; raise `MeshError` when less is granted than the answer shows, or nothing can be decided.

        `TokenRejected` when the caller's token ended longer ago than an answer may go on after it.
        """
        if self.catalog.clock() - reading.asked.until > timedelta(seconds=self.limits.after_expiry_seconds):
            raise TokenRejected("it ended while the answer was under way", "read less at once, or with a longer token")
        try:
            entry = self._entry(reading.asked)
        except (UnknownProduct, UnknownMajor):
            raise AccessDenied(reading.shape.spec.id, "who reads may no longer find it") from None
        decision = self._decided(reading.asked, entry, reading.found)
        if shows_less(decision, reading.shape.decision, reading.works_on):
            raise AccessDenied(entry.spec.id, "less is granted than when the read began")

    def close(self, reading: Reading, rows: int, status: Outcome) -> None:
        """Let go of the table, and note how the read ended; a note that fails is logged."""
        reading.close()
        try:
            if reading.intent:
                self.audit.outcome(reading.intent, rows, status)
        except MeshError as error:
            log.error("the outcome of request %s was not kept: %s", reading.asked.request_id, error)  # noqa: TRY400

    def _entry(self, asked: Asked) -> Entry:
        with self.catalog.visit(asked.principal) as visit:
            major = asked.request.major
            found = products.readable(visit, asked.product, major)
            if found is not None:
                return found
            if major is not None and (newest := products.readable(visit, asked.product)) is not None:
                raise UnknownMajor(newest.spec.id, major, f"the newest is {newest.spec.major}")
            raise UnknownProduct(asked.product[:200], ())

    def _decided(self, asked: Asked, entry: Entry, found: DeltaSnapshot) -> Decision:
        """Decide by today's rules, on the classes of today and of the day when the version was published."""
        spec = as_published(entry.spec, found.stamp)
        return self.decide(asked.principal, asked.request.purpose, entry.model_copy(update={"spec": spec}))

    def _reading(self, asked: Asked, entry: Entry, found: DeltaSnapshot, decision: Decision) -> Reading:
        limits = self.limits
        spec = present(entry.spec, found.schema)
        shape = Shape(
            spec, decision, asked.request, self.storage.keys, limits.groups, limits.smallest_group, asked.coded
        )
        columns = raw_columns(spec, decision, asked.request)
        table = found.batches(columns, limits.rows_of(len(columns)))
        schema = pl.Schema({name: found.schema[name] for name in columns})
        return Reading(asked, entry.spec.version, shape, found, table, read_batches(table, schema, shape))

    def _intent(self, facts: ReadFacts, *, must: bool) -> str:
        try:
            self.catalog.note_rules()
            return self.audit.intent(facts)
        except MeshError as error:
            log.error("the intent of request %s was not kept: %s", facts.request_id, error)  # noqa: TRY400
            if must:
                raise CatalogUnavailable("catalog", "classified values are not shown while no audit is kept") from None
            return ""

    def _note_denial(self, facts: ReadFacts, problem: str) -> None:
        try:
            self.audit.denied(facts, problem)
        except MeshError as error:
            log.error("the denial of request %s was not kept: %s", facts.request_id, error)  # noqa: TRY400
