"""How much one read, one principal and everybody together may take of the gateway."""

from dataclasses import dataclass

from meshwright.errors import QueryRejected, TooMuchAsked
from meshwright.query import ReadRequest
from meshwright.read import SMALLEST_GROUP
from meshwright.read.filters import MOST_TERMS, check_size


@dataclass(frozen=True, kw_only=True, slots=True)
class Limits:
    """Caps of one read (columns, filter terms, rows, sorted rows, groups), of its time, and of reads at once.

    A term is a condition or a literal. Groups of fewer than `smallest_group` rows are left out for who does not see
    every classified column in the clear. `seconds` is the longest answer, `stalled_seconds` the longest that a client
    may take for a quarter of a megabyte, `recheck_seconds` how old a decision may be while an answer goes out,
    `after_expiry_seconds` how long it may go on after the caller's token ended. A piece has at most `batch_rows` rows
    and about `batch_cells` cells; `threads` make pieces at once.
    """

    columns: int = 1_000
    filter_terms: int = MOST_TERMS
    rows: int = 1_000_000_000
    sorted_rows: int = 100_000
    groups: int = 100_000
    smallest_group: int = SMALLEST_GROUP
    seconds: float = 3_600
    stalled_seconds: float = 60
    recheck_seconds: float = 5
    after_expiry_seconds: float = 300
    streams_each: int = 4
    streams: int = 32
    threads: int = 8
    batch_rows: int = 40_000
    batch_cells: int = 1_000_000

    def rows_of(self, columns: int) -> int:
        """Tell how many rows a piece of that many columns may have."""
        return max(1, min(self.batch_rows, self.batch_cells // max(1, columns)))


def check(request: ReadRequest, product: str, limits: Limits) -> None:
    """Refuse what is more than a read may take with `TooMuchAsked`, a contradiction with `QueryRejected`."""
    if request.version is not None and request.as_of is not None:
        raise QueryRejected(product, "a version and a time are two ways to say the same", "give one of them")
    figures = len(request.aggregate.by) + len(request.aggregate.of) if request.aggregate else 0
    named = len(request.columns or ()) + len(request.levels) + len(request.order_by) + figures
    if named > limits.columns:
        raise TooMuchAsked(product, f"more than {limits.columns} columns are named")
    if request.filter is not None:
        check_size(request.filter, product, limits.filter_terms)
    if request.limit is not None and request.limit > limits.rows:
        raise TooMuchAsked(product, f"the limit is more than {limits.rows} rows", "leave it out to read every row")
    sorts = bool(request.order_by) and request.aggregate is None
    if sorts and (request.limit is None or request.limit > limits.sorted_rows):
        raise TooMuchAsked(product, f"an order needs a limit of at most {limits.sorted_rows} rows")
