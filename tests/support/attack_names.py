"""The tests of attacks, found by their names in the text of all test files."""

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

TESTS = Path(__file__).resolve().parents[1]
DOCUMENTED = frozenset({8, 11, 37, 38})
"""Limits: their tests hold what is promised, and that docs/security.md says so."""

_NAME = re.compile(r"test_attack((?:_\d\d)+)_[a-z]")


@dataclass(frozen=True)
class AttackTest:
    """One test, the attacks it tries, the module it stands in, and what would lift it if it cannot pass yet."""

    name: str
    attacks: frozenset[int]
    module: str
    lifted_by: str


def attack_tests() -> list[AttackTest]:
    """Collect them all without importing any."""
    files = sorted(TESTS.rglob("test_*.py"))
    return [each for file in files for each in _of(file.stem.removeprefix("test_"), ast.parse(file.read_bytes()))]


def _of(module: str, tree: ast.Module) -> Iterator[AttackTest]:
    for node in tree.body:
        if isinstance(node, ast.FunctionDef) and (found := _NAME.match(node.name)):
            attacks = frozenset(int(number) for number in found[1].split("_")[1:])
            yield AttackTest(node.name, attacks, module, _lifted_by(node))


def _lifted_by(node: ast.FunctionDef) -> str:
    for decorator in node.decorator_list:
        if isinstance(decorator, ast.Call) and ast.unparse(decorator.func) == "pytest.mark.xfail":
            settings = {each.arg: ast.literal_eval(each.value) for each in decorator.keywords}
            assert settings.get("strict") is True, f"{node.name}: an xfail is strict"
            return str(settings["reason"])
    return ""
