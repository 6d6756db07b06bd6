"""Load a mesh's access rules from its folders."""

from collections.abc import Mapping
from pathlib import Path

from meshwright.errors import PolicyRejected
from meshwright.names import segment
from meshwright.ports import PolicyTexts

MOST_BYTES = 1_000_000
"""A larger policy file is refused."""


def read_policies(mesh: Path, domains: Mapping[str, Path]) -> PolicyTexts:
    """Read `mesh`/{classes,purposes,principals}.toml, mesh.cedar and tests/*.yaml, and each domain's folder policies/.

    There stand `<product>.cedar`, `tests/<product>.yaml` and `waivers/<product>.toml`. Raises
    `PolicyRejected` for what cannot be read.
    """
    products: dict[str, str] = {}
    tests: dict[str, str] = {}
    waivers: dict[str, str] = {}
    for domain, folder in sorted(domains.items()):
        products |= _by_product(domain, folder / "policies", ".cedar")
        tests |= _by_product(domain, folder / "policies" / "tests", ".yaml")
        waivers |= _by_product(domain, folder / "policies" / "waivers", ".toml")
    return PolicyTexts(
        classes=_read(mesh / "classes.toml"),
        purposes=_read(mesh / "purposes.toml"),
        principals=_read(mesh / "principals.toml"),
        central=_read(mesh / "mesh.cedar"),
        products=products,
        tests=tests,
        waivers=waivers,
        mesh_tests={segment(file.stem, str(file)): _read(file) for file in _files(mesh / "tests", ".yaml")},
    )


def _by_product(domain: str, folder: Path, suffix: str) -> dict[str, str]:
    name = segment(domain, "domain")
    return {f"{name}.{segment(file.stem, str(file))}": _read(file) for file in _files(folder, suffix)}


def _files(folder: Path, suffix: str) -> list[Path]:
    return sorted(folder.glob(f"*{suffix}")) if folder.is_dir() else []


def _read(path: Path) -> str:
    try:
        if path.stat().st_size > MOST_BYTES:
            raise PolicyRejected(str(path), f"is larger than {MOST_BYTES:,} bytes")
        return path.read_text(encoding="utf-8")
    except OSError as error:
        raise PolicyRejected(str(path), f"cannot be read: {error.strerror}", "`mesh init` writes it") from None
    except UnicodeDecodeError:
        raise PolicyRejected(str(path), "is not UTF-8") from None
