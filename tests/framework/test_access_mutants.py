"""What is mutated of access, read and masks: all of it is listed, with tests that are there."""

from pathlib import Path

from taken import taken, unlisted

ROOT = Path(__file__).parents[2]


def test_every_file_of_access_read_and_masks_is_listed_with_the_tests_that_hold_it() -> None:
    listed = taken()

    assert [] == unlisted(ROOT / "framework" / "meshwright", listed)
    assert [] == [name for name, each in listed.items() if not each.tests or each.number < 1]
    assert [] == [test for each in listed.values() for test in each.tests if not (ROOT / test).exists()]


def test_a_file_that_is_not_listed_is_found_and_one_that_is_gone_too() -> None:
    listed = taken()
    gone = {**listed, "masks/gone.py": listed["masks/coded.py"]}
    new = {name: each for name, each in listed.items() if name != "masks/coded.py"}

    assert ["masks/gone.py"] == unlisted(ROOT / "framework" / "meshwright", gone)
    assert ["masks/coded.py"] == unlisted(ROOT / "framework" / "meshwright", new)
