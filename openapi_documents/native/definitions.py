"""Describe the operations on definitions in the native API, and their responses."""

from typing import Any, Literal

from pydantic import BaseModel

from openapi_documents.description import Group, JsonObject, Operation, Parameter, Success
from openapi_documents.forms import NAME, member
from openapi_documents.native import conventions as native
from openapi_documents.native.agents import IF_MATCH
from openapi_documents.schemas import merged
from shared.dialects.native import definition_requests
from shared.domain import errors
from shared.domain.definitions import ContextType, VariableType, WhenStale
from shared.domain.disclosure import Assurance, Purpose, Sensitivity
from shared.validation import definitions as limits

DEFINITION_ID = "var_membership_level"

_SOURCE: JsonObject = {"type": "string", "enum": list(definition_requests.SOURCES)}
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


_LIMITS: JsonObject = {
    "properties": {
        "name": NAME,
        "options": _UNIQUE,
        "option_details": _option_details(_ARCHIVED),
        "pattern": {"format": "linear-pattern"},
        "json_schema": {
            "description": "A JSON Schema (2020-12) that a `json` matches, without references",
            "type": ["object", "null"],
        },
        "min": _BOUND,
        "max": _BOUND,
        "aliases": _UNIQUE,
        "purposes": _UNIQUE,
        "sources": _SOURCES,
    }
}
_FIXED: JsonObject = {"description": "Cannot be changed"}
_PATCH_LIMITS: JsonObject = {
    "properties": {
        "option_details": _option_details({"id": {"type": "string"}, **_ARCHIVED}),
        "context_type": {"description": "Cannot be changed; the current one is accepted"},
        "owner": _FIXED,
        "team": _FIXED,
    }
}

Source = Literal["human", "api", "import", "ai"]


class Option(BaseModel):
    """An option of a `select` or `multi_select`."""

    id: str = member("Stays when it is renamed", example="opt_0c5c80aa7a38")
    label: str = member(example="Gold")
    archived: bool = member("Whether it is offered no more")


class Definition(BaseModel):
    """Declares a variable."""

    id: str = member(example=DEFINITION_ID)
    name: str = member(example="membership_level")
    display_name: str = member(example="Membership Level")
    description: str | None = member(example="Customer's current membership tier")
    type: VariableType = member(example="select")
    context_type: ContextType = member("What has the variable", example="contact")
    options: list[str] | None = member(
        "The options of a `select` or `multi_select`", example=["Gold", "Silver"]
    )
    option_details: list[Option] | None = member(
        "All options with their ids, archived ones included"
    )
    default: native.VariableContent | None = member("The value while none is set", example="Silver")
    min: int | float | None = member("The least value of a number")
    max: int | float | None = member("The greatest value of a number")
    max_length: int | None = member("The most characters of a text")
    pattern: str | None = member(
        "What a whole text must match: a regular expression without references and lookaround"
    )
    json_schema: dict[str, Any] | None = member(
        "The JSON Schema (2020-12) that a `json` matches", example=None
    )
    aliases: list[str] = member(
        "Further names that incoming values are matched by", example=["tier"]
    )
    stale_after: int | None = member(
        "The age in seconds from which a value is stale", example=2_592_000
    )
    expires_after: int | None = member("The age in seconds from which a value reads as unset")
    required: bool = member("Whether its values can be replaced, and not removed")
    sensitivity: Sensitivity = member(
        "The clearance that a key needs to get the values", example="public"
    )
    purposes: list[Purpose] = member("What the values may be read for", example=["prompt", "tool"])
    sources: list[Source | list[Source]] = member(
        "Which source may replace the value of which other, strongest first; equal "
        "ones are a list. Empty if the last write wins",
        example=["human", ["api", "import"], "ai"],
    )
    group: str | None = member("The heading under which people find it", example="Billing")
    fallback: str | None = member(
        "What an agent says without a value and a default", example="a member"
    )
    question: str | None = member(
        "What an agent asks without a value, or with a stale one", example="Which plan do you have?"
    )
    when_stale: WhenStale = member("What an agent does with a stale value", example="hedge")
    min_assurance: Assurance = member(
        "How sure it must be that a caller is the contact", example="number_match"
    )
    owner: str | None = member("The user whom it belongs to")
    team: int | None = member("The team that it belongs to")
    is_default: bool = member("Whether the service provides it; it cannot be changed then")
    auto_created: bool = member("Whether a value of an unknown name created it")
    archived: bool = member("Whether it is hidden from everyone, with its values")


class SubjectsWithValue(BaseModel):
    """How many contacts or conversations had a value of a variable at an instant."""

    count: int = member("Those of the whole account, whichever the key sees", example=812, ge=0)
    counted_at: str = member(
        example="2026-11-28T10:00:00.000Z", json_schema_extra={"format": "date-time"}
    )


class Usage(BaseModel):
    """Who uses a variable."""

    agents: int = member("How many agents declare it", example=2)
    contacts: SubjectsWithValue | None = member(
        "Of a variable of contacts: how many had a value when they were counted last, null if they "
        "were not"
    )
    conversations: SubjectsWithValue | None = member(
        "Of a variable of conversations: how many had a value when they were counted last, null if "
        "they were not"
    )
    business: SubjectsWithValue | None = member(
        "Of a variable of the business: 1 if it had a value when it was looked at last, else 0; "
        "null if it was not"
    )


class DefinitionAndUsage(Definition):
    """Declares a variable, with its usage if it was asked for."""

    usage: Usage | None = member(
        "With `include=usage`, else absent",
        example={
            "agents": 2,
            "contacts": {"count": 812, "counted_at": "2026-11-28T10:00:00.000Z"},
            "conversations": None,
            "business": None,
        },
        optional=True,
    )


DefinitionPatch = native.merge_patch_of(definition_requests.DefinitionCreation, "a definition")


class LikelyDefinition(BaseModel):
    """A definition that an unknown name may mean."""

    definition_id: str = member(example=DEFINITION_ID)
    name: str = member(example="membership_level")
    display_name: str = member(example="Membership Level")
    similarity: float = member("How alike the names are", example=0.67, ge=0, le=1)


class UnknownName(BaseModel):
    """A name that no variable has, and that writes were refused for."""

    name: str = member("As it was sent", example="Loyalty Level")
    context_type: ContextType = member(example="contact")
    requests: int = member("How many requests were refused for it, at least", example=12, ge=1)
    first_seen: str = member(
        "The hour of the first request",
        example="2026-11-22T05:00:00.000Z",
        json_schema_extra={"format": "date-time"},
    )
    last_seen: str = member(
        "The hour of the last request",
        example="2026-11-28T10:00:00.000Z",
        json_schema_extra={"format": "date-time"},
    )
    suggestions: list[LikelyDefinition] = member(
        "Up to three definitions with similar names, the most similar first"
    )


class UnknownNameList(BaseModel):
    """Names that writes were refused for, those with the most requests first."""

    data: list[UnknownName]


_BAD_BODY = native.bad_member("it is required", "options", code="required")
_BAD_QUERY = native.bad_parameter("context_type", "it must be contact, business, conversation")
_TRUTH: JsonObject = {"type": "string", "enum": ["true", "false"]}
_UNCHANGEABLE = (
    errors.PermissionDenied("ownership of the definition"),
    errors.DefaultDefinitionUnchangeable("membership_level"),
)
_DUPLICATE = errors.DuplicateDefinition("membership_level")

_OPERATIONS = {
    ("create_definition", "POST"): Operation(
        "Declares a variable. A name whose definition was deleted gets its stored values "
        "back, if the same keys get them as before.",
        body=definition_requests.DefinitionCreation,
        response=Success("The definition", Definition, status=201, headers=native.TAGGED),
        errors=(
            *(_BAD_BODY, errors.PermissionDenied("membership of team 7"), _DUPLICATE),
            *(errors.TooManyDefinitions(5000), errors.ContextTooLarge()),
        ),
    ),
    ("list_definitions", "GET"): Operation(
        "Lists the definitions that the key sees, by context type and name.",
        parameters=(
            Parameter(
                "context_type",
                "Only definitions of this context type",
                {"enum": [str(each) for each in ContextType]},
                example="contact",
            ),
            Parameter(
                "archived", "List the archived definitions, and no others", _TRUTH, example="false"
            ),
            Parameter(
                "auto_created",
                "Only definitions that a value of an unknown name created, or only others",
                _TRUTH,
                example="true",
            ),
            *native.paging({"minLength": 1, "format": "definition-cursor"}),
        ),
        response=native.page_of(
            Definition, "definitions", "Definitions, by context type and name."
        ),
        errors=(_BAD_QUERY,),
    ),
    ("list_unknown_names", "GET"): Operation(
        "Lists names that writes were refused for in the last 30 days, because no variable "
        "has them, with definitions that each may be an alias of. A name is left out once a "
        "definition that the key sees has it as its name or as an alias.",
        response=Success("Up to 256 names", UnknownNameList),
    ),
    ("get_definition", "GET"): Operation(
        "Returns a definition, also one that is archived.",
        parameters=(
            Parameter(
                "include",
                "`usage` also tells how many agents declare the variable, and how many contacts "
                "had a value when they were counted last",
                {"type": "string", "enum": ["usage"]},
                errors=(native.bad_parameter("include", "it must be usage"),),
            ),
        ),
        response=Success("The definition", DefinitionAndUsage, headers=native.TAGGED),
    ),
    ("update_definition", "PATCH"): Operation(
        "Applies a merge patch (RFC 7396). A renamed variable keeps its values. Values that "
        "are stored keep their type.",
        body=DefinitionPatch,
        headers=(IF_MATCH,),
        response=Success("The changed definition", Definition, headers=native.TAGGED),
        errors=(
            _BAD_BODY,
            errors.PermissionDenied("ownership of the definition"),
            errors.DefaultDefinitionUnchangeable("membership_level"),
            _DUPLICATE,
            errors.ContextTooLarge(),
        ),
    ),
    ("delete_definition", "DELETE"): native.deletion(
        "a definition",
        DEFINITION_ID,
        "Deletes a definition. Stored values stay, and have no definition.",
        headers=(IF_MATCH,),
        errors=(
            errors.PermissionDenied("ownership of the definition"),
            errors.DefaultDefinitionUndeletable("membership_level"),
        ),
    ),
    ("archive_definition", "POST"): Operation(
        "Hides a variable and its values in every API. The values stay stored, and its name "
        "stays reserved.",
        headers=(IF_MATCH,),
        response=Success("The archived definition", Definition, headers=native.TAGGED),
        errors=(*_UNCHANGEABLE, errors.ContextTooLarge()),
    ),
    ("restore_definition", "POST"): Operation(
        "Shows an archived variable and its values again.",
        headers=(IF_MATCH,),
        response=Success("The restored definition", Definition, headers=native.TAGGED),
        errors=_UNCHANGEABLE,
    ),
}

GROUP = Group(
    "Definitions",
    "The variables of an account.",
    _OPERATIONS,
    path_parameters=(native.id_in_path("definition_id", DEFINITION_ID, errors.DefinitionNotFound),),
    limits={
        definition_requests.DefinitionCreation: _LIMITS,
        DefinitionPatch: merged(_LIMITS, _PATCH_LIMITS),
    },
)
