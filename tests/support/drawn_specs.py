"""Random contracts as values: every type, mark and limit that one can carry."""

from datetime import timedelta
from functools import cache
from typing import Any, get_args

from hypothesis import strategies as st

from meshwright.markers import Keep, RevealLevel, Severity
from meshwright.spec import (
    ColumnSpec,
    Constraints,
    DecimalType,
    ListType,
    NumberFormat,
    PortSpec,
    Reference,
    RuleSpec,
    ScalarType,
    SlaSpec,
    SourceSpec,
    Spec,
    StructType,
    VectorType,
)

SEGMENTS = st.from_regex(r"[a-z][a-z0-9_]{0,8}", fullmatch=True)
TEXTS = st.text(max_size=20)
COUNTS = st.none() | st.integers(0, 2**31)
CLASSES = st.from_regex(r"[a-z][a-z0-9_]{0,5}(\.[a-z]{1,4}){0,2}", fullmatch=True)
DECIMAL_TEXTS = st.sampled_from(["0", "-1", "0.1", "70.55", "12345678901234567890.123456789", "-0.0000000001"])
MOMENTS = st.datetimes().map(lambda t: f"{t.isoformat()}+00:00")
BOUNDS: dict[str, st.SearchStrategy[Any]] = {
    "integer": st.integers(-(2**63), 2**63 - 1),
    "number": st.floats(allow_nan=False, allow_infinity=False),
    "decimal": DECIMAL_TEXTS,
    "date": st.dates().map(lambda d: d.isoformat()),
    "timestamp": MOMENTS,
}
SPANS = st.none() | st.timedeltas(min_value=timedelta(0)) | st.sampled_from([timedelta(days=3650), timedelta(hours=1)])
SCALARS = ("string", "integer", "number", "boolean", "date", "timestamp", "binary")
REFERENCES = st.builds(Reference, product=st.just("supply_chain.parts"), column=SEGMENTS, version=st.integers(1, 9))
NUMBER_FORMATS = st.builds(NumberFormat, prefix=TEXTS, decimal=st.sampled_from([".", ","]))
RULES = st.builds(
    RuleSpec,
    name=SEGMENTS,
    description=TEXTS,
    severity=st.none() | st.sampled_from(get_args(Severity)),
    columns=st.lists(SEGMENTS).map(tuple),
    expression=st.just("pl.col('a') > 0") | TEXTS.filter(bool),
)
SLAS = st.builds(SlaSpec, latency=SPANS, frequency=SPANS, retention=SPANS, availability=st.none() | st.floats(0.0, 1.0))


@cache  # to make a strategy takes longer than to draw from it
def limits(kind: str) -> st.SearchStrategy[Constraints]:
    drawn: dict[str, st.SearchStrategy[Any]] = {}
    if kind in BOUNDS:
        drawn = {name: st.none() | BOUNDS[kind] for name in ("ge", "gt", "le", "lt")}
    if kind in ("integer", "number"):
        drawn["multiple_of"] = st.none() | st.just(3 if kind == "integer" else 0.25)
    if kind in ("string", "binary", "list"):
        drawn |= {"min_length": COUNTS, "max_length": COUNTS}
    if kind == "string":
        drawn["pattern"] = st.none() | st.sampled_from([r"ORD-\d{8}", "a|b", "", "^x$", "(?i)ä"])
        drawn["values"] = st.none() | st.lists(TEXTS, min_size=1, unique=True).map(tuple)
    if kind == "integer":
        drawn["values"] = st.none() | st.lists(st.integers(), min_size=1, unique=True).map(tuple)
    if kind == "number":
        drawn["allow_nan"] = st.booleans()
    return st.builds(Constraints, **drawn)


@cache
def types(depth: int) -> st.SearchStrategy[Any]:
    simple = st.sampled_from([ScalarType.model_validate({"kind": kind}) for kind in SCALARS])
    decimals = st.integers(1, 38).flatmap(
        lambda p: st.builds(DecimalType, precision=st.just(p), scale=st.integers(0, p))
    )
    vectors = st.builds(VectorType, length=st.integers(1, 4096))
    if depth == 0:
        return simple | decimals | vectors
    fields = st.lists(columns(depth - 1, SEGMENTS), min_size=1, max_size=3).map(tuple)
    lists = st.builds(ListType, items=columns(depth - 1, st.just("item")))
    return simple | decimals | vectors | lists | st.builds(StructType, fields=fields)


@st.composite
def columns(draw: st.DrawFn, depth: int, names: st.SearchStrategy[str], top: bool = False) -> ColumnSpec:
    kind = draw(types(depth))
    marks: dict[str, Any] = {}
    if top:
        marks = {
            "key": draw(st.booleans()),
            "entity": draw(st.none() | SEGMENTS),
            "keep": draw(st.sampled_from(get_args(Keep))),
            "event_time": draw(st.booleans()),
            "known_at": draw(st.booleans()),
            "references": draw(st.none() | REFERENCES),
            "date_format": draw(st.none() | st.just("%d.%m.%Y")),
            "number_format": draw(st.none() | NUMBER_FORMATS),
        }
    return ColumnSpec(
        name=draw(names),
        type=kind,
        nullable=draw(st.booleans()),
        description=draw(TEXTS),
        unit=draw(st.none() | st.sampled_from(["N.m", "EUR", "1"])),
        classes=tuple(sorted(draw(st.sets(CLASSES, max_size=2)))),
        constraints=draw(limits(kind.kind)),
        on_fail=draw(st.none() | st.sampled_from(get_args(Severity))),
        level=draw(st.none() | st.sampled_from(get_args(RevealLevel))),
        **marks,
    )


TABLES = st.lists(columns(2, SEGMENTS, top=True), min_size=1, max_size=4, unique_by=lambda c: c.name)
PARTS = st.lists(columns(1, SEGMENTS, top=True), min_size=1, max_size=2).map(tuple)
PORTS = st.builds(PortSpec, product=st.just("sales.orders"), major=st.integers(0, 9), columns=PARTS)
SOURCES = st.builds(SourceSpec, name=SEGMENTS, format=st.just("Csv(header=False)"), columns=PARTS)


@st.composite
def specs(draw: st.DrawFn) -> Spec:
    table = draw(TABLES)
    return Spec(
        id=f"{draw(SEGMENTS)}.{draw(SEGMENTS)}",
        version=draw(st.sampled_from(["1.0.0", "12.3.45", "2.0.1"])),
        description=draw(TEXTS),
        columns=tuple(table),
        rules=tuple(draw(st.lists(RULES, max_size=2))),
        on_fail=draw(st.sampled_from(get_args(Severity))),
        owner=draw(TEXTS),
        purpose=draw(TEXTS),
        tags=tuple(draw(st.lists(TEXTS, max_size=2))),
        partition_by=tuple(draw(st.permutations([c.name for c in table]))[: draw(st.integers(0, len(table)))]),
        sla=draw(SLAS),
        ports=tuple(draw(st.lists(PORTS, max_size=1))),
        sources=tuple(draw(st.lists(SOURCES, max_size=1))),
    )
