"""Presidio's pattern recognizers over columns, one as JSON a line: how sure they are of each value.

It runs in the environment of other people's tools, which have spaCy and no model: nothing is downloaded.
"""

import json
import sys
from importlib import import_module
from typing import Any

NOT_PERSONAL = {"DATE_TIME", "URL", "UUID", "CRYPTO"}
SLICE = 100


def main() -> None:
    """Answer each line with the best score of every value, in their order."""
    suffixes: Any = import_module("tldextract")
    suffixes.extract = suffixes.TLDExtract(suffix_list_urls=())  # its own copy: it would ask the network otherwise
    registry: Any = import_module("presidio_analyzer").RecognizerRegistry(supported_languages=["en"])
    registry.load_predefined_recognizers(languages=["en"])
    known: list[Any] = [each for each in registry.recognizers if each.name != "SpacyRecognizer"]  # that needs a model
    for line in sys.stdin:
        values: list[str | None] = json.loads(line)
        scores = [_score(known, text) for text in [each for each in values if each is not None][:SLICE]]
        print(json.dumps(scores), flush=True)  # noqa: T201 - it is what the caller reads


def _score(known: list[Any], text: str) -> float:
    scores = [0.0]
    for recognizer in known:
        hits: list[Any] = recognizer.analyze(text, recognizer.supported_entities, None) or []
        scores += [float(hit.score) for hit in hits if hit.entity_type not in NOT_PERSONAL]
    return max(scores)


if __name__ == "__main__":
    main()
