"""The rows of an answer as plain values, whatever the form that it came in."""

import csv
import io
import json
from collections.abc import Mapping
from typing import Any

import httpx
import polars as pl
import reference

ARROW = "application/vnd.apache.arrow.stream"
FORMS = (ARROW, "application/vnd.apache.parquet", "application/json", "text/csv")


def parsed(given: httpx.Response, form: str, kinds: Mapping[str, str]) -> list[dict[str, Any]]:
    """Read the rows of an answer as values, whatever their form."""
    if form == ARROW:
        return [_typed(row, {}) for row in pl.read_ipc_stream(given.content).to_dicts()]
    if form.endswith("parquet"):
        return [_typed(row, {}) for row in pl.read_parquet(io.BytesIO(given.content)).to_dicts()]
    if form == "application/json":
        return [_typed(row, kinds) for row in json.loads(given.content)]
    head, *lines = csv.reader(io.StringIO(given.text, newline=""))
    return [_typed(_cells(dict(zip(head, line or [""], strict=True)), kinds), kinds) for line in lines]


def _cells(row: Mapping[str, str], kinds: Mapping[str, str]) -> dict[str, Any]:
    return {name: None if text == "" else _cell(text, kinds[name]) for name, text in row.items()}


def _cell(text: str, kind: str) -> Any:
    if kind in ("list", "nested"):
        return json.loads(text)
    return text == "true" if kind == "boolean" else text


def _typed(row: Mapping[str, Any], kinds: Mapping[str, str]) -> dict[str, Any]:
    read = reference.read_as
    return {
        name: plain(read(value, kinds[name]) if name in kinds and value is not None else value)
        for name, value in row.items()
    }


def plain(value: Any) -> Any:
    """Write dates within structs as text, for JSON knows no others, and round what may differ in its last digit."""
    if isinstance(value, float):
        return float(f"{value:.12g}")
    return json.loads(json.dumps(value, default=str)) if isinstance(value, list | dict) else value
