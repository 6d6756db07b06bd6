"""Reading under a decision: what is hidden stays out, and filters see only what the reader sees."""

import pickle
from collections.abc import Callable
from datetime import date
from typing import Any

import polars as pl
import pytest
from pydantic import ValidationError

from meshwright.access import Decision, Policies
from meshwright.errors import AccessDenied, QueryRejected, UnknownColumn
from meshwright.read import ReadQuery, masked_schema, read
from meshwright.spec import ColumnSpec, ScalarType, Spec

Decide = Callable[..., Decision]


class ScopedKeys:
    """Keys that differ by scope, as real ones do."""

    def key(self, scope: str) -> tuple[str, str]:
        return "k1", scope.encode().hex().ljust(64, "0")[:64]


class NoKeys:
    """Keys that nobody may ask for."""

    def key(self, scope: str) -> tuple[str, str]:
        raise AssertionError(scope)


@pytest.fixture
def frame() -> pl.LazyFrame:
    return pl.LazyFrame(
        {
            "customer_id": ["C1", "C2", "C3"],
            "email": ["Ana@x.de", "ana@X.DE", None],
            "born": [date(1980, 5, 1), None, date(1999, 9, 9)],
            "both": ["b1", "b2", "b3"],
            "password": ["s1", "s2", "s3"],
            "address": [{"street": "Weg 1", "country": "DE"}, None, {"street": None, "country": "FR"}],
            "contacts": [[{"mail": "m@x.de", "kind": "work"}, None], [], None],
            "aliases": [["Ana", None], [], None],
        }
    )


def rows(frame: pl.LazyFrame, spec: Spec, decision: Decision, **query: Any) -> list[dict[str, Any]]:
    asked = ReadQuery.model_validate(query)
    answer = read(frame, spec, decision, asked, ScopedKeys())
    assert masked_schema(spec, decision, asked) == answer.collect_schema()
    found: list[dict[str, Any]] = answer.collect().to_dicts()
    return found


def test_hidden_columns_and_fields_are_left_out(frame: pl.LazyFrame, customers: Spec, decided: Decide) -> None:
    found = rows(frame, customers, decided("ana", "churn"))

    assert {
        "customer_id": "C1",
        "address": {"country": "DE"},
        "contacts": [{"kind": "work"}, None],
    } == found[0]
    assert {"customer_id": "C2", "address": None, "contacts": []} == found[1]


def test_clear_is_the_value_itself(frame: pl.LazyFrame, customers: Spec, decided: Decide) -> None:
    found = rows(frame, customers, decided("ana", "fraud"), columns=["email", "born", "address", "contacts"])

    assert frame.select("email", "born", "address", "contacts").collect().to_dicts() == found


@pytest.mark.parametrize("column", ["email", "contacts", "aliases"])
def test_a_plan_that_makes_tokens_is_not_serialised_and_tells_why(
    frame: pl.LazyFrame, customers: Spec, decided: Decide, column: str
) -> None:
    answer = read(frame, customers, decided("ben", "churn"), ReadQuery(columns=(column,)), ScopedKeys())

    with pytest.raises(pl.exceptions.ComputeError, match=r"KeptHere: .*collect it, and send the rows"):
        answer.serialize()
    with pytest.raises(pl.exceptions.ComputeError, match="KeptHere"):
        pickle.dumps(answer)
    assert "tok1_k1_" in str(answer.collect().to_dicts())


def test_tokens_replace_values_in_structs_and_lists_and_nulls_stay(
    frame: pl.LazyFrame, customers: Spec, decided: Decide
) -> None:
    first, second, third = rows(frame, customers, decided("ben", "churn"))

    assert first["email"].startswith("tok1_k1_")
    assert first["email"] == second["email"]
    assert (None, None) == (third["email"], third["aliases"])
    assert (None, None) == (second["born"], second["address"])
    assert {"street": None, "country": "FR"} == third["address"]
    assert first["address"]["street"].startswith("tok1_k1_")
    assert first["contacts"][0]["mail"].startswith("tok1_k1_")
    assert None is first["contacts"][1]
    assert [True, None] == [alias and alias.startswith("tok1_") for alias in first["aliases"]]


def test_a_lower_level_is_given_on_request(frame: pl.LazyFrame, customers: Spec, decided: Decide) -> None:
    found = rows(
        frame,
        customers,
        decided("ana", "fraud"),
        columns=["email", "born"],
        levels={"email": "coarse", "born": "coarse"},
    )

    assert [{"email": "***@x.de", "born": date(1980, 1, 1)}, {"email": "***@x.de", "born": None}] == found[:2]


def test_a_column_can_be_asked_away(frame: pl.LazyFrame, customers: Spec, decided: Decide) -> None:
    found = rows(frame, customers, decided("ana", "fraud"), levels={"address.street": "hidden", "contacts": "hidden"})

    assert {"country": "DE"} == found[0]["address"]
    assert "contacts" not in found[0]


@pytest.mark.parametrize(
    ("query", "columns"),
    [
        ({"columns": ["email", "password"]}, ("password",)),
        ({"levels": {"email": "clear"}}, ("email",)),
        ({"levels": {"address": "clear"}}, ("address.street",)),
        ({"levels": {"customer_id": "token"}}, ("customer_id",)),
        ({"filter": {"op": "eq", "column": "password", "value": "s1"}}, ("password",)),
        ({"filter": {"op": "not", "of": {"op": "is_null", "column": "both"}}}, ("both",)),
        ({"order_by": [{"column": "password"}]}, ("password",)),
    ],
)
def test_more_than_is_granted_is_denied_by_name(
    frame: pl.LazyFrame, customers: Spec, decided: Decide, query: dict[str, Any], columns: tuple[str, ...]
) -> None:
    with pytest.raises(AccessDenied) as denied:
        rows(frame, customers, decided("ben", "churn"), **query)

    assert columns == denied.value.columns


def test_a_hidden_field_cannot_be_filtered_by(frame: pl.LazyFrame, customers: Spec, decided: Decide) -> None:
    with pytest.raises(AccessDenied, match=r"'address\.street' is hidden"):
        rows(frame, customers, decided("ana", "churn"), filter={"op": "is_null", "column": "address.street"})


def test_the_denial_names_the_smallest_request(frame: pl.LazyFrame, customers: Spec, decided: Decide) -> None:
    with pytest.raises(AccessDenied) as denied:
        rows(frame, customers, decided("ana", "churn"), columns=["email"])

    ask = "mesh access allow desk sales.customers --class pii.contact.email --level token --purpose churn"
    assert (ask,) == denied.value.asks
    assert ask in str(denied.value)


def test_a_column_of_several_classes_is_asked_for_by_its_name(
    frame: pl.LazyFrame, customers: Spec, decided: Decide
) -> None:
    measure = {"name": "least", "function": "min", "column": "both"}

    for query in ({"levels": {"both": "clear"}}, {"levels": {"both": "token"}, "aggregate": {"of": [measure]}}):
        with pytest.raises(AccessDenied) as denied:
            rows(frame, customers, decided("ben", "churn"), **query)

        assert all("--columns both --level" in ask for ask in denied.value.asks)
        assert 1 == len(denied.value.asks)


def test_a_product_that_may_not_be_read_gives_no_rows(frame: pl.LazyFrame, customers: Spec, decided: Decide) -> None:
    with pytest.raises(AccessDenied, match=r"user:eve may not read it for 'marketing'"):
        rows(frame, customers, decided("eve", "marketing"), columns=["customer_id"])


@pytest.mark.parametrize(
    "name", ["Email", "emial", "email ", "*", "^.*$", "customer_id, password", "address.street", ""]
)
def test_a_name_that_is_no_column_is_refused(frame: pl.LazyFrame, customers: Spec, decided: Decide, name: str) -> None:
    with pytest.raises(UnknownColumn):
        rows(frame, customers, decided("ben", "churn"), columns=[name])
    with pytest.raises(UnknownColumn):
        rows(frame, customers, decided("ben", "churn"), levels={f"{name}.": "hidden"})


@pytest.mark.parametrize(
    "name", ["Email", "emial", "*", "^.*$", "address.strete", "address.street.x", "contacts.item.mail", ""]
)
def test_a_filter_on_no_column_is_refused(frame: pl.LazyFrame, customers: Spec, decided: Decide, name: str) -> None:
    with pytest.raises(UnknownColumn):
        rows(frame, customers, decided("ben", "churn"), filter={"op": "is_null", "column": name})
    with pytest.raises(UnknownColumn):
        rows(frame, customers, decided("ben", "churn"), order_by=[{"column": name}])


def test_suggestions_name_no_hidden_column(frame: pl.LazyFrame, customers: Spec, decided: Decide) -> None:
    with pytest.raises(UnknownColumn) as unknown:
        rows(frame, customers, decided("ana", "churn"), columns=["passwords"])

    assert "password'" not in str(unknown.value).replace("'passwords'", "")


@pytest.mark.parametrize(
    ("columns", "says"), [([], "no column is named"), (["email", "email"], "column 'email' is named twice")]
)
def test_no_column_and_one_twice_are_refused(
    frame: pl.LazyFrame, customers: Spec, decided: Decide, columns: list[str], says: str
) -> None:
    with pytest.raises(QueryRejected, match=says):
        rows(frame, customers, decided("ana", "fraud"), columns=columns)


@pytest.mark.parametrize("name", ["*", "^.*$"])
def test_a_column_named_like_a_pattern_shows_no_other(
    policies: Policies, customers: Spec, decided: Decide, name: str
) -> None:
    column = ColumnSpec(name=name, type=ScalarType(kind="string"))
    spec = customers.model_copy(update={"columns": (customers.columns[0], column, customers.columns[4])})
    frame = pl.LazyFrame({"customer_id": ["C1"], name: ["x"], "password": ["s1"]})

    assert [{"customer_id": "C1"}] == rows(frame, spec, decided("ana", "churn", spec=spec))


def test_a_filter_compares_tokens_and_not_values(frame: pl.LazyFrame, customers: Spec, decided: Decide) -> None:
    decision = decided("ben", "churn")
    token = rows(frame, customers, decision)[0]["email"]

    by_value = rows(frame, customers, decision, filter={"op": "eq", "column": "email", "value": "Ana@x.de"})
    by_token = rows(frame, customers, decision, filter={"op": "eq", "column": "email", "value": token})

    assert ([], ["C1", "C2"]) == (by_value, [row["customer_id"] for row in by_token])


def test_the_order_of_tokens_is_not_the_order_of_values(customers: Spec, decided: Decide) -> None:
    spec = customers.model_copy(update={"columns": customers.columns[:2]})
    names = [f"{n:02d}@x.de" for n in range(40)]
    frame = pl.LazyFrame({"customer_id": [str(n) for n in range(40)], "email": names})

    found = rows(frame, spec, decided("ben", "churn", spec=spec), order_by=[{"column": "email"}])

    assert found == sorted(found, key=lambda row: row["email"])
    assert [row["customer_id"] for row in found] != [str(n) for n in range(40)]


def test_a_column_may_be_filtered_by_without_being_in_the_answer(
    frame: pl.LazyFrame, customers: Spec, decided: Decide
) -> None:
    found = rows(
        frame,
        customers,
        decided("ana", "fraud"),
        columns=["email"],
        filter={"op": "eq", "column": "address.country", "value": "DE"},
        order_by=[{"column": "customer_id", "descending": True}],
        limit=1,
    )

    assert [{"email": "Ana@x.de"}] == found


def test_the_filter_sees_the_coarse_value_that_is_asked_for(
    frame: pl.LazyFrame, customers: Spec, decided: Decide
) -> None:
    query = {"columns": ["customer_id"], "levels": {"born": "coarse"}}

    fine = rows(
        frame, customers, decided("ana", "fraud"), **query, filter={"op": "gt", "column": "born", "value": "1980-01-01"}
    )

    assert ["C3"] == [row["customer_id"] for row in fine]


@pytest.mark.parametrize(
    ("condition", "problem"),
    [
        ({"op": "eq", "column": "born", "value": "secret-not-a-date"}, "the literal for column 'born' is no date"),
        ({"op": "eq", "column": "born", "value": 7}, "the literal for column 'born' is no date"),
        ({"op": "eq", "column": "email", "value": 7}, "the literal for column 'email' is no string"),
        ({"op": "starts_with", "column": "born", "value": "19"}, "cannot be compared by 'starts_with'"),
        ({"op": "eq", "column": "address", "value": "x"}, "cannot be compared by 'eq'"),
        ({"op": "is_in", "column": "contacts", "values": ["x"]}, "cannot be compared by 'is_in'"),
    ],
)
def test_a_literal_of_another_type_is_refused_without_being_shown(
    frame: pl.LazyFrame, customers: Spec, decided: Decide, condition: dict[str, Any], problem: str
) -> None:
    with pytest.raises(QueryRejected) as rejected:
        rows(frame, customers, decided("ana", "fraud"), filter=condition)

    assert problem in str(rejected.value)
    assert "secret" not in str(rejected.value)
    assert None is rejected.value.__cause__


@pytest.mark.parametrize(
    "query",
    [
        {"filter": "1 OR 1=1"},
        {"filter": {"op": "sql", "column": "email", "value": "secret-text"}},
        {"filter": {"op": "eq", "column": "email", "value": {"$gt": "secret-text"}}},
        {"filter": {"op": "eq", "column": "email", "value": "x", "sql": "secret-text"}},
        {"levels": {"email": "raw"}},
        {"limit": -1},
        {"columns": "email"},
    ],
)
def test_a_malformed_query_is_refused_without_showing_it(query: dict[str, Any]) -> None:
    with pytest.raises(ValidationError) as invalid:
        ReadQuery.model_validate(query)

    assert "secret-text" not in str(invalid.value)


def test_a_filter_that_is_too_deep_is_refused(frame: pl.LazyFrame, customers: Spec, decided: Decide) -> None:
    condition: dict[str, Any] = {"op": "is_null", "column": "email"}
    for _ in range(60):
        condition = {"op": "not", "of": condition}

    with pytest.raises(QueryRejected, match="50 levels"):
        rows(frame, customers, decided("ana", "fraud"), filter=condition)


def test_tokens_join_within_a_scope_and_not_across(
    frame: pl.LazyFrame, customers: Spec, policies: Policies, decided: Decide
) -> None:
    other = customers.model_copy(update={"id": "sales.leads"})
    same_rules = policies.products["sales.customers"].replace("sales.customers", "sales.leads")
    both = policies.with_product(other, same_rules)

    churn = rows(frame, customers, decided("ben", "churn", both))[0]["email"]
    same_scope = rows(frame, other, decided("ben", "churn", both, other))[0]["email"]
    other_scope = rows(frame, customers, decided("ben", "analytics", both))[0]["email"]

    assert churn == same_scope
    assert churn != other_scope


def test_keys_are_asked_for_only_where_there_are_tokens(frame: pl.LazyFrame, customers: Spec, decided: Decide) -> None:
    assert 3 == len(read(frame, customers, decided("ana", "fraud"), keys=NoKeys()).collect())
    with pytest.raises(AccessDenied, match="keys"):
        read(frame, customers, decided("ben", "churn"))


def test_what_is_hidden_is_not_even_read(frame: pl.LazyFrame, customers: Spec, decided: Decide) -> None:
    def never(column: pl.Series) -> pl.Series:
        raise AssertionError(column.name)

    trapped = frame.with_columns(pl.col("password", "both").map_batches(never, return_dtype=pl.String))

    assert 3 == len(rows(trapped, customers, decided("ben", "churn")))
