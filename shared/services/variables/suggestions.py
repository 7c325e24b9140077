"""List, accept and reject suggestions."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from shared.domain.accounts import Caller
from shared.domain.contacts import Contacts
from shared.domain.definitions import ContextType, Definition
from shared.domain.errors import SuggestionDecided, SuggestionNotFound
from shared.domain.json_values import Value
from shared.domain.suggestions import Suggestion, SuggestionPage, Suggestions, SuggestionState
from shared.domain.values import Assignment, Subject, Variables
from shared.services.conflicts import retry_on_conflict
from shared.services.variables.assignments import require_removable
from shared.services.variables.visibility import gets_values
from shared.validation.value_forms import json_form
from shared.validation.values import coerce_value

_MAX_ID_CHARS = 600
"""No id is longer: a conversation's id has at most 500 characters."""


def list_suggestions(
    suggestions: Suggestions, contacts: Contacts, caller: Caller, after: str | None, limit: int
) -> SuggestionPage:
    """List a page of the account's suggestions that the caller sees, newest first.

    A page can have fewer suggestions than the limit although more follow.
    """
    page = suggestions.page(caller.account_id, after, limit, caller.requested_at)
    return page._replace(suggestions=_visible(contacts, caller, page.suggestions))


def list_suggestions_for(
    suggestions: Suggestions,
    contacts: Contacts,
    caller: Caller,
    subject: Subject,
    after: str | None,
    limit: int,
) -> SuggestionPage:
    """List a page of the suggestions for a contact that the caller sees, newest first."""
    account_id, now = caller.account_id, caller.requested_at
    contact = contacts.find_current(account_id, int(subject.subject_id))
    if contact is None or not caller.sees(contact):
        return SuggestionPage([], None)
    current = Subject.contact(contact.contact_id)
    merged_from = [Subject.contact(each) for each in contact.merged_from]
    page = suggestions.page_of(account_id, current, after, limit, now, merged_from)
    found = [
        replace(each, subject=current)
        for each in page.suggestions
        if gets_values(caller, each.audience)
    ]
    return page._replace(suggestions=found)


def find_suggestions(
    suggestions: Suggestions,
    contacts: Contacts,
    caller: Caller,
    subject: Subject | None,
    after: str | None,
    limit: int,
) -> SuggestionPage:
    """List a page of the suggestions for a contact, or of all if it is None, newest first."""
    if subject is None:
        return list_suggestions(suggestions, contacts, caller, after, limit)
    return list_suggestions_for(suggestions, contacts, caller, subject, after, limit)


def accept_suggestion(
    suggestions: Suggestions,
    variables: Variables,
    contacts: Contacts,
    caller: Caller,
    suggestion_id: str,
) -> Suggestion:
    """Set a suggested value as the caller, or remove the value.

    Raises:
        SuggestionNotFound: The caller sees no such suggestion, or its variable was deleted.
        SuggestionDecided: The suggestion was accepted or rejected before.
        InvalidValue: The value does not fit the type that the variable has now, or the variable is
            required by now.
        PermissionDenied: The caller's source may not replace the stored value, either.

    """

    def attempt() -> Suggestion:
        found = _find_pending(suggestions, contacts, caller, suggestion_id)
        lookup = variables.find(caller.account_id, found.subject, [found.name])
        definition = lookup.definitions.get(found.name)
        if not isinstance(definition, Definition) or definition.slot != found.slot:
            raise SuggestionNotFound(suggestion_id)
        assignment = Assignment(
            *(definition.slot, definition.name, definition.variable_type),
            _accepted_value(definition, found),
            precedence=definition.precedence,
            stale_after_seconds=definition.replaceable_after_seconds,
            evidence=found.evidence,
        )
        suggestions.accept(caller.account_id, found, assignment, caller.attribution)
        return _decided(caller, found, SuggestionState.ACCEPTED)

    return retry_on_conflict(attempt)


def _accepted_value(definition: Definition, found: Suggestion) -> Value | None:
    if found.value is None:
        require_removable(definition)
        return None
    # The variable may have another type than when the value was suggested.
    return coerce_value(definition, json_form(found.variable_type, found.value))


def reject_suggestion(
    suggestions: Suggestions, contacts: Contacts, caller: Caller, suggestion_id: str
) -> Suggestion:
    """Mark a suggestion as rejected.

    Raises:
        SuggestionNotFound: The caller sees no such suggestion.
        SuggestionDecided: The suggestion was accepted or rejected before.

    """

    def attempt() -> Suggestion:
        found = _find_pending(suggestions, contacts, caller, suggestion_id)
        suggestions.reject(caller.account_id, found, caller.attribution)
        return _decided(caller, found, SuggestionState.REJECTED)

    return retry_on_conflict(attempt)


def _find_pending(
    suggestions: Suggestions, contacts: Contacts, caller: Caller, suggestion_id: str
) -> Suggestion:
    found = None
    if len(suggestion_id) <= _MAX_ID_CHARS:
        found = suggestions.find(caller.account_id, suggestion_id, caller.requested_at)
    visible = _visible(contacts, caller, [found]) if found else []
    if not visible:
        raise SuggestionNotFound(suggestion_id)
    if visible[0].state is not SuggestionState.PENDING:
        raise SuggestionDecided(visible[0].state)
    return visible[0]


def _decided(caller: Caller, suggestion: Suggestion, state: SuggestionState) -> Suggestion:
    return replace(
        suggestion, state=state, decided_at=caller.requested_at, decided_by=caller.key_id
    )


def _visible(
    contacts: Contacts, caller: Caller, suggestions: Sequence[Suggestion]
) -> list[Suggestion]:
    """Return the suggestions for subjects that the caller sees and values that it gets.

    Those for merged contacts are for their survivors.
    """
    owners = {each.subject: _contact_id(contacts, caller, each.subject) for each in suggestions}
    ids = sorted({contact_id for contact_id in owners.values() if contact_id is not None})
    current = _current_contacts(contacts, caller, ids)
    return [
        _for_current(each, current)
        for each in suggestions
        if gets_values(caller, each.audience)
        and (each.subject.context_type is ContextType.BUSINESS or owners[each.subject] in current)
    ]


def _current_contacts(
    contacts: Contacts, caller: Caller, contact_ids: Sequence[int]
) -> dict[int, int]:
    """Return the ids of the visible contacts that ids stand for now, by id."""
    if not contact_ids:
        return {}
    found = {each.contact_id: each for each in contacts.find_many(caller.account_id, contact_ids)}
    merged = [each for each in contact_ids if each not in found]
    current = {each: contacts.find_current(caller.account_id, each) for each in merged}
    return {
        contact_id: contact.contact_id
        for contact_id, contact in (found | current).items()
        if contact is not None and caller.sees(contact)
    }


def _for_current(suggestion: Suggestion, current: Mapping[int, int]) -> Suggestion:
    if suggestion.subject.context_type is not ContextType.CONTACT:
        return suggestion
    contact_id = current[int(suggestion.subject.subject_id)]
    return replace(suggestion, subject=Subject.contact(contact_id))


def _contact_id(contacts: Contacts, caller: Caller, subject: Subject) -> int | None:
    if subject.context_type is ContextType.CONTACT:
        return int(subject.subject_id)
    if subject.context_type is ContextType.BUSINESS:
        return None
    found = contacts.find_conversation(caller.account_id, subject.subject_id)
    return found.contact_id if found else None
