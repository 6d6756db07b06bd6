"""What people say when they decide: their own words, kept with what they decided and nowhere else."""

from meshwright.errors import GrantRejected

MOST = 500
"""The most characters of a note."""


def checked(where: str, note: str, *, needed: bool = False) -> str:
    """Give a note as it is kept; raise `GrantRejected` for control characters, or none where a refusal needs one."""
    if not note.isprintable():
        raise GrantRejected(where, "the note holds control characters")
    if needed and not note.strip():
        raise GrantRejected(where, "a refusal says why", "say it in a sentence")
    if len(note) > MOST:
        raise GrantRejected(where, f"the note is longer than {MOST} characters", "say it shorter")
    return note.strip()
