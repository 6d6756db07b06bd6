"""What the root conftest asks of a run in CI, seen from outside: a throwaway suite under the same conftest."""

from pathlib import Path

import pytest

pytest_plugins = ["pytester"]
ROOT = Path(__file__).parents[1]


@pytest.fixture
def suite(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> pytest.Pytester:
    monkeypatch.setenv("CI", "true")
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")  # the conftest needs none
    pytester.makeconftest((ROOT / "conftest.py").read_text())
    pytester.makeini("[pytest]\nmarkers = slow: large\nbudgets =\n    default=60\n    slow=0.2\n")
    return pytester


def test_a_skip_fails_in_ci(suite: pytest.Pytester) -> None:
    suite.makepyfile("import pytest\ndef test_it():\n    pytest.skip('no browser')")

    result = suite.runpytest_subprocess()

    assert pytest.ExitCode.TESTS_FAILED == result.ret
    result.stdout.fnmatch_lines(["*no browser*", "*1 failed in*"])


def test_a_skipped_file_fails_in_ci(suite: pytest.Pytester) -> None:
    suite.makepyfile("import pytest\npytest.importorskip('a_package_nobody_has')\ndef test_it():\n    assert 1")

    result = suite.runpytest_subprocess()

    assert 0 != result.ret
    result.stdout.fnmatch_lines(["*a_package_nobody_has*", "*1 error in*"])


def test_absent_real_data_may_be_skipped_in_ci(suite: pytest.Pytester) -> None:
    suite.makepyfile(
        "import pytest\n@pytest.mark.skip(reason='../shared/data is absent')\ndef test_it():\n    assert 1"
    )

    result = suite.runpytest_subprocess()

    assert pytest.ExitCode.OK == result.ret
    result.assert_outcomes(skipped=1)


def test_an_expected_failure_is_no_skip(suite: pytest.Pytester) -> None:
    suite.makepyfile("import pytest\n@pytest.mark.xfail(reason='known')\ndef test_it():\n    assert 0")

    assert pytest.ExitCode.OK == suite.runpytest_subprocess().ret


def test_a_skip_passes_at_the_desk(suite: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CI")
    suite.makepyfile("import pytest\ndef test_it():\n    pytest.skip('no browser')")

    assert pytest.ExitCode.OK == suite.runpytest_subprocess().ret


SLOW = "import time, pytest\n@pytest.mark.slow\ndef test_it():\n    time.sleep(0.3)"


def test_a_marker_over_its_budget_fails_in_ci(suite: pytest.Pytester) -> None:
    suite.makepyfile(SLOW)

    result = suite.runpytest_subprocess()

    assert pytest.ExitCode.TESTS_FAILED == result.ret
    result.stdout.fnmatch_lines(["slow: 0.? s of 0 s, OVER", "*1 passed in*"])


def test_a_marker_over_its_budget_is_told_at_the_desk(suite: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CI")
    suite.makepyfile(SLOW)

    result = suite.runpytest_subprocess()

    assert pytest.ExitCode.OK == result.ret
    result.stdout.fnmatch_lines(["slow: 0.? s of 0 s, OVER"])


def test_processes_that_share_the_work_share_the_budget(suite: pytest.Pytester) -> None:
    suite.makepyfile(
        SLOW.replace("@pytest.mark.slow", "@pytest.mark.parametrize('n', range(4))").replace("it()", "it(n)")
    )

    result = suite.runpytest_subprocess("-p", "xdist", "--numprocesses", "2")

    assert pytest.ExitCode.OK == result.ret
    result.stdout.fnmatch_lines(["default: 0.[6-9] s of 60 s", "*4 passed in*"])


def test_a_marker_over_its_budget_fails_in_ci_whichever_process_ran_it(suite: pytest.Pytester) -> None:
    suite.makepyfile(SLOW.replace("0.3", "0.6"))

    result = suite.runpytest_subprocess("-p", "xdist", "--numprocesses", "2")

    assert pytest.ExitCode.TESTS_FAILED == result.ret
    result.stdout.fnmatch_lines(["slow: 0.? s of 0 s, OVER", "*1 passed in*"])
