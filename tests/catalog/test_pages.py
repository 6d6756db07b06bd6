"""The web pages: what they show and to whom, without a script, and with hostile text in every field."""

import re
from collections.abc import Callable
from html.parser import HTMLParser
from typing import Any

import pytest
from fastapi.testclient import TestClient

from meshwright.registry import SearchQuery
from meshwright.spec import ColumnSpec, Constraints, Registration, RuleSpec, ScalarType, StructType
from meshwright_catalog.embedded import EmbeddedRegistry

Make = Callable[..., Registration]
HOSTILE = "<script>alert(1)</script><img src=x onerror=alert(2)>\"'>{{7*7}}\N{RIGHT-TO-LEFT OVERRIDE}abc"


class Reader(HTMLParser):
    """Collects tags with their attributes, and text."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.text += f" {data}"

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.tags if name == tag]


@pytest.fixture
def signed_in(client: TestClient, sign: Callable[[str], str]) -> Callable[[str], TestClient]:
    """Sign a browser in as somebody, by the form."""

    def as_somebody(name: str) -> TestClient:
        client.cookies.clear()
        answer = client.post("/login", data={"token": sign(name)})
        assert (303, "/") == (answer.status_code, answer.headers["location"])
        return client

    return as_somebody


@pytest.mark.parametrize(
    ("path", "form"),
    [
        ("/", "/login"),
        ("/products/sales.orders", "/login?next=%2Fproducts%2Fsales.orders"),
        ("/products/sales.orders/lineage?depth=2", "/login?next=%2Fproducts%2Fsales.orders%2Flineage%3Fdepth%3D2"),
        ("/?q=order", "/login?next=%2F%3Fq%3Dorder"),
        ("/access", "/login?next=%2Faccess"),
    ],
)
def test_without_a_token_every_page_leads_to_the_form_and_from_there_back(
    client: TestClient, sign: Callable[[str], str], path: str, form: str
) -> None:
    answer = client.get(path)
    page = Reader(client.get(form).text)
    back = next(field["value"] for field in page.all("input") if field["name"] == "next")
    signed_in = client.post("/login", data={"token": sign("ana"), "next": back or ""})

    assert (303, form) == (answer.status_code, answer.headers["location"])
    assert (303, path) == (signed_in.status_code, signed_in.headers["location"])


@pytest.mark.parametrize(
    "elsewhere",
    [
        "//evil.example",
        "https://evil.example",
        "/\\evil.example",
        "\\\\evil.example",
        "/\t/evil.example",
        "/..//evil.example",
        "/products//evil.example",
        "javascript:alert(1)",
        "evil.example",
        "/login?next=//evil.example",
        "/" + "x" * 2000,
        "/\N{RIGHT-TO-LEFT OVERRIDE}",
        "",
    ],
)
def test_nobody_is_led_away_after_signing_in(client: TestClient, sign: Callable[[str], str], elsewhere: str) -> None:
    page = client.get("/login", params={"next": elsewhere})
    signed_in = client.post("/login", data={"token": sign("ana"), "next": elsewhere})
    done = client.get("/login/done", params={"next": elsewhere})

    assert ["/"] == [field["value"] for field in Reader(page.text).all("input") if field["name"] == "next"]
    assert "/" == signed_in.headers["location"]
    assert ["0; url=/"] == [meta["content"] for meta in Reader(done.text).all("meta") if "http-equiv" in meta]


@pytest.mark.parametrize("path", ["/login/begin?next=%2Faccess", "/login/callback?code=c0de&state=s"])
def test_without_an_issuer_nobody_is_sent_to_one(client: TestClient, path: str) -> None:
    assert client.get(path).headers["location"] in ("/login", "/login?next=%2Faccess")


def test_signing_in_keeps_the_token_from_scripts_other_sites_and_addresses(
    client: TestClient, sign: Callable[[str], str]
) -> None:
    token = sign("ana")
    answer = client.post("/login", data={"token": f"  {token}\n"}, headers={"Origin": "http://127.0.0.1"})

    cookie = answer.headers["set-cookie"]
    assert f"mesh_token={token}; HttpOnly; Path=/; SameSite=strict" == cookie
    assert token not in answer.headers["location"] + answer.text
    page = client.get("/")
    assert (200, True) == (page.status_code, "ana" in Reader(page.text).text)
    assert token not in page.text


def test_signing_out_forgets_the_token(signed_in: Callable[[str], TestClient]) -> None:
    client = signed_in("ana")
    answer = client.post("/logout")

    assert "/login" == answer.headers["location"]
    assert 303 == client.get("/").status_code


@pytest.mark.parametrize("token", ["", "nonsense", "a.b.c", "x" * 9000])
def test_a_token_that_does_not_hold_is_refused_and_not_repeated(client: TestClient, token: str) -> None:
    answer = client.post("/login", data={"token": token})

    assert answer.status_code in (401, 422)
    assert "set-cookie" not in answer.headers
    assert not token or token not in answer.text


def test_a_form_on_another_site_signs_nobody_in_or_out(
    client: TestClient, sign: Callable[[str], str], signed_in: Callable[[str], TestClient]
) -> None:
    foreign = {"Origin": "http://evil.example"}

    assert 403 == client.post("/login", data={"token": sign("ana")}, headers=foreign).status_code
    signed_in("ana").post("/logout", headers=foreign)
    assert 200 == client.get("/").status_code


def test_an_expired_token_leads_back_to_the_form(signed_in: Callable[[str], TestClient], clock: Any) -> None:
    client = signed_in("ana")
    clock.now = clock.now.replace(day=21)

    assert "/login" == client.get("/").headers["location"]


def test_a_search_shows_hits_facets_and_links_that_filter(
    signed_in: Callable[[str], TestClient], ana: EmbeddedRegistry, orders: Registration, make: Make
) -> None:
    ana.register(orders)
    ana.register(make("sales.customers", description="Who buys."))
    client = signed_in("ana")
    everything = Reader(client.get("/").text)
    links = [str(a.get("href")) for a in everything.all("a")]

    assert "2 products" in everything.text
    assert {"/products/sales.orders", "/products/sales.customers", "/?tag=core"} <= set(links)
    filtered = Reader(client.get("/?tag=core").text)
    assert "1 product" in filtered.text
    assert "/products/sales.customers" not in [a.get("href") for a in filtered.all("a")]
    assert "/" in [a.get("href") for a in filtered.all("a") if a.get("aria-current")]


def test_pages_of_results_are_linked_and_keep_the_search(
    signed_in: Callable[[str], TestClient], ana: EmbeddedRegistry, make: Make
) -> None:
    for number in range(25):
        ana.register(make(f"sales.order_{number:02}", tags=["a&b"]))
    client = signed_in("ana")
    first = Reader(client.get("/?q=order&tag=a%26b").text)
    later = next(str(a["href"]) for a in first.all("a") if a.get("rel") == "next")

    assert "/?q=order&tag=a%26b&offset=20" == later
    second = Reader(client.get(later).text)
    assert 5 == len({a["href"] for a in second.all("a") if str(a.get("href")).startswith("/products/")})
    assert [] == [a for a in second.all("a") if a.get("rel") == "next"]


def test_a_product_page_tells_what_it_promises_and_what_the_reader_sees(
    signed_in: Callable[[str], TestClient], ana: EmbeddedRegistry, orders: Registration
) -> None:
    ana.register(orders)
    page = Reader(signed_in("ana").get("/products/sales.orders").text)
    said = " ".join(page.text.split())

    for words in (
        "One row per order line",
        "Owner order-desk",
        "Latency 1 hour",
        "you may read this",
        "price_set",
        "Every line has a price.",
        'Mesh.open(catalog="http://127.0.0.1", purpose="operations")',
        "mesh read sales.orders --catalog http://127.0.0.1 --purpose operations -c order_id",
        "No policies of its own",
    ):
        assert words in said, words
    levels = [a["class"] for a in page.all("span") if str(a.get("class")).startswith("level")]
    assert ["level clear", "level hidden", "level hidden"] == levels


def test_a_product_page_shows_policies_and_neighbours(
    signed_in: Callable[[str], TestClient], ana: EmbeddedRegistry, ben: EmbeddedRegistry, make: Make
) -> None:
    ana.register(make("sales.orders", "order_id", permits=["planning"]))
    ana.register(make("sales.hidden_orders", "order_id"))
    ben.register(make("supply_chain.demand", "key"))
    made_of = [
        {"namespace": "file", "name": f"/lake/sales/{name}/v1", "field": "order_id"}
        for name in ("orders", "hidden_orders")
    ]
    ben.record(
        {
            "eventType": "COMPLETE",
            "eventTime": "2026-11-20T10:00:00Z",
            "producer": "urn:test",
            "schemaURL": "urn:test",
            "run": {"runId": "5d9c8b0e-8a1c-4f0e-9c7e-4b6b3f0f1a2b"},
            "job": {"namespace": "mesh://thenar/supply_chain", "name": "supply_chain.demand.build"},
            "outputs": [
                {
                    "namespace": "file",
                    "name": "/lake/supply_chain/demand/v1",
                    "facets": {"columnLineage": {"fields": {"key": {"inputFields": made_of}}}},
                }
            ],
        }
    )
    client = signed_in("ben")
    up = client.get("/products/supply_chain.demand").text
    orders = Reader(client.get("/products/sales.orders").text)

    assert "/products/sales.orders" in [a.get("href") for a in Reader(up).all("a")]
    assert ("restricted" in Reader(up).text, "hidden_orders" in up) == (True, False)
    assert "planning works with it" not in orders.text
    assert "planning works with it" in signed_in("ana").get("/products/sales.orders").text
    assert "/products/supply_chain.demand" in [a.get("href") for a in orders.all("a")]


def test_a_hidden_product_has_the_page_of_an_unknown_one(
    signed_in: Callable[[str], TestClient], ana: EmbeddedRegistry, orders: Registration
) -> None:
    ana.register(orders)
    client = signed_in("ben")
    hidden, unknown = (client.get(f"/products/{name}") for name in ("sales.orders", "sales.nothing"))

    assert (404, 404, hidden.text) == (hidden.status_code, unknown.status_code, unknown.text)
    assert "text/html; charset=utf-8" == hidden.headers["content-type"]
    assert "There is nothing here" in client.get("/no/such/page").text


def test_hostile_text_stays_text_wherever_it_stands(
    signed_in: Callable[[str], TestClient], ana: EmbeddedRegistry, make: Make
) -> None:
    column = ColumnSpec(
        name=HOSTILE,
        type=StructType(fields=(ColumnSpec(name=HOSTILE, type=ScalarType(kind="string")),)),
        description=HOSTILE,
        unit=HOSTILE,
        constraints=Constraints(values=(HOSTILE,), pattern=HOSTILE),
    )
    rule = RuleSpec(name=HOSTILE, description=HOSTILE, columns=(), expression=HOSTILE)
    ana.register(make("sales.orders", column, description=HOSTILE, tags=[HOSTILE], rules=(rule,), run_id=HOSTILE))
    client = signed_in("ana")
    hits = ana.search(SearchQuery(text="script"))
    pages = [client.get(path) for path in ("/", "/products/sales.orders", "/products/sales.orders?purpose=" + HOSTILE)]
    pages += [client.get("/", params={"q": HOSTILE}), client.get("/", params={"tag": HOSTILE, "q": "order"})]

    assert 1 == hits.total
    for page in pages:
        reader = Reader(page.text)
        assert 200 == page.status_code
        assert [] == reader.all("script")
        assert {"/static/mesh.svg"} == {image["src"] for image in reader.all("img")}
        assert [] == [a for _, a in reader.tags if any(name.startswith("on") for name in a)]
        assert "\N{RIGHT-TO-LEFT OVERRIDE}" not in page.text
        assert "{{7*7}}" in page.text


def test_pages_load_nothing_from_elsewhere_and_hold_no_inline_style(
    signed_in: Callable[[str], TestClient], ana: EmbeddedRegistry, orders: Registration
) -> None:
    ana.register(orders)
    client = signed_in("ana")
    for path in ("/", "/products/sales.orders", "/login", "/nothing"):
        reader = Reader(client.get(path).text)
        places = [str(a.get("href") or a.get("src") or a.get("action") or "") for _, a in reader.tags]
        assert [] == [p for p in places if re.match(r"(\w+:)?//", p)]
        assert [] == [a for tag, a in reader.tags if tag == "style" or "style" in a]
    for asset, kind in (("catalog.css", "text/css"), ("mesh.svg", "image/svg+xml")):
        answer = client.get(f"/static/{asset}")
        assert (200, True) == (answer.status_code, answer.headers["content-type"].startswith(kind))


def test_every_field_is_labelled_and_every_table_has_headers(
    signed_in: Callable[[str], TestClient], ana: EmbeddedRegistry, orders: Registration
) -> None:
    ana.register(orders)
    client = signed_in("ben")
    ana.acting_as(ana.principal).register(orders)
    client = signed_in("ana")
    for path in ("/", "/products/sales.orders", "/login"):
        reader = Reader(client.get(path).text)
        labelled = {label["for"] for label in reader.all("label")}
        fields = [a for a in (*reader.all("input"), *reader.all("select")) if a.get("type") != "hidden"]
        assert {field["id"] for field in fields} == labelled
        assert [{"lang": "en"}] == reader.all("html")
        assert 1 == len(reader.all("h1"))
        assert all(header.get("scope") for header in reader.all("th"))


def test_the_lineage_page_keeps_what_is_asked_of_it_as_text_and_says_what_is_wrong(
    signed_in: Callable[[str], TestClient], ana: EmbeddedRegistry, make: Make
) -> None:
    ana.register(
        make("sales.orders", ColumnSpec(name=HOSTILE, type=ScalarType(kind="string"), classes=("commercial",)))
    )
    asked = dict.fromkeys(("find", "reach", "path_from", "path_to"), HOSTILE) | {
        "at": "yesterday",
        "columns": "sales.orders",
    }
    page = signed_in("ana").get("/products/sales.orders/lineage", params=asked)
    reader = Reader(page.text)

    assert 200 == page.status_code
    assert [{"type": "module", "src": "/static/lineage.js"}] == reader.all("script")
    assert [] == [a for _, a in reader.tags if any(name.startswith("on") or name == "style" for name in a)]
    assert "\N{RIGHT-TO-LEFT OVERRIDE}" not in page.text
    assert "As of: a version such as 7" in reader.text
    kept = HOSTILE.replace("\N{RIGHT-TO-LEFT OVERRIDE}", "\N{REPLACEMENT CHARACTER}")
    assert {kept, "sales.orders", "yesterday"} == {str(field["value"]) for field in reader.all("input")}


@pytest.mark.parametrize("asked", ["analytics", "nothing-known", HOSTILE])
def test_a_page_for_a_purpose_that_is_not_the_readers_says_that_it_shows_another(
    signed_in: Callable[[str], TestClient], ana: EmbeddedRegistry, orders: Registration, asked: str
) -> None:
    ana.register(orders)
    client = signed_in("ana")
    page, own, plain = (
        " ".join(Reader(client.get("/products/sales.orders", params=params).text).text.split())
        for params in ({"purpose": asked}, {"purpose": "operations"}, {})
    )
    said = "The purpose in the address is none of yours: this is what you see for operations"

    assert (True, False, False) == tuple(said in each for each in (page, own, plain))
    assert asked not in page
