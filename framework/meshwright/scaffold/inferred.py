"""A product's module and tests, written from what a file says about itself."""

from collections.abc import Iterator, Mapping, Sequence
from textwrap import wrap

from meshwright.infer import (
    Inferred,
    InferredColumn,
    render_contract,
    render_imports,
    render_return,
    render_source,
)
from meshwright.infer.text import block, quoted


def inferred_module(found: Inferred, names: Mapping[str, str]) -> str:
    """Write the module: source, contract and the function between."""
    source, contract = names["source"], names["contract"]
    parts = [
        f'"""{names["title"]}, as {found.file} holds them."""'.replace("\\", "/"),
        *(["\n".join(_remarks(found.notes))] if found.notes else []),
        render_imports(found, "product").rstrip(),
        "\n" + render_source(found, source, names["source_name"]).rstrip(),
        "\n" + render_contract(found, contract, names["id"], source).rstrip(),
        f'\n{names["product_head"]}\n    """{names["title"]}, as handed over."""\n'
        + render_return(found, contract, "rows").rstrip(),
    ]
    return "\n\n".join(parts) + "\n"


def _remarks(notes: Sequence[str]) -> Iterator[str]:
    for note in notes:
        yield from wrap(f"note: {note}", 86, initial_indent="# ", subsequent_indent="# ")


def inferred_test(found: Inferred, names: Mapping[str, str]) -> str:
    """Write tests that the transform conforms, and that one promise is kept."""
    sound = _sound_cells(found.columns)
    row = block("SOUND = ", "{}", [f"{quoted(c.source_name)}: {value}" for c, value in sound]) + "\n\n\n"
    rule, polars = _rule_test(found, names)
    return (
        f'"""The transform and the promises of {names["id"]}, on rows made for the purpose."""\n\n'
        f"{'import polars as pl' + chr(10) * 2 if polars else ''}{names['imports']}\n\n"
        f"from meshwright.testing import failed\n\n{row if sound else chr(10)}"
        "def test_a_row_of_the_file_becomes_one_of_the_product() -> None:\n"
        f"    rows = {_rows(found, names)}\n"
        f"    made = {names['product']}(rows)\n"
        f"    promised = {names['contract']}.example()\n\n"
        "    assert promised.collect_schema() == made.collect_schema()\n"
        f"    assert [[]] == failed({names['contract']}, made)\n"
        f"{rule}"
    )


def _rows(found: Inferred, names: Mapping[str, str]) -> str:
    """Make a row that keeps every promise: an example of the source knows nothing of the contract's limits."""
    return f"{names['source']}.example({'[SOUND]' if _sound_cells(found.columns) else ''})"


def _sound_cells(columns: tuple[InferredColumn, ...]) -> list[tuple[InferredColumn, str]]:
    """Choose a value for each column that a contract holds to a vocabulary or a range."""
    found: list[tuple[InferredColumn, str]] = []
    for column in columns:
        if column.values:
            found.append((column, quoted(column.values[0])))
        elif column.at_least is not None:
            found.append((column, str(column.at_least)))
    return found


def _rule_test(found: Inferred, names: Mapping[str, str]) -> tuple[str, bool]:
    """Choose the promise that says most: a range, a vocabulary, the key, or that a value is there."""
    made = f"    made = {names['product']}"
    broken = _broken_cell(found.columns)
    if broken is not None:
        column, value, check = broken
        cells = f"[{{**SOUND, {quoted(column.source_name)}: {value}}}]"
        rows = block(f"    rows = {names['source']}.example", "()", [cells], indent=4)
        return (
            f"\n\ndef test_{column.name[:40]}_keeps_its_promise() -> None:\n"
            f"{rows}\n{made}(rows)\n"
            f'    promise = "{column.name}.{check}"\n\n'
            f"    assert [[promise]] == failed({names['contract']}, made)\n"
        ), False
    if found.key:
        return (
            "\n\ndef test_a_key_stands_once() -> None:\n"
            f"    rows = {_rows(found, names)}\n"
            f"{made}(pl.concat([rows, rows]))\n"
            f"    broken = failed({names['contract']}, made)\n\n"
            '    assert [["key"], ["key"]] == broken\n'
        ), True
    return "", False


def _broken_cell(columns: tuple[InferredColumn, ...]) -> tuple[InferredColumn, str, str] | None:
    for column in columns:
        if column.values:
            return column, '"no such word"', "values"
    for column in columns:
        if column.at_least is not None and column.kind.name == "int":
            return column, str(column.at_least - 1), "ge"
    return None
