"""Write the simulated systems' files: python -m thenar_operations --out DIR."""

import argparse
import sys
from pathlib import Path

from thenar_operations.simulation import simulate


def main(arguments: list[str] | None = None) -> int:
    """Simulate and print the files with their rows; the truths are not told."""
    parser = argparse.ArgumentParser(prog="thenar_operations", description=__doc__)
    parser.add_argument("--out", type=Path, required=True, help="folder to write into")
    parser.add_argument("--seed", type=int, default=42)
    parser.add_argument("--scale", type=float, default=1.0, help="0.05 to 20; 1 is about 600 customers")
    options = parser.parse_args(arguments)
    try:
        manifest = simulate(options.out, seed=options.seed, scale=options.scale)
    except (ValueError, OSError) as problem:
        parser.error(str(problem))
    for file in manifest.files:
        name = file.path if file.table is None else f"{file.path}:{file.table}"
        sys.stdout.write(f"{file.rows:>9,}  {name}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
