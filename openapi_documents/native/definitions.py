"""Describe the operations on definitions in the native API, and their responses.

Serves the promise that every endpoint is described and every response documented. The responses
are built by `shared/dialects/native/definition_responses.py`.
"""

from dataclasses import replace
from typing import Annotated, Any, Literal

from pydantic import BaseModel, Field

from openapi_documents.description import Group, JsonObject, Model, Operation, Parameter, Success
from openapi_documents.examples import EVENT
from openapi_documents.forms import NAME
from openapi_documents.native.agents import IF_MATCH
from openapi_documents.native.responses import ETAG, PAGING, Page, VariableContent
from shared.dialects.native import definition_requests
from shared.dialects.native.definition_requests import (
    MAX_OWNER_CHARS,
    MAX_TEAM,
)
from shared.domain import errors
from shared.domain.definitions import ContextType, VariableType, WhenStale
from shared.domain.disclosure import Assurance, Purpose, Sensitivity
from shared.domain.errors import Fault, InvalidRequest
from shared.validation import definitions as limits
from shared.validation.agents import MAX_FALLBACK_CHARS

DEFINITION_ID = "var_membership_level"

PATH_PARAMETERS = (
    Parameter(
        "definition_id",
        "The id of the definition",
        example=DEFINITION_ID,
        error_responses=(errors.DefinitionNotFound(DEFINITION_ID),),
    ),
)

_SOURCE: JsonObject = {"enum": [str(each) for each in definition_requests.SOURCES]}
_SOURCES: JsonObject = {
    "type": ["array", "null"],
    "minItems": 1,
    "maxItems": len(definition_requests.SOURCES),
    "items": {"anyOf": [_SOURCE, {"type": "array", "minItems": 1, "items": _SOURCE}]},
}
_BOUND: JsonObject = {
    "type": ["number", "null"],
    "minimum": -limits.MAX_BOUND,
    "maximum": limits.MAX_BOUND,
}
_UNIQUE: JsonObject = {"uniqueItems": True}
_LABEL: JsonObject = {"type": "string", "minLength": 1, "maxLength": limits.MAX_OPTION_CHARS}
_ARCHIVED: JsonObject = {"label": _LABEL, "archived": {"type": "boolean"}}


def _option_details(members: JsonObject) -> JsonObject:
    """Return the schema of options in a request, whose objects have these members."""
    option = {
        "type": "object",
        "properties": members,
        "required": ["label"],
        "additionalProperties": False,
    }
    return {
        "description": "All options in order, instead of `options`: labels, or objects",
        "type": ["array", "null"],
        "minItems": 1,
        "maxItems": limits.MAX_OPTIONS,
        "items": {"anyOf": [_LABEL, option]},
    }


_PATTERN: JsonObject = {"format": "linear-pattern"}
_SCHEMA: JsonObject = {
    "description": "A JSON Schema (2020-12) that a `json` matches, without references",
    "type": ["object", "null"],
}
LIMITS: dict[Model, JsonObject] = {
    definition_requests.DefinitionCreation: {
        "properties": {
            "name": NAME,
            "options": _UNIQUE,
            "option_details": _option_details(_ARCHIVED),
            "pattern": _PATTERN,
            "json_schema": _SCHEMA,
            "min": _BOUND,
            "max": _BOUND,
            "aliases": _UNIQUE,
            "purposes": _UNIQUE,
            "sources": _SOURCES,
        }
    },
}

Source = Literal["human", "api", "import", "ai"]


class Option(BaseModel):
    """An option of a `select` or `multi_select`."""

    id: str = Field(description="Stays when it is renamed", examples=["opt_0c5c80aa7a38"])
    label: str = Field(examples=["Gold"])
    archived: bool = Field(description="Whether it is offered no more", examples=[False])


class Definition(BaseModel):
    """Declares a variable."""

    id: str = Field(examples=[DEFINITION_ID])
    name: str = Field(examples=["membership_level"])
    display_name: str = Field(examples=["Membership Level"])
    description: str | None = Field(examples=["Customer's current membership tier"])
    type: VariableType = Field(examples=["select"])
    context_type: ContextType = Field(description="What has the variable", examples=["contact"])
    options: list[str] | None = Field(
        description="The options of a `select` or `multi_select`", examples=[["Gold", "Silver"]]
    )
    option_details: list[Option] | None = Field(
        description="All options with their ids, archived ones included"
    )
    default: VariableContent | None = Field(
        description="The value while none is set", examples=["Silver"]
    )
    min: int | float | None = Field(description="The least value of a number", examples=[None])
    max: int | float | None = Field(description="The greatest value of a number", examples=[None])
    max_length: int | None = Field(description="The most characters of a text", examples=[None])
    pattern: str | None = Field(
        description="What a whole text must match: a regular expression without references and "
        "lookaround",
        examples=[None],
    )
    json_schema: dict[str, Any] | None = Field(
        description="The JSON Schema (2020-12) that a `json` matches", examples=[None]
    )
    aliases: list[str] = Field(
        description="Further names that incoming values are matched by", examples=[["tier"]]
    )
    stale_after: int | None = Field(
        description="The age in seconds from which a value is stale", examples=[2_592_000]
    )
    expires_after: int | None = Field(
        description="The age in seconds from which a value reads as unset", examples=[None]
    )
    required: bool = Field(
        description="Whether its values can be replaced, and not removed", examples=[False]
    )
    sensitivity: Sensitivity = Field(
        description="The clearance that a key needs to get the values", examples=["public"]
    )
    purposes: list[Purpose] = Field(
        description="What the values may be read for", examples=[["prompt", "tool"]]
    )
    sources: list[Source | list[Source]] = Field(
        description="Which source may replace the value of which other, strongest first; equal "
        "ones are a list. Empty if the last write wins",
        examples=[["human", ["api", "import"], "ai"]],
    )
    group: str | None = Field(
        description="The heading under which people find it", examples=["Billing"]
    )
    fallback: str | None = Field(
        description="What an agent says without a value and a default", examples=["a member"]
    )
    question: str | None = Field(
        description="What an agent asks without a value, or with a stale one",
        examples=["Which plan do you have?"],
    )
    when_stale: WhenStale = Field(
        description="What an agent does with a stale value", examples=["hedge"]
    )
    min_assurance: Assurance = Field(
        description="How sure it must be that a caller is the contact", examples=["number_match"]
    )
    owner: str | None = Field(description="The user whom it belongs to", examples=[None])
    team: int | None = Field(description="The team that it belongs to", examples=[None])
    is_default: bool = Field(
        description="Whether the service provides it; it cannot be changed then", examples=[False]
    )
    auto_created: bool = Field(
        description="Whether a value of an unknown name created it", examples=[False]
    )
    archived: bool = Field(
        description="Whether it is hidden from everyone, with its values", examples=[False]
    )


class SubjectsWithValue(BaseModel):
    """How many contacts or conversations had a value of a variable at an instant."""

    count: int = Field(
        description="Those of the whole account, whichever the key sees", ge=0, examples=[812]
    )
    counted_at: str = Field(
        examples=["2026-11-28T10:00:00.000Z"], json_schema_extra={"format": "date-time"}
    )


class Usage(BaseModel):
    """Who uses a variable."""

    agents: int = Field(description="How many agents declare it", examples=[2])
    contacts: SubjectsWithValue | None = Field(
        description="Of a variable of contacts: how many had a value when they were counted last, "
        "null if they were not"
    )
    conversations: SubjectsWithValue | None = Field(
        description="Of a variable of conversations: how many had a value when they were counted "
        "last, null if they were not"
    )
    business: SubjectsWithValue | None = Field(
        description="Of a variable of the business: 1 if it had a value when it was looked at "
        "last, else 0; null if it was not"
    )


class DefinitionAndUsage(Definition):
    """Declares a variable, with its usage if it was asked for."""

    usage: Usage | None = Field(
        default=None,
        description="With `include=usage`, else absent",
        examples=[
            {
                "agents": 2,
                "contacts": {"count": 812, "counted_at": "2026-11-28T10:00:00.000Z"},
                "conversations": None,
                "business": None,
            }
        ],
    )


class DefinitionPatch(BaseModel):
    """A merge patch (RFC 7396) of a definition. Null removes a member."""

    model_config = {"extra": "forbid"}

    name: Annotated[str, Field(json_schema_extra=NAME)] = ""
    type: VariableType = VariableType.TEXT
    context_type: Annotated[
        ContextType | None, Field(description="Cannot be changed; the current one is accepted")
    ] = None
    display_name: Annotated[
        str | None, Field(min_length=1, max_length=limits.MAX_DISPLAY_NAME_CHARS)
    ] = None
    description: Annotated[str | None, Field(max_length=limits.MAX_DESCRIPTION_CHARS)] = None
    options: Annotated[
        list[Annotated[str, Field(min_length=1, max_length=limits.MAX_OPTION_CHARS)]] | None,
        Field(min_length=1, max_length=limits.MAX_OPTIONS, json_schema_extra=_UNIQUE),
    ] = None
    option_details: Annotated[
        Any, Field(json_schema_extra=_option_details({"id": {"type": "string"}, **_ARCHIVED}))
    ] = None
    default: Any = None
    min: Annotated[float | None, Field(ge=-limits.MAX_BOUND, le=limits.MAX_BOUND)] = None
    max: Annotated[float | None, Field(ge=-limits.MAX_BOUND, le=limits.MAX_BOUND)] = None
    max_length: Annotated[int | None, Field(ge=1, le=limits.MAX_LENGTH)] = None
    pattern: Annotated[
        str | None,
        Field(min_length=1, max_length=limits.MAX_PATTERN_CHARS, json_schema_extra=_PATTERN),
    ] = None
    json_schema: Annotated[Any, Field(json_schema_extra=_SCHEMA)] = None
    aliases: Annotated[
        list[Annotated[str, Field(min_length=1, max_length=limits.MAX_DISPLAY_NAME_CHARS)]] | None,
        Field(max_length=limits.MAX_ALIASES, json_schema_extra=_UNIQUE),
    ] = None
    stale_after: Annotated[int | None, Field(ge=1, le=limits.MAX_AGE_SECONDS)] = None
    expires_after: Annotated[int | None, Field(ge=1, le=limits.MAX_AGE_SECONDS)] = None
    required: bool | None = None
    sensitivity: Sensitivity | None = None
    purposes: Annotated[
        list[Purpose] | None,
        Field(min_length=1, max_length=len(Purpose), json_schema_extra=_UNIQUE),
    ] = None
    sources: Annotated[
        list[Source | Annotated[list[Source], Field(min_length=1)]] | None,
        Field(min_length=1, max_length=len(definition_requests.SOURCES)),
    ] = None
    group: Annotated[str | None, Field(min_length=1, max_length=limits.MAX_GROUP_CHARS)] = None
    fallback: Annotated[str | None, Field(min_length=1, max_length=MAX_FALLBACK_CHARS)] = None
    question: Annotated[str | None, Field(min_length=1, max_length=limits.MAX_QUESTION_CHARS)] = (
        None
    )
    when_stale: WhenStale | None = None
    min_assurance: Assurance | None = None
    owner: Annotated[
        str | None,
        Field(min_length=1, max_length=MAX_OWNER_CHARS, description="Cannot be changed"),
    ] = None
    team: Annotated[int | None, Field(ge=0, le=MAX_TEAM, description="Cannot be changed")] = None


class DefinitionList(Page[Definition]):
    """Definitions, by context type and name."""


class LikelyDefinition(BaseModel):
    """A definition that an unknown name may mean."""

    definition_id: str = Field(examples=[DEFINITION_ID])
    name: str = Field(examples=["membership_level"])
    display_name: str = Field(examples=["Membership Level"])
    similarity: float = Field(description="How alike the names are", ge=0, le=1, examples=[0.67])


class UnknownName(BaseModel):
    """A name that no variable has, and that writes were refused for."""

    name: str = Field(description="As it was sent", examples=["Loyalty Level"])
    context_type: ContextType = Field(examples=["contact"])
    requests: int = Field(
        description="How many requests were refused for it, at least", ge=1, examples=[12]
    )
    first_seen: str = Field(
        description="The hour of the first request",
        examples=["2026-11-22T05:00:00.000Z"],
        json_schema_extra={"format": "date-time"},
    )
    last_seen: str = Field(
        description="The hour of the last request",
        examples=["2026-11-28T10:00:00.000Z"],
        json_schema_extra={"format": "date-time"},
    )
    suggestions: list[LikelyDefinition] = Field(
        description="Up to three definitions with similar names, the most similar first"
    )


class UnknownNameList(BaseModel):
    """Names that writes were refused for, those with the most requests first."""

    data: list[UnknownName]


class DefinitionDeleted(BaseModel):
    """A definition was deleted."""

    id: str = Field(examples=[DEFINITION_ID])
    deleted: Literal[True]


_BAD_BODY = InvalidRequest.from_faults([Fault("required", "it is required", ("options",))])
_BAD_QUERY = InvalidRequest.from_faults(
    [
        Fault(
            "invalid_value",
            "it must be contact, business, conversation",
            parameter="context_type",
        )
    ]
)
_TRUTH: JsonObject = {"type": "string", "enum": ["true", "false"]}
_FOR_ANOTHER = errors.PermissionDenied("membership of team 7")
_UNCHANGEABLE = (
    errors.PermissionDenied("ownership of the definition"),
    errors.DefaultDefinitionUnchangeable("membership_level"),
)
_DUPLICATE = errors.DuplicateDefinition("membership_level")


def _narrowed(parameter: Parameter) -> Parameter:
    """Return a parameter of lists as this list takes it: a cursor of another is refused."""
    if parameter.name != "cursor":
        return parameter
    return replace(
        parameter, schema={"type": "string", "minLength": 1, "format": "definition-cursor"}
    )


_OPERATIONS = {
    ("create_definition", "POST"): Operation(
        summary="Create a definition",
        description=(
            "Declares a variable. A name whose definition was deleted gets its stored values "
            "back, if the same keys get them as before."
        ),
        body=definition_requests.DefinitionCreation,
        examples={"tier": EVENT},
        response=Success("The definition", Definition, status=201, headers={"ETag": ETAG}),
        error_responses=(
            *(_BAD_BODY, _FOR_ANOTHER, _DUPLICATE),
            *(errors.TooManyDefinitions(5000), errors.ContextTooLarge()),
        ),
    ),
    ("list_definitions", "GET"): Operation(
        summary="List definitions",
        description="Lists the definitions that the key sees, by context type and name.",
        parameters=(
            Parameter(
                "context_type",
                "Only definitions of this context type",
                {"enum": [str(each) for each in ContextType]},
                example="contact",
            ),
            Parameter(
                "archived",
                "List the archived definitions, and no others",
                _TRUTH,
                example="false",
            ),
            Parameter(
                "auto_created",
                "Only definitions that a value of an unknown name created, or only others",
                _TRUTH,
                example="true",
            ),
            *(_narrowed(each) for each in PAGING),
        ),
        response=Success("One page of definitions", DefinitionList),
        error_responses=(_BAD_QUERY,),
    ),
    ("list_unknown_names", "GET"): Operation(
        summary="List unknown names",
        description=(
            "Lists names that writes were refused for in the last 30 days, because no variable "
            "has them, with definitions that each may be an alias of. A name is left out once a "
            "definition that the key sees has it as its name or as an alias."
        ),
        response=Success("Up to 256 names", UnknownNameList),
    ),
    ("get_definition", "GET"): Operation(
        summary="Get a definition",
        description="Returns a definition, also one that is archived.",
        parameters=(
            Parameter(
                "include",
                "`usage` also tells how many agents declare the variable, and how many contacts "
                "had a value when they were counted last",
                {"type": "string", "enum": ["usage"]},
                error_responses=(
                    InvalidRequest.from_faults(
                        [Fault("invalid_value", "it must be usage", parameter="include")]
                    ),
                ),
            ),
        ),
        response=Success("The definition", DefinitionAndUsage, headers={"ETag": ETAG}),
    ),
    ("update_definition", "PATCH"): Operation(
        summary="Change a definition",
        description=(
            "Applies a merge patch (RFC 7396). A renamed variable keeps its values. Values that "
            "are stored keep their type."
        ),
        body=DefinitionPatch,
        examples={"rename": EVENT},
        headers=(IF_MATCH,),
        response=Success("The changed definition", Definition, headers={"ETag": ETAG}),
        error_responses=(
            _BAD_BODY,
            errors.PermissionDenied("ownership of the definition"),
            errors.DefaultDefinitionUnchangeable("membership_level"),
            _DUPLICATE,
            errors.ContextTooLarge(),
        ),
    ),
    ("delete_definition", "DELETE"): Operation(
        summary="Delete a definition",
        description="Deletes a definition. Stored values stay, and have no definition.",
        headers=(IF_MATCH,),
        response=Success("It was deleted", DefinitionDeleted),
        error_responses=(
            errors.PermissionDenied("ownership of the definition"),
            errors.DefaultDefinitionUndeletable("membership_level"),
        ),
    ),
    ("archive_definition", "POST"): Operation(
        summary="Archive a definition",
        description=(
            "Hides a variable and its values in every API. The values stay stored, and its name "
            "stays reserved."
        ),
        headers=(IF_MATCH,),
        response=Success("The archived definition", Definition, headers={"ETag": ETAG}),
        error_responses=(*_UNCHANGEABLE, errors.ContextTooLarge()),
    ),
    ("restore_definition", "POST"): Operation(
        summary="Restore a definition",
        description="Shows an archived variable and its values again.",
        headers=(IF_MATCH,),
        response=Success("The restored definition", Definition, headers={"ETag": ETAG}),
        error_responses=_UNCHANGEABLE,
    ),
}

GROUP = Group("Definitions", "The variables of an account.", _OPERATIONS)
