"""Follow a page of the documentation: write its files, make its edits, type its commands, compare what they print.

A fence with a title is a file (```python title="a/b.py"```), a `diff` with a title an edit of one, `console` is typed:
lines that begin with "$ " are commands, the others what they print. `...` stands for anything within a line, and alone
on a line for any lines; runs of blanks are one. `<!-- exit 1 -->` above a fence: its last command must exit so.
"""

import re
import subprocess
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from time import monotonic

FENCE = re.compile(r'(?:<!-- exit (\d) -->\n)?^```(\w+)(?: title="([^"]+)")?\n(.*?)^```$', re.MULTILINE | re.DOTALL)
SECONDS = 90


@dataclass(frozen=True)
class Step:
    """One thing that the page tells the reader to do; `kind` is write, edit or run."""

    kind: str
    what: str
    text: str
    code: int = 0


@dataclass
class Reader:
    """Somebody who follows a page in a folder, to the letter; `seconds` of each command, in order."""

    folder: Path
    environment: Mapping[str, str]
    seconds: list[tuple[str, float]] = field(default_factory=list)
    running: list[subprocess.Popen[str]] = field(default_factory=list)

    def follow(self, page: str) -> None:
        """Do every step of a page; raise AssertionError where the page is wrong."""
        for step in steps(page):
            match step.kind:
                case "write":
                    write(self.folder / step.what, step.text)
                case "edit":
                    edit(self.folder / step.what, step.text)
                case _:
                    self.type(step)

    def type(self, step: Step) -> None:
        """Type one command, and compare what it prints and how it exits."""
        started = monotonic()
        background = step.what.endswith("&")
        said, code = self._start(step.what) if background else self._run(step.what)
        self.seconds.append((step.what, monotonic() - started))
        assert step.code == code, f"$ {step.what}\nexits {code}\n{said}"
        assert pattern(step.text).fullmatch(plain(said)), f"$ {step.what}\nprints\n{said}\nand not\n{step.text}"

    def stop(self) -> None:
        """Stop what still runs in the background."""
        for process in self.running:
            process.terminate()
            process.wait(timeout=SECONDS)
            if process.stdout:
                process.stdout.close()

    def _run(self, command: str) -> tuple[str, int]:
        done = subprocess.run(
            ["bash", "-c", command], cwd=self.folder, env=dict(self.environment), check=False, timeout=SECONDS,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
        )  # fmt: skip
        return done.stdout, done.returncode

    def _start(self, command: str) -> tuple[str, int]:
        """Start a command that stays, and wait for its first line."""
        process = subprocess.Popen(
            ["bash", "-c", f"exec {command.removesuffix('&')}"], cwd=self.folder, env=dict(self.environment),
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
        )  # fmt: skip
        self.running.append(process)
        assert process.stdout is not None
        return process.stdout.readline(), 0


def steps(page: str) -> Iterator[Step]:
    """Read the steps of a page, in order; a fence that nothing would test is an error, unless it is `text`."""
    for code, language, title, body in FENCE.findall(page):
        if title:
            assert f"`{title}`" in page, f"the reader is not told where {title} is"
            yield Step("edit" if language == "diff" else "write", title, body)
        elif language == "console":
            yield from _typed(body, int(code or 0))
        else:
            assert language == "text", f"a fence of {language} without a title is neither run nor written"


def write(path: Path, text: str) -> None:
    """Write a file that a page shows whole."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def edit(path: Path, diff: str) -> None:
    """Make the edits that a page shows as a diff: parts stand between lines `@@`, and each must fit in one place."""
    text = path.read_text(encoding="utf-8")
    for part in diff.split("@@\n"):
        lines = [line or " " for line in part.splitlines()]
        old = "".join(f"{line[1:]}\n" for line in lines if line[0] != "+")
        new = "".join(f"{line[1:]}\n" for line in lines if line[0] != "-")
        assert text.count(old) == 1, f"{path} has not once:\n{old}"
        text = text.replace(old, new)
    path.write_text(text, encoding="utf-8")


def pattern(shown: str) -> re.Pattern[str]:
    """Compile what a page shows into what a command may print."""
    lines = [
        r"(?:.*\n)*?" if line == "..." else ".*".join(map(re.escape, line.split("..."))) + r"\n"
        for line in plain(shown).splitlines()
    ]
    return re.compile("".join(lines))


def plain(text: str) -> str:
    """Take runs of blanks for one, and leave out those at the end of a line and empty lines."""
    lines = (re.sub(r"[ \t]+", " ", line).rstrip() for line in text.splitlines())
    return "".join(f"{line}\n" for line in lines if line)


def _typed(body: str, code: int) -> Iterator[Step]:
    """Split a console into commands with what they print; a backslash carries a command on to the next line."""
    parts = re.split(r"^\$ ", body.replace("\\\n", ""), flags=re.MULTILINE)[1:]
    for position, part in enumerate(parts, 1):
        command, _, printed = part.partition("\n")
        yield Step("run", command.strip(), printed, code if position == len(parts) else 0)
