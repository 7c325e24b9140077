"""Extract fields by their labels in a text: `Budget: 5000` or `Her budget is 5000`.

A label must be spelled like the name, display name or an alias of a definition. The text after it
is the value, without interpretation.
"""

import re
from collections.abc import Iterator, Sequence

from shared.domain.definitions import Definition, VariableType
from shared.domain.values import Extracted
from shared.validation.fields.matching import FieldIndex

LABELED, STATED = 0.9, 0.8
"""The confidence of a label with a colon, and of a sentence."""

MAX_TEXT_VALUE_CHARS = 100
"""A longer text is not extracted as the value of a field."""

_ARTICLES = (
    "the her his its their our my your el la los las su mi tu o a os as seu sua meu minha le les "
    "son sa mon ma leur der die das sein seine ihr ihre mein meine il lo i suo mio"
)
_VERBS = "is are es son é são est sont ist sind è sono"
_CONJUNCTIONS = "and y e et und"

_LABEL = r"[^\W\d_](?:[\w'/ -]|\.(?=\w)){0,60}?"
_ENDS = r"(?=\s*$|[;|\n]|[.,!](?:\s|$)|\s(?:{})\s)".format(_CONJUNCTIONS.replace(" ", "|"))

_LABELED = re.compile(rf"(?:^|[\n;|,.(]|\s-)[ \t]*(?:[-*•][ \t]+)?(?P<label>{_LABEL})[ \t]*[:=]")
_STATED = re.compile(
    rf"\b(?:{_ARTICLES.replace(' ', '|')})\s{{1,3}}(?P<label>\w+(?:[ -]\w+){{0,4}}?)\s{{1,3}}"
    rf"(?:{_VERBS.replace(' ', '|')})\s{{1,3}}(?P<value>\S.*?){_ENDS}",
    re.IGNORECASE,
)
_LINE_END = re.compile(r"[;|\n]")
_SENTENCE_END = re.compile(r"[.!?](?=\s)")


class LabelExtractor:
    """Implements the port `Extractor` with patterns."""

    def extract(self, text: str, definitions: Sequence[Definition]) -> list[Extracted]:
        """Extract labeled fields, then fields in sentences, each in the order of the text."""
        index = FieldIndex(definitions)
        return [*_labeled(text, index), *_stated(text, index)]


def _labeled(text: str, index: FieldIndex) -> Iterator[Extracted]:
    found = [
        (label, match.definition)
        for label in _LABELED.finditer(text)
        if (match := index.match_spelled(label["label"]))
    ]
    # A value ends where the match of the next label starts.
    ends = [*(label.start() for label, _ in found), len(text)][1:]
    for (label, definition), end in zip(found, ends, strict=True):
        value = _value(text[label.end() : end], definition)
        if value:
            yield Extracted(definition.name, value, LABELED)


def _value(following: str, definition: Definition) -> str:
    line = _LINE_END.split(following, maxsplit=1)[0].strip()
    sentences = _SENTENCE_END.split(line, maxsplit=1)
    if definition.variable_type is not VariableType.TEXT:
        return _trimmed(sentences[0])
    # The end of a text value is ambiguous if sentences follow: "St. Gallen. She likes it there."
    is_one = len(sentences) == 1 and len(line) <= MAX_TEXT_VALUE_CHARS
    return _trimmed(line) if is_one else ""


def _stated(text: str, index: FieldIndex) -> Iterator[Extracted]:
    for stated in _STATED.finditer(text):
        match = index.match_spelled(stated["label"])
        # A sentence states more than a value, so only typed values are extracted from it.
        if match and match.definition.variable_type is not VariableType.TEXT:
            yield Extracted(match.definition.name, _trimmed(stated["value"]), STATED)


def _trimmed(value: str) -> str:
    return value.strip().rstrip(".,!").strip()
