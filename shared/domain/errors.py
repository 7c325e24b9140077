"""Every way in which the product refuses, as a fact with attributes.

An error carries what a dialect needs to word its answer; it never carries the words.
Each dialect has a row for each class here, and a test holds it to that.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple


class ContextError(Exception):
    """The root of every refusal."""


class AuthenticationRequired(ContextError):
    """No API key was sent."""


class InvalidApiKey(ContextError):
    """The API key is unknown, revoked or expired."""


@dataclass(eq=False)
class PermissionDenied(ContextError):
    """The caller may not do this; `permission` is the word it lacks, or what it reached for."""

    permission: str


class RestrictedKey(ContextError):
    """The API knows no permissions, and the API key is restricted to some."""


class ReadOnlyKey(ContextError):
    """The API key is read-only, and the request may change data."""


@dataclass(eq=False)
class RateLimitExceeded(ContextError):
    """The key has used up its requests of this minute; it may try again in `retry_after` s."""

    retry_after: int


@dataclass(eq=False)
class MalformedBody(ContextError):
    """The body is not a JSON object; `reason` says what is wrong with it."""

    reason: str


@dataclass(eq=False)
class BodyTooLarge(ContextError):
    """The body has more than `limit` bytes."""

    limit: int


@dataclass(eq=False)
class MissingField(ContextError):
    """A field that must be there is not."""

    field: str


@dataclass(eq=False)
class InvalidField(ContextError):
    """A field of the request does not have the form it must have."""

    field: str
    reason: str


MAX_FAULTS = 100
"""How many faults of one request are told; of more, that there are more."""


class Fault(NamedTuple):
    """One thing that is wrong with a request: a code for programs, and where it is.

    `path` leads to it in the body; `parameter` names it where it is in the query.
    """

    code: str
    reason: str
    path: tuple[str | int, ...] = ()
    parameter: str | None = None


@dataclass(eq=False)
class InvalidRequest(ContextError):
    """Body or query are not as they must be; `faults` are all that is wrong, `summary` in words."""

    faults: Sequence[Fault]
    summary: str

    @classmethod
    def of(cls, faults: Sequence[Fault]) -> "InvalidRequest":
        """The error of these faults, at least one, with the words of the first of them."""
        shown = faults[:MAX_FAULTS]
        places = (fault.parameter or ".".join(map(str, fault.path)) or "body" for fault in shown)
        told = [f"{place}: {fault.reason}" for place, fault in zip(places, shown, strict=True)]
        if len(faults) > MAX_FAULTS:
            told.append("there are more")
        return cls(shown, "; ".join(told))


@dataclass(eq=False)
class WebhookNotFound(ContextError):
    """There is no such webhook in the account."""

    webhook_id: str


@dataclass(eq=False)
class TooManyWebhooks(ContextError):
    """The account has as many webhooks as it can have."""

    limit: int


@dataclass(eq=False)
class TooManyImports(ContextError):
    """The account has as many imports that have not ended as it can have."""

    limit: int


@dataclass(eq=False)
class WebhookForbidden(ContextError):
    """The webhook is not this key's to change; `reason` says why."""

    reason: str


@dataclass(eq=False)
class WebhookInactive(ContextError):
    """Nothing can be sent to the webhook now; `reason` says why."""

    reason: str


@dataclass(eq=False)
class DeliveryNotFound(ContextError):
    """The webhook has no such delivery."""

    delivery_id: str


@dataclass(eq=False)
class DeliveryNotRepeatable(ContextError):
    """The delivery cannot be sent again; `reason` says why."""

    reason: str


@dataclass(eq=False)
class ImportNotFound(ContextError):
    """There is no such import in the account."""

    import_id: str


@dataclass(eq=False)
class ImportNotEnded(ContextError):
    """The import goes on, so that not all is known of it yet."""

    import_id: str


@dataclass(eq=False)
class ImportWithoutFile(ContextError):
    """The import has ended before its file came, so that there is nothing to be known of it."""

    import_id: str


@dataclass(eq=False)
class ImportEnded(ContextError):
    """The import has ended, so that it cannot be changed any more."""

    import_id: str


@dataclass(eq=False)
class TooManyVariables(ContextError):
    """One request sets more variables than can be written at once."""

    limit: int


class ContextTooLarge(ContextError):
    """The values together are larger than one write can hold."""


@dataclass(eq=False)
class UndefinedVariable(ContextError):
    """A variable has no definition, and none can be made; `reason` says why."""

    name: str
    reason: str


@dataclass(eq=False)
class InvalidValue(ContextError):
    """A value does not fit the type of its variable."""

    name: str
    variable_type: str
    reason: str


@dataclass(eq=False)
class ContactNotFound(ContextError):
    """There is no such contact that the caller can see."""

    contact_id: str


@dataclass(eq=False)
class ConversationNotFound(ContextError):
    """There is no such conversation with a contact that the caller can see."""

    conversation_id: str


@dataclass(eq=False)
class TagNotFound(ContextError):
    """There is no such tag in the account's catalogue."""

    tag_id: str


@dataclass(eq=False)
class VariableNotSet(ContextError):
    """The variable has no value here."""

    name: str


@dataclass(eq=False)
class TooSoon(ContextError):
    """The same was asked for not long ago; it may be asked again in `retry_after` s."""

    retry_after: int


@dataclass(eq=False)
class SeveralContacts(ContextError):
    """More than one contact that the caller can see has this identifier."""

    kind: str


@dataclass(eq=False)
class DefinitionNotFound(ContextError):
    """There is no such definition that the caller can see."""

    definition_id: str


@dataclass(eq=False)
class DuplicateDefinition(ContextError):
    """The name is taken in this context type."""

    name: str


@dataclass(eq=False)
class TooManyDefinitions(ContextError):
    """The account has as many definitions as it can have."""

    limit: int


@dataclass(eq=False)
class DefaultDefinitionUnchangeable(ContextError):
    """A definition that the system provides cannot be changed."""

    name: str


@dataclass(eq=False)
class DefaultDefinitionUndeletable(ContextError):
    """A definition that the system provides cannot be deleted."""

    name: str


@dataclass(eq=False)
class AnswerTooLarge(ContextError):
    """What was asked for is larger than the `limit` bytes that one answer can hold."""

    limit: int


class Unavailable(ContextError):
    """The storage could not answer in time, or other writers were always faster."""


@dataclass(eq=False)
class NotDeployed(ContextError):
    """The deployment lacks the `resource` that the request needs; `sam local` makes none."""

    resource: str


class InternalFailure(ContextError):
    """Something went wrong that the caller can't mend."""


class WriteConflict(Exception):
    """What was read has changed before it was written: read again, then write again.

    It is settled inside the use cases and never reaches a caller.
    """


@dataclass(eq=False)
class Postponed(Exception):
    """The work of a message is not done yet: it is to be given again in `seconds`."""

    seconds: int


@dataclass(eq=False)
class Unreachable(Exception):
    """A host is not there, or must not be called; `reason` says which, `code` to programs."""

    reason: str
    code: str = "address_not_allowed"
