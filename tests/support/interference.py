"""Two lakes that differ in hidden cells alone are asked the same: whatever they answer differently is a leak."""

import hashlib
import hmac
import random
import shutil
from collections.abc import Generator, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import drawn_policies
import drawn_queries
import httpx
import reference
from answered import FORMS, parsed, plain
from drawn_policies import Access, Person, Rule
from gateway_lake import Served, frame, serving
from visits import CLASSES, VISITS, Row, changed, rows

from meshwright.access import policies_of
from meshwright.ports import PolicyTexts

MASTER = "ab" * 32
QUESTIONS = 8
_ROWS = 30


@dataclass(frozen=True)
class Question:
    """One read: the query, the form of its answer, and how that is packed."""

    body: Mapping[str, Any]
    form: str
    packed: str


@dataclass(frozen=True)
class Case:
    """Who asks what for, under which policies, of which rows; `twin` has other values in hidden cells."""

    seed: int
    who: Person
    purpose: str
    rules: tuple[Rule, ...]
    access: Access
    versions: tuple[Sequence[Row], Sequence[Row]]
    twin: tuple[Sequence[Row], Sequence[Row]]
    questions: tuple[Question, ...]

    @property
    def key(self) -> tuple[str, str]:
        """The key of the tokens that this reader gets for this purpose."""
        scope = f"{self.who.domain or self.who.name}/{self.purpose}"
        return "k1", hmac.new(bytes.fromhex(MASTER), f"meshwright/token/{scope}".encode(), hashlib.sha256).hexdigest()

    def seen(self, body: Mapping[str, Any]) -> reference.View:
        """Give what the reader sees, or raise `Refused`."""
        if not self.access.read:
            raise reference.Refused
        version: int = body.get("version", 1)
        return reference.view(self.versions[version], self.access, body.get("levels", {}), self.key)


@dataclass(frozen=True)
class Verdict:
    """What one question showed: whether it was answered with rows, and what is wrong with the answers."""

    question: Question
    answered: bool
    problems: tuple[str, ...]


@dataclass(frozen=True)
class Lake:
    """One of the two lakes, and a connection to it."""

    served: Served
    client: httpx.Client

    def hold(self, case: Case, versions: Sequence[Sequence[Row]]) -> None:
        """Take the people, policies and rows of a case in place of what was there."""
        central = "\n".join(rule.cedar(n) for n, rule in enumerate(case.rules) if rule.is_for_anybody)
        texts = (CLASSES, drawn_policies.purposes(), drawn_policies.principals(case.who), central)
        self.served.policies[0] = policies_of(PolicyTexts(*texts))
        shutil.rmtree(self.served.table(VISITS), ignore_errors=True)
        for version in versions:
            self.served.publish(frame(version, VISITS), VISITS)
        own = (rule.cedar(n) for n, rule in enumerate(case.rules) if not rule.is_for_anybody)
        self.served.register(VISITS, "\n".join(own))

    def ask(self, case: Case, question: Question) -> httpx.Response:
        """Read."""
        more = {
            "Accept": question.form,
            "Accept-Encoding": question.packed,
            "X-Request-ID": "5a3e5a3e5a3e5a3e5a3e5a3e5a3e5a3e",
        }
        headers = {**self.served.headers(case.who.name), **more}
        body = {"purpose": case.purpose, **question.body}
        return self.client.post(f"/api/v1/products/{VISITS.id}/read", json=body, headers=headers)


@contextmanager
def two_lakes(folder: Path) -> Generator[tuple[Lake, Lake]]:
    """Serve two lakes whose tables are read in several pieces."""
    with ExitStack() as stack:
        found: list[Lake] = []
        for name in ("one", "other"):
            served = stack.enter_context(serving(folder / name))
            served.limit(batch_rows=11)
            found.append(
                Lake(served, stack.enter_context(httpx.Client(base_url=served.url, trust_env=False, timeout=60)))
            )
        yield found[0], found[1]


def case(seed: int) -> Case:
    """Draw a case from a seed."""
    drawn = random.Random(seed)
    who = drawn_policies.person(drawn)
    purpose, rules = drawn_queries.purpose(drawn, who), drawn_policies.policies(drawn, who)
    access = drawn_policies.decided(rules, who, purpose)
    versions = rows(drawn, _ROWS // 2), rows(drawn, _ROWS)
    hidden = {path for path in access.hidden if path.partition(".")[0] not in drawn_policies.read_by(rules)}
    twin = changed(versions[0], hidden, drawn), changed(versions[1], hidden, drawn)
    found = Case(seed, who, purpose, rules, access, versions, twin, ())
    questions = tuple(_question(drawn, found) for _ in range(QUESTIONS))
    return Case(seed, who, purpose, rules, access, versions, twin, questions)


def _question(drawn: random.Random, case: Case) -> Question:
    body: dict[str, Any] = {"levels": found} if (found := drawn_queries.levels(drawn, case.access)) else {}
    if drawn.random() < 0.2:
        body["version"] = drawn.choice((0, 1))
    try:
        seen = case.seen(body)
    except reference.Refused:
        seen = reference.View({}, [], {}, sees_all=False)
    body |= drawn_queries.query(drawn, seen)
    return Question(body, drawn.choice(FORMS), drawn.choice(("identity", "gzip")))


def verdicts(lakes: tuple[Lake, Lake], case: Case) -> Iterator[Verdict]:
    """Ask both lakes everything, and say what differs between them, or from the reference."""
    for lake, versions in zip(lakes, (case.versions, case.twin), strict=True):
        lake.hold(case, versions)
    for question in case.questions:
        one, other = (lake.ask(case, question) for lake in lakes)
        problems = [*_differences(one, other), *_against_reference(case, question, one)]
        answered = one.status_code == 200 and bool(_expected(case, question.body))
        yield Verdict(question, answered, tuple(problems))


def _differences(one: httpx.Response, other: httpx.Response) -> Iterator[str]:
    if one.status_code != other.status_code:
        yield f"status {one.status_code} became {other.status_code}"
    if one.content != other.content:
        yield "the bytes of the answer changed"
    heads = [[pair for pair in each.headers.raw if pair[0].lower() != b"date"] for each in (one, other)]
    if heads[0] != heads[1]:
        yield "the headers changed"


def _expected(case: Case, body: Mapping[str, Any]) -> list[dict[str, Any]] | None:
    try:
        return reference.answer(case.seen(body), body)
    except reference.Refused:
        return None


def _against_reference(case: Case, question: Question, given: httpx.Response) -> Iterator[str]:
    expected = _expected(case, question.body)
    if (given.status_code == 200) != (expected is not None):
        what = "refuses" if expected is None else "answers"
        yield f"status {given.status_code}, and the reference {what}: {given.text[:200]}"
    elif expected is not None:
        kinds = reference.kinds_of(case.seen(question.body), question.body)
        found = parsed(given, question.form, kinds)
        told = [{name: plain(value) for name, value in row.items()} for row in expected]
        if question.form == "text/csv":
            told = [{name: None if value == "" else value for name, value in row.items()} for row in told]
        if told != found or [list(row) for row in told] != [list(row) for row in found]:
            yield f"the rows are not those of the reference:\n{told[:3]}\n{found[:3]}"
