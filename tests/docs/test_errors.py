"""The tree that errors' docstring draws is the tree that there is."""

import inspect
import re

from meshwright import errors
from meshwright.errors import MeshError

DRAWN = re.compile(r"^([│ ]*)(?:[├└]── )?(\w+)(?: \((\w+)\))?", re.MULTILINE)


def drawn() -> dict[str, tuple[str, str | None]]:
    """Read name → (parent, the builtin error it also is) from the drawing."""
    tree: dict[str, tuple[str, str | None]] = {}
    above: list[str] = []
    for indent, name, also in DRAWN.findall((errors.__doc__ or "").split("\n\n", 1)[1]):
        depth = 0 if name == "MeshError" else len(indent) // 4 + 1
        above[depth:] = [name]
        tree[name] = (above[depth - 1] if depth else "Exception", also or None)
    return tree


def there() -> dict[str, tuple[str, str | None]]:
    """Read the same from the classes, wherever they are defined."""
    found: dict[str, tuple[str, str | None]] = {}
    waiting: list[type[BaseException]] = [MeshError]
    while waiting:
        error = waiting.pop()
        parent, *also = [base.__name__ for base in error.__bases__]
        found[error.__name__] = (parent, also[0] if also else None)
        waiting += [each for each in error.__subclasses__() if each.__module__.startswith("meshwright")]
    return found


def test_the_tree_of_errors_is_drawn_as_it_is() -> None:
    assert there() == drawn()


def test_every_error_says_what_it_is_about() -> None:
    classes = [each for each in vars(errors).values() if inspect.isclass(each) and issubclass(each, MeshError)]

    assert len(drawn()) == len(classes)
    assert [] == [each.__name__ for each in classes if not (each.__doc__ or "").strip().endswith(".")]
