"""A hidden product is asked about as an unknown one is: the same answer, made by the same work, which is counted."""

from typing import Any

import httpx
import pytest
from attacked import CONTACTS, HIDDEN, call
from gateway_lake import Served
from work import Work, counted

UNKNOWN = "sales.nightjar000"
WORDS = {HIDDEN.id: "zephyrquill", UNKNOWN: "zephyrquell"}
Request = tuple[str, str, dict[str, Any]]


def surfaces(product: str) -> dict[str, Request]:
    """Give every way to ask about a product."""
    api, asked = f"/api/v1/products/{product}", {"params": {"product": product}}
    until = "2026-12-01T00:00:00Z"
    wanted = {"product": product, "columns": ["x"], "level": "clear", "purpose": "analytics"}
    urgent = {"product": product, "cls": "pii", "purpose": "analytics", "reason": "a recall"}
    form = {"what": "pii", "level": "clear", "purpose": "analytics", "until": "2026-12-01", "reason": "to see"}
    node = f"sales:{product}"
    marquez = f"/marquez/api/v1/namespaces/sales/datasets/{product}"
    return {
        "get": ("GET", api, {}),
        "get a major": ("GET", f"{api}?major=1", {}),
        "versions": ("GET", f"{api}/versions", {}),
        "contract": ("GET", f"{api}/contract", {}),
        "access": ("GET", f"{api}/access?purpose=analytics", {}),
        "read": ("POST", f"{api}/read", {"json": {"purpose": "analytics"}}),
        "read a column": ("POST", f"{api}/read", {"json": {"purpose": "analytics", "columns": ["zephyrquill_no"]}}),
        "read a version": ("POST", f"{api}/read", {"json": {"purpose": "analytics", "major": 1, "version": 7}}),
        "policies": ("GET", f"{api}/policies", {}),
        "approve policies": ("POST", f"{api}/policies/approval", {}),
        "refuse policies": ("POST", f"{api}/policies/refusal", {"params": {"number": 1}, "json": {"note": "no"}}),
        "go back": ("POST", f"{api}/policies/rollback", {}),
        "lineage": ("GET", "/api/v1/lineage", asked),
        "lineage of a column": ("GET", "/api/v1/lineage", {"params": {"product": product, "column": "zephyrquill_no"}}),
        "impact": ("GET", "/api/v1/lineage/impact", asked),
        "path from": ("GET", "/api/v1/lineage/path", {"params": {"product": product, "to_product": CONTACTS.id}}),
        "path to": ("GET", "/api/v1/lineage/path", {"params": {"product": CONTACTS.id, "to_product": product}}),
        "request": ("POST", "/api/v1/access/requests", {"json": {**wanted, "until": until, "reason": "to see"}}),
        "break glass": ("POST", "/api/v1/access/break-glass", {"json": urgent}),
        "search": ("GET", "/api/v1/search", {"params": {"q": product}}),
        "search by a word": ("GET", "/api/v1/search", {"params": {"q": WORDS.get(product, product)}}),
        "marquez dataset": ("GET", marquez, {}),
        "marquez versions": ("GET", f"{marquez}/versions", {}),
        "marquez job": ("GET", f"/marquez/api/v1/namespaces/sales/jobs/{product}", {}),
        "marquez lineage": ("GET", "/marquez/api/v1/lineage", {"params": {"nodeId": f"dataset:{node}"}}),
        "marquez columns": ("GET", "/marquez/api/v1/column-lineage", {"params": {"nodeId": f"dataset:{node}"}}),
        "marquez search": ("GET", "/marquez/api/v1/search", {"params": {"q": WORDS.get(product, product)}}),
        "page": ("GET", f"/products/{product}", {}),
        "lineage page": ("GET", f"/products/{product}/lineage", {}),
        "search page": ("GET", "/", {"params": {"q": WORDS.get(product, product)}}),
        "request page": ("POST", f"/products/{product}/request", {"data": form}),
    }


def told(answer: httpx.Response, product: str) -> tuple[int, str, list[tuple[bytes, bytes]]]:
    """Give all of an answer but the names that were typed and the time."""
    heads = [(name, value) for name, value in answer.headers.raw if name.lower() not in (b"date", b"content-length")]
    return answer.status_code, answer.text.replace(product, "NAME").replace(WORDS.get(product, product), "WORD"), heads


def asked(lake: Served, product: str, surface: str, who: str) -> tuple[httpx.Response, Work]:
    method, path, more = surfaces(product)[surface]
    with counted(lake.app.state.catalog.engine) as work:
        answer = call(
            lake,
            method,
            path,
            who,
            headers={"X-Request-ID": "5a3e5a3e5a3e5a3e5a3e5a3e5a3e5a3e", "Origin": lake.url},
            **more,
        )
    return answer, work


@pytest.mark.parametrize("surface", surfaces(HIDDEN.id))
@pytest.mark.parametrize("who", ["ben", "eve"])
def test_attack_17_a_hidden_product_is_answered_as_an_unknown_one_by_equal_work(
    lake: Served, surface: str, who: str
) -> None:
    asked(lake, UNKNOWN, surface, who)  # whoever asks first pays for what is remembered afterwards
    unknown, in_vain = asked(lake, UNKNOWN, surface, who)
    hidden, work = asked(lake, HIDDEN.id, surface, who)

    assert told(unknown, UNKNOWN) == told(hidden, HIDDEN.id)
    assert in_vain == work


def test_attack_17_what_is_counted_is_what_is_done(lake: Served) -> None:
    _, work = asked(lake, CONTACTS.id, "read", "ben")
    owner, _ = asked(lake, HIDDEN.id, "page", "ana")

    assert work.tables
    assert work.decisions
    assert any("FROM products" in statement for statement in work.statements)
    assert "zephyrquill" in owner.text
