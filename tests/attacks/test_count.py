"""All 42 attacks have their tests, and docs/security.md says where each is held."""

import re
from collections import defaultdict
from pathlib import Path

import pytest
from attack_names import DOCUMENTED, AttackTest, attack_tests

PAGE = Path(__file__).parents[2] / "docs" / "security.md"


@pytest.fixture(scope="module")
def tried() -> dict[int, list[AttackTest]]:
    """The tests by the number of their attack."""
    found: dict[int, list[AttackTest]] = defaultdict(list)
    for test in attack_tests():
        for number in test.attacks:
            found[number].append(test)
    return dict(found)


def state(number: int, tests: list[AttackTest]) -> str:
    """Tell how an attack stands: `held` needs one test that passes."""
    if all(test.lifted_by for test in tests):
        return "not yet"
    return "a limit" if number in DOCUMENTED else "held"


def test_each_of_the_42_attacks_is_tried(tried: dict[int, list[AttackTest]]) -> None:
    states = {number: state(number, tests) for number, tests in tried.items()}
    lines = [f"{number:02} {states[number]}: {len(tried[number])} tests" for number in sorted(tried)]

    assert list(range(1, 43)) == sorted(tried), "\n".join(lines)
    assert {"held": 37, "a limit": 4, "not yet": 1} == {
        each: [*states.values()].count(each) for each in states.values()
    }


def test_what_cannot_pass_yet_says_what_would_lift_it(tried: dict[int, list[AttackTest]]) -> None:
    waiting = {(number, test.lifted_by) for number, tests in tried.items() for test in tests if test.lifted_by}

    assert {39} == {number for number, _ in waiting}
    assert all(reason.startswith("lifted by ") for _, reason in waiting)


def test_the_page_on_security_says_where_each_is_held(tried: dict[int, list[AttackTest]]) -> None:
    rows = re.findall(r"^\| (\d+) \| [^|]+ \| ([^|]+) \| ([^|]+) \|$", PAGE.read_text(encoding="utf-8"), re.MULTILINE)

    assert [*range(1, 43)] == [int(number) for number, _, _ in rows]
    for text, said, modules in rows:
        number = int(text)
        listed = set(re.findall(r"`(\w+)`", modules))
        assert listed
        assert said == state(number, tried[number]), number
        assert listed <= {test.module for test in tried[number]}, number
