"""What a contract says of the values of classified columns is told of those alone that somebody sees clear."""

from collections.abc import Mapping

from meshwright.access import ColumnDecision, Decision
from meshwright.access.vocabularies import without_vocabularies
from meshwright.markers import RevealLevel
from meshwright.spec import (
    ColumnSpec,
    ColumnType,
    Constraints,
    ListType,
    PortSpec,
    RuleSpec,
    ScalarType,
    SourceSpec,
    Spec,
    StructType,
)

TEXT = ScalarType(kind="string")
LISTED = Constraints(values=("Ada Keller", "Tomasz Lis"))


def column(name: str, *classes: str, kind: ColumnType = TEXT, limits: Constraints = LISTED) -> ColumnSpec:
    return ColumnSpec(name=name, type=kind, classes=classes, constraints=limits)


def of(*columns: ColumnSpec, **settings: object) -> Spec:
    return Spec.model_validate({"id": "sales.cases", "version": "1.0.0", "columns": columns, **settings})


def told(spec: Spec, **levels: Mapping[str, RevealLevel]) -> Spec:
    """Tell it to somebody with these purposes, for each of which columns are shown so."""

    def decide(purpose: str) -> Decision:
        columns = {path: ColumnDecision(level) for path, level in levels[purpose].items()}
        return Decision(spec.id, "user:eve", purpose, read=True, columns=columns)

    return without_vocabularies(spec, levels, decide)


def test_a_classified_column_is_told_without_its_values_and_all_else_with_them() -> None:
    spec = of(column("agent", "pii.name"), column("state", limits=Constraints(values=("open", "closed"))))

    found = told(spec, operations={"agent": "token", "state": "hidden"})

    assert (Constraints(), Constraints(values=("open", "closed"))) == tuple(c.constraints for c in found.columns)


def test_one_purpose_that_shows_a_column_clear_is_enough() -> None:
    spec = of(column("agent", "pii.name"))

    assert spec == told(spec, operations={"agent": "hidden"}, care={"agent": "clear"})
    assert spec != told(spec)


def test_every_limit_goes() -> None:
    limits = Constraints(ge=1, gt=0, le=9, lt=10, multiple_of=1, min_length=1, max_length=9, pattern="a|b", values=(1,))

    found = told(of(column("score", "pii", limits=limits)), operations={"score": "coarse"})

    assert Constraints() == found.columns[0].constraints


def test_fields_of_structs_and_items_of_lists_are_columns_of_their_own() -> None:
    person = StructType(fields=(column("name", "pii.name"), column("kind")))
    inside = column("item", kind=person)
    spec = of(
        column("who", kind=person),
        column("all", kind=ListType(items=inside)),
        column("aliases", kind=ListType(items=column("item", "pii.name"))),
        column("owners", "pii.name", kind=ListType(items=column("item"))),
    )
    hidden: dict[str, RevealLevel] = {"who.kind": "clear", "all.item.kind": "clear"}

    found = told(spec, operations=hidden)

    who, every, aliases, owners = (each.type for each in found.columns)
    assert isinstance(who, StructType)
    assert [Constraints(), LISTED] == [field.constraints for field in who.fields]
    assert isinstance(every, ListType)
    assert isinstance(every.items.type, StructType)
    assert [Constraints(), LISTED] == [field.constraints for field in every.items.type.fields]
    assert isinstance(aliases, ListType)
    assert isinstance(owners, ListType)
    assert (Constraints(), Constraints()) == (aliases.items.constraints, owners.items.constraints)
    assert [Constraints()] * 4 == [each.constraints for each in found.columns]


def test_limits_of_a_list_s_items_go_where_the_list_itself_has_none() -> None:
    aliases = ListType(items=column("item", "pii.name"))

    found = told(of(column("aliases", kind=aliases, limits=Constraints())), operations={"aliases": "hidden"})

    assert ListType(items=column("item", "pii.name", limits=Constraints())) == found.columns[0].type


def test_a_rule_that_reads_such_a_column_is_told_without_its_expression() -> None:
    text = 'pl.col("agent") != "Ada Keller"'
    rules = (RuleSpec(name="a", columns=("agent",), expression=text), RuleSpec(name="b", columns=("s",), expression=""))
    plain = column("agent", "pii.name", limits=Constraints())
    spec = of(plain, column("s"), rules=rules)

    hidden, clear = told(spec, operations={"agent": "token"}), told(spec, operations={"agent": "clear"})

    assert ["", ""] == [rule.expression for rule in hidden.rules]
    assert spec == clear


def test_of_what_ports_and_sources_deliver_no_values_are_told() -> None:
    port = PortSpec(product="hr.people", major=1, columns=(column("name", kind=ListType(items=column("item"))),))
    source = SourceSpec(name="desk", format="Csv()", columns=(column("handled_by"),))

    found = told(of(column("id", limits=Constraints()), ports=(port,), sources=(source,)))

    assert "Ada" not in found.canonical()
    assert (port.product, source.name) == (found.ports[0].product, found.sources[0].name)
