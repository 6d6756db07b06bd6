"""`mesh access who-can`, `diff` and `coverage`: access rules as a whole."""

from dataclasses import asdict
from datetime import UTC, datetime
from itertools import groupby
from typing import TYPE_CHECKING, Annotated, Literal

from typer import Argument, BadParameter, Context, Exit, Option

from meshwright.cli.context import As, Catalog, Json, Major, Session
from meshwright.cli.output import emit, line, table

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from meshwright.access.review import AccessChange
    from meshwright.registry import Sight


def moment(text: str) -> datetime:
    """Read a time with its zone, or a date, which stands for its end in UTC, or for now where it has not ended."""
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        raise BadParameter("use a date such as 2026-03-31, or a time such as 2026-03-31T12:00:00Z") from None
    if len(text) <= len("2026-03-31"):
        from meshwright.moments import last_moment

        return last_moment(found.date())
    if found.tzinfo is None:
        raise BadParameter("the time needs a zone, such as Z")
    try:
        return found.astimezone(UTC)
    except OverflowError:
        raise BadParameter("it lies outside of the calendar") from None


def who_can(
    context: Context,
    product: Annotated[str, Argument(help="domain.product")],
    column: Annotated[str | None, Option("--column", "-c", help="Only who sees this column, or a field in it.")] = None,
    level: Annotated[
        Literal["token", "coarse", "clear"] | None, Option("--level", help="Only who is granted this level.")
    ] = None,
    at: Annotated[
        datetime | None,
        Option("--at", parser=moment, metavar="TIME", help="A past date or time; by what decided then."),
    ] = None,
    major: Major = None,
    principal: As = None,
    catalog: Catalog = None,
    as_json: Json = False,
) -> None:
    """List who may see a product, for each purpose they may name.

    Everybody is named to its own domain and to data protection; others are told of themselves.
    """
    session: Session = context.obj
    found = session.reader(catalog, principal).access.who_can(product, column=column, level=level, at=at, major=major)
    if as_json:
        emit(found.model_dump(mode="json"))
        return
    if found.sights:
        table(("who", "for", "rows", "clear", "coarse", "token", "by"), _rows(found.sights))
    else:
        line("nobody")
    line(found.stands_on)


def diff(
    context: Context,
    base: Annotated[str, Argument(metavar="REF", help="The git revision to compare with.")],
    as_json: Json = False,
) -> None:
    """Tell who gains or loses which column since a revision, at which level, and how many example rows they see."""
    session: Session = context.obj
    changes = session.open().access.diff(base)
    if as_json:
        emit([asdict(change) for change in changes])
        return
    for heading, lines in _told(changes):
        line(heading)
        for each in lines:
            line(f"  {each}")
    if not changes:
        line("nobody gains or loses anything")
    for each in _counted(changes):
        line(each)


def coverage(context: Context, as_json: Json = False) -> None:
    """Report the policies whose removal no test would notice."""
    session: Session = context.obj
    policies, missed = session.open().access.coverage()
    if as_json:
        emit({"policies": policies, "not_held": [asdict(each) for each in missed]})
    else:
        for each in missed:
            line(f"no test holds {each.id} ({each.where})")
        line(f"{policies - len(missed)} of {policies} policies are held by a test")
    if missed:
        raise Exit(1)


def _rows(sights: "Iterable[Sight]") -> "Iterable[Sequence[str]]":
    """Put the purposes together for which somebody sees the same."""
    from meshwright.registry.sights import in_words

    purposes: dict[tuple[str, ...], list[str]] = {}
    for sight in sights:
        strongest: dict[str, list[str]] = {"clear": [], "coarse": [], "token": []}
        for path, granted in sight.columns.items():
            strongest[granted[0]].append(path)
        levels = tuple(", ".join(paths) for paths in strongest.values())
        purposes.setdefault((sight.principal, sight.rows, *levels, ", ".join(sight.by)), []).append(sight.purpose)
    for seen, named in purposes.items():
        yield in_words(seen[0]), ", ".join(named), *seen[1:]


def _examples(change: "AccessChange") -> str:
    rows = change.rows
    if rows is None:
        return ""
    before = f", {rows.before} before" if rows.before != rows.after else ""
    return f" ({rows.after} of {rows.of} example rows{before})"


def _counted(changes: "Sequence[AccessChange]") -> "Iterator[str]":
    """Say where the numbers of rows come from, and what is missing where there are none."""
    from meshwright.access import cases_file

    read = [change for change in changes if change.purpose]
    if any(change.rows for change in read):
        yield "rows are counted on the examples of the policy tests (`rows:` in policies/tests)"
    for product in sorted({change.product for change in read if change.rows is None}):
        yield f"{product}: no rows are counted; put examples under `rows:` into {cases_file(product)}"


def _told(changes: "Iterable[AccessChange]") -> "Iterator[tuple[str, tuple[str, ...]]]":
    """Say together for whom, and for which purposes, the same changes, and what does; the columns that change alike."""
    from meshwright.registry.sights import in_words

    purposes: dict[tuple[str, str, str, tuple[str, ...]], list[str]] = {}
    for (product, principal, purpose), found in groupby(changes, lambda c: (c.product, c.principal, c.purpose)):
        told = list(found)
        purposes.setdefault((product, principal, _examples(told[0]), _lines(told)), []).append(purpose)
    people: dict[tuple[str, str, str, tuple[str, ...]], list[str]] = {}
    for (product, principal, examples, lines), named in purposes.items():
        reason = f" for {', '.join(named)}" if any(named) else ""
        people.setdefault((product, reason, examples, lines), []).append(in_words(principal))
    for (product, reason, examples, lines), who in people.items():
        yield f"{product}: {', '.join(who)}{reason}{examples}", lines


def _lines(changes: "Iterable[AccessChange]") -> tuple[str, ...]:
    """Put the columns together that change alike."""
    columns: dict[str, list[str]] = {}
    for change in changes:
        columns.setdefault(_words(change), []).append(change.column or "(the product)")
    return tuple(f"{', '.join(names)}: {words}" for words, names in columns.items())


def _words(change: "AccessChange") -> str:
    gained = f"+ {', '.join(change.gained)}" if change.gained else ""
    lost = f"- {', '.join(change.lost)}" if change.lost else ""
    return "  ".join(part for part in (gained, lost) if part)
