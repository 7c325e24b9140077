"""Match values that other systems send to variables, by the mode of a request."""

from collections.abc import Mapping, Sequence

from shared.domain.accounts import Accounts, Caller
from shared.domain.definitions import ContextType, Definition, Definitions
from shared.domain.json_values import JsonValue
from shared.domain.records import dataclass
from shared.domain.upserts import UpsertMode
from shared.domain.values import AUTO_CREATE, STRICT, Extracted
from shared.services.variables.field_processing import process_fields

SET_RULES = {
    UpsertMode.STRICT: STRICT,
    UpsertMode.COERCE: STRICT,
    UpsertMode.AUTO_CREATE: AUTO_CREATE,
}
"""The rules of each mode for variables without a definition."""


@dataclass(frozen=True, slots=True)
class MatchedValues:
    """Values by variable, and the key that was sent for each variable."""

    values: Mapping[str, JsonValue]
    keys: Mapping[str, str]


def match_values(
    definitions: Definitions,
    accounts: Accounts,
    caller: Caller,
    context_type: ContextType,
    sent: Mapping[str, JsonValue],
    mode: UpsertMode,
) -> MatchedValues:
    """Match keys to variables and convert values, unless the mode is strict.

    Raises:
        InvalidField, TooManyVariables: As `process_fields`.

    """
    if mode is UpsertMode.STRICT or not sent:
        return MatchedValues(sent, {name: name for name in sent})
    processed = process_fields(definitions, accounts, _NoExtractor(), caller, context_type, sent)
    keys = {report.name: report.key for report in processed.reports}
    return MatchedValues(processed.values, keys)


class _NoExtractor:
    """Implements the port `Extractor` without extraction: systems send each field as a field."""

    def extract(self, _: str, __: Sequence[Definition]) -> list[Extracted]:
        """Return no fields."""
        return []
