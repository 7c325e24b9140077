"""Every error that a use case can raise.

An error has attributes and no message: each dialect maps every class to an error response of its
own, and a test checks that no class is missing. The docstring of a class, up to a semicolon, is
shown in the OpenAPI documents and on the error page, with attributes in backticks filled in.
"""

from collections.abc import Sequence
from typing import NamedTuple, Self

from shared.domain.records import dataclass


class ContextError(Exception):
    """Base class of all errors that are mapped to an error response."""


class AuthenticationRequired(ContextError):
    """The request has no API key."""


class InvalidApiKey(ContextError):
    """The API key is unknown, revoked or expired."""


@dataclass(eq=False)
class PermissionDenied(ContextError):
    """The API key lacks the required permission; `permission` names what it lacks."""

    permission: str


class RestrictedKey(ContextError):
    """The API key is limited to some permissions, and this API has no permissions."""


class ReadOnlyKey(ContextError):
    """The API key is read-only, and this operation changes data."""


@dataclass(eq=False)
class RateLimitExceeded(ContextError):
    """The API key or its account has exceeded its requests; `retry_after` is in seconds."""

    retry_after: int


@dataclass(eq=False)
class MalformedBody(ContextError):
    """The body is not a valid JSON object; `reason` describes the fault."""

    reason: str


@dataclass(eq=False)
class BodyTooLarge(ContextError):
    """The body is larger than `limit` bytes."""

    limit: int


@dataclass(eq=False)
class MissingField(ContextError):
    """A required field is missing."""

    field: str


@dataclass(eq=False)
class InvalidField(ContextError):
    """A field of the request is invalid."""

    field: str
    reason: str


class UnknownName(NamedTuple):
    """A name that no definition of a context type has."""

    context_type: str
    name: str


MAX_FAULTS = 100
"""The most faults that one error lists. A longer list ends with "there are more"."""


class Fault(NamedTuple):
    """One thing that is wrong with a request.

    Attributes:
        code: A stable code for programs.
        reason: The explanation for people.
        path: The location in the body, as names and indexes. Empty for the body as a whole.
        parameter: The name of the query parameter, if the fault is in the query.
        header: The name of the header, if the fault is in a header.
        unknown: The name of a variable, if the fault is that nobody has defined it.
    """

    code: str
    reason: str
    path: tuple[str | int, ...] = ()
    parameter: str | None = None
    header: str | None = None
    unknown: UnknownName | None = None

    @property
    def place(self) -> str:
        """The location in words."""
        return self.parameter or self.header or ".".join(map(str, self.path)) or "body"


@dataclass(eq=False)
class InvalidRequest(ContextError):
    """Body, query or headers are invalid; `faults` lists what is wrong, `summary` is text."""

    faults: Sequence[Fault]
    summary: str

    @classmethod
    def from_faults(cls, faults: Sequence[Fault]) -> Self:
        """Make the error of one or more faults. Lists the first `MAX_FAULTS` of them."""
        shown = faults[:MAX_FAULTS]
        sentences = [f"{fault.place}: {fault.reason}" for fault in shown]
        if len(faults) > MAX_FAULTS:
            sentences.append("there are more")
        return cls(shown, "; ".join(sentences))


@dataclass(eq=False)
class PreconditionFailed(ContextError):
    """The stored version is not the one that the request requires; `tag` is the current one."""

    tag: str


class IdempotencyKeyReused(ContextError):
    """Another request was sent with this idempotency key in the last 24 hours."""


class RequestInProgress(ContextError):
    """A request with this idempotency key is in progress."""


@dataclass(eq=False)
class WebhookNotFound(ContextError):
    """The account has no webhook with this id."""

    webhook_id: str


@dataclass(eq=False)
class TooManyWebhooks(ContextError):
    """The account already has `limit` webhooks, the maximum."""

    limit: int


@dataclass(eq=False)
class TooManyAgents(ContextError):
    """The account already has `limit` agents, the maximum."""

    limit: int


@dataclass(eq=False)
class TooManyHooks(ContextError):
    """The account already has `limit` hooks, the maximum."""

    limit: int


@dataclass(eq=False)
class TooManyImports(ContextError):
    """The account already has `limit` open imports, the maximum."""

    limit: int


@dataclass(eq=False)
class WebhookForbidden(ContextError):
    """The API key is not allowed to change this webhook; `reason` says why."""

    reason: str


@dataclass(eq=False)
class WebhookInactive(ContextError):
    """The webhook is disabled or suspended; `reason` says why."""

    reason: str


@dataclass(eq=False)
class DeliveryNotFound(ContextError):
    """The webhook has no delivery with this id."""

    delivery_id: str


@dataclass(eq=False)
class DeliveryNotRepeatable(ContextError):
    """The delivery cannot be sent again; `reason` says why."""

    reason: str


@dataclass(eq=False)
class AgentNotFound(ContextError):
    """The account has no agent with this id."""

    agent_id: str


@dataclass(eq=False)
class AgentInUse(ContextError):
    """The agent has hooks, which have to be deleted first; `hooks` is their number."""

    hooks: int


class InvalidDeclaration(InvalidRequest):
    """The agent declares what it cannot have; `faults` lists what is wrong."""


@dataclass(eq=False)
class HookNotFound(ContextError):
    """The account has no hook with this id."""

    hook_id: str


@dataclass(eq=False)
class CallNotFound(ContextError):
    """The account has no such call, it has expired, or its contact is hidden or deleted."""

    call_id: str


@dataclass(eq=False)
class ImportNotFound(ContextError):
    """The account has no import with this id."""

    import_id: str


@dataclass(eq=False)
class ImportNotEnded(ContextError):
    """The import has not ended, so its row errors are incomplete."""

    import_id: str


@dataclass(eq=False)
class ImportWithoutFile(ContextError):
    """The import ended before its file was uploaded, so it has no row errors."""

    import_id: str


@dataclass(eq=False)
class ImportEnded(ContextError):
    """The import has ended and cannot be changed."""

    import_id: str


@dataclass(eq=False)
class TooManyVariables(ContextError):
    """The request sets more than `limit` variables."""

    limit: int


@dataclass(eq=False)
class ContextTooLarge(ContextError):
    """The values are too many or too large to be stored in one write.

    Attributes:
        limit: What one write can have at most.
    """

    limit: str = "100 items or 4 MB"


@dataclass(eq=False)
class UndefinedVariable(ContextError):
    """The variable is not defined and cannot be created; `unknown` if nobody has defined it."""

    name: str
    reason: str
    unknown: UnknownName | None = None


@dataclass(eq=False)
class InvalidValue(ContextError):
    """The value does not match the type of its variable; `place` is the path in the value."""

    name: str
    variable_type: str
    reason: str
    place: tuple[str | int, ...] = ()


@dataclass(eq=False)
class ContactNotFound(ContextError):
    """The contact does not exist or is not visible to the caller."""

    contact_id: str


@dataclass(eq=False)
class ContactMerged(ContextError):
    """The contact was merged before; `contact_id` is the contact that it was merged into."""

    contact_id: int


@dataclass(eq=False)
class TooLargeToMerge(ContextError):
    """The contacts have too much to be merged in one transaction; `reason` says what."""

    reason: str


@dataclass(eq=False)
class ConversationNotFound(ContextError):
    """The conversation does not exist, or its contact is not visible to the caller."""

    conversation_id: str


@dataclass(eq=False)
class TagNotFound(ContextError):
    """The account has no tag with this id."""

    tag_id: str


@dataclass(eq=False)
class VariableNotSet(ContextError):
    """The variable has no value."""

    name: str


@dataclass(eq=False)
class SuggestionNotFound(ContextError):
    """The account has no such suggestion, or it has expired."""

    suggestion_id: str


@dataclass(eq=False)
class SuggestionDecided(ContextError):
    """The suggestion was decided before; `state` is `accepted` or `rejected`."""

    state: str


@dataclass(eq=False)
class TooSoon(ContextError):
    """The same request was made recently; `retry_after` is in seconds."""

    retry_after: int


@dataclass(eq=False)
class SeveralContacts(ContextError):
    """Several contacts that are visible to the caller have this identifier."""

    kind: str
    candidates: Sequence[int] = ()


@dataclass(eq=False)
class DefinitionNotFound(ContextError):
    """The definition does not exist or is not visible to the caller; `unknown` as above."""

    definition_id: str
    unknown: UnknownName | None = None


@dataclass(eq=False)
class DuplicateDefinition(ContextError):
    """A definition with this name exists in the context type."""

    name: str


@dataclass(eq=False)
class TooManyDefinitions(ContextError):
    """The account would have more than `limit` definitions."""

    limit: int


@dataclass(eq=False)
class TooManyContacts(ContextError):
    """The account would have more than `limit` contacts."""

    limit: int


@dataclass(eq=False)
class DefaultDefinitionUnchangeable(ContextError):
    """A default definition cannot be changed."""

    name: str


@dataclass(eq=False)
class DefaultDefinitionUndeletable(ContextError):
    """A default definition cannot be deleted."""

    name: str


@dataclass(eq=False)
class ApiKeyNotFound(ContextError):
    """The account has no API key with this id."""

    key_id: str


@dataclass(eq=False)
class ApiKeyForbidden(ContextError):
    """The API key would give more than it has itself; `reason` says what."""

    reason: str


@dataclass(eq=False)
class ApiKeyInactive(ContextError):
    """The API key cannot be rotated; `reason` says why."""

    reason: str


@dataclass(eq=False)
class TooManyApiKeys(ContextError):
    """The account already has `limit` valid API keys, the maximum."""

    limit: int


@dataclass(eq=False)
class AnswerTooLarge(ContextError):
    """The response would be larger than `limit` bytes."""

    limit: int


class Unavailable(ContextError):
    """The storage did not respond in time, or concurrent writes prevented this one."""


@dataclass(eq=False)
class NotDeployed(ContextError):
    """The deployment has no `resource`, which this operation needs; `sam local` creates none."""

    resource: str


class InternalFailure(ContextError):
    """The service failed unexpectedly."""


class WriteConflict(Exception):
    """A record changed between reading and writing it.

    Use cases read and write again. The error never reaches a client.
    """


@dataclass(eq=False)
class Postponed(Exception):
    """The message cannot be completed yet and must be redelivered in `seconds`."""

    seconds: int


@dataclass(eq=False)
class Unreachable(Exception):
    """A host does not resolve or must not be called; `reason` is text, `code` is for programs."""

    reason: str
    code: str = "address_not_allowed"
