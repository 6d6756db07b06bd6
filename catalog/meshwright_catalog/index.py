"""The search index: derived from the database, brought up to its last change before each search.

It may be deleted at any time. It is kept on disk so that a short command need not build it, and shared by processes;
where the disk does not allow that, each process keeps its own in memory.
"""

import shutil
import time
from collections.abc import Iterable
from pathlib import Path
from threading import Lock

import tantivy
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from meshwright.registry import Entry, Facet
from meshwright.spec import ColumnSpec, ListType, Spec, StructType, column_classes
from meshwright_catalog.database import ledger, reading
from meshwright_catalog.products import entry_of, last_change, newest
from meshwright_catalog.words import words

FORM = "v1"
FACETS: tuple[Facet, ...] = ("domain", "owner", "tag", "class")
TEXTS = ("name", "column", "label", "text")
EXACT = ("exact_name", "exact_column")
_HEAP = 15_000_000
_PATIENCE_S = 5.0

Position = tuple[str, int]


def make_schema() -> tantivy.Schema:
    """Declare the fields: exact names, words by where they stand, and facets."""
    builder = tantivy.SchemaBuilder()
    builder.add_text_field("id", stored=True, fast=True, tokenizer_name="raw", index_option="basic")
    builder.add_text_field("position", stored=True, tokenizer_name="raw", index_option="basic")
    for name in EXACT:
        builder.add_text_field(name, tokenizer_name="raw", index_option="basic")
    for name in TEXTS:
        builder.add_text_field(name, tokenizer_name="words", index_option="freq")
    for name in FACETS:
        builder.add_text_field(name, fast=True, tokenizer_name="raw", index_option="basic")
    return builder.build()


class SearchIndex:
    """One process's view of the index."""

    def __init__(self, folder: Path | None) -> None:
        self.schema = make_schema()
        self._folder = folder / FORM if folder else None
        self._lock = Lock()
        self._at: Position | None = None
        self._index = self._open()

    def searcher(self, engine: Engine) -> tantivy.Searcher:
        """Give a view that holds every registration committed before this call."""
        with reading(engine) as session:
            wanted = _position(session)
        with self._lock:
            if self._at != wanted:
                self._advance(engine)
            return self._index.searcher()

    def _advance(self, engine: Engine) -> None:
        """Catch up; an index that cannot be used is made anew on disk, and if that fails too, in memory."""
        deadline = time.monotonic() + _PATIENCE_S
        remedies = [False, True]
        while True:
            try:
                self._catch_up(engine)
                return
            except (ValueError, OSError) as problem:
                if "LockBusy" not in str(problem):
                    self._start_anew(in_memory=remedies.pop(0))
                elif time.monotonic() < deadline:
                    time.sleep(0.02)  # another process writes what is missing
                else:
                    self._start_anew(in_memory=True)

    def _catch_up(self, engine: Engine) -> None:
        self._index.reload()
        have = self._stored_position()
        with reading(engine) as session:  # opened after the position was read, so it cannot be older
            wanted = _position(session)
            if have != wanted:
                after = have[1] if have and have[0] == wanted[0] and have[1] <= wanted[1] else None
                self._write(map(entry_of, newest(session, after or 0)), wanted, anew=after is None)
        self._index.reload()
        self._at = wanted

    def _write(self, entries: Iterable[Entry], position: Position, *, anew: bool) -> None:
        writer = self._index.writer(_HEAP, 1)
        try:
            if anew:
                writer.delete_all_documents()
            for entry in entries:
                writer.delete_documents_by_term("id", entry.spec.id)
                writer.add_document(document(entry))
            writer.delete_documents_by_term("id", "")
            writer.add_document(tantivy.Document(id="", position=f"{position[0]} {position[1]}"))
            writer.commit()
        finally:
            writer.wait_merging_threads()

    def _stored_position(self) -> Position | None:
        searcher = self._index.searcher()
        hits = searcher.search(tantivy.Query.term_query(self.schema, "id", ""), limit=1).hits
        if not hits:
            return None
        catalog, _, sequence = str(searcher.doc(hits[0][1]).get_first("position")).partition(" ")
        return catalog, int(sequence)

    def _open(self) -> tantivy.Index:
        if self._folder is None:
            return self._prepared(tantivy.Index(self.schema))
        try:
            for folder in (self._folder.parents[1], self._folder.parent, self._folder):  # a mode is of the last alone
                folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            return self._prepared(tantivy.Index(self.schema, path=str(self._folder)))
        except OSError:
            return self._prepared(tantivy.Index(self.schema))
        except ValueError:
            shutil.rmtree(self._folder, ignore_errors=True)
            return self._prepared(tantivy.Index(self.schema))

    def _start_anew(self, *, in_memory: bool) -> None:
        if self._folder is not None and not in_memory:
            shutil.rmtree(self._folder, ignore_errors=True)
        self._index = self._prepared(tantivy.Index(self.schema)) if in_memory else self._open()
        self._at = None

    def _prepared(self, index: tantivy.Index) -> tantivy.Index:
        index.register_tokenizer("words", tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.whitespace()).build())
        return index


def document(entry: Entry) -> tantivy.Document:
    """Write what may be searched of a product: names, meanings and labels, never a value or a vocabulary."""
    spec = entry.spec
    columns = [column for top in spec.columns for column in _flat(top)]
    classes = classes_of(spec)
    prose = [spec.description, *(c.description for c in columns), *(f"{r.name} {r.description}" for r in spec.rules)]
    return tantivy.Document(
        id=spec.id,
        exact_name=sorted({spec.id, spec.product, exact(spec.product)}),
        exact_column=sorted({exact(c.name) for c in columns}),
        name=_joined([spec.id, *_run_together([spec.product])]),
        column=_joined([*(c.name for c in columns), *_run_together(c.name for c in columns)]),
        label=_joined([spec.owner, *spec.tags, *classes]),
        text=_joined(prose),
        domain=spec.domain,
        owner=spec.owner,
        tag=list(spec.tags),
        **{"class": classes},
    )


def classes_of(spec: Spec) -> list[str]:
    """List the classes of all columns."""
    return sorted({name for column in spec.columns for name in column_classes(column)})


def exact(name: str) -> str:
    """Give the form in which whole names are compared, so that `orders` is `Order`."""
    return " ".join(words(name))


def _joined(texts: Iterable[str]) -> str:
    return " ".join(word for text in texts for word in words(text))


def _run_together(names: Iterable[str]) -> Iterable[str]:
    """Also find `order_id` by `orderid`."""
    return ("".join(words(name)) for name in names if "_" in name)


def _flat(column: ColumnSpec) -> list[ColumnSpec]:
    if isinstance(column.type, StructType):
        return [column, *(inner for field in column.type.fields for inner in _flat(field))]
    if isinstance(column.type, ListType):
        return [column, *_flat(column.type.items)[1:]]
    return [column]


def _position(session: Session) -> Position:
    return ledger(session)[0], last_change(session)
