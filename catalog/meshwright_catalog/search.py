"""Find products by words and filters, among those the caller may discover."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, cast

import tantivy
from tantivy import Occur, Query

from meshwright.registry import Entry, Facet, SearchHit, SearchPage, SearchQuery
from meshwright_catalog.gate import Visit
from meshwright_catalog.index import FACETS, classes_of, exact
from meshwright_catalog.products import entry_of, newest
from meshwright_catalog.words import words

# What a word is worth by where it stands: as a whole word, and as the beginning of one.
WORTH = {"name": (10.0, 6.0), "label": (5.0, 2.5), "column": (4.0, 2.0), "text": (1.0, 0.5)}
EXACT_NAME, EXACT_COLUMN, TYPO = 100.0, 20.0, 0.3
MAX_WORDS = 12
MAX_FACET = 200

Clause = tuple[Occur, Query]


class Search:
    """One search: its words, filters and what the caller may see, as queries of the index."""

    def __init__(
        self, schema: tantivy.Schema, query: SearchQuery, shown: frozenset[str], hidden: frozenset[str]
    ) -> None:
        self.schema = schema
        self.query = query
        self.words = list(dict.fromkeys(words(query.text)))[:MAX_WORDS]
        self._seen = _seen(schema, shown, hidden)

    def page(self, searcher: tantivy.Searcher, visit: Visit) -> SearchPage:
        """Run it, more tolerantly until something is found; what is shown was decided now, counts seconds ago."""
        matching, count, ids = Query.empty_query(), 0, list[str]()
        for matching in self._attempts():
            count, ids = self._run(searcher, self._with(matching))
            if count:
                break
        entries = {row.product: entry_of(row) for row in newest(visit.session, among=ids)}
        return SearchPage(
            total=count,
            hits=tuple(self._hit(entries[i]) for i in ids if i in entries and visit.may_discover(entries[i])),
            facets=self._facets(searcher, matching),
        )

    def _attempts(self) -> Iterator[Query]:
        """Give what to look for: every word as written, every word with a typo in it, any of the words."""
        if not self.query.text.strip():
            yield Query.all_query()
        elif self.words:
            yield self._matching(Occur.Must, typos=False)
            yield self._matching(Occur.Must, typos=True)
            if len(self.words) > 1:
                yield self._matching(Occur.Should, typos=True)

    def _run(self, searcher: tantivy.Searcher, query: Query) -> tuple[int, list[str]]:
        limit, offset = self.query.limit, self.query.offset
        if self.words:
            found = searcher.search(query, limit=limit, offset=offset)
        else:
            found = searcher.search(query, limit=limit, offset=offset, order_by_field="id", order=tantivy.Order.Asc)
        ids = [str(searcher.doc(address).get_first("id")) for _, address in found.hits]
        return int(getattr(found, "count", len(ids)) or 0), ids

    def _matching(self, occur: Occur, *, typos: bool) -> Query:
        said, whole = self.query.text.strip().casefold(), exact(self.query.text)
        places = {("exact_name", said, EXACT_NAME), ("exact_name", whole, EXACT_NAME)}
        places |= {("exact_column", whole, EXACT_COLUMN)}
        stated = Query.boolean_query([(occur, self._word(word, typos=typos)) for word in self.words])
        named = [(Occur.Should, self._constant(*place)) for place in sorted(places)]
        return Query.boolean_query([(Occur.Must, stated), *named])

    def _word(self, word: str, *, typos: bool) -> Query:
        places: list[Query] = []
        for name, (whole, beginning) in WORTH.items():
            places.append(self._constant(name, word, whole))
            if len(word) > 1:
                starts = Query.regex_query(self.schema, name, f"{word}.*")
                places.append(Query.const_score_query(starts, beginning))
        if typos and len(word) > 3:
            places += [
                Query.const_score_query(Query.fuzzy_term_query(self.schema, name, word), TYPO)
                for name in ("name", "column", "label")
            ]
        return Query.disjunction_max_query(places, tie_breaker=0.1)

    def _constant(self, name: str, value: str, score: float) -> Query:
        return Query.const_score_query(Query.term_query(self.schema, name, value, "basic"), score)

    def _with(self, matching: Query, leave_out: str = "") -> Query:
        filters = [
            (Occur.Must, Query.const_score_query(Query.term_set_query(self.schema, name, values), 0.0))
            for name, values in self._filters().items()
            if values and name != leave_out
        ]
        return Query.boolean_query([(Occur.Must, matching), *filters, *self._seen])

    def _filters(self) -> Mapping[Facet, list[str]]:
        query = self.query
        chosen = {"domain": query.domain, "owner": query.owner, "tag": query.tag, "class": query.classification}
        return {name: list(chosen[name]) for name in FACETS}

    def _facets(self, searcher: tantivy.Searcher, matching: Query) -> dict[Facet, dict[str, int]]:
        """Count by each facet; those without a filter of their own in one go."""
        alone: list[Facet] = [name for name, values in self._filters().items() if values]
        together: list[Facet] = [name for name in FACETS if name not in alone]
        counted = _aggregated(searcher, self._with(matching), together)
        for name in alone:
            counted |= _aggregated(searcher, self._with(matching, leave_out=name), [name])
        return {name: _ordered(counted[name]["buckets"]) for name in FACETS}

    def _hit(self, entry: Entry) -> SearchHit:
        spec = entry.spec
        return SearchHit(
            id=spec.id,
            version=spec.version,
            description=spec.description,
            domain=spec.domain,
            owner=spec.owner,
            tags=spec.tags,
            classes=tuple(classes_of(spec)),
            matched_columns=tuple(c.name for c in spec.columns if self._stands_in(words(c.name))),
            rows=entry.rows,
            registered_at=entry.registered_at,
        )

    def _stands_in(self, found: Iterable[str]) -> bool:
        return any(word.startswith(wanted) for word in found for wanted in self.words)


def _aggregated(searcher: tantivy.Searcher, query: Query, names: Iterable[Facet]) -> dict[str, Any]:
    asked = {name: {"terms": {"field": name, "size": MAX_FACET}} for name in names}
    return cast("dict[str, Any]", searcher.aggregate(query, asked)) if asked else {}


def _ordered(buckets: Iterable[Mapping[str, Any]]) -> dict[str, int]:
    counts = {str(b["key"]): int(b["doc_count"]) for b in buckets if b["key"]}
    return dict(sorted(counts.items(), key=lambda pair: (-pair[1], pair[0])))


def _seen(schema: tantivy.Schema, shown: frozenset[str], hidden: frozenset[str]) -> list[Clause]:
    """Keep to what may be discovered, by the shorter of the two lists; the mark of the index has no name."""
    if len(shown) <= len(hidden):
        allowed = Query.term_set_query(schema, "id", sorted(shown))
        return [(Occur.Must, Query.const_score_query(allowed, 0.0))]
    return [(Occur.MustNot, Query.term_set_query(schema, "id", ["", *sorted(hidden)]))]
