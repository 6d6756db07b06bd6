"""Say for each row which checks it breaks, and whether it may be published."""

from collections.abc import Iterable, Mapping

import polars as pl

from meshwright.checks.keys import KEY, key_failures, key_severity
from meshwright.checks.references import reference_failures, reference_names
from meshwright.checks.rows import Check, row_checks
from meshwright.markers import Severity
from meshwright.spec import Spec

NONE: Mapping[str, pl.LazyFrame] = {}


def severities_of(spec: Spec, checks: Iterable[Check]) -> dict[str, Severity]:
    """Name every check of a contract with its severity: rows', references', the key's."""
    found: dict[str, Severity] = {check.name: check.severity for check in checks}
    found.update(reference_names(spec))
    if spec.keys:
        found[KEY] = key_severity(spec)
    return found


def mark(
    frame: pl.LazyFrame,
    spec: Spec,
    rules: Mapping[str, pl.Expr],
    references: Mapping[str, pl.LazyFrame] = NONE,
    published: pl.LazyFrame | None = None,
) -> pl.LazyFrame:
    """Add `_failed`, the names of the checks that a row breaks, and `_kept`, false when one is more than a warning.

    The frame must give its rows in one order whenever it is read, as a scan of files does. The key is judged last,
    among rows that everything else lets through: a broken row takes no sound one with it. `published` are the rows
    that are live and stay, when the build appends. Order and number of rows stay.
    """
    checks = row_checks(spec, rules)
    severities = severities_of(spec, checks)
    numbered = frame.with_row_index("_row")
    failures = list(reference_failures(numbered, spec, references))
    if spec.keys:
        failures.append((KEY, key_failures(sound(numbered, checks, severities, failures), spec, published)))
    marked = _add(numbered.with_columns(_failed=_names(checks)), failures)
    return marked.with_columns(_kept=_kept(severities)).drop("_row")


def sound(
    numbered: pl.LazyFrame,
    checks: Iterable[Check],
    severities: Mapping[str, Severity],
    failures: Iterable[tuple[str, pl.LazyFrame]],
) -> pl.LazyFrame:
    """Keep the numbered rows that break nothing of their own but warnings."""
    removing = [check.passes for check in checks if check.severity != "warn"]
    rows = numbered.filter(removing) if removing else numbered
    for name, failing in failures:
        if severities[name] != "warn":
            rows = rows.join(failing, on="_row", how="anti")
    return rows


def _names(checks: Iterable[Check]) -> pl.Expr:
    broken = [pl.when(~check.passes).then(pl.lit(check.name)) for check in checks]
    return pl.concat_list(broken or [pl.lit(None, pl.String)]).list.drop_nulls()


def _add(rows: pl.LazyFrame, failures: list[tuple[str, pl.LazyFrame]]) -> pl.LazyFrame:
    if not failures:
        return rows
    named = pl.concat([failing.select("_row", _more=pl.lit(name)) for name, failing in failures])
    more = named.group_by("_row").agg(pl.col("_more").sort())
    joined = rows.join(more, on="_row", how="left", maintain_order="left")
    nothing = pl.lit([], pl.List(pl.String))
    return joined.with_columns(_failed=pl.concat_list("_failed", pl.col("_more").fill_null(nothing))).drop("_more")


def _kept(severities: Mapping[str, Severity]) -> pl.Expr:
    removing = [name for name, severity in severities.items() if severity != "warn"]
    return ~pl.col("_failed").list.eval(pl.element().is_in(removing)).list.any()
