"""Add a product to the list in a domain's package, as a person would."""

import ast

from meshwright.errors import DefinitionError
from meshwright.infer.text import WIDTH, from_import


def add_product(source: str, module: str, product: str, where: str) -> str:
    """Return the package's source with one more import and one more entry in `Domain(products=...)`."""
    entry = _products(ast.parse(source), where)
    lines = source.splitlines(keepends=True)
    names = [ast.unparse(e) for e in entry.elts] if isinstance(entry, ast.Tuple) else []
    if product in names:
        return source
    listed = sorted([*names, product])
    start = _offset(lines, entry.lineno, entry.col_offset)
    end = _offset(lines, entry.end_lineno or entry.lineno, entry.end_col_offset or 0)
    changed = source[:start] + _tuple(listed, lines[entry.lineno - 1], entry.col_offset) + source[end:]
    return _with_import(changed, from_import(module, [product]) + "\n")


def _tuple(names: list[str], line: str, column: int) -> str:
    """Write the tuple on one line, or a name a line where the line would grow too long."""
    one = f"({names[0]},)" if len(names) == 1 else f"({', '.join(names)})"
    if column + len(one) < WIDTH:
        return one
    indent = " " * (len(line) - len(line.lstrip()))
    return "(\n" + "".join(f"{indent}    {name},\n" for name in names) + f"{indent})"


def _products(tree: ast.Module, where: str) -> ast.expr:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "Domain":
            for keyword in node.keywords:
                if keyword.arg == "products":
                    return keyword.value
    raise DefinitionError(where, "no Domain(products=(...)) to add to", "list the product by hand")


def _offset(lines: list[str], line: int, column: int) -> int:
    """Turn the parser's line and UTF-8 column into an index of the text."""
    text = lines[line - 1].encode()[:column].decode()
    return sum(len(each) for each in lines[: line - 1]) + len(text)


def _with_import(source: str, statement: str) -> str:
    imports = [n for n in ast.parse(source).body if isinstance(n, ast.Import | ast.ImportFrom)]
    lines = source.splitlines(keepends=True)
    at = imports[-1].end_lineno or 0 if imports else 0
    return "".join([*lines[:at], statement, *lines[at:]])
