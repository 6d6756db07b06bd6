"""The examples of docs/gateway.md, against a gateway that serves."""

import csv
import io
import json
import os
import re
import shlex
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest
from gateway_lake import Served, serving

from meshwright.read.filters import DEEPEST
from meshwright_catalog.gateway.limits import Limits


@pytest.fixture
def lake(tmp_path: Path) -> Iterator[Served]:
    """Serve twelve orders."""
    with serving(tmp_path) as served:
        served.publish()
        served.register()
        yield served


def block(text: str, language: str) -> str:
    """Give the first example in a language."""
    found = re.search(rf"```{language}\n(.*?)```", text, re.DOTALL)
    assert found is not None
    return found[1]


def test_the_python_example_reads_masked_rows(lake: Served, page: Callable[[str], str], tmp_path: Path) -> None:
    token = lake.headers()["Authorization"].removeprefix("Bearer ")
    code = block(page("docs/gateway.md"), "python") + "\nprint(orders.select('order_no', 'email').write_json())\n"
    surroundings = {**os.environ, "CATALOG": lake.url, "MESH_TOKEN": token, "NO_PROXY": "127.0.0.1"}
    said = subprocess.run(
        [sys.executable, "-c", code], env=surroundings, cwd=tmp_path, capture_output=True, text=True, check=True
    ).stdout
    rows = json.loads(said)

    assert 8 == len(rows)
    assert {"tok1", None} == {row["email"] and row["email"][:4] for row in rows}


def test_the_curl_example_is_a_request_that_is_answered(lake: Served, page: Callable[[str], str]) -> None:
    """Make the request that curl would, where there may be no curl."""
    command = block(page("docs/gateway.md"), "sh").partition("curl")[2].replace("$CATALOG", lake.url)
    words = shlex.split(command.replace("Bearer $MESH_TOKEN", lake.headers()["Authorization"]))
    headers = dict(words[n + 1].split(": ", 1) for n, word in enumerate(words) if word == "-H")
    address = next(word for word in words if word.startswith("http"))
    answer = httpx.post(address, headers=headers, content=words[words.index("-d") + 1], trust_env=False, timeout=60)
    rows = list(csv.DictReader(io.StringIO(answer.text)))

    assert ["O-0", "O-1", "O-2"] == [row["order_no"] for row in rows]
    assert all(row["email"].startswith("tok1_") for row in rows)


def test_the_limits_are_those_that_the_page_names(page: Callable[[str], str]) -> None:
    text, limits = " ".join(page("docs/gateway.md").split()), Limits()

    assert f"{limits.after_expiry_seconds} seconds after the token's end" in text
    assert f"{limits.columns:,} named columns, {limits.filter_terms:,} filter terms" in text
    assert f"conditions {DEEPEST} deep" in text
    assert f"{limits.sorted_rows:,} sorted rows or groups, an hour, {limits.streams_each} reads at once" in text
    assert f"and {limits.streams} for all" in text
    assert (3600, limits.sorted_rows, 5) == (limits.seconds, limits.groups, limits.smallest_group)
