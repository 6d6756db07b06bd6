"""Sixty legitimate requests get the right cells: refusing too much fails like leaking."""

import hashlib
import hmac
import io
import json
from collections.abc import Callable
from itertools import product
from typing import Any

import httpx
import polars as pl
import pytest
from attacked import PEOPLE, contacts
from gateway_lake import Served

Row = dict[str, Any]
WHO = (("ben", "analytics"), ("ben", "operations"), ("ana", "operations"))
QUERIES: dict[str, tuple[dict[str, Any], Callable[[list[Row]], list[Row]]]] = {
    "everything": ({}, lambda rows: rows),
    "columns": ({"columns": ["born", "email"]}, lambda rows: [{k: r[k] for k in ("born", "email")} for r in rows]),
    "a filter": (
        {"filter": {"op": "is_in", "column": "contact_no", "values": ["C-1", "C-3", "C-11"]}},
        lambda rows: [r for r in rows if r["contact_no"] in ("C-1", "C-3", "C-11")],
    ),
    "a date": (
        {"filter": {"op": "ge", "column": "born", "value": "1965-01-01"}},
        lambda rows: [r for r in rows if r["born"] >= "1965-01-01"],
    ),
    "the last ones": (
        {"columns": ["contact_no"], "order_by": [{"column": "contact_no", "descending": True}], "limit": 2},
        lambda rows: [{"contact_no": n} for n in sorted((r["contact_no"] for r in rows), reverse=True)[:2]],
    ),
}
FORMS: dict[str, Callable[[httpx.Response], list[Row]]] = {
    "application/json": lambda answer: answer.json(),
    "application/vnd.apache.arrow.stream": lambda answer: plain(pl.read_ipc_stream(answer.content)),
    "application/vnd.apache.parquet": lambda answer: plain(pl.read_parquet(io.BytesIO(answer.content))),
    "text/csv": lambda answer: unflat(pl.read_csv(io.BytesIO(answer.content), infer_schema=False)),
}
SIXTY = list(product(WHO, QUERIES, FORMS))


def plain(frame: pl.DataFrame) -> list[Row]:
    dates = [name for name, kind in frame.schema.items() if kind == pl.Date]
    return frame.with_columns(pl.col(dates).cast(pl.String)).to_dicts()


def unflat(frame: pl.DataFrame) -> list[Row]:
    """Read nested cells, which stand in CSV as JSON."""
    nested = {"phones", "place"}
    return [{k: json.loads(v) if k in nested else v for k, v in row.items()} for row in frame.to_dicts()]


def expected(who: str, purpose: str) -> list[Row]:
    """Choose and mask the contacts in plain Python."""
    scope = f"meshwright/token/supply_chain/{purpose}".encode()
    key = hmac.new(bytes.fromhex("ab" * 32), scope, hashlib.sha256).hexdigest().encode()

    def token(text: str) -> str:
        made = hmac.new(key, f"string\x1f{text}".encode(), hashlib.sha256)
        return f"tok1_k1_{made.hexdigest()[:32]}"

    rows: list[Row] = []
    for person in PEOPLE:
        clear = who == "ana"
        if clear or person["region"] == "EU":
            rows.append(
                {
                    "contact_no": person["contact_no"],
                    "region": person["region"],
                    "email": person["email"] if clear else token(person["email"]),
                    "born": (person["born"] if clear else person["born"].replace(month=1, day=1)).isoformat(),
                    "phones": [each if clear else token(each) for each in person["phones"]],
                    "place": {"city": person["place"]["city"]},
                }
            )
    return rows


@pytest.mark.parametrize(("who", "query", "form"), SIXTY, ids=str)
def test_a_legitimate_request_gets_the_right_cells(lake: Served, who: tuple[str, str], query: str, form: str) -> None:
    body, chosen = QUERIES[query]
    answer = contacts(lake, {"purpose": who[1], **body}, who[0], Accept=form)

    assert 200 == answer.status_code, answer.text
    assert chosen(expected(*who)) == FORMS[form](answer)


def test_there_are_sixty() -> None:
    assert 60 == len(SIXTY)
