"""Draw cases of who reads what under which policies, from a seed on, until one breaks the promise or it is stopped."""

import argparse
import tempfile
from itertools import count
from pathlib import Path
from time import monotonic

from interference import case, two_lakes, verdicts


def main() -> None:
    """Hunt; print what breaks, with the seed that tells the whole story again."""
    parser = argparse.ArgumentParser(prog="scripts/hunt-interference", description=__doc__)
    parser.add_argument("--seed", type=int, default=10_000, help="the first seed (default: %(default)s)")
    parser.add_argument("--minutes", type=float, default=60, help="when to stop (default: %(default)s)")
    asked = parser.parse_args()
    until, questions, answered = monotonic() + 60 * asked.minutes, 0, 0
    with tempfile.TemporaryDirectory() as folder, two_lakes(Path(folder)) as lakes:
        for seed in count(asked.seed):
            drawn = case(seed)
            for verdict in verdicts(lakes, drawn):
                questions += 1
                answered += verdict.answered
                if verdict.problems:
                    told = "\n".join(verdict.problems)
                    raise SystemExit(f"seed {seed}: {drawn.who} for {drawn.purpose!r}\n{verdict.question}\n{told}")
            if monotonic() > until:
                cases = seed + 1 - asked.seed
                print(f"{cases} cases, {questions} questions, {answered} answered with rows: nothing found")  # noqa: T201 - it is a command
                return


if __name__ == "__main__":
    main()
