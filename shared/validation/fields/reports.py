"""Reports on processed fields."""

from shared.domain.records import dataclass
from shared.validation.fields.formatting import Form
from shared.validation.fields.matching import MatchRule


@dataclass(frozen=True, slots=True)
class FieldReport:
    """How a field was matched and formatted.

    Attributes:
        key: The key as sent. For an extracted field, the key of the text.
        name: The name of the variable. Derived from the key if no definition matches.
        rule: The rule that matched the definition, or None.
        confidence: The confidence of the match from 0 to 1, or None.
        form: How the value was formatted.
    """

    key: str
    name: str
    rule: MatchRule | None
    confidence: float | None
    form: Form
