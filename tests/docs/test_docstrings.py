"""What a user of a public name can ask for by `help()`."""

import inspect
from collections.abc import Iterator

import meshwright


def undescribed() -> Iterator[str]:
    """Name the public names, and the public methods of public classes, without a sentence."""
    for name in meshwright.__all__:
        found = getattr(meshwright, name)
        if not (inspect.getdoc(found) or "").strip():
            yield name
        if inspect.isclass(found) and found.__module__.startswith("meshwright"):
            yield from (
                f"{name}.{method}"
                for method in vars(found)
                if not method.startswith("_")
                and (inspect.isroutine(each := getattr(found, method, None)) or isinstance(each, property))
                and not (inspect.getdoc(each) or "").strip()
            )


def test_every_public_name_and_its_methods_are_described() -> None:
    assert [] == list(undescribed())
