"""What a product's page tells people to copy is copied and run, by somebody who has only a token."""

import os
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path

import httpx
import polars as pl
import pytest
from gateway_lake import NO_TLS, ORDERS, ORDERS_CEDAR, Served, frame, scalar

from meshwright.spec import ColumnSpec, StructType

AWKWARD = "größe, 'a' \"b\" $HOME"
ODD = ORDERS.model_copy(
    update={
        "id": "sales.import",
        "columns": (
            ColumnSpec(name="inside", type=StructType(fields=(scalar("secret", "string", "commercial"),))),
            scalar("-n", "integer"),
            scalar(AWKWARD),
        ),
    }
)
HIDDEN = ORDERS.model_copy(update={"id": "sales.margins", "columns": (scalar("margin", "integer", "commercial"),)})


CURL = f"""#!{sys.executable}
# What the page has curl do, where there may be no curl.
import sys, httpx
words = sys.argv[1:]
headers = dict(words[n + 1].split(": ", 1) for n, word in enumerate(words) if word == "-H")
address = next(word for word in words if word.startswith("http"))
body = words[words.index("-d") + 1]
print(httpx.request(words[words.index("-X") + 1], address, headers=headers, content=body, trust_env=False).text, end="")
"""


class Snippets(HTMLParser):
    """Collects what stands in `pre`."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[str] = []
        self._inside = False
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "pre":
            self._inside = True
            self.found.append("")

    def handle_endtag(self, tag: str) -> None:
        self._inside = self._inside and tag != "pre"

    def handle_data(self, data: str) -> None:
        if self._inside:
            self.found[-1] += data


@pytest.fixture
def shelf(published: Served) -> Served:
    """Serve two more products: one of awkward names, and one of which nobody sees a column."""
    lake = published
    rows = pl.DataFrame({"inside": [{"secret": "s"}], "-n": [1], AWKWARD: ["w"]})
    lake.publish(rows, ODD)
    lake.register(ODD, ORDERS_CEDAR.replace("sales.orders", "sales.import"), version=0)
    lake.publish(pl.DataFrame({"margin": [77]}), HIDDEN)
    lake.register(HIDDEN, ORDERS_CEDAR.replace("sales.orders", "sales.margins"), version=0)
    return lake


def printed(lake: Served, product: str, who: str, purpose: str) -> list[str]:
    """Read the page as a browser that is signed in; of an older major version after a slash."""
    product, _, major = product.partition("/")
    token = lake.headers(who)["Authorization"].removeprefix("Bearer ")
    page = httpx.get(
        f"{lake.url}/products/{product}?purpose={purpose}{f'&major={major}' if major else ''}",
        cookies={"mesh_token": token},
        trust_env=False,
        verify=NO_TLS,
    )
    assert 200 == page.status_code, page.text
    return Snippets(page.text).found


def pasted(lake: Served, snippet: str, who: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """Run a snippet in a folder that knows nothing, as its reader: Python by its first word, else in a shell."""
    python = snippet.startswith("from ")
    variable = snippet.splitlines()[-1].partition(" = ")[0]
    typed = [sys.executable, "-c", f"{snippet}\nprint({variable}.write_csv())"] if python else ["bash", "-c", snippet]
    curl = folder / "bin" / "curl"
    curl.parent.mkdir(exist_ok=True)
    curl.write_text(CURL)
    curl.chmod(0o700)
    path = os.pathsep.join((str(curl.parent), str(Path(sys.executable).parent), os.environ["PATH"]))
    token = lake.headers(who)["Authorization"].removeprefix("Bearer ")
    known = {"PATH": path, "HOME": str(folder), "MESH_TOKEN": token, "NO_PROXY": "*", "PYTHONUTF8": "1"}
    return subprocess.run(typed, cwd=folder, env=known, capture_output=True, text=True, check=False, timeout=90)


def ran(lake: Served, product: str, who: str, purpose: str, folder: Path) -> list[str]:
    """Give what every snippet of a page prints; none may fail."""
    done = [pasted(lake, snippet, who, folder) for snippet in printed(lake, product, who, purpose)]
    assert [0, 0, 0] == [each.returncode for each in done], [each.stderr for each in done]
    return [each.stdout for each in done]


def test_every_printed_snippet_reads_the_columns_that_it_names(published: Served, tmp_path: Path) -> None:
    python, command, http = ran(published, "sales.orders", "ben", "analytics", tmp_path)

    assert python.strip() == http.strip()
    assert "order_no,email,born" == http.splitlines()[0]
    assert [13, "O-0"] == [len(http.splitlines()), http.splitlines()[1][:3]]
    assert all(word in command for word in ("order_no", "email (token)", "born (coarse)", "O-0", "1980-01-01"))


@pytest.mark.slow
def test_names_that_python_or_a_shell_would_misread_are_quoted(shelf: Served, tmp_path: Path) -> None:
    python, command, http = ran(shelf, "sales.import", "ben", "analytics", tmp_path)

    assert [AWKWARD in command, '-n,"größe, \'a\' ""b"" $HOME"'] == [True, http.splitlines()[0]]
    assert python.strip() == http.strip()
    assert "inside" not in python + command + http  # nobody sees a field of it


@pytest.mark.slow
@pytest.mark.parametrize(
    ("product", "who", "purpose"), [("sales.orders", "ben", "operations"), ("sales.orders", "ana", "operations")]
)
def test_the_snippets_are_for_the_purpose_that_the_page_is_seen_for(
    published: Served, tmp_path: Path, product: str, who: str, purpose: str
) -> None:
    snippets = printed(published, product, who, purpose)

    assert all(purpose in snippet for snippet in snippets)
    assert 3 == len(ran(published, product, who, purpose, tmp_path))


@pytest.mark.slow
def test_where_no_column_is_shown_none_is_named_and_every_snippet_is_answered(shelf: Served, tmp_path: Path) -> None:
    snippets = printed(shelf, "sales.margins", "ben", "analytics")
    done = [pasted(shelf, snippet, "ben", tmp_path) for snippet in snippets]

    assert [] == [snippet for snippet in snippets if 'margin"' in snippet or "-c " in snippet]
    assert [] == [each.stderr for each in done if "Traceback" in each.stderr or "unexpected" in each.stderr]
    assert not any("77" in each.stdout for each in done)


@pytest.mark.slow
def test_an_older_major_is_read_by_its_own_snippets(published: Served, tmp_path: Path) -> None:
    second = ORDERS.model_copy(update={"version": "2.0.0", "columns": ORDERS.columns[:1]})
    published.publish(frame().select("order_no"), second)
    published.register(second, version=0)

    for product, columns in (("sales.orders", "order_no"), ("sales.orders/1", "order_no,email,born")):
        python, _, http = ran(published, product, "ben", "analytics", tmp_path)
        assert (columns, columns) == (python.splitlines()[0], http.splitlines()[0])
