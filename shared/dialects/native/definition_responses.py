"""Responses to requests about definitions."""

from json import loads
from typing import Any

from shared.dialects.native.instants import format_instant
from shared.dialects.native.paging import Listed, page
from shared.domain.definition_pages import DefinitionPage
from shared.domain.definitions import ContextType, Definition
from shared.domain.disclosure import Purpose
from shared.domain.entity_tags import EntityTag, digest_of
from shared.domain.options import options_of
from shared.domain.sources import Precedence
from shared.domain.value_counts import ValueCount
from shared.gateway.response import Response
from shared.validation.defaults import default_of

_SUBJECTS = {
    ContextType.CONTACT: "contacts",
    ContextType.CONVERSATION: "conversations",
    ContextType.BUSINESS: "business",
}
"""The member of a usage that has the count of the subjects of a context type."""


def definition_created(definition: Definition) -> Response:
    """Build the response to the creation of a definition."""
    return Response(201, definition_document(definition), {"etag": definition_tag(definition)})


def definition_shown(definition: Definition) -> Response:
    """Build the response to a request for a definition, or to a change of it."""
    return Response(200, definition_document(definition), {"etag": definition_tag(definition)})


def definition_with_usage(
    definition: Definition, agents: int | None, counted: ValueCount | None
) -> Response:
    """Build the response to a request for a definition.

    Args:
        definition: The definition.
        agents: How many agents declare it. None without its usage.
        counted: The subjects that had a value when they were counted. None if they were not.

    """
    shown = definition_shown(definition)
    if agents is None:
        return shown
    usage = {
        "agents": agents,
        **dict.fromkeys(_SUBJECTS.values()),
        _SUBJECTS[definition.context_type]: None if counted is None else _count(counted),
    }
    document = {**definition_document(definition), "usage": usage}
    return Response(200, document, shown.headers)


def definition_list(found: DefinitionPage) -> Response:
    """Build the response to a request for definitions."""
    following = None if found.following is None else "#".join(found.following)
    return page(
        [definition_document(each) for each in found.definitions], following, Listed.DEFINITIONS
    )


def definition_deleted(definition_id: str) -> Response:
    """Build the response to the deletion of a definition."""
    return Response(200, {"id": definition_id, "deleted": True})


def definition_tag(definition: Definition) -> str:
    """Return the entity tag of a definition."""
    shown = digest_of(definition_document(definition).items())
    return str(EntityTag(str(definition.version), shown))


def definition_document(definition: Definition) -> dict[str, Any]:
    """Build the JSON document of a definition."""
    options = definition.select_options
    return {
        "id": definition.external_id,
        "name": definition.name,
        "display_name": definition.display_name,
        "description": definition.description,
        "type": definition.variable_type.value,
        "context_type": definition.context_type.value,
        "options": None if options is None else list(options),
        "option_details": None if options is None else _options(definition),
        "default": default_of(definition),
        "min": _number(definition.min_value),
        "max": _number(definition.max_value),
        "max_length": definition.max_length,
        "pattern": definition.pattern,
        "json_schema": None if definition.json_schema is None else loads(definition.json_schema),
        "aliases": list(definition.aliases),
        "stale_after": definition.stale_after_seconds,
        "expires_after": definition.expires_after_seconds,
        "required": definition.is_required,
        "sensitivity": definition.sensitivity.value,
        "purposes": [each.value for each in Purpose if each in definition.purposes],
        "sources": _sources(definition.precedence),
        "group": definition.group,
        "fallback": definition.fallback,
        "question": definition.question,
        "when_stale": definition.when_stale.value,
        "min_assurance": definition.min_assurance.value,
        "owner": definition.owner,
        "team": definition.team,
        "is_default": definition.is_default,
        "auto_created": definition.auto_created,
        "archived": definition.archived,
    }


def _count(counted: ValueCount) -> dict[str, Any]:
    return {"count": counted.subjects, "counted_at": format_instant(counted.counted_at)}


def _options(definition: Definition) -> list[dict[str, Any]]:
    return [
        {"id": each.option_id, "label": each.label, "archived": each.archived}
        for each in options_of(definition)
    ]


def _number(number: float | None) -> float | None:
    """Return a number as an integer if it is one."""
    return int(number) if number is not None and number == int(number) else number


def _sources(precedence: Precedence) -> list[str | list[str]]:
    groups = ([each.value for each in group] for group in precedence)
    return [group[0] if len(group) == 1 else group for group in groups]
