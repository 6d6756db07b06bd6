"""Count what a table breaks: one streaming pass, and a second one only where the key is in doubt."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import polars as pl

from meshwright.checks.keys import KEY, distinct_keys, key_failures
from meshwright.checks.marking import NONE, severities_of, sound
from meshwright.checks.references import reference_failures
from meshwright.checks.rows import Check, row_checks
from meshwright.errors import UncomputableRule
from meshwright.markers import Severity
from meshwright.spec import Spec


@dataclass(frozen=True, slots=True)
class Report:
    """How many of `rows` break each check; every check is listed, in the contract's order."""

    rows: int
    failed: Mapping[str, int]
    severities: Mapping[str, Severity]

    def failing(self, severity: Severity) -> Mapping[str, int]:
        """The checks of one severity that some row breaks."""
        return {n: count for n, count in self.failed.items() if count and self.severities[n] == severity}

    @property
    def clean(self) -> bool:
        """Whether every row may be published."""
        return not self.failing("error") and not self.failing("quarantine")


def report(
    frame: pl.LazyFrame,
    spec: Spec,
    rules: Mapping[str, pl.Expr],
    references: Mapping[str, pl.LazyFrame] = NONE,
    published: pl.LazyFrame | None = None,
) -> Report:
    """Count the rows that break each check of a contract; arguments as in `mark`.

    Raises `UncomputableRule` when an expression fails on the data, without the engine's words: they quote values.
    """
    checks = row_checks(spec, rules)
    severities = severities_of(spec, checks)
    numbered = frame.with_row_index("_row")
    failures = list(reference_failures(numbered, spec, references))
    counted = [(~check.passes).sum().alias(str(number)) for number, check in enumerate(checks)]
    keys = [distinct_keys(spec).alias("distinct")] if spec.keys else []
    passes = [frame.select(pl.len().alias("rows"), *keys, *counted), *(f.select(pl.len()) for _, f in failures)]
    row, *unmatched = _collect(passes, spec, checks, frame)
    counts = [row.item(0, str(number)) for number in range(len(checks))] + [u.item() for u in unmatched]
    judged = Report(int(row.item(0, "rows")), dict(zip(severities, counts, strict=False)), severities)
    if not spec.keys or (judged.clean and published is None and row.item(0, "distinct") == judged.rows):
        return replace(judged, failed={**dict.fromkeys(severities, 0), **judged.failed})
    broken = _broken_keys(sound(numbered, checks, severities, failures), spec, published)
    return replace(judged, failed={**judged.failed, KEY: broken})


def _broken_keys(sound_rows: pl.LazyFrame, spec: Spec, published: pl.LazyFrame | None) -> int:
    if published is None:
        proof = sound_rows.select(pl.len().alias("rows"), distinct_keys(spec).alias("distinct"))
        rows, distinct = proof.collect(engine="streaming").row(0)
        if rows == distinct:
            return 0
    return int(key_failures(sound_rows, spec, published).select(pl.len()).collect(engine="streaming").item())


def _collect(
    frames: list[pl.LazyFrame], spec: Spec, checks: tuple[Check, ...], frame: pl.LazyFrame
) -> list[pl.DataFrame]:
    try:
        return pl.collect_all(frames, engine="streaming")
    except pl.exceptions.PolarsError:
        for check in checks:
            if check.column is None:
                _try(check, spec, frame)
        raise


def _try(check: Check, spec: Spec, frame: pl.LazyFrame) -> None:
    try:
        frame.select(check.passes.all()).collect(engine="streaming")
    except pl.exceptions.PolarsError as error:
        raise UncomputableRule(spec.id, check.name, type(error).__name__) from None
