"""Labels follow the data into the contract, or the build does not happen."""

from collections.abc import Callable
from hashlib import sha256

import polars as pl
import pytest

from meshwright.access.taxonomy import Classes, parse_classes
from meshwright.dtypes import polars_type
from meshwright.errors import LabelDropped
from meshwright.lineage import LabelFinding, column_lineage, label_findings, require_labels
from meshwright.lineage.labels import NO_CLASSES
from meshwright.spec import ColumnSpec, ListType, PortSpec, ScalarType, SourceSpec, Spec, StructType

TEXT = ScalarType(kind="string")
NUMBER = ScalarType(kind="number")
c = pl.col
Transform = Callable[[pl.LazyFrame, pl.LazyFrame], pl.LazyFrame]
Input = PortSpec | SourceSpec

STREET = ColumnSpec(name="street", type=TEXT, classes=("pii.address",))
CUSTOMERS = PortSpec(
    product="sales.customers",
    major=1,
    columns=(
        ColumnSpec(name="customer_id", type=TEXT, key=True),
        ColumnSpec(name="email", type=TEXT, classes=("pii.contact.email",)),
        ColumnSpec(name="home", type=StructType(fields=(STREET,))),
    ),
)
ORDERS = SourceSpec(
    name="erp.orders",
    format="Csv()",
    columns=(
        ColumnSpec(name="customer_id", type=TEXT),
        ColumnSpec(name="price", type=NUMBER, classes=("commercial",)),
        ColumnSpec(name="owner_mail", type=TEXT, classes=("pii.contact.email", "internal")),
    ),
)


def contract(**classes: tuple[str, ...]) -> Spec:
    columns = tuple(ColumnSpec(name=n, type=TEXT, classes=found) for n, found in classes.items())
    return Spec(id="supply_chain.contacts", version="1.0.0", columns=columns)


def findings(transform: Transform, spec: Spec, classes: Classes = NO_CLASSES) -> tuple[LabelFinding, ...]:
    inputs: dict[str, Input] = {"people": CUSTOMERS, "erp": ORDERS}
    schemas = {n: pl.Schema({i.name: polars_type(i.type) for i in given.columns}) for n, given in inputs.items()}
    return label_findings(spec, column_lineage(transform, schemas), inputs, classes)


def labels(transform: Transform, **classes: tuple[str, ...]) -> set[tuple[str, str, bool]]:
    return {(f.column, f.label, f.copied) for f in findings(transform, contract(**classes))}


COPIES: list[Transform] = [
    lambda people, erp: people.filter(c.customer_id != "x").select(mail="email"),
    lambda people, erp: people.sort("customer_id").unique("customer_id").head(3).select(mail="email"),
    lambda people, erp: erp.join(people, on="customer_id", how="left").select(mail="email"),
    lambda people, erp: pl.concat([people.select(mail="customer_id"), people.select(mail="email")]),
    lambda people, erp: people.select(mail=pl.coalesce("email", "customer_id")),
    lambda people, erp: people.select(mail=pl.when(c.customer_id == "x").then("email")),
    lambda people, erp: people.select(s=pl.struct("email")).unnest("s").rename({"email": "mail"}),
    lambda people, erp: people.group_by(mail="email").agg(),
    lambda people, erp: people.unpivot(on=["email"], value_name="mail").select("mail"),
    lambda people, erp: people.select(mail=c.email.cast(pl.String)),
]
MADE_OF_IT: list[Transform] = [
    lambda people, erp: people.select(mail=c.email.str.to_lowercase()),
    lambda people, erp: people.select(mail=c.email.hash().cast(pl.String)),
    lambda people, erp: people.group_by("customer_id").agg(mail=c.email.first()),
    lambda people, erp: people.select(mail=pl.concat_str("customer_id", "email")),
    lambda people, erp: people.select(mail=c.email.map_elements(str.upper, return_dtype=pl.String)),
    lambda people, erp: people.select(mail=c.email + ""),
    lambda people, erp: people.select(mail=pl.concat_str(c.email, pl.lit(""))),
    lambda people, erp: people.select(mail=pl.format("<{}>", c.email)),
    lambda people, erp: people.select(mail=c.email.cast(pl.Binary).cast(pl.String)),
    lambda people, erp: people.select(mail=c.email.str.slice(0, 3)),
    lambda people, erp: people.select(mail=c.email.str.split("@").list.get(0)),
    lambda people, erp: people.select(mail=pl.concat_list("email", "customer_id").list.first()),
    lambda people, erp: people.select(mail=pl.concat_list("email")).explode("mail"),
    lambda people, erp: people.group_by("customer_id").agg(c.email).select(mail=c.email.list.join(",")),
    lambda people, erp: people.select(mail=c.email.implode().explode()),
    lambda people, erp: people.select(mail=c.email.sort_by("customer_id").shift(1)),
    lambda people, erp: people.select(mail=c.email.max().over("customer_id")),
    lambda people, erp: people.with_columns(s=pl.concat_list(pl.struct(e="email"))).select(
        mail=c.s.list.first().struct.field("e")
    ),
]
TELLS_NOTHING: list[Transform] = [
    lambda people, erp: people.filter(c.email.is_not_null()).select(mail="customer_id"),
    lambda people, erp: people.sort("email").select(mail="customer_id"),
    lambda people, erp: people.group_by("customer_id").agg(mail=c.email.n_unique()),
    lambda people, erp: people.select(mail=c.email.is_null()),
    lambda people, erp: people.select(mail=c.customer_id.first().over("email")),
    lambda people, erp: people.select("customer_id", mail=pl.lit("none")),
]


def rename(people: pl.LazyFrame, erp: pl.LazyFrame) -> pl.LazyFrame:
    return people.select("customer_id", mail="email")


def test_attack_03_a_renamed_column_keeps_its_class_and_the_path_says_where_it_came_from() -> None:
    [found] = findings(rename, contract(customer_id=(), mail=()))

    assert found.copied
    assert "supply_chain.contacts.mail <- sales.customers.email" == found.path
    assert str(found) == (
        "supply_chain.contacts.mail: pii.contact.email is copied here undeclared: "
        "supply_chain.contacts.mail <- sales.customers.email "
        '(declare Pii("contact.email") on mail, use a declassifier of meshwright.declassify, '
        "or waive it in policies/waivers/contacts.toml)"
    )


def test_a_copy_into_a_column_that_does_not_say_so_stops_the_build_with_ways_out() -> None:
    with pytest.raises(LabelDropped) as caught:
        require_labels(findings(rename, contract(customer_id=(), mail=())))

    said = str(caught.value)
    assert said.startswith("supply_chain.contacts: pii.contact.email reaches columns that do not declare it: ")
    assert "supply_chain.contacts.mail <- sales.customers.email (declare the class" in said
    assert "meshwright.declassify" in said
    assert "policies/waivers/contacts.toml" in said
    assert ("supply_chain.contacts.mail <- sales.customers.email",) == caught.value.paths


@pytest.mark.parametrize("declared", ["pii.contact.email", "pii.contact", "pii"])
def test_a_class_covers_itself_and_what_lies_below_it(declared: str) -> None:
    assert set() == labels(rename, customer_id=(), mail=(declared,))


@pytest.mark.parametrize("declared", ["pii.contact.email.work", "pii.cont", "pii.contact.phone", "commercial"])
def test_a_class_covers_nothing_above_or_beside_it(declared: str) -> None:
    assert {("mail", "pii.contact.email", True)} == labels(rename, customer_id=(), mail=(declared,))


@pytest.mark.parametrize("transform", COPIES)
def test_values_that_arrive_unchanged_are_copies_however_they_came(transform: Transform) -> None:
    assert ("mail", "pii.contact.email", True) in labels(transform, mail=())


@pytest.mark.parametrize("transform", MADE_OF_IT)
def test_attack_21_what_is_made_of_classified_values_stops_the_build_as_a_copy_does(transform: Transform) -> None:
    found = findings(transform, contract(mail=()))

    assert {("mail", "pii.contact.email", False)} == {(f.column, f.label, f.copied) for f in found}
    with pytest.raises(LabelDropped):
        require_labels(found)


HASHES: dict[str, Callable[[pl.Expr], pl.Expr]] = {
    "hash": lambda email: email.hash().cast(pl.String),
    "seeded hash": lambda email: email.hash(7).cast(pl.String),
    "hash and remainder": lambda email: (email.hash() % 1_000_000).cast(pl.String),
    "SHA of a plug-in": lambda email: getattr(email, "chash").sha2_256(),  # noqa: B009 - a plug-in's name, which types do not know
    "keyed SHA of a plug-in": lambda email: getattr(email, "chash").hmac_sha256(key="k" * 64),  # noqa: B009 - as above
    "SHA, one by one": lambda email: email.map_elements(_sha, return_dtype=pl.String),
    "SHA, in batches": lambda email: email.map_batches(lambda s: s.map_elements(_sha, pl.String), pl.String),
}


def _sha(text: str) -> str:
    return sha256(text.encode()).hexdigest()


@pytest.mark.parametrize("how", HASHES)
def test_attack_10_a_hash_is_no_mask_and_carries_the_class_of_what_it_is_made_of(how: str) -> None:
    def hashed(people: pl.LazyFrame, erp: pl.LazyFrame) -> pl.LazyFrame:
        return people.select("customer_id", mail=HASHES[how](c.email))

    found = findings(hashed, contract(customer_id=(), mail=()))

    assert ("mail", "pii.contact.email") in {(f.column, f.label) for f in found}
    with pytest.raises(LabelDropped, match=r"pii\.contact\.email reaches columns that do not declare it"):
        require_labels(found)
    assert () == findings(hashed, contract(customer_id=(), mail=("pii.contact.email", "pii.address")))


def test_attack_20_what_nobody_can_see_into_carries_the_classes_of_all_that_it_is_given() -> None:
    def opaque(people: pl.LazyFrame, erp: pl.LazyFrame) -> pl.LazyFrame:
        return people.map_batches(lambda frame: frame, schema=people.collect_schema()).select(mail="email")

    found = findings(opaque, contract(mail=()))

    assert {"pii.contact.email", "pii.address"} == {f.label for f in found}
    assert {("a step that cannot be seen into",)} == {f.steps for f in found}


WAYS: list[tuple[str, Transform]] = [
    ("", rename),
    ("join", lambda people, erp: erp.join(people, on="customer_id").select(mail="email")),
    ("join, lowercase", lambda people, erp: erp.join(people, on="customer_id").select(mail=c.email.str.to_lowercase())),
    ("concat", lambda people, erp: pl.concat([people.select(mail="email"), people.select(mail="customer_id")])),
    ("unpivot", lambda people, erp: people.unpivot(on=["email"], value_name="mail")),
    ("group by", lambda people, erp: people.group_by(mail="email").agg()),
    ("first", lambda people, erp: people.group_by("customer_id").agg(mail=c.email.first())),
    ("when", lambda people, erp: people.select(mail=pl.when(c.customer_id == "x").then("email"))),
    ("when", lambda people, erp: people.select(mail=pl.when(c.email.str.len_chars() > 3).then("email"))),
    (
        "lowercase, coalesce, uppercase",
        lambda people, erp: people.select(mail=pl.coalesce(c.email.str.to_lowercase(), c.email.str.to_uppercase())),
    ),
    ("split, get", lambda people, erp: people.select(mail=c.email.str.split("@").list.get(0))),
]


@pytest.mark.parametrize(("steps", "transform"), WAYS)
def test_a_path_names_the_steps_that_the_values_passed_in_their_order(steps: str, transform: Transform) -> None:
    [path] = {f.path for f in findings(transform, contract(mail=())) if f.origin == "sales.customers.email"}

    via = f" via {steps} in contacts" if steps else ""
    assert f"supply_chain.contacts.mail <- sales.customers.email{via}" == path


@pytest.mark.parametrize("transform", TELLS_NOTHING)
def test_what_tells_nothing_of_a_value_needs_no_label(transform: Transform) -> None:
    assert set() == labels(transform, mail=(), customer_id=())


INFLUENCED: dict[str, Transform] = {
    "a condition": lambda people, erp: people.select("customer_id", mail=pl.when(c.email == "x").then(pl.lit("y"))),
    "a join": lambda people, erp: people.join(erp, left_on="email", right_on="owner_mail").select(
        "customer_id", mail=pl.lit("y")
    ),
}


@pytest.mark.parametrize("name", INFLUENCED)
def test_what_only_influences_a_column_brings_the_class_that_the_tree_names(name: str) -> None:
    silent, telling = tree(""), tree('influence = "internal"')
    spec = contract(customer_id=("pii",), mail=())

    found = findings(INFLUENCED[name], spec, telling)

    assert () == findings(INFLUENCED[name], spec, silent)
    assert ("mail", "internal", True) in {(f.column, f.label, f.influences) for f in found}
    assert f"supply_chain.contacts.mail <- sales.customers.email via {'join' if 'join' in name else 'conditional'}" in {
        f.path.removesuffix(" in contacts") for f in found
    }


def test_a_filter_or_an_order_by_classified_values_influences_nothing() -> None:
    assert () == findings(TELLS_NOTHING[0], contract(mail=()), tree('influence = "internal"'))
    assert () == findings(TELLS_NOTHING[1], contract(mail=()), tree('influence = "internal"'))


def tree(setting: str) -> Classes:
    return parse_classes(
        f'[classes.internal]\n[classes.pii]\n{setting}\n[classes."pii.contact"]\n[classes."pii.contact.email"]'
    )


def test_every_class_of_a_source_column_counts_by_itself() -> None:
    found = labels(lambda people, erp: erp.select("price", mail="owner_mail"), price=(), mail=("pii",))

    assert {("price", "commercial", True), ("mail", "internal", True)} == found


def test_classes_inside_a_struct_count_on_both_sides() -> None:
    nested = ColumnSpec(name="homes", type=ListType(items=ColumnSpec(name="item", type=StructType(fields=(STREET,)))))
    spec = Spec(id="supply_chain.contacts", version="1.0.0", columns=(nested,))

    def gathered(people: pl.LazyFrame, erp: pl.LazyFrame) -> pl.LazyFrame:
        return people.group_by("customer_id").agg(homes="home")

    assert () == findings(gathered, spec)
    assert {("homes", "pii.address", False)} == labels(gathered, homes=())


FIELDS: dict[str, tuple[Callable[[pl.LazyFrame], pl.LazyFrame], set[str]]] = {
    "a field": (lambda a: a.select(mail=c.home.struct.field("street")), {"pii.address"}),
    "another field": (lambda a: a.select(mail=c.home.struct.field("country")), set()),
    "both": (lambda a: a.select(mail=c.home.struct.field("country") + c.home.struct.field("street")), {"pii.address"}),
    "unnested": (lambda a: a.unnest("home").select(mail="street"), {"pii.address"}),
    "unnested beside it": (lambda a: a.unnest("home").select(mail="country"), set()),
    "deeper": (lambda a: a.select(mail=c.home.struct.field("at").struct.field("lat")), {"pii.location"}),
    "deeper beside it": (lambda a: a.select(mail=c.home.struct.field("at").struct.field("zone")), set()),
    "the whole beside a field": (
        lambda a: a.select(mail=c.home.struct.json_encode() + c.home.struct.field("country")),
        {"pii.address", "pii.location"},
    ),
    "stacked": (
        lambda a: pl.concat([a.unnest("home").select(mail="country"), a.unnest("home").select(mail="street")]),
        {"pii.address"},
    ),
    "packed again": (
        lambda a: a.select(s=pl.struct(x=c.home.struct.field("street"), y=c.home.struct.field("country")))
        .select(mail=c.s.struct.field("y")),
        set(),
    ),
    "changed as a whole": (
        lambda a: a.select(h=c.home.shift(1)).select(mail=c.h.struct.field("country")),
        {"pii.address", "pii.location"},
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", FIELDS)
def test_a_field_carries_its_own_classes_and_not_those_beside_it(name: str) -> None:
    transform, labels_left = FIELDS[name]
    location = (ColumnSpec(name="lat", type=TEXT, classes=("pii.location",)), ColumnSpec(name="zone", type=TEXT))
    fields = (STREET, ColumnSpec(name="country", type=TEXT), ColumnSpec(name="at", type=StructType(fields=location)))
    home = ColumnSpec(name="home", type=StructType(fields=fields))
    port = PortSpec(product="sales.customers", major=1, columns=(home,))
    lineage = column_lineage(transform, {"a": pl.Schema({"home": polars_type(home.type)})})

    found = label_findings(contract(mail=()), lineage, {"a": port})

    assert () == lineage.opaque
    assert labels_left == {f.label for f in found}


def test_a_field_that_the_contract_does_not_know_carries_the_classes_of_the_whole() -> None:
    port = PortSpec(product="sales.customers", major=1, columns=(CUSTOMERS.columns[2],))
    schema = pl.Schema({"home": pl.Struct({"street": pl.String(), "garden": pl.String()})})

    def garden(a: pl.LazyFrame) -> pl.LazyFrame:
        return a.select(mail=c.home.struct.field("garden"))

    lineage = column_lineage(garden, {"a": schema})

    assert {"pii.address"} == {f.label for f in label_findings(contract(mail=()), lineage, {"a": port})}


def test_a_contract_can_be_an_input_as_a_port_can() -> None:
    published = Spec(id="sales.customers", version="1.0.0", columns=CUSTOMERS.columns)
    schema = pl.Schema({"customer_id": pl.String(), "email": pl.String()})

    def renamed(people: pl.LazyFrame) -> pl.LazyFrame:
        return people.select(mail="email")

    lineage = column_lineage(renamed, {"people": schema})

    [found] = label_findings(contract(mail=()), lineage, {"people": published})

    assert "sales.customers.email" == found.origin


def test_without_knowledge_of_the_plan_every_class_that_the_engine_reads_counts(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("meshwright.lineage.plan.SUPPORTED_MAJORS", {0})

    assert {("mail", "pii.contact.email", False)} == labels(rename, customer_id=(), mail=())


def passed_on(rows: pl.LazyFrame, column: str) -> pl.LazyFrame:
    return rows.select("customer_id", mail=column)


def test_attack_20_labels_cross_domains_one_port_after_another() -> None:
    """Three hops: each contract declares what reached it, so the next one is told as much."""
    hop: PortSpec = CUSTOMERS
    for product in ("sales.contacts", "supply_chain.contacts", "robotics.contacts"):
        column = hop.columns[1].name
        schema = pl.Schema({"customer_id": pl.String(), column: pl.String()})
        lineage = column_lineage(passed_on, {"rows": schema}, {"column": column})
        silent = Spec(id=product, version="1.0.0", columns=(ColumnSpec(name="mail", type=TEXT),))
        [found] = label_findings(silent, lineage, {"rows": hop})
        assert (f"{product}.mail <- {hop.product}.{column}", "pii.contact.email") == (found.path, found.label)
        honest = ColumnSpec(name="mail", type=TEXT, classes=(found.label,))
        hop = PortSpec(product=product, major=1, columns=(hop.columns[0], honest))
