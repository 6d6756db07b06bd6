"""What somebody has who reads the documentation: the wheel, and an environment without Meshwright's checkout."""

import os
import subprocess
import sys
import sysconfig
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from pages import Reader

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="session")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel of this checkout."""
    folder = tmp_path_factory.mktemp("dist")
    build = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(folder)]
    subprocess.run(build, cwd=ROOT, check=True, capture_output=True)
    (made,) = folder.glob("meshwright-*.whl")
    return made


@pytest.fixture(scope="session")
def fresh(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An environment with what Meshwright needs and without Meshwright; its `pip` finds the wheel and nothing else."""
    folder = tmp_path_factory.mktemp("fresh")
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(folder)], check=True)
    needed = folder / "needed"
    needed.mkdir()
    for package in Path(sysconfig.get_paths()["purelib"]).iterdir():
        if not package.name.startswith(("meshwright", "thenar", "_meshwright", "_thenar", "__editable__")):
            (needed / package.name).symlink_to(package)
    (site,) = folder.glob("lib/python*/site-packages")
    (site / "needed.pth").write_text(f"{needed}\n", encoding="utf-8")
    pip = folder / "bin/pip"
    into = f"{sys.executable} -m pip --python {folder}/bin/python"
    offline = f"--no-index --no-deps --find-links {wheel.parent}"
    pip.write_text(f'#!/bin/sh\ncommand=$1; shift\nexec {into} "$command" {offline} "$@"\n', encoding="utf-8")
    pip.chmod(0o755)
    return folder


@pytest.fixture
def reader(tmp_path: Path, fresh: Path) -> Iterator[Reader]:
    """Somebody called ana in an empty folder `shop`, who has just made an environment."""
    reader = Reader(empty(tmp_path), surroundings(tmp_path, fresh / "bin"))
    yield reader
    reader.stop()


@pytest.fixture
def at_the_desk(tmp_path: Path) -> Iterator[Reader]:
    """Somebody called ana in an empty folder `shop`, with the environment of this checkout."""
    reader = Reader(empty(tmp_path), surroundings(tmp_path, Path(sys.executable).parent))
    yield reader
    reader.stop()


@pytest.fixture
def page() -> Callable[[str], str]:
    """Read a page by its path in the repository."""
    return lambda path: (ROOT / path).read_text(encoding="utf-8")


def empty(folder: Path) -> Path:
    """Make the empty folder."""
    made = folder / "shop"
    made.mkdir()
    return made


def surroundings(home: Path, programs: Path) -> dict[str, str]:
    """Give the variables of a shell that knows nothing of whoever runs the tests."""
    who = {"LOGNAME": "ana", "USER": "ana", "HOME": str(home), "LANG": "C.UTF-8", "PYTHONDONTWRITEBYTECODE": "1"}
    git = {f"GIT_{role}_{what}": "ana@example.com" for role in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")}
    return {**who, **git, "PATH": f"{programs}{os.pathsep}{os.environ['PATH']}"}
