"""Small wrong changes to a module, one at a time and always the same ones."""

import ast
import re
from collections import Counter
from collections.abc import Iterator
from copy import deepcopy
from dataclasses import dataclass, replace
from typing import Any

_COMPARE: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.Lt: ast.LtE,
    ast.LtE: ast.Lt,
    ast.Gt: ast.GtE,
    ast.GtE: ast.Gt,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
}
_ARITHMETIC: dict[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.BitAnd: ast.BitOr,
    ast.BitOr: ast.BitAnd,
    ast.Mult: ast.FloorDiv,
    ast.FloorDiv: ast.Mult,
}
_CALLS = {"any": "all", "all": "any", "min": "max", "max": "min", "union": "intersection", "intersection": "union"}
_WORD = re.compile(r"[a-z][a-z0-9_.:-]{0,30}")
_TEXTS = ("description", "hint", "problem", "where", "reason")
"""What is said, not decided: texts of these names are left alone."""


@dataclass(frozen=True, slots=True)
class Mutant:
    """One wrong change: the text between two places (line from 1, column in bytes) is replaced.

    `within` is the function it is made in, `number` counts changes there that read the same.
    """

    file: str
    line: int
    column: int
    end_line: int
    end_column: int
    text: str
    what: str
    within: str
    number: int = 1

    @property
    def name(self) -> str:
        """Name it by its function and what is changed, which stay the same wherever the function stands."""
        again = f" ({self.number})" if self.number > 1 else ""
        return f"{self.file}: {self.within}: {self.what}{again}"

    def applied(self, source: str) -> str:
        """Give the source with the change."""
        lines = source.encode().splitlines(keepends=True)
        start = sum(map(len, lines[: self.line - 1])) + self.column
        end = sum(map(len, lines[: self.end_line - 1])) + self.end_column
        whole = source.encode()
        return (whole[:start] + self.text.encode() + whole[end:]).decode()


def mutants(file: str, source: str) -> list[Mutant]:
    """List every mutant of a module, in the order of its text; each one parses."""
    made: dict[str, Mutant] = {}
    for node, change, within in _Changes().of(ast.parse(source)):
        old, new = _short(ast.unparse(node)), _short(change)
        place = (node.lineno, node.col_offset, node.end_lineno or 0, node.end_col_offset or 0)
        mutant = Mutant(file, *place, change, f"`{old}` → `{new}`", within)
        changed = mutant.applied(source)
        if ast.dump(ast.parse(changed)) != ast.dump(ast.parse(source)):
            made.setdefault(changed, mutant)
    return _numbered(sorted(made.values(), key=lambda m: (m.line, m.column, m.what)))


def _numbered(made: list[Mutant]) -> list[Mutant]:
    """Tell changes of one function apart that read the same."""
    seen: Counter[str] = Counter()
    found: list[Mutant] = []
    for mutant in made:
        seen[mutant.name] += 1
        found.append(replace(mutant, number=seen[mutant.name]))
    return found


Change = tuple["ast.expr | ast.stmt", str]
Placed = tuple["ast.expr | ast.stmt", str, str]
"""With the name of the function around."""


class _Changes:
    """Walks a module; types, docstrings, messages and what stands in f-strings are no decisions."""

    def of(self, node: ast.AST, answer: str = "", within: str = "") -> Iterator[Placed]:
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            within = f"{within}.{node.name}".lstrip(".")
        if isinstance(node, ast.FunctionDef):
            answer = ast.unparse(node.returns) if node.returns else ""
        if isinstance(node, ast.Raise):
            yield node, "pass", within
            return
        if isinstance(node, ast.JoinedStr):
            return
        if isinstance(node, ast.expr):
            yield from ((*change, within or "module") for change in _of_expression(node))
        if isinstance(node, ast.stmt):
            yield from ((*change, within or "module") for change in _of_statement(node, answer))
        for child in _children(node):
            yield from self.of(child, answer, within)


def _children(node: ast.AST) -> Iterator[ast.AST]:
    skipped = {"annotation", "returns", "type_comment", "decorator_list", "bases"}
    for name, value in ast.iter_fields(node):
        if name in skipped or (isinstance(node, ast.Subscript) and name == "slice" and _is_type(node)):
            continue
        inner: Any = value
        children: list[Any] = inner if isinstance(value, list) else [inner]
        for child in children:
            if isinstance(child, ast.AST) and not _is_said(child):
                yield child


def _is_said(node: ast.AST) -> bool:
    if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
        return True
    if isinstance(node, ast.keyword):
        return node.arg in _TEXTS
    if isinstance(node, ast.Assign):
        return all(isinstance(target, ast.Name) and target.id in _TEXTS for target in node.targets)
    return isinstance(node, ast.Import | ast.ImportFrom)


def _is_type(node: ast.Subscript) -> bool:
    return isinstance(node.value, ast.Name) and (node.value.id[0].isupper() or node.value.id in _BUILTIN)


_BUILTIN = ("set", "dict", "list", "tuple", "frozenset", "type")


def _of_expression(node: ast.expr) -> Iterator[Change]:  # noqa: C901 - one branch a kind of node
    if isinstance(node, ast.Compare):
        for number, operator in enumerate(node.ops):
            new = deepcopy(node)
            new.ops[number] = _COMPARE[type(operator)]()
            yield node, _written(new)
    elif isinstance(node, ast.BoolOp):
        other: ast.boolop = ast.Or() if isinstance(node.op, ast.And) else ast.And()
        yield node, _written(ast.BoolOp(other, node.values))
        for number in range(len(node.values)):
            rest = [value for n, value in enumerate(node.values) if n != number]
            yield node, _written(rest[0] if len(rest) == 1 else ast.BoolOp(node.op, rest))
    elif isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
        yield node, _written(node.operand)
    elif isinstance(node, ast.BinOp) and type(node.op) in _ARITHMETIC and not _is_union(node):
        yield node, _written(ast.BinOp(node.left, _ARITHMETIC[type(node.op)](), node.right))
    elif isinstance(node, ast.IfExp):
        yield node, _written(node.body)
        yield node, _written(node.orelse)
    elif isinstance(node, ast.Call):
        yield from _of_call(node)
    elif isinstance(node, ast.Constant):
        yield from _of_constant(node)
    elif isinstance(node, ast.GeneratorExp | ast.ListComp | ast.SetComp | ast.DictComp):
        for number, loop in enumerate(node.generators):
            if loop.ifs:
                new_loop = deepcopy(node)
                new_loop.generators[number].ifs = []
                yield node, ast.unparse(new_loop)


def _of_call(node: ast.Call) -> Iterator[Change]:
    called = node.func
    if isinstance(called, ast.Name) and called.id in _CALLS:
        yield called, _CALLS[called.id]
    if isinstance(called, ast.Attribute) and called.attr in _CALLS:
        yield called, f"{ast.unparse(called.value)}.{_CALLS[called.attr]}"


def _of_constant(node: ast.Constant) -> Iterator[Change]:
    value = node.value
    if isinstance(value, bool):
        yield node, repr(not value)
    elif isinstance(value, int):
        yield node, repr(value + 1)
    elif isinstance(value, str) and _WORD.fullmatch(value):
        yield node, repr(f"{value}x")


def _is_call(node: ast.expr) -> bool:
    return isinstance(node, ast.Call)


def _of_statement(node: ast.stmt, answer: str) -> Iterator[Change]:
    if isinstance(node, ast.If):
        yield node.test, "False"
        yield node.test, "True"
    elif isinstance(node, ast.Continue | ast.AugAssign) or (isinstance(node, ast.Expr) and _is_call(node.value)):
        yield node, "pass"
    elif isinstance(node, ast.Return) and node.value is not None:
        if answer == "bool":
            yield node, "return True"
            yield node, "return False"
        elif answer == "str":
            yield node, "return ''"
        elif answer.startswith(("tuple", "list")):
            yield node, "return ()" if answer.startswith("tuple") else "return []"
        elif answer.endswith("| None"):
            yield node, "return None"


def _is_union(node: ast.BinOp) -> bool:
    names = (node.left, node.right)
    return isinstance(node.op, ast.BitOr) and all(isinstance(n, ast.Name) and n.id[0].isupper() for n in names)


def _written(node: ast.expr) -> str:
    return f"({ast.unparse(node)})"


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= 60 else f"{line[:28]} … {line[-28:]}"
