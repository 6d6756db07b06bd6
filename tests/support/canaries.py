"""Values that stand in one cell alone, what a mesh says and writes, and a scanner that finds one in the other."""

import base64
import gzip
import io
import json
import logging
import random
import sqlite3
import string
from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
import tantivy

LENGTH = 14
ARROW, PARQUET = "vnd.apache.arrow.stream", "vnd.apache.parquet"
INDEXED = ("id", "position", "exact_name", "exact_column", "name", "column", "label", "text")
_LETTERS = string.ascii_lowercase + string.digits


@dataclass(frozen=True)
class Surface:
    """Something that was said or written, and the tokens that whoever gets it may see."""

    name: str
    content: bytes
    allowed: frozenset[str] = frozenset()


def tokens(seed: int) -> Iterator[str]:
    """Give tokens of letters and digits, the same for a seed."""
    drawn = random.Random(seed)
    while True:
        yield "".join(drawn.choices(_LETTERS, k=LENGTH))


def leaks(surfaces: Iterable[Surface], known: Iterable[str]) -> list[tuple[str, str]]:
    """Find every token that stands where it may not, in the clear or in disguise: (surface, token)."""
    folded: dict[str, tuple[bytes, ...]] = {}
    exact: dict[str, tuple[bytes, ...]] = {}
    for token in known:
        folded[token], exact[token] = _folded(token), _exact(token)
    found: list[tuple[str, str]] = []
    for surface in surfaces:
        lower = surface.content.lower()
        for token in folded.keys() - surface.allowed:
            hidden = any(form in lower for form in folded[token])
            if hidden or any(form in surface.content for form in exact[token]):
                found.append((surface.name, token))
    return found


def _folded(token: str) -> tuple[bytes, ...]:
    """Write a token as it is, reversed, in hexadecimal and in UTF-16; all are looked for in any case."""
    return token.encode(), token[::-1].encode(), token.encode().hex().encode(), token.encode("utf-16-le")


def _exact(token: str) -> tuple[bytes, ...]:
    """Write a token, and in upper case, as base64 at each of the three places where it may begin."""
    cases = (token.encode(), token.upper().encode())
    shifted = (base64.b64encode(b"\0" * shift + case) for case in cases for shift in range(3))
    return tuple(code[4:-4] for code in shifted)


def of_answer(name: str, response: httpx.Response, allowed: Iterable[str] = ()) -> Surface:
    """Take headers and body of an answer, and its rows as text where its form compresses them."""
    head = repr(response.headers.raw).encode()
    body, kind = response.content, response.headers.get("Content-Type", "")
    rows = b""
    if response.is_success and ARROW in kind:
        rows = pl.read_ipc_stream(body).write_json().encode()
    elif response.is_success and PARQUET in kind:
        rows = pl.read_parquet(io.BytesIO(body)).write_json().encode()
    return Surface(name, head + body + rows, frozenset(allowed))


def of_folder(
    folder: Path,
    *,
    but: frozenset[str] = frozenset(),
    own: tuple[str, ...] = (),
    lawful: Mapping[str, frozenset[str]] | None = None,
) -> Iterator[Surface]:
    """Take every file below a folder, its name included, and decode what is packed, the rows of tables too.

    `but` are names of files that hold what they hold on purpose. Of tables below `own` the rows are left out: they are
    where the values come from. `lawful` says by folder which tokens may stand in the rows of what is made of others.
    """
    for file in sorted(folder.rglob("*")):
        name = file.relative_to(folder).as_posix()
        if file.is_file() and file.name not in but:
            yield Surface(name, name.encode() + b"\n" + b"\n".join(_contents(file)))
            if file.suffix == ".parquet" and file.parent.name != "_delta_log" and not name.startswith(own or " "):
                may = frozenset[str]().union(*(t for place, t in (lawful or {}).items() if name.startswith(place)))
                yield Surface(f"{name} (rows)", _rows(file.read_bytes()), may)
        elif file.is_dir() and (file / "meta.json").is_file():
            yield Surface(f"{name} (index)", _indexed(file))


def _contents(file: Path) -> Iterator[bytes]:
    raw = file.read_bytes()
    if file.suffix != ".parquet":
        yield raw
        yield from _unpacked(raw)
    elif file.parent.name == "_delta_log":
        yield raw
        yield _rows(raw)
    else:
        yield raw[-int.from_bytes(raw[-8:-4], "little") - 8 :]
        footers: Any = pq
        yield str(footers.read_metadata(io.BytesIO(raw)).metadata).encode()


def _rows(raw: bytes) -> bytes:
    """Decode every cell of a Parquet file, and write it as Python does."""
    parquet: Any = pq
    return repr(parquet.ParquetFile(io.BytesIO(raw)).read().to_pylist()).encode()


def _unpacked(raw: bytes) -> Iterator[bytes]:
    if raw.startswith(b"\x1f\x8b"):
        yield gzip.decompress(raw)
    if raw.startswith(b"SQLite format 3"):
        with closing(sqlite3.connect(":memory:")) as database:
            database.deserialize(raw.replace(b"\x02\x02", b"\x01\x01", 1) if raw[18:20] == b"\x02\x02" else raw)
            yield "\n".join(database.iterdump()).encode()


def _indexed(folder: Path) -> bytes:
    """Give every term and every stored document of a search index."""
    searcher = tantivy.Index.open(str(folder)).searcher()
    found = searcher.search(tantivy.Query.all_query(), max(searcher.num_docs, 1))
    documents = [json.dumps(searcher.doc(address).to_dict()) for _, address in found.hits]
    terms = [str(term) for name in INDEXED for term in _terms(searcher, name)]
    return "\n".join(documents + terms).encode()


def _terms(searcher: Any, name: str) -> list[Any]:
    try:
        return list(searcher.terms_with_prefix(name, ""))
    except ValueError:  # an index without that field
        return []


@dataclass
class Log(logging.Handler):
    """Keeps every line of every logger but the caller's own, with traces, as a file would have it."""

    lines: list[str] = field(default_factory=list[str])

    def __post_init__(self) -> None:
        """Begin at DEBUG."""
        super().__init__(logging.DEBUG)
        self.setFormatter(logging.Formatter("%(asctime)s %(name)s %(levelname)s %(message)s"))

    def __hash__(self) -> int:
        """Be told apart by identity, as every handler."""
        return id(self)

    def emit(self, record: logging.LogRecord) -> None:
        """Keep a line."""
        if not record.name.startswith(("httpx", "httpcore")):  # they speak for who asks
            self.lines.append(self.format(record))

    def surface(self) -> Surface:
        """Give all lines."""
        return Surface("log", "\n".join(self.lines).encode())


def arrow_of(rows: Mapping[str, list[Any]], codec: str) -> bytes:
    """Write rows as an Arrow stream with compressed buffers."""
    arrow: Any = pa
    table = arrow.table(dict(rows))
    sink = io.BytesIO()
    with arrow.ipc.new_stream(sink, table.schema, options=arrow.ipc.IpcWriteOptions(compression=codec)) as writer:
        writer.write_table(table)
    return sink.getvalue()
