"""A product's table is no source: read as one, its rows would come without its classes and past its policies."""

import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from urllib.parse import unquote, urlsplit

from meshwright.errors import SourceIsProduct
from meshwright.io.delta import DeltaStore
from meshwright.mesh.world import World
from meshwright.rejected import SUFFIX

_PLACE = re.compile(rf"(?P<domain>[^/]+)/(?P<name>[^/]+?)(?:{SUFFIX})?/v(?P<major>[0-9]+)(?:/|$)")


def require_no_product(world: World, source: str, files: Iterable[str]) -> None:
    """Raise `SourceIsProduct` when one of a source's files, by its real path, belongs to a product's table.

    A table is known by where this workspace's products lie, and by what a build of any workspace wrote into its log.
    A copy without the log is known by nothing.
    """
    folders = {folder for file in files for folder in _around(file)}
    for folder in sorted(folders):
        found = _by_place(world, folder) or _by_log(folder)
        if found is not None:
            raise SourceIsProduct(source, *found)


def _around(file: str) -> Iterator[str]:
    """Give the real path of a local file with the folders that it stands in; of an address what it names."""
    parts = urlsplit(file)
    if "://" in file and parts.scheme != "file":
        yield file.rstrip("/")
        return
    path = Path(unquote(parts.path) if parts.scheme == "file" else file).resolve()
    yield from (folder.as_posix() for folder in (path, *path.parents))


def _by_place(world: World, folder: str) -> tuple[str, str] | None:
    for env in world.workspace.settings.env.values():
        root = world.workspace.place(env.root).rstrip("/")
        root = root if "://" in root else Path(root).as_posix()
        if folder.startswith(f"{root}/") and (place := _PLACE.match(folder[len(root) + 1 :])):
            product = f"{place['domain']}.{place['name']}"
            if product in world.specs:
                return product, place["major"]
    return None


def _by_log(folder: str) -> tuple[str, str] | None:
    if "://" not in folder and not (Path(folder) / "_delta_log").is_dir():
        return None
    store = DeltaStore(folder.rpartition("/")[0])
    version = store.published(folder)
    stamp: Mapping[str, str] = {} if version is None else store.stamp(folder, version)
    if "contract" not in stamp:
        return None
    return stamp["contract"].removesuffix(SUFFIX), stamp.get("contract_version", "1").partition(".")[0]
