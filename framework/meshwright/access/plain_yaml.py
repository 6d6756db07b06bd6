"""Read YAML in which every key stands once: of two that are the same, YAML's readers drop the first in silence."""

from typing import Any

import yaml


def read_yaml(text: str) -> Any:
    """Read a document as plain data; raise `yaml.YAMLError` for what is none, for a key given twice, and for depth."""
    try:
        return yaml.load(text, Loader=_EveryKeyOnce)  # noqa: S506 - a safe loader, which makes plain data alone
    except RecursionError:
        raise yaml.YAMLError("it is nested too deeply") from None
    except ValueError:
        raise yaml.YAMLError("a number, or a date or time of no calendar, cannot be read") from None


def said_of(error: yaml.YAMLError) -> str:
    """Say what is wrong and in which line, without quoting it."""
    if not isinstance(error, yaml.MarkedYAMLError) or error.problem_mark is None:
        return " ".join(str(error).split())
    return f"line {error.problem_mark.line + 1}: {error.problem}"


class _EveryKeyOnce(yaml.SafeLoader):
    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        """Refuse a key that stands twice; what `<<` brings may be said anew."""
        found: set[str] = set()
        for key, _ in node.value:
            if isinstance(key, yaml.ScalarNode) and key.value in found:
                raise yaml.constructor.ConstructorError(None, None, f"key {key.value!r} stands twice", key.start_mark)
            found.add(str(key.value))
        return super().construct_mapping(node, deep)
