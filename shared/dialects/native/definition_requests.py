"""Bodies of requests about definitions."""

from collections.abc import Sequence
from dataclasses import replace
from itertools import islice
from typing import Any, Self

from shared.dialects.native.definition_faults import (
    RULES,
    SCHEMA,
    default_text,
    faults_of_type,
    number_fault,
    stored_schema,
)
from shared.dialects.native.definition_responses import definition_document
from shared.dialects.native.dialect import MAX_BODY_BYTES
from shared.dialects.native.option_requests import MEMBER, take_options
from shared.domain.definitions import (
    ContextType,
    Definition,
    DefinitionDraft,
    VariableType,
    WhenStale,
)
from shared.domain.disclosure import EVERY_PURPOSE, Assurance, Purpose, Sensitivity
from shared.domain.errors import MAX_FAULTS, Fault, InvalidRequest
from shared.domain.json_values import JsonObject
from shared.domain.options import former_labels, options_of, unless_plain
from shared.domain.sources import DEFAULT_PRECEDENCE, Precedence, Source
from shared.gateway.request import Request, validate_with_all_faults
from shared.gateway.request_model import (
    ANY,
    BOOLEAN,
    INTEGER,
    TEXT,
    RequestModel,
    after_validator,
    as_integer,
    before_validator,
    defaulted,
    enum_of,
    list_of,
    optional,
    required,
    text,
)
from shared.validation import definitions as limits
from shared.validation.agents import MAX_FALLBACK_CHARS
from shared.validation.defaults import with_labels_of_today
from shared.validation.definitions import MAX_PATTERN_CHARS
from shared.validation.merge_patch import apply_merge_patch
from shared.validation.names import NAME_RULE, display_name, is_variable_name

MAX_OWNER_CHARS = 200
MAX_TEAM = 10**9

SOURCES = tuple(each for each in Source if each is not Source.SYSTEM)
"""The sources that a precedence can have. None restricts `system`."""

_FIELDS = {
    **{name: name for name in ("name", "display_name", "description", "context_type", "aliases")},
    **{name: name for name in ("sensitivity", "purposes", "owner", "team")},
    **{name: name for name in ("group", "fallback", "question", "when_stale", "min_assurance")},
    "type": "variable_type",
    "options": "select_options",
    "default": "default_value",
    "min": "min_value",
    "max": "max_value",
    "max_length": "max_length",
    "pattern": "pattern",
    SCHEMA: "json_schema",
    "stale_after": "stale_after_seconds",
    "expires_after": "expires_after_seconds",
    "required": "is_required",
    "sources": "precedence",
}
"""The members of a definition that a client sets, and the fields that have them."""

_KNOWN = frozenset({*_FIELDS, MEMBER})
_CHECKED_WITH = {"default": {"type", "options", *RULES}, "sources": set[str]()}
"""Members that are only checked if a patch has them or one of the others."""


def _name_fault(name: str) -> str | None:
    return None if is_variable_name(name) else NAME_RULE


def _repetition_fault(items: list[Any]) -> str | None:
    return "one is given twice" if len(set(items)) < len(items) else None


def _sources_fault(groups: list[Any]) -> str | None:
    """Check the groups of a precedence.

    Checked in one function, because a schema would report a fault of each form that an item
    can have.
    """
    named: list[Any] = []
    for group in groups:
        if group == []:
            return "a group has at least one source"
        named += group if isinstance(group, list) else [group]
    if not all(isinstance(each, str) and each in SOURCES for each in named):
        return f"it must have {', '.join(SOURCES)}, or lists of them"
    return _repetition_fault(named)


def _bound_fault(bound: Any) -> str | None:
    return None if bound is None else number_fault(bound)


def _pattern_fault(pattern: str) -> str | None:
    # Imported here, because few definitions have a pattern.
    from shared.validation.linear_patterns import pattern_fault  # noqa: PLC0415

    return pattern_fault(pattern)


_ALIAS = text(min_length=1, max_length=limits.MAX_DISPLAY_NAME_CHARS)
_OPTION = text(min_length=1, max_length=limits.MAX_OPTION_CHARS)
_SECONDS = before_validator(as_integer, {**INTEGER, "ge": 1, "le": limits.MAX_AGE_SECONDS})
_TEAM = before_validator(as_integer, {**INTEGER, "ge": 0, "le": MAX_TEAM})
_PURPOSES = after_validator(
    _repetition_fault, list_of(enum_of(Purpose), min_length=1, max_length=len(Purpose))
)
_BOUND = after_validator(_bound_fault, ANY)
_SOURCES = after_validator(_sources_fault, list_of(ANY, min_length=1, max_length=len(SOURCES)))


class DefinitionCreation(RequestModel, closed=True):
    """The body that creates a definition."""

    name: str = required(after_validator(_name_fault, TEXT))
    variable_type: VariableType = required(enum_of(VariableType), "type")
    context_type: ContextType = defaulted(enum_of(ContextType), ContextType.CONTACT)
    display_name: str | None = optional(
        text(min_length=1, max_length=limits.MAX_DISPLAY_NAME_CHARS)
    )
    description: str | None = optional(text(max_length=limits.MAX_DESCRIPTION_CHARS))
    options: list[str] | None = optional(
        after_validator(
            _repetition_fault, list_of(_OPTION, min_length=1, max_length=limits.MAX_OPTIONS)
        )
    )
    option_details: Any = defaulted(ANY, None)
    """Described here and parsed apart, because it depends on the options before."""
    default: Any = defaulted(ANY, None)
    min_value: float | None = defaulted(_BOUND, None, "min")
    max_value: float | None = defaulted(_BOUND, None, "max")
    max_length: int | None = optional(
        before_validator(as_integer, {**INTEGER, "ge": 1, "le": limits.MAX_LENGTH})
    )
    pattern: str | None = optional(
        after_validator(_pattern_fault, text(min_length=1, max_length=MAX_PATTERN_CHARS))
    )
    json_schema: Any = defaulted(ANY, None)
    """Checked apart, because its faults have places of their own."""
    aliases: list[str] = defaulted(
        after_validator(_repetition_fault, list_of(_ALIAS, max_length=limits.MAX_ALIASES)), ()
    )
    stale_after: int | None = optional(_SECONDS)
    expires_after: int | None = optional(_SECONDS)
    is_required: bool = defaulted(BOOLEAN, default=False, name="required")
    sensitivity: Sensitivity = defaulted(enum_of(Sensitivity), Sensitivity.PUBLIC)
    purposes: list[Purpose] | None = optional(_PURPOSES)
    sources: list[str | list[str]] | None = optional(_SOURCES)
    group: str | None = optional(text(min_length=1, max_length=limits.MAX_GROUP_CHARS))
    fallback: str | None = optional(text(min_length=1, max_length=MAX_FALLBACK_CHARS))
    question: str | None = optional(text(min_length=1, max_length=limits.MAX_QUESTION_CHARS))
    when_stale: WhenStale = defaulted(enum_of(WhenStale), WhenStale.USE)
    min_assurance: Assurance = defaulted(enum_of(Assurance), Assurance.NONE)
    owner: str | None = optional(text(min_length=1, max_length=MAX_OWNER_CHARS))
    team: int | None = optional(_TEAM)

    @classmethod
    def draft_of(cls, request: Request) -> DefinitionDraft:
        """Parse the definition to create; raises InvalidRequest with all faults."""
        document = request.json_object(MAX_BODY_BYTES)
        options, faults = take_options(document, ())
        return replace(_draft_of(document, faults), all_options=unless_plain(options))

    def draft(self) -> DefinitionDraft:
        """Return the definition of the body."""
        options = None if self.options is None else tuple(self.options)
        return DefinitionDraft(
            name=self.name,
            display_name=self.display_name or display_name(self.name),
            variable_type=self.variable_type,
            context_type=self.context_type,
            description=self.description,
            select_options=options,
            min_value=self.min_value,
            max_value=self.max_value,
            max_length=self.max_length,
            pattern=self.pattern,
            json_schema=stored_schema(self.json_schema),
            aliases=tuple(self.aliases),
            stale_after_seconds=self.stale_after,
            expires_after_seconds=self.expires_after,
            is_required=self.is_required,
            sensitivity=self.sensitivity,
            purposes=EVERY_PURPOSE if self.purposes is None else frozenset(self.purposes),
            precedence=_to_precedence(self.sources),
            group=self.group,
            fallback=self.fallback,
            question=self.question,
            when_stale=self.when_stale,
            min_assurance=self.min_assurance,
            owner=self.owner,
            team=self.team,
        )


class DefinitionPatch:
    """A merge patch of a definition.

    Source: RFC 7396, "JSON Merge Patch".
    """

    def __init__(self, patch: JsonObject) -> None:
        self._patch = patch

    @classmethod
    def of(cls, request: Request) -> Self:
        """Parse the patch of a request."""
        return cls(request.json_object(MAX_BODY_BYTES))

    def apply(self, definition: Definition) -> Definition:
        """Return the changed definition; raises InvalidRequest with all faults.

        Members that the patch does not have are not checked again: other APIs may have stored
        what this one does not accept.
        """
        sent = dict(self._patch)
        options, found = take_options(sent, options_of(definition))
        patch = {name: sent[name] for name in sent if name in _FIELDS}
        before = {
            name: value
            for name, value in definition_document(definition).items()
            if name in _FIELDS
        }
        for name, others in _CHECKED_WITH.items():
            if name not in patch and not patch.keys() & others:
                del before[name]
        merged: Any = apply_merge_patch(before, patch)
        if patch.get(SCHEMA) is not None:
            # A schema is replaced as a whole, as lists are: its null members are values.
            merged[SCHEMA] = patch[SCHEMA]
        if options and "default" not in patch and "default" in merged:
            merged["default"] = with_labels_of_today(merged["default"], former_labels(options))
        draft = _draft_of(merged, [*self._faults(before, merged), *found])
        changed = replace(
            definition, **{_FIELDS[name]: getattr(draft, _FIELDS[name]) for name in patch}
        )
        if options:
            changed = replace(changed, all_options=unless_plain(options))
        # Someone has looked at it.
        return replace(changed, auto_created=False)

    def _faults(self, before: JsonObject, merged: JsonObject) -> list[Fault]:
        unknown = [
            Fault("unknown_member", "Extra inputs are not permitted", (name,))
            for name in islice((each for each in self._patch if each not in _KNOWN), MAX_FAULTS)
        ]
        fixed = [
            Fault("invalid_value", "it cannot be changed", (name,))
            for name in ("context_type", "owner", "team")
            if merged.get(name) != before[name]
        ]
        return unknown + fixed


def _draft_of(document: JsonObject, found: Sequence[Fault] = ()) -> DefinitionDraft:
    """Validate the document of a definition. Reports its faults together with those found before.

    Raises:
        InvalidRequest: The document is not valid. Has all faults.

    """
    faults = list(found)
    body = None
    try:
        body = validate_with_all_faults(DefinitionCreation, document)
    except InvalidRequest as invalid:
        faults += invalid.faults
    faults += faults_of_type(document, {fault.path[0] for fault in faults if fault.path})
    if body is None or faults:
        raise InvalidRequest.from_faults(faults)
    draft = body.draft()
    if body.default is None:
        return draft
    return replace(draft, default_value=default_text(document))


def _to_precedence(groups: list[Any] | None) -> Precedence:
    if groups is None:
        return DEFAULT_PRECEDENCE
    lists = (group if isinstance(group, list) else [group] for group in groups)
    return tuple(tuple(Source(each) for each in group) for group in lists)
