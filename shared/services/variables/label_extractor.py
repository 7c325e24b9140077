"""Fields that a text names, followed by their values: `Budget: 5000` or `Her budget is 5000`.

It takes what stands there and nothing else: a label that is not spelled as a name, a display
name or an alias of a definition is none, and what follows is taken whole.
"""

import re
from collections.abc import Iterator, Sequence

from shared.domain.variables import Definition, Extracted, VariableType
from shared.validation.fields.matching import FieldIndex

LABELED, STATED = 0.9, 0.8
"""How sure a label with a colon is, and a sentence."""

MAX_TEXT_VALUE_CHARS = 100
"""A longer text is a story, and not the value of a field."""

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
    """The adapter of the port `Extractor` that needs nothing but the text."""

    def extract(self, text: str, definitions: Sequence[Definition]) -> list[Extracted]:
        """Every field that the text names with its value, in the order of the text."""
        index = FieldIndex(definitions)
        return [*_labeled(text, index), *_stated(text, index)]


def _labeled(text: str, index: FieldIndex) -> Iterator[Extracted]:
    found = [
        (label, match.definition)
        for label in _LABELED.finditer(text)
        if (match := index.match_spelled(label["label"]))
    ]
    # A value ends where the next label begins, with what leads up to it.
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
    # Where a text ends among sentences, nobody can tell: "St. Gallen. She likes it there."
    is_one = len(sentences) == 1 and len(line) <= MAX_TEXT_VALUE_CHARS
    return _trimmed(line) if is_one else ""


def _stated(text: str, index: FieldIndex) -> Iterator[Extracted]:
    for stated in _STATED.finditer(text):
        match = index.match_spelled(stated["label"])
        # Sentences say more than names, so that only what has a form is taken out of one.
        if match and match.definition.variable_type is not VariableType.TEXT:
            yield Extracted(match.definition.name, _trimmed(stated["value"]), STATED)


def _trimmed(value: str) -> str:
    return value.strip().rstrip(".,!").strip()
