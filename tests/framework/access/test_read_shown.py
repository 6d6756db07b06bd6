"""What of a contract a reader is shown, which columns of the table that needs, and what is told of the rest."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import polars as pl
import pytest

from meshwright.access import Decision
from meshwright.dtypes import polars_type
from meshwright.errors import AccessDenied, QueryRejected, UnknownColumn
from meshwright.markers import RevealLevel
from meshwright.read import ReadQuery, column_level, present, raw_columns, read, shown
from meshwright.read.masking import Masking
from meshwright.read.pipeline import planned
from meshwright.spec import ColumnSpec, Constraints, ListType, Reference, ScalarType, Spec, StructType

Decide = Callable[..., Decision]
TEXT = ScalarType(kind="string")


class OneKey:
    def key(self, scope: str) -> tuple[str, str]:
        return "k1", "3c" * 32


def query(**asked: Any) -> ReadQuery:
    return ReadQuery.model_validate(asked)


def denied(spec: Spec, decision: Decision, **asked: Any) -> AccessDenied:
    with pytest.raises(AccessDenied) as found:
        shown(spec, decision, query(**asked))
    return found.value


@pytest.mark.parametrize(
    ("name", "level"),
    [
        ("a", "clear"),
        ("b", "token"),
        ("s", "token"),
        ("t", "coarse"),
        ("u", "clear"),
        ("v", "hidden"),
        ("no", "hidden"),
    ],
)
def test_a_column_is_named_by_the_lowest_level_that_its_fields_show(name: str, level: str) -> None:
    levels: dict[str, RevealLevel] = {"a": "clear", "b": "token", "bb": "clear", "v": "hidden"}
    levels |= {"s.x": "clear", "s.y": "coarse", "s.z": "token", "t.x": "coarse", "t.y": "clear", "t.z": "hidden"}
    levels |= {"u.x": "clear", "u.y": "hidden", "ua": "token"}

    assert level == column_level(name, levels)


def test_what_is_clear_keeps_all_that_its_contract_says_and_what_is_masked_its_type_or_text(
    customers: Spec, decided: Decide
) -> None:
    reference = Reference(product="sales.people", column="name")
    facts = {"constraints": Constraints(pattern="x"), "unit": "day", "entity": "person", "references": reference}
    columns = tuple(column.model_copy(update=facts) for column in customers.columns[:3])
    spec = customers.model_copy(update={"columns": columns})
    desk, planning = decided("ana", "fraud", spec=spec), decided("ben", "churn", spec=spec)

    clear = shown(spec, desk).columns
    coarse = shown(spec, desk, query(columns=["born"], levels={"born": "coarse"})).columns[0]
    token = shown(spec, planning, query(columns=["born"])).columns[0]

    assert columns == clear
    assert ("date", "day", Constraints(), "coarse") == (
        coarse.type.kind,
        coarse.unit,
        coarse.constraints,
        coarse.level,
    )
    assert ("string", None, Constraints(), "token") == (token.type.kind, token.unit, token.constraints, token.level)
    assert (None, None) == (coarse.references, token.references)


def test_a_column_that_was_not_decided_about_is_hidden(customers: Spec, decided: Decide) -> None:
    newer = customers.model_copy(update={"columns": (*customers.columns, ColumnSpec(name="added", type=TEXT))})

    assert "added" not in [column.name for column in shown(newer, decided("ana", "fraud")).columns]


def test_columns_come_in_the_order_they_are_asked_for_once_each(customers: Spec, decided: Decide) -> None:
    found = shown(customers, decided("ana", "fraud"), query(columns=["email", "customer_id", "email"]))

    assert ["email", "customer_id"] == [column.name for column in found.columns]


@pytest.mark.parametrize("name", ["^x", "x$", "x*", "**", "x^$"])
def test_a_name_that_only_looks_like_a_pattern_is_a_column_like_any_other(
    customers: Spec, decided: Decide, name: str
) -> None:
    spec = customers.model_copy(update={"columns": (ColumnSpec(name=name, type=TEXT), customers.columns[4])})

    found = read(pl.LazyFrame({name: ["v"], "password": ["s"]}), spec, decided("ana", "churn", spec=spec))

    assert [{name: "v"}] == found.collect().to_dicts()


@pytest.mark.parametrize(
    ("user", "levels", "problem", "asks"),
    [
        (
            "ben",
            {"email": "clear"},
            "'email' is not granted as clear for 'churn'; granted: token",
            ["--columns email"],
        ),
        (
            "ana",
            {"email": "token"},
            "not granted as token for 'churn'; granted: nothing",
            ["--class pii.contact.email"],
        ),
        ("ana", {"customer_id": "token"}, "'customer_id' is not granted as token for 'churn'; granted: clear", []),
        ("ben", {"password": "clear"}, "'password' is not granted as clear for 'churn'; granted: nothing", []),
    ],
)
def test_a_level_that_is_not_granted_is_told_with_those_that_are_and_what_to_ask_for(
    customers: Spec, decided: Decide, user: str, levels: Mapping[str, str], *, problem: str, asks: list[str]
) -> None:
    refused = denied(customers, decided(user, "churn"), levels=levels)

    assert problem in str(refused)
    assert [True for _ in asks] == [f"{asks[0]} " in ask for ask in refused.asks if ask]
    assert tuple(levels) == refused.columns


@pytest.mark.parametrize(
    ("asked", "has", "asks"),
    [("token", "granted: clear, coarse", 0), ("coarse", "granted: token", 1), ("clear", "granted: token", 1)],
)
def test_nobody_is_told_to_request_less_than_is_granted(
    customers: Spec, decided: Decide, asked: str, has: str, asks: int
) -> None:
    decision = decided("ana", "fraud") if asked == "token" else decided("ben", "churn")

    refused = denied(customers, decision, levels={"email": asked})

    assert str(refused).startswith("sales.customers: 'email' is not granted as ")
    assert has in str(refused).splitlines()[0]
    assert [asks, asks] == [len(refused.asks), str(refused.asks).count(f"--level {asked}")]


def test_a_level_that_the_column_has_none_of_is_not_to_be_requested(customers: Spec, decided: Decide) -> None:
    binary = customers.columns[1].model_copy(update={"type": ScalarType(kind="binary")})
    spec = customers.model_copy(update={"columns": (customers.columns[0], binary)})

    assert () == denied(spec, decided("ben", "churn", spec=spec), levels={"email": "coarse"}).asks


@pytest.mark.parametrize(
    ("asked", "name"),
    [
        ({"columns": ["customer_id"]}, "customer_id"),
        ({"filter": {"op": "is_null", "column": "customer_id"}}, "customer_id"),
        ({"order_by": [{"column": "customer_id"}]}, "customer_id"),
        ({"aggregate": {"by": ["customer_id"], "of": [{"name": "n", "function": "count"}]}}, "customer_id"),
        ({"filter": {"op": "is_null", "column": "address.country"}}, "address"),
    ],
)
def test_what_a_reader_asks_to_be_hidden_is_not_said_to_be_kept_from_them(
    customers: Spec, decided: Decide, asked: Any, name: str
) -> None:
    decision, levels = decided("ben", "churn"), {name: "hidden"}

    with pytest.raises(QueryRejected, match="asked to be hidden") as refused:
        planned(customers, decision, query(levels=levels, **asked), OneKey())
    found = [column.name for column in shown(customers, decision, query(levels=levels)).columns]

    assert f"'{name}" in str(refused.value)
    assert (False, True) == (name in found, "email" in found)


def test_what_is_hidden_anyway_stays_denied_when_it_is_asked_to_be(customers: Spec, decided: Decide) -> None:
    refused = denied(customers, decided("ben", "churn"), columns=["password"], levels={"password": "hidden"})

    assert "may not see 'password'" in str(refused)


def test_hidden_columns_are_told_with_the_requests_for_their_fields(customers: Spec, decided: Decide) -> None:
    street = customers.columns[5].type
    assert isinstance(street, StructType)
    only = customers.columns[5].model_copy(update={"type": StructType(fields=street.fields[:1])})
    spec = customers.model_copy(update={"columns": (*customers.columns[:5], only)})
    decision = decided("ana", "churn", spec=spec)

    refused = denied(spec, decision, columns=["email", "address", "password"])

    assert "user:ana may not see 'email', 'address', 'password' for 'churn'" in str(refused)
    assert {decision.columns["email"].ask, decision.columns["address.street"].ask} == {a for a in refused.asks if a}


def test_a_level_for_no_column_is_unknown_and_suggests_nothing_hidden(customers: Spec, decided: Decide) -> None:
    with pytest.raises(UnknownColumn) as unknown:
        shown(customers, decided("ana", "churn"), query(levels={"passwort": "clear"}))
    with pytest.raises(UnknownColumn) as near:
        shown(customers, decided("ana", "churn"), query(levels={"customer": "clear"}))

    assert "password" not in str(unknown.value)
    assert "customer_id" in str(near.value)


def test_every_level_that_is_not_granted_is_named_at_once(customers: Spec, decided: Decide) -> None:
    with pytest.raises(AccessDenied) as refused:
        shown(customers, decided("ben", "churn"), query(levels={"email": "clear", "both": "clear"}))

    assert ("email", "both") == refused.value.columns
    assert "'email' is not granted as clear for 'churn'; granted: " in str(refused.value)
    assert "; and 'both' is not granted as clear for 'churn'; granted: " in str(refused.value)


def test_a_product_that_may_not_be_read_says_why_and_what_to_ask_for(customers: Spec, decided: Decide) -> None:
    decision = decided("eve", "marketing")

    refused, unknown = denied(customers, decision), denied(customers, decided("ben", "chrun"))

    assert "user:eve may not read it for 'marketing'" in str(refused)
    assert (decision.ask,) == refused.asks
    assert "unknown purpose 'chrun'" in str(unknown)


@pytest.mark.parametrize(
    ("asked", "wanted"),
    [
        ({"columns": ["customer_id", "email"]}, "--columns email --level token"),
        ({"columns": ["email"], "levels": {"email": "clear"}}, "--columns email --level clear"),
        ({"columns": ["email"], "levels": {"email": "hidden"}}, "--level read"),
        ({"columns": ["customer_id"]}, "--level read"),
        ({}, "--level read"),
    ],
)
def test_who_may_not_read_at_all_asks_once_for_the_columns_that_they_named(
    customers: Spec, decided: Decide, asked: dict[str, Any], wanted: str
) -> None:
    with pytest.raises(AccessDenied) as refused:
        shown(customers, decided("eve", "marketing"), query(**asked))

    assert (
        f"mesh access request sales.customers {wanted} --purpose marketing --until 30d --reason '...'",
    ) == refused.value.asks


@pytest.mark.parametrize(
    ("asked", "columns"),
    [
        ({}, "customer_id address contacts"),
        ({"columns": ["contacts"]}, "contacts"),
        ({"columns": ["contacts"], "filter": {"op": "is_null", "column": "address.country"}}, "address contacts"),
        ({"columns": ["contacts"], "order_by": [{"column": "customer_id"}]}, "customer_id contacts"),
        ({"aggregate": {"of": [{"name": "n", "function": "count"}]}}, "customer_id"),
        ({"aggregate": {"by": ["address.country"], "of": [{"name": "n", "function": "count"}]}}, "address"),
        ({"aggregate": {"of": [{"name": "n", "function": "count", "column": "customer_id"}]}}, "customer_id"),
        (
            {
                "aggregate": {"of": [{"name": "n", "function": "count"}]},
                "filter": {"op": "is_null", "column": "address.country"},
                "order_by": [{"column": "n"}],
            },
            "address",
        ),
    ],
)
def test_only_the_columns_that_a_read_needs_are_taken_from_the_table(
    customers: Spec, decided: Decide, asked: dict[str, Any], columns: str
) -> None:
    assert columns == " ".join(raw_columns(customers, decided("ana", "churn"), query(**asked)))


def test_a_list_of_which_nothing_is_shown_is_left_out_of_its_struct(customers: Spec, decided: Decide) -> None:
    mail = ColumnSpec(name="item", type=StructType(fields=(ColumnSpec(name="mail", type=TEXT, classes=("pii",)),)))
    fields = (ColumnSpec(name="mails", type=ListType(items=mail)), ColumnSpec(name="kind", type=TEXT))
    spec = customers.model_copy(update={"columns": (ColumnSpec(name="contact", type=StructType(fields=fields)),)})
    table = pl.LazyFrame({"contact": [{"mails": [{"mail": "m@x.de"}], "kind": "work"}]})

    hidden = read(table, spec, decided("ana", "churn", spec=spec)).collect()
    token = read(table, spec, decided("ben", "churn", spec=spec), keys=OneKey()).collect()

    assert [{"contact": {"kind": "work"}}] == hidden.to_dicts()
    assert "tok1_" == token["contact"][0]["mails"][0]["mail"][:5]


def test_a_struct_whose_fields_the_contract_does_not_name_is_shown_whole_or_not_at_all(
    customers: Spec, decided: Decide
) -> None:
    extra = ColumnSpec(name="extra", type=StructType(fields=()))
    spec = customers.model_copy(update={"columns": (customers.columns[0], extra)})
    decision = decided("ana", "churn", spec=spec)

    assert ["customer_id", "extra"] == [column.name for column in shown(spec, decision).columns]
    assert None is not Masking(decision, {"extra": "clear"}, None).column(extra)
    assert None is Masking(decision, {"extra": "hidden"}, None).column(extra)


@pytest.mark.parametrize("name", ["home.street", "address.password"])
def test_a_hidden_column_with_a_dot_in_its_name_is_denied_by_that_name(
    customers: Spec, decided: Decide, name: str
) -> None:
    column = ColumnSpec(name=name, type=TEXT, classes=("secret",))
    spec = customers.model_copy(update={"columns": (*customers.columns, column)})
    table = pl.LazyFrame(schema={c.name: polars_type(c.type) for c in spec.columns})

    with pytest.raises(AccessDenied, match="is hidden and cannot be filtered") as refused:
        read(table, spec, decided("ana", "churn", spec=spec), query(filter={"op": "is_null", "column": name}))

    assert (name,) == refused.value.columns


def test_who_filters_by_a_hidden_column_is_told_the_one_request_that_would_show_it(
    customers: Spec, decided: Decide
) -> None:
    decision = decided("ana", "churn")

    with pytest.raises(AccessDenied) as refused:
        read(pl.LazyFrame(), customers, decision, query(filter={"op": "is_null", "column": "address.street"}))

    assert (decision.columns["address.street"].ask,) == refused.value.asks != ("",)


def test_tokens_are_coded_of_columns_and_not_of_lists_and_fields(customers: Spec, decided: Decide) -> None:
    decision = decided("ben", "churn")

    plan = planned(customers, decision, keys=OneKey(), coded=True)

    assert ["email", "born"] == list(plan.coded)
    assert {"token"} == {decision.column(path).level for path in ("aliases", "address.street", "contacts.item.mail")}


def test_of_an_older_table_only_columns_that_the_contract_knows_with_a_type_that_fits_are_present(
    customers: Spec,
) -> None:
    schema = pl.Schema({"customer_id": pl.String(), "born": pl.String(), "more": pl.String()})

    found = present(customers, schema)

    assert ["customer_id"] == [column.name for column in found.columns]
    assert ("sales.customers", "desk") == (found.id, found.owner)


def test_nothing_shows_a_hidden_column_nor_a_token_without_a_key(customers: Spec, decided: Decide) -> None:
    decision, (_, email, *_) = decided("ben", "churn"), customers.columns
    hidden = Masking(decision, {}, ("k1", "3c" * 32))
    keyless = Masking(decision, {"email": "token"}, None)

    assert (None, None) == (hidden.column(email), keyless.column(email))
    assert None is not replace(keyless, key=("k1", "3c" * 32)).column(email)


@pytest.mark.parametrize(
    ("asks", "hint"),
    [
        (["mesh access request a.b"], "run: mesh access request a.b"),
        (["mesh access allow t a.b", "mesh check"], "ask the owner to run: mesh access allow t a.b && mesh check"),
        (["data protection adds it"], "data protection adds it"),
        (["she adds it", "mesh access request a.b", ""], "she adds it; run: mesh access request a.b"),
    ],
)
def test_a_denial_hints_at_commands_as_such_and_at_what_others_have_to_write(asks: list[str], hint: str) -> None:
    assert hint == AccessDenied("a.b", "no", asks=asks).hint


def test_hidden_columns_of_several_classes_are_asked_for_at_once(customers: Spec, decided: Decide) -> None:
    with pytest.raises(AccessDenied) as refused:
        shown(customers, decided("ben", "churn"), query(columns=["born", "password", "both"]))

    assert 1 == len([ask for ask in refused.value.asks if "--level token" in ask])


def test_where_no_request_would_open_a_product_none_is_told(customers: Spec, decided: Decide) -> None:
    closed = replace(decided("eve", "marketing"), ask="")

    with pytest.raises(AccessDenied) as refused:
        shown(customers, closed, query(columns=["email"]))

    assert () == refused.value.asks
