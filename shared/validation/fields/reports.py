"""What is told of a field that was processed."""

from dataclasses import dataclass

from shared.validation.fields.formatting import Form
from shared.validation.fields.matching import MatchRule


@dataclass(frozen=True, slots=True)
class FieldReport:
    """What became of a field: under which name it is set, why, how sure that is, in what form.

    `key` is the one that was sent; of an extracted field, that of the text it was read in.
    Without a rule, no definition was meant, and the name is made of the key.
    """

    key: str
    name: str
    rule: MatchRule | None
    confidence: float | None
    form: Form
