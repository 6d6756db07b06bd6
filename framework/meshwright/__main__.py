"""`python -m meshwright` is `mesh`."""

from meshwright.cli import main

main()
