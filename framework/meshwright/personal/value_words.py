"""What values say about somebody in any of the languages that `value_words.toml` has."""

from collections.abc import Sequence

from meshwright.personal.lexicon import Lexicon, lexicons, words_of

_LONGEST = 200
_SOME = 0.2


def is_demographic(value: str) -> bool:
    """Tell whether a value is a sex, a marital status, a religion, an origin and nothing else."""
    return len(value) < _LONGEST and _lexicon("demographic").takes(words_of(value))


def speaks_of_health(value: str) -> bool:
    """Tell whether an illness, a treatment or a medicine stands in a value."""
    return _lexicon("health").finds(words_of(value[:_LONGEST]))


def not_of_machines(values: Sequence[str]) -> int:
    """Count all values; none where many speak of parts of machines, which are diagnosed too."""
    of_machines = sum(_lexicon("machine").finds(words_of(value[:_LONGEST])) for value in values)
    return 0 if of_machines > _SOME * len(values) else len(values)


def is_mailbox_of_a_role(address: str) -> bool:
    """Tell whether an e-mail address is that of a role, not of somebody: `rechnung@`, `service-3@`."""
    words = [word for word in words_of(address.partition("@")[0]) if not word.isdecimal()]
    roles = _lexicon("role")
    return bool(words) and (roles.takes(words) or all(roles.takes([word.rstrip("0123456789")]) for word in words))


def _lexicon(meaning: str) -> Lexicon:
    return lexicons("value_words.toml")[meaning]
