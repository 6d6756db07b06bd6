"""Attacks 1 to 7 and 9, 10 on the gateway: columns, names, filters, orders, figures and tokens."""

import hashlib
import json
from typing import Any

import polars as pl
import pytest
from attacked import CONTACTS, CONTACTS_CEDAR, PEOPLE, contacts, secrets, seen
from gateway_lake import ORDERS, ORDERS_CEDAR, ROWS, Served, frame, scalar

FIRST = PEOPLE[0]
N = {"name": "n", "function": "count"}
FORMS = ("application/json", "text/csv", "application/vnd.apache.arrow.stream")


@pytest.mark.parametrize("accept", FORMS)
@pytest.mark.parametrize(
    "body",
    [{}, {"columns": ["email"]}, {"columns": ["phones"]}, {"columns": ["place"]}, {"columns": ["born"]}],
    ids=["everything", "value", "list", "parent", "coarse"],
)
def test_attack_01_masks_reach_every_leaf_and_a_parent_comes_without_its_hidden_leaf(
    lake: Served, body: dict[str, Any], accept: str
) -> None:
    answer = contacts(lake, body, Accept=accept)

    assert 200 == answer.status_code
    assert [] == [secret for secret in secrets() if secret.encode() in answer.content]


def test_attack_01_what_is_left_of_a_struct_and_a_list(lake: Served) -> None:
    found = seen(contacts(lake))

    assert pl.Struct({"city": pl.String()}) == found.schema["place"]
    assert "margin" not in found.columns
    assert all(item.startswith("tok1_") for phones in found["phones"] for item in phones)


@pytest.mark.parametrize("name", ["margin", "place.note"])
def test_attack_01_a_hidden_column_is_denied_by_its_name(lake: Served, name: str) -> None:
    answer = contacts(lake, {"columns": [name]})

    assert answer.status_code in (403, 422)
    assert [] == [secret for secret in secrets() if secret in answer.text]


LOOK_ALIKES = [
    *["Email", "EMAIL", " email", "email ", '"email"', "`email`", "[email]", "\u0435mail", "ema\u0131l"],
    *["email\u200b", "email\x00", "\uff45mail", "contacts.email", "email as x", "*", "^.*$", "place..note"],
    *["place.", ".email", "phones.0", "phones.item", "phones[0]", "", "margin ", "Margin", "place.Note"],
]


@pytest.mark.parametrize("name", LOOK_ALIKES)
def test_attack_02_a_name_is_the_contracts_own_or_refused(lake: Served, name: str) -> None:
    bodies: list[dict[str, Any]] = [
        {"columns": [name]},
        {"levels": {name: "clear"}},
        {"filter": {"op": "is_null", "column": name}},
        {"order_by": [{"column": name}], "limit": 1},
        {"aggregate": {"by": [name], "of": [N]}},
        {"aggregate": {"of": [{"name": "x", "function": "max", "column": name}]}},
    ]
    answers = [contacts(lake, body) for body in bodies]

    assert {422} == {answer.status_code for answer in answers}, [a.text for a in answers]


def test_attack_03_a_renamed_column_shows_no_row_that_was_published_under_its_class(own: Served) -> None:
    columns = [scalar("mail") if c.name == "email" else c for c in CONTACTS.columns]
    renamed = CONTACTS.model_copy(update={"version": "1.1.0", "columns": tuple(columns)})
    own.register(renamed, CONTACTS_CEDAR)
    before = contacts(own)
    named = [contacts(own, {"columns": [name]}).status_code for name in ("mail", "email")]

    assert not {"mail", "email"} & set(seen(before).columns)
    assert [422, 422] == named


def bisect() -> list[dict[str, Any]]:
    """Give conditions on an address that would tell whether it is there, were the raw value asked."""
    value = FIRST["email"]
    compares = [{"op": op, "column": "email", "value": value} for op in ("eq", "le", "ge")]
    more = [{"op": "starts_with", "column": "email", "value": value[:n]} for n in (3, 8)]
    return [compares[0], *more, {"op": "is_in", "column": "email", "values": [value, "x"]}]


@pytest.mark.parametrize("condition", bisect(), ids=lambda c: str(c["op"]))
def test_attack_04_a_filter_by_a_value_finds_nobody(lake: Served, condition: dict[str, Any]) -> None:
    assert 0 == seen(contacts(lake, {"filter": condition})).height


def test_attack_04_a_range_divides_tokens_and_not_addresses(lake: Served) -> None:
    middle = sorted(person["email"] for person in PEOPLE)[4]
    below = seen(contacts(lake, {"filter": {"op": "lt", "column": "email", "value": middle}}))

    assert 0 == below.height  # every token is greater than every address of ours

    year = {"op": "eq", "column": "born", "value": FIRST["born"].isoformat()}
    assert 0 == seen(contacts(lake, {"filter": year})).height


@pytest.mark.parametrize("op", ["eq", "lt", "ge", "is_null", "is_in"])
def test_attack_04_a_filter_on_a_hidden_column_names_only_what_was_typed(lake: Served, op: str) -> None:
    literal: dict[str, Any] = {"is_null": {}, "is_in": {"values": [7_310_000]}}.get(op, {"value": 7_310_000})
    answer = contacts(lake, {"filter": {"op": op, "column": "margin", **literal}})

    assert 403 == answer.status_code
    assert ["margin"] == answer.json()["columns"]
    assert "731" not in answer.text
    assert "note" not in answer.text


def test_attack_05_an_order_is_that_of_tokens(lake: Served) -> None:
    ordered = {"columns": ["email", "contact_no"], "order_by": [{"column": "email"}], "limit": 8}
    found = seen(contacts(lake, ordered))

    assert sorted(found["email"]) == found["email"].to_list()
    assert [f"C-{n}" for n in range(8)] != found["contact_no"].to_list()
    assert found.head(1).equals(seen(contacts(lake, {**ordered, "limit": 1})))


@pytest.mark.parametrize(
    "body",
    [
        {"order_by": [{"column": "margin"}], "limit": 1, "columns": ["contact_no"]},
        {"order_by": [{"column": "place.note"}], "limit": 1, "columns": ["contact_no"]},
        {"aggregate": {"by": ["margin"], "of": [N]}},
        {"aggregate": {"by": ["contact_no"], "of": [N]}, "order_by": [{"column": "margin"}]},
    ],
)
def test_attack_05_a_hidden_column_neither_sorts_nor_groups(lake: Served, body: dict[str, Any]) -> None:
    answer = contacts(lake, body)

    assert answer.status_code in (403, 422)
    assert [] == [secret for secret in secrets() if secret in answer.text]


def test_attack_06_counts_know_only_rows_that_are_shown(lake: Served) -> None:
    counts = [
        seen(contacts(lake, {"aggregate": {"of": [N]}, **more}))["n"].to_list()
        for more in ({}, {"filter": {"op": "eq", "column": "region", "value": "EU"}})
    ]
    elsewhere = {"filter": {"op": "eq", "column": "region", "value": "US"}}
    unknown = {"filter": {"op": "eq", "column": "region", "value": "nowhere"}}
    answers = [contacts(lake, {"aggregate": {"of": [N]}, **each}) for each in (elsewhere, unknown)]

    assert counts[0] == counts[1]
    assert 8 == seen(contacts(lake)).height
    assert 0 == seen(contacts(lake, {"version": 0, **elsewhere})).height
    assert answers[0].content == answers[1].content


@pytest.mark.parametrize("function", ["min", "max", "sum", "mean", "first", "mode", "string_agg", "quantile"])
@pytest.mark.parametrize("column", ["email", "born", "margin", "phones", "place.note"])
def test_attack_07_no_figure_is_made_of_what_is_not_clear(lake: Served, function: str, column: str) -> None:
    answer = contacts(lake, {"aggregate": {"of": [{"name": "x", "function": function, "column": column}]}})

    assert answer.status_code in (403, 422)
    assert [] == [secret for secret in secrets() if secret in answer.text]


def test_attack_07_a_count_leaves_small_groups_out(lake: Served) -> None:
    of_one = {"aggregate": {"by": ["email"], "of": [N]}}
    few = {"aggregate": {"of": [N]}, "filter": {"op": "eq", "column": "contact_no", "value": "C-1"}}

    assert 0 == seen(contacts(lake, of_one)).height
    assert [] == [n for n in seen(contacts(lake, few))["n"] if n]


def test_attack_09_tokens_of_two_scopes_never_meet(lake: Served) -> None:
    def tokens(who: str, purpose: str, product: str) -> set[str]:
        asked = {"product": product, "purpose": purpose, "columns": ["email"], "levels": {"email": "token"}}
        return {value for value in seen(lake.ask(asked, who))["email"] if value}

    analytics = tokens("ben", "analytics", "sales.orders")
    operations = tokens("ben", "operations", "sales.orders")

    assert 3 == len(analytics) == len(operations)
    assert not analytics & operations


def test_attack_09_tokens_of_two_consumers_never_meet_though_their_purpose_is_one(own: Served) -> None:
    at_home = """
    @id("sales.orders.own-token") @why("the desk counts customers")
    permit(principal in Mesh::Domain::"sales", action == Mesh::Action::"see_token",
      resource in Mesh::Class::"pii.contact") when { context.purpose in Mesh::Purpose::"analytics" };
    """
    own.register(policies=ORDERS_CEDAR + at_home)
    asked = {"columns": ["email"], "levels": {"email": "token"}}

    planning, sales = ({t for t in seen(own.ask(asked, who))["email"] if t} for who in ("ben", "ana"))

    assert 3 == len(planning) == len(sales)
    assert not planning & sales


def test_attack_10_no_table_of_hashes_finds_a_token(lake: Served) -> None:
    hashed = {"md5", "sha1", "sha256", "sha512", "blake2b", "sha3_256"}
    texts = [f"{prefix}{p}" for row in PEOPLE for p in row["phones"] for prefix in ("", "string\x1f", "string")]
    guessed = {hashlib.new(name, text.encode()).hexdigest()[:32] for name in hashed for text in texts}
    guessed |= {f"{value:x}" for value in pl.Series(texts).hash().to_list()}
    found = {item.rpartition("_")[2] for phones in seen(contacts(lake))["phones"] for item in phones}

    assert 16 == len(found)
    assert not guessed & found


def test_attack_40_spellings_of_one_address_have_one_token_and_null_stays_null(own: Served) -> None:
    spelled = ["Zoë@Example.com", "zoe\u0308@example.com", " ZOË@EXAMPLE.COM ", "zoë@example.com\u00a0", "", None]
    rows = [{**ROWS[0], "order_no": f"S-{n}", "email": text} for n, text in enumerate(spelled)]
    own.publish(frame(rows, ORDERS))
    once, again = (own.rows({"columns": ["email"]})["email"].to_list() for _ in range(2))

    assert once == again
    assert 1 == len(set(once[:4]))
    assert None is once[5]
    assert once[4] not in (None, once[0])
    assert "Zo" not in json.dumps(once)
