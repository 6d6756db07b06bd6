"""Write Cedar and test cases as text."""

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import yaml
from pydantic import ValidationError

from meshwright.access.cases import CaseFile, cases_file
from meshwright.access.plain_yaml import read_yaml
from meshwright.errors import PolicyRejected


def policy_text(name: str, why: str, scope: tuple[str, str, str], condition: str = "") -> str:
    """Write one permit; `scope` is Cedar for principal, action and resource."""
    notes = f"@id({_quoted(name)})\n@why({_quoted(why)})\n"
    when = f"\nwhen {{ {condition} }};\n" if condition else ";\n"
    return notes + "permit(\n  " + ",\n  ".join(scope) + "\n)" + when


def action(name: str) -> str:
    """Write the scope of one action."""
    return f'action == Mesh::Action::"{name}"'


def with_policies(text: str, policies: Iterable[str]) -> str:
    """Append policies to a file's text."""
    return "\n".join([*([text.rstrip() + "\n"] if text.strip() else []), *policies])


def with_cases(tests: str, product: str, cases: Iterable[Mapping[str, Any]]) -> str:
    """Append cases to a file's text, which may be empty; comments in it stay. Raises `PolicyRejected`."""
    head = tests.rstrip() if tests.strip() else f"product: {product}\ncases:"
    items = yaml.safe_dump([dict(case) for case in cases], sort_keys=False, allow_unicode=True, width=120)
    text = head + "\n" + "".join(f"  {line}" for line in items.splitlines(keepends=True))
    try:
        CaseFile.model_validate(read_yaml(text))
    except (yaml.YAMLError, ValidationError):
        hint = "its last part is the list `cases`, indented by two"
        raise PolicyRejected(cases_file(product), "cannot be appended to", hint) from None
    return text


def with_levels(tests: str, principal: str, purpose: str, levels: Mapping[str, str]) -> str:
    """Write new levels into the cases of one principal and purpose that expect another; all else stays as it is."""
    spans: list[tuple[int, int, str]] = []
    for case in _cases(tests):
        if (_scalar(case.get("principal")), _scalar(case.get("purpose"))) == (principal, purpose):
            expected = _mapping(case.get("columns"))
            spans += [
                (node.start_mark.index, node.end_mark.index, levels[path])
                for path, node in expected.items()
                if path in levels and isinstance(node, yaml.ScalarNode) and node.value != levels[path]
            ]
    for start, end, level in sorted(spans, reverse=True):
        tests = tests[:start] + level + tests[end:]
    return tests


def _cases(tests: str) -> Iterator[dict[str, yaml.Node]]:
    try:
        document: yaml.Node | None = yaml.compose(tests, Loader=yaml.SafeLoader)
    except (yaml.YAMLError, RecursionError):
        return
    cases = _mapping(document).get("cases")
    for case in cases.value if isinstance(cases, yaml.SequenceNode) else ():
        yield _mapping(case)


def _mapping(node: yaml.Node | None) -> dict[str, yaml.Node]:
    return {key.value: value for key, value in node.value} if isinstance(node, yaml.MappingNode) else {}


def _scalar(node: yaml.Node | None) -> str:
    return str(node.value) if isinstance(node, yaml.ScalarNode) else ""


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)
