"""No committed file names a package registry's host or a path of the machine it was written on."""

import json
import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
# In pieces, so that this file does not name them either.
HOSTS = ["py" + "pi.org", "python" + "hosted.org", "npm" + "js.org", "yarn" + "pkg.com", "deb" + ".debian.org"]
FOLDERS = ["wo" + "rk", "ro" + "ot", "fa" + "rm", "tm" + "p"]
NAMED = re.compile("|".join([*map(re.escape, HOSTS), rf"(?<![\w.>}}])/(?:{'|'.join(FOLDERS)})/[A-Za-z.]"]))
LOCKS = {"uv.lock", "poetry.lock", "package-lock.json"}


def committed() -> list[Path]:
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, check=True, capture_output=True, text=True).stdout
    return [path for name in listed.split("\0") if name and (path := ROOT / name).is_file()]


def named(path: Path) -> list[str]:
    text = path.read_text(encoding="utf-8", errors="replace")
    return [f"{path.relative_to(ROOT)}: {match[0]}" for match in NAMED.finditer(text)]


def test_no_committed_file_names_a_host_or_a_machine_path() -> None:
    files = committed()

    assert "pyproject.toml" in {path.name for path in files}
    assert [] == [finding for path in files for finding in named(path)]


def test_no_lock_file_is_committed() -> None:
    assert [] == [path for path in committed() if path.name in LOCKS]


def test_the_pins_of_node_packages_are_versions_and_hashes() -> None:
    packages = json.loads((ROOT / "tests/interop/node/npm-shrinkwrap.json").read_text())["packages"]
    asked = packages.pop("")

    names = ("axe-core", "mermaid", "oidc-provider")
    assert {"dependencies": {name: packages[f"node_modules/{name}"]["version"] for name in names}} == asked
    assert all(each["integrity"].startswith("sha512-") and each["version"][0].isdigit() for each in packages.values())
    assert "://" not in json.dumps(packages)


@pytest.mark.parametrize("text", ["https://" + HOSTS[0] + "/simple", "cd /" + FOLDERS[0] + "/here"])
def test_a_planted_name_is_found(text: str) -> None:
    assert NAMED.search(text)
