"""A product's module and tests, written from what a file says about itself."""

from collections.abc import Mapping

from meshwright.infer import (
    Inferred,
    InferredColumn,
    render_contract,
    render_imports,
    render_return,
    render_source,
)


def inferred_module(found: Inferred, names: Mapping[str, str]) -> str:
    """Write the module: source, contract and the function between."""
    source, contract = names["source"], names["contract"]
    parts = [
        f'"""{names["title"]}, as {found.file} holds them."""'.replace("\\", "/"),
        render_imports(found, "product").rstrip(),
        "\n" + render_source(found, source, names["source_name"]).rstrip(),
        "\n" + render_contract(found, contract, names["id"], source).rstrip(),
        f'\n@product(owner="{names["team"]}", purpose="operations")\n'
        f"def {names['product']}(rows: Frame[{source}]) -> Frame[{contract}]:\n"
        f'    """{names["title"]}, as handed over."""\n' + render_return(found, contract, "rows").rstrip(),
    ]
    return "\n\n".join(parts) + "\n"


def inferred_test(found: Inferred, names: Mapping[str, str]) -> str:
    """Write tests that the transform conforms, and that one promise is kept."""
    source, contract, product = names["source"], names["contract"], names["product"]
    rule, polars = _rule_test(found, names)
    imports = "import polars as pl\n\n" if polars else ""
    return (
        f'"""The transform and the promises of {names["id"]}, on rows made for the purpose."""\n\n'
        f"{imports}from {names['package']}.{product} import {contract}, {source}, {product}\n\n"
        "from meshwright.testing import failed\n\n\n"
        f"def test_a_row_of_the_file_becomes_one_of_the_product() -> None:\n"
        f"    made = {product}({source}.example())\n\n"
        f"    assert {contract}.example().collect_schema() == made.collect_schema()\n"
        f"    assert [[]] == failed({contract}, made)\n"
        f"{rule}"
    )


def _rule_test(found: Inferred, names: Mapping[str, str]) -> tuple[str, bool]:
    """Choose the promise that says most: a range, a vocabulary, the key, or that a value is there."""
    source, contract, product = names["source"], names["contract"], names["product"]
    broken = _broken_cell(found.columns)
    if broken is not None:
        column, value, check = broken
        return (
            f"\n\ndef test_{column.name}_keeps_its_promise() -> None:\n"
            f"    rows = {source}.example([{{{_text(column.source_name)}: {value}}}])\n\n"
            f'    assert [["{column.name}.{check}"]] == failed({contract}, {product}(rows))\n'
        ), False
    if found.key:
        return (
            "\n\ndef test_a_key_stands_once() -> None:\n"
            f"    rows = {source}.example()\n\n"
            f'    assert [["key"], ["key"]] == failed({contract}, {product}(pl.concat([rows, rows])))\n'
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


def _text(value: str) -> str:
    return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'
