"""What a search finds, in which order, and what it may tell."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from meshwright.registry import SearchQuery
from meshwright.spec import ColumnSpec, Constraints, Registration, RuleSpec, ScalarType, StructType
from meshwright_catalog.embedded import EmbeddedRegistry
from meshwright_catalog.words import words

Make = Callable[..., Registration]


@pytest.fixture
def shelf(ana: EmbeddedRegistry, ben: EmbeddedRegistry, make: Make) -> EmbeddedRegistry:
    """Give ana's catalog with a handful of products whose names and columns resemble each other."""
    ana.register(
        make("sales.orders", "order_id", "customer_id", description="Order lines as confirmed.", tags=["core"])
    )
    ana.register(make("sales.order_history", "order_id", "changed_at", description="What changed."))
    ana.register(make("sales.customers", "customer_id", "email_address", description="People and companies who order."))
    ana.register(make("sales.returns", "return_id", "serial_number", description="Hands that came back."))
    ana.register(make("sales.weekly_demand", "week", "quantity", description="Demand by week, from orders."))
    ben.register(make("supply_chain.suppliers", "supplier_id", owner="planning", permits=["order-desk"], tags=["core"]))
    ben.register(make("supply_chain.secret_project", "order_id", owner="planning", tags=["hush"]))
    return ana


def found(registry: EmbeddedRegistry, text: str) -> list[str]:
    return [hit.id for hit in registry.search(SearchQuery(text=text)).hits]


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("sales.orders", "sales.orders"),
        ("orders", "sales.orders"),
        ("order", "sales.orders"),
        ("ORDERS", "sales.orders"),
        ("order history", "sales.order_history"),
        ("order_history", "sales.order_history"),
        ("orderHistory", "sales.order_history"),
        ("orderhistory", "sales.order_history"),
        ("customer", "sales.customers"),
        ("email", "sales.customers"),
        ("email_address", "sales.customers"),
        ("serialNumber", "sales.returns"),
        ("demand", "sales.weekly_demand"),
        ("deman", "sales.weekly_demand"),
        ("custmers", "sales.customers"),
        ("came back", "sales.returns"),
        ("planning", "supply_chain.suppliers"),
        ("suppliers sales", "supply_chain.suppliers"),
    ],
)
def test_the_product_that_people_mean_comes_first(shelf: EmbeddedRegistry, text: str, first: str) -> None:
    assert first == found(shelf, text)[0]


def test_a_name_ranks_above_a_column_and_a_column_above_a_description(shelf: EmbeddedRegistry) -> None:
    assert ["sales.customers", "sales.orders"] == found(shelf, "customer")[:2]
    assert found(shelf, "order").index("sales.order_history") < found(shelf, "order").index("sales.weekly_demand")


def test_a_hit_says_in_which_columns_the_words_stand(shelf: EmbeddedRegistry) -> None:
    hits = {h.id: h.matched_columns for h in shelf.search(SearchQuery(text="customer ids")).hits}

    assert ("customer_id",) == hits["sales.customers"]


def test_every_word_must_stand_somewhere(shelf: EmbeddedRegistry) -> None:
    assert ["sales.customers"] == found(shelf, "customer email")


@pytest.mark.parametrize("text", ["zzz", "???", "-", "\N{SNOWMAN}", "order AND (", 'order" OR *', "*:*", "id:sales"])
def test_no_text_is_a_command_of_the_search_engine(shelf: EmbeddedRegistry, text: str) -> None:
    assert "supply_chain.secret_project" not in found(shelf, text)


def test_text_without_a_word_finds_nothing_and_no_text_finds_everything(shelf: EmbeddedRegistry) -> None:
    assert (0, 6) == tuple(shelf.search(SearchQuery(text=text)).total for text in ("?!", " "))


def test_filters_of_one_kind_widen_and_of_two_kinds_narrow(shelf: EmbeddedRegistry) -> None:
    queries = [
        SearchQuery(domain=("sales",)),
        SearchQuery(domain=("sales", "supply_chain")),
        SearchQuery(domain=("sales",), tag=("core",)),
    ]

    assert [5, 6, 1] == [shelf.search(query).total for query in queries]


def test_facets_count_what_each_value_would_give(shelf: EmbeddedRegistry) -> None:
    page = shelf.search(SearchQuery(domain=("sales",)))

    assert {"sales": 5, "supply_chain": 1} == page.facets["domain"]
    assert {"core": 1} == page.facets["tag"]


def test_nothing_hidden_is_counted_or_listed(shelf: EmbeddedRegistry) -> None:
    page = shelf.search(SearchQuery())

    assert 6 == page.total
    assert {"core": 2} == page.facets["tag"]
    assert "secret" not in page.model_dump_json()
    assert [] == found(shelf, "secret project") or "supply_chain.secret_project" not in found(shelf, "secret project")


def test_pages_divide_what_is_found(shelf: EmbeddedRegistry) -> None:
    pages = [shelf.search(SearchQuery(limit=4, offset=offset)) for offset in (0, 4, 8)]

    assert [4, 2, 0] == [len(p.hits) for p in pages]
    assert [6, 6, 6] == [p.total for p in pages]
    ids = [h.id for p in pages for h in p.hits]
    assert sorted(set(ids)) == ids


def test_no_vocabulary_limit_or_rule_text_is_searched(ana: EmbeddedRegistry, make: Make) -> None:
    column = ColumnSpec(
        name="model", type=ScalarType(kind="string"), constraints=Constraints(values=("zebra",), pattern="yak")
    )
    rule = RuleSpec(name="known", columns=("model",), expression="pl.col('model') != 'walrus'")
    ana.register(make("sales.hands", column, rules=(rule,)))

    assert [[], [], [], ["sales.hands"]] == [found(ana, text) for text in ("zebra", "yak", "walrus", "known")]


def test_nested_fields_and_their_classes_are_found(ana: EmbeddedRegistry, make: Make) -> None:
    street = ColumnSpec(name="street", type=ScalarType(kind="string"), classes=("pii.contact",))
    ana.register(make("sales.people", ColumnSpec(name="address", type=StructType(fields=(street,)))))

    assert ["sales.people"] == found(ana, "street")
    assert {"pii.contact": 1} == ana.search(SearchQuery()).facets["class"]


def test_a_permit_with_an_end_ends_within_seconds(
    ana: EmbeddedRegistry, ben: EmbeddedRegistry, make: Make, clock: "Settable"
) -> None:
    until = clock.now + timedelta(minutes=1)
    limited = (
        '@id("sales.orders.trial") @why("a trial") permit(principal in Mesh::Team::"planning", '
        'action == Mesh::Action::"discover", resource == Mesh::Product::"sales.orders") '
        f'when {{ context.now < datetime("{until:%Y-%m-%dT%H:%M:%SZ}") }};'
    )
    ana.register(make("sales.orders", policies=limited))
    before = ben.search(SearchQuery()).total
    clock.now = until + timedelta(seconds=5)

    assert (1, 0) == (before, ben.search(SearchQuery()).total)


class Settable:
    """What the clock fixture gives, for the type checker."""

    now: datetime


@given(st.text(max_size=40))
def test_words_are_stable_and_safe_inside_a_pattern(text: str) -> None:
    found = words(text)

    assert all(word.isalnum() for word in found)
    assert words(" ".join(found)) == words(" ".join(words(" ".join(found))))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("customerAddress", ["customer", "address"]),
        ("HTTPServer_v2", ["http", "server", "v2"]),
        ("deliveries", ["delivery"]),
        ("boxes statuses glass", ["box", "statuse", "glass"]),
        ("Größe", ["grosse"]),
        ("torque_p95_nm", ["torque", "p95", "nm"]),
    ],
)
def test_names_are_split_as_people_write_them(text: str, expected: list[str]) -> None:
    assert expected == list(words(text))
