"""Read Cedar files into single policies, each with its id, its reason and the line it stands on."""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any, Literal, cast

import cedarpy

from meshwright.access.finding import Finding

LONGEST, MOST_POLICIES = 200_000, 500
"""A file with more characters or policies is refused: every search of everybody decides by it."""
MOST_OPERATORS, DEEPEST = 100, 24
"""A policy with more operators, or brackets one in another, is refused: Cedar's parser overflows the stack on deep ones
and takes the whole process down."""

_OPAQUE = re.compile(r'"(?:\\.|[^"\\])*"|//[^\n]*', re.DOTALL)
_OPERATOR = re.compile(r"&&|\|\||[=!<>]=?|[-+*.]|\b(?:if|has|in|is|like)\b")

_PURPOSE = {".": {"left": {"Var": "context"}, "attr": "purpose"}}
_COMPARING = frozenset({"==", "!=", "in", "is", "contains", "containsAll", "containsAny"})

EntityName = tuple[str, str]
"""Type without namespace, and id: ("Class", "pii.contact.email")."""


@dataclass(frozen=True)
class Statement:
    """One policy: `id` and `why` are its annotations, `form` is Cedar's JSON of it."""

    id: str
    why: str
    where: str
    effect: Literal["permit", "forbid"]
    actions: tuple[str, ...]
    entities: frozenset[EntityName]
    form: Mapping[str, Any]

    @property
    def compares_resource(self) -> bool:
        """Tell whether a condition uses the resource other than by `in`, `is` or an attribute."""
        return _compares_resource(self.form["conditions"])

    @cached_property
    def reads_context(self) -> bool:
        """Tell whether a condition asks for what is so only now: the time, or the purpose of the request."""
        return _mentions(self.form["conditions"], {"Var": "context"})

    @cached_property
    def looked_at(self) -> frozenset[EntityName]:
        """Name what a condition asks by name, whatever the request is about."""
        return frozenset(_entities({"conditions": self.form["conditions"]}))

    @cached_property
    def times(self) -> frozenset[str]:
        """Give the times that a condition names, as they are written."""
        return frozenset(_times(self.form["conditions"]))

    @cached_property
    def about(self) -> frozenset[EntityName]:
        """Name what the resource is said to be in, by the scope or by a condition."""
        compared = frozenset(_compared(self.form["conditions"], {"Var": "resource"}))
        return compared | frozenset(_entities(self.form["resource"]))

    @property
    def annotations(self) -> frozenset[str]:
        """Name the annotations above the policy."""
        notes: Mapping[str, str | None] = self.form.get("annotations") or {}
        return frozenset(notes)

    def scope(self, part: Literal["principal", "action", "resource"]) -> Mapping[str, Any]:
        """Give Cedar's JSON of one part of the scope."""
        found: Mapping[str, Any] = self.form[part]
        return found


@lru_cache(maxsize=4096)
def statements(text: str, file: str) -> tuple[tuple[Statement, ...], tuple[Finding, ...]]:
    """Read every policy of a file; what does not parse is a finding with file and line."""
    pieces = list(_pieces(text)) if len(text) <= LONGEST else []
    if len(text) > LONGEST or len(pieces) > MOST_POLICIES:
        problem = f"has more than {LONGEST:,} characters or {MOST_POLICIES} policies"
        return (), (Finding(file, problem, "permit teams and classes, not persons and columns"),)
    read: list[Statement] = []
    findings: list[Finding] = []
    for line, piece in pieces:
        where = f"{file}:{line}"
        if _too_deep(piece):
            problem = f"has more than {MOST_OPERATORS} operators or {DEEPEST} brackets one in another"
            findings.append(Finding(where, problem, "write several policies instead"))
            continue
        try:
            forms = json.loads(_policy_json(piece))
        except ValueError as error:
            hint = "write permit(...) or forbid(...) with a semicolon behind it; `mesh access allow` writes permits"
            findings.append(Finding(where, f"is no Cedar policy: {error}", hint))
            continue
        if forms["templates"]:
            findings.append(Finding(where, "is a template", "write the principal and the resource out"))
        read.extend(_statement(form, where) for form in forms["staticPolicies"].values())
    return tuple(read), tuple(findings)


def texts(text: str, file: str) -> dict[str, tuple[Statement, str]]:
    """Give each policy of a file with the text that it was read from, by id."""
    return {policy.id: (policy, piece) for _, piece in _pieces(text) for policy in statements(piece, file)[0]}


def without(text: str, policy: Statement) -> str:
    """Leave one policy out of the text that it was read from."""
    file, _, number = policy.where.rpartition(":")
    return "".join(p for line, p in _pieces(text) if line != int(number) or not _holds(p, policy, file))


def _holds(piece: str, policy: Statement, file: str) -> bool:
    """Tell whether a piece is a policy: one line may have several."""
    return any((each.id, each.form) == (policy.id, policy.form) for each in statements(piece, file)[0])


def scoped(scope: Mapping[str, Any]) -> bool:
    """Tell whether a scope names an entity, and not only a type or nothing."""
    return any(True for _ in _entities(scope))


def asks_time(node: object) -> bool:
    """Tell whether an expression uses more of the request's context than its purpose."""
    inner = cast("list[object]", node) if isinstance(node, list) else _fields(node).values()
    return node != _PURPOSE and (node == {"Var": "context"} or any(asks_time(each) for each in inner))


def _too_deep(piece: str) -> bool:
    """Measure a policy before Cedar reads it."""
    code = _OPAQUE.sub(" ", piece)
    depth = deepest = 0
    for char in code:
        depth += (char in "([{") - (char in ")]}")
        deepest = max(deepest, depth)
    return deepest > DEEPEST or len(_OPERATOR.findall(code)) > MOST_OPERATORS


def _policy_json(piece: str) -> str:
    """Read a policy as Cedar's JSON, which decisions are made from; raise `ValueError`."""
    text = cedarpy.policies_to_json_str(piece)
    try:
        cedarpy.PolicySet.from_json_str(text)
    except ValueError:
        raise ValueError("its conditions nest too deep") from None
    return text


def _statement(form: dict[str, Any], where: str) -> Statement:
    notes: dict[str, str | None] = form.get("annotations") or {}
    action: dict[str, Any] = form["action"]
    named: list[dict[str, str]] = [action["entity"]] if "entity" in action else action.get("entities", [])
    return Statement(
        id=notes.get("id") or "",
        why=notes.get("why") or "",
        where=where,
        effect=form["effect"],
        actions=tuple(entity["id"] for entity in named),
        entities=frozenset(_entities(form)),
        form=_columns_cover_their_fields(form),
    )


def _columns_cover_their_fields(form: dict[str, Any]) -> dict[str, Any]:
    """Let `resource == Column::"x"` also cover the fields nested in the column."""
    scope = form["resource"]
    if scope["op"] == "==" and _short(scope.get("entity", {}).get("type", "")) == "Column":
        return {**form, "resource": {**scope, "op": "in"}}
    return form


def _entities(node: object) -> Iterator[EntityName]:
    fields = _fields(node)
    if set(fields) == {"type", "id"}:
        yield _short(str(fields["type"])), str(fields["id"])
        return
    for each in cast("list[object]", node) if isinstance(node, list) else fields.values():
        yield from _entities(each)


def _times(node: object) -> Iterator[str]:
    fields = _fields(node)
    if set(fields) == {"datetime"}:
        yield from (str(_fields(each).get("Value", "")) for each in cast("list[object]", fields["datetime"]))
        return
    for each in cast("list[object]", node) if isinstance(node, list) else fields.values():
        yield from _times(each)


def _compares_resource(node: object) -> bool:
    if node == {"Var": "resource"}:
        return True
    if isinstance(node, list):
        return any(_compares_resource(each) for each in cast("list[object]", node))
    for name, inner in _fields(node).items():
        sides = _fields(inner)
        allowed = name in (".", "has", "in", "is") and sides.get("left") == {"Var": "resource"}
        if _compares_resource({k: v for k, v in sides.items() if k != "left"} if allowed else inner):
            return True
    return False


def _mentions(node: object, what: object) -> bool:
    inner = cast("list[object]", node) if isinstance(node, list) else _fields(node).values()
    return node == what or any(_mentions(each, what) for each in inner)


def _compared(node: object, what: object) -> Iterator[EntityName]:
    """Name every entity that a condition compares something with, or with what is in it."""
    parts = _fields(node)
    for each in cast("list[object]", node) if isinstance(node, list) else ():
        yield from _compared(each, what)
    for name, inner in parts.items():
        if name in _COMPARING and _mentions(inner, what):
            yield from _entities(inner)
        else:
            yield from _compared(inner, what)


def _fields(node: object) -> dict[str, object]:
    return cast("dict[str, object]", node) if isinstance(node, dict) else {}


def _short(kind: str) -> str:
    return kind.removeprefix("Mesh::")


def _pieces(text: str) -> Iterator[tuple[int, str]]:
    """Cut a file behind each policy's semicolon, which Cedar allows nowhere else outside of texts and comments."""
    start, line, first_line = 0, 1, 0
    quoted = comment = escaped = False
    for position, char in enumerate(text):
        if comment:
            comment = char != "\n"
        elif quoted:
            quoted = char != '"' or escaped
            escaped = char == "\\" and not escaped
        elif char == '"':
            quoted = True
        elif text.startswith("//", position):
            comment = True
        elif char == ";":
            yield first_line or line, text[start : position + 1]
            start, first_line = position + 1, 0
            continue
        if not comment and not char.isspace() and not first_line:
            first_line = line
        line += char == "\n"
    if first_line:
        yield first_line, text[start:]
