"""Parse a seed file strictly, with errors that name their JSON path."""

import dataclasses
import json
import math
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any, TypeAlias
from uuid import UUID

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationError,
)
from pydantic_core import PydanticCustomError

from local.instants import parse_instant
from local.names import name_fault
from local.seed_fault import JsonPath, SeedError, fault, reason_of
from shared.domain.contacts import IdentifierKind
from shared.domain.definitions import Category, ContextType, VariableType, WhenStale
from shared.domain.disclosure import Assurance, Purpose, Sensitivity
from shared.domain.imports import FileFormat
from shared.domain.json_values import JsonObject, JsonValue
from shared.domain.sources import Source
from shared.services.accounts.access import is_possible_key
from shared.services.accounts.administration import KEY_RULE
from shared.validation import definitions as limits
from shared.validation.agents import MAX_FALLBACK_CHARS
from shared.validation.linear_patterns import pattern_fault
from shared.validation.schema_syntax import schema_faults, schema_text

MAX_ID = 10**15
"""The largest id: exact in every JSON parser and within the padding of the keys."""

MAX_TEAM = 2**63 - 1
"""The largest team id: a signed 64-bit integer."""

_MAX_DEPTH = 64
_MAX_WORD_CHARS = 200


def _is_uuid(given: object) -> str:
    try:
        return str(UUID(given if isinstance(given, str) else ""))
    except ValueError:
        raise _invalid("it must be a UUID") from None


def _is_instant(given: object) -> datetime:
    try:
        return parse_instant(given if isinstance(given, str) else "")
    except ValueError as error:
        raise _invalid(str(error)) from None


def _without(find_fault: Callable[[Any], str | None]) -> AfterValidator:
    """Reject what has a fault. None has none."""

    def check(given: Any) -> Any:
        reason = None if given is None else find_fault(given)
        if reason:
            raise _invalid(reason)
        return given

    return AfterValidator(check)


def _invalid(reason: str) -> PydanticCustomError:
    return PydanticCustomError("invalid", "{reason}", {"reason": reason})


def _key_fault(given: str) -> str | None:
    return None if is_possible_key(given) else KEY_RULE


def _purpose_fault(given: Purpose) -> str | None:
    return "it must be prompt, tool, human or export" if given is Purpose.WEBHOOK else None


def _as_schema(given: object) -> object:
    """Return the text of a JSON Schema."""
    if given is None:
        return None
    schema: Any = given
    for path, reason in schema_faults(schema):
        place = "".join(f"/{each}" for each in path)
        raise _invalid(f"{place} {reason}")
    return schema_text(schema)


def _as_permission(given: object) -> object:
    return {"permission": given} if isinstance(given, str) else given


Number: TypeAlias = Annotated[int, Field(ge=1, le=MAX_ID)]
Team: TypeAlias = Annotated[int, Field(ge=0, le=MAX_TEAM)]
Name: TypeAlias = Annotated[str, _without(name_fault)]
Word: TypeAlias = Annotated[str, Field(min_length=1, max_length=_MAX_WORD_CHARS)]
Instant: TypeAlias = Annotated[datetime, BeforeValidator(_is_instant)]
PathId: TypeAlias = Annotated[str, Field(pattern=r"^[A-Za-z0-9_]{1,64}$")]
Uuid: TypeAlias = Annotated[str, BeforeValidator(_is_uuid)]


Seconds: TypeAlias = Annotated[int, Field(ge=1, le=limits.MAX_AGE_SECONDS)]
Bound: TypeAlias = Annotated[float, Field(ge=-limits.MAX_BOUND, le=limits.MAX_BOUND)]


class _Part(BaseModel):
    """A part of the file, without extra fields and conversions between JSON types."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)

    def fields_of(self, record: type) -> dict[str, Any]:
        """Return the fields that a record has under the same names."""
        names = {each.name for each in dataclasses.fields(record)}
        return {name: getattr(self, name) for name in type(self).model_fields if name in names}


class SeedPermission(_Part):
    """A permission on one resource, or on all."""

    permission: Word
    resource: Word | None = None


class SeedApiKey(_Part):
    """An API key in plain text. The table stores only its hash."""

    key: Annotated[str, _without(_key_fault)]
    name: Name = ""
    active: bool = True
    requests_per_minute: Number | None = None
    read_only: bool = False
    source: Annotated[Source, Field(strict=False)] = Source.API
    purpose: Annotated[Purpose | None, Field(strict=False), _without(_purpose_fault)] = None
    sensitive: bool = False
    sensitivity: Annotated[Sensitivity | None, Field(strict=False)] = None
    permissions: list[Annotated[SeedPermission, BeforeValidator(_as_permission)]] = []
    user: Word | None = None
    teams: list[Team] = []


class SeedDefinition(_Part):
    """A variable definition."""

    id: Number | None = None
    external_id: Word | None = None
    name: str
    display_name: str | None = None
    description: str | None = None
    variable_type: Annotated[VariableType, Field(strict=False)] = VariableType.TEXT
    context_type: Annotated[ContextType, Field(strict=False)] = ContextType.CONTACT
    category: Annotated[Category, Field(strict=False)] = Category.CUSTOM
    is_default: bool = False
    select_options: list[str] | None = None
    default_value: str | None = None
    aliases: list[str] = []
    owner: Word | None = None
    team: Team | None = None
    sensitivity: Annotated[Sensitivity, Field(strict=False)] = Sensitivity.PUBLIC
    purposes: list[Annotated[Purpose, Field(strict=False)]] | None = None
    group: Annotated[str | None, Field(min_length=1, max_length=limits.MAX_GROUP_CHARS)] = None
    fallback: Annotated[str | None, Field(min_length=1, max_length=MAX_FALLBACK_CHARS)] = None
    question: Annotated[str | None, Field(min_length=1, max_length=limits.MAX_QUESTION_CHARS)] = (
        None
    )
    when_stale: Annotated[WhenStale, Field(strict=False)] = WhenStale.USE
    min_assurance: Annotated[Assurance, Field(strict=False)] = Assurance.NONE
    stale_after_seconds: Seconds | None = None
    expires_after_seconds: Seconds | None = None
    min_value: Bound | None = None
    max_value: Bound | None = None
    max_length: Annotated[int | None, Field(ge=1, le=limits.MAX_LENGTH)] = None
    json_schema: Annotated[str | None, BeforeValidator(_as_schema)] = None
    pattern: Annotated[str | None, _without(pattern_fault)] = None
    is_required: bool = False
    archived: bool = False
    archived_options: list[str] = []


class SeedContact(_Part):
    """A contact and the values of its variables; `tags` are ids of the account's tags."""

    id: Number | None = None
    uuid: Uuid | None = None
    external_id: Word | None = None
    first_name: str = ""
    last_name: str = ""
    full_name: str | None = None
    email: str | None = None
    phone_number: str | None = None
    wa_id: str | None = None
    sms_phone_number: str | None = None
    webchat_user_id: str | None = None
    language: str | None = None
    time_zone: str | None = None
    platform: str | None = None
    created_at: Instant | None = None
    updated_at: Instant | None = None
    tags: list[Number] = []
    owner: Word | None = None
    team: Team | None = None
    variables: dict[str, Any] = {}


class SeedConversation(_Part):
    """A conversation with a contact of the account."""

    id: Word | None = None
    contact_id: Number
    variables: dict[str, Any] = {}


class SeedTag(_Part):
    """A tag of the account."""

    id: Number | None = None
    value: Word
    entity_type: Word = "CONTACT"


class SeedWebhook(_Part):
    """A webhook with its secret in plain text."""

    id: Word
    url: str
    topics: list[str]
    variables: list[str] | None = None
    description: str = ""
    form: Word = "native"
    api_key: Word | None = None
    secret: Word | None = None
    active: bool = True


class SeedAgent(_Part):
    """An agent: its id, and the members with which the native API creates one."""

    model_config = ConfigDict(extra="allow")

    id: PathId


class SeedHook(_Part):
    """A hook with the token of its URL in plain text. The table stores only its hash."""

    id: PathId
    agent: str
    platform: str
    token: str
    api_key: str
    secret: Word | None = None
    signature: dict[str, Any] = {}
    rejects_bad_signatures: bool = False


class SeedImport(_Part):
    """An import that waits for its file, or a completed one with `imported`."""

    id: Word
    format: FileFormat = FileFormat.CSV
    identifier: IdentifierKind = IdentifierKind.EMAIL
    imported: Number | None = None
    failed: Number = 0


class SeedAccount(_Part):
    """An account with its data."""

    id: str
    name: Name = ""
    chatbots: list[Word] = []
    locale: str = ""
    api_keys: list[SeedApiKey] = []
    definitions: list[SeedDefinition] = []
    contacts: list[SeedContact] = []
    conversations: list[SeedConversation] = []
    tags: list[SeedTag] = []
    webhooks: list[SeedWebhook] = []
    imports: list[SeedImport] = []
    agents: list[SeedAgent] = []
    hooks: list[SeedHook] = []
    business_variables: dict[str, Any] = {}


class SeedFile(_Part):
    """The whole file."""

    accounts: list[SeedAccount] = []


def read_seed(path: Path) -> SeedFile:
    """Parse a seed file without checking the references between its parts.

    Raises:
        SeedError: The file is not JSON, or a field is unknown, missing or of another type.
        OSError: The file is not readable.
    """
    document = _parse(path.read_bytes())
    _refuse_non_json(document, ())
    try:
        return SeedFile.model_validate(document)
    except ValidationError as invalid:
        first = invalid.errors(include_url=False, include_context=False, include_input=False)[0]
        raise fault(first["loc"], reason_of(first["type"], first["msg"])) from None


class _DuplicateNames(dict[str, Any]):
    """A JSON object with a duplicate name."""


def _parse(content: bytes) -> JsonValue:
    try:
        document: JsonValue = json.loads(content.decode("utf-8-sig"), object_pairs_hook=_object)
    except UnicodeDecodeError:
        raise SeedError("the file is not UTF-8") from None
    except json.JSONDecodeError as error:
        place = f"at line {error.lineno}, column {error.colno}"
        raise SeedError(f"the file is not JSON: {error.msg} {place}") from None
    except RecursionError:
        raise SeedError(f"the file is nested deeper than {_MAX_DEPTH} levels") from None
    except ValueError:
        raise SeedError("the file is not JSON that can be read: a number is too long") from None
    return document


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    return made if len(made) == len(pairs) else _DuplicateNames(made)


def _refuse_non_json(node: JsonValue, path: JsonPath) -> None:
    """Reject NaN and infinity, which the parser accepts, and text that is not storable."""
    if len(path) > _MAX_DEPTH:
        raise fault(path, f"it is nested deeper than {_MAX_DEPTH} levels")
    match node:
        case float() if not math.isfinite(node):
            raise fault(path, "it is a number that JSON does not have, or too large")
        case str() if not _is_unicode(node):
            raise fault(path, "it holds a lone surrogate, which is no text")
        case list():
            for position, part in enumerate(node):
                _refuse_non_json(part, (*path, position))
        case dict():
            _refuse_bad_names(node, path)
            for name, part in node.items():
                _refuse_non_json(part, (*path, name))


def _refuse_bad_names(node: JsonObject, path: JsonPath) -> None:
    if isinstance(node, _DuplicateNames):
        raise fault(path, "a name is given twice in this object")
    if not all(map(_is_unicode, node)):
        raise fault(path, "a name holds a lone surrogate, which is no text")


def _is_unicode(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True
