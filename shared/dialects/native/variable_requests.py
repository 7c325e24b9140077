"""Requests that change the variables of contacts and of the business."""

import hashlib
import json
import re
from collections.abc import Sequence
from typing import Final, TypeVar

from shared.dialects.native.dialect import MAX_BODY_BYTES
from shared.domain.entity_tags import VersionCondition
from shared.domain.errors import Fault, InvalidRequest
from shared.domain.json_values import JsonObject, JsonValue
from shared.domain.upserts import UpsertMode
from shared.domain.value_changes import (
    IdempotencyKey,
    Operation,
    OperationKind,
    RequestTerms,
)
from shared.domain.values import Evidence, SourcedValue
from shared.gateway.request import Request
from shared.gateway.request_model import (
    ANY,
    INTEGER,
    TEXT,
    RequestModel,
    Schema,
    after_validator,
    as_integer,
    before_validator,
    defaulted,
    enum_of,
    list_of,
    nested,
    optional,
    required,
    text,
)

MAX_OPERATIONS = 100
"""The most operations of one request."""

MAX_QUOTE_BYTES = 1024
"""The longest quote of an evidence, in bytes of UTF-8."""

MAX_CALL_ID_CHARS = 200
"""The longest id of a call."""

MAX_IDEMPOTENCY_KEY_CHARS = 255
"""The longest idempotency key."""

IDEMPOTENCY_HEADER: Final = "Idempotency-Key"
CONDITION_HEADER: Final = "If-Match"

Body = TypeVar("Body", bound=RequestModel)

_CONFIDENCE: Schema = {"type": "float", "strict": True, "ge": 0, "le": 1}
_TURN = before_validator(as_integer, {**INTEGER, "ge": 0, "le": 1_000_000})
_TAG = r'(?:W/)?"[\x21\x23-\x7e\x80-\xff]*"'
_ENTITY_TAGS = re.compile(rf"{_TAG}(?:[ \t]*,[ \t]*{_TAG})*")
_ENTITY_TAG = re.compile(r'(W/)?"([^"]*)"')
_PRINTABLE = re.compile(r"[\x21-\x7e]+(?: +[\x21-\x7e]+)*")


def _value_fault(value: object) -> str | None:
    if value is None:
        return "it must be a value; DELETE removes one"
    return None


def _number_fault(value: object) -> str | None:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return "it must be a number"
    return None


def _quote_fault(quote: str) -> str | None:
    if len(quote.encode()) > MAX_QUOTE_BYTES:
        return f"it is longer than {MAX_QUOTE_BYTES:,} bytes"
    return None


class ValueEvidence(RequestModel, closed=True):
    """What a value was taken from."""

    call_id: str | None = optional(text(min_length=1, max_length=MAX_CALL_ID_CHARS))
    turn: int | None = optional(_TURN)
    quote: str | None = optional(after_validator(_quote_fault, TEXT))


class ValueSetting(RequestModel, closed=True):
    """The body that sets one variable."""

    value: JsonValue = required(after_validator(_value_fault, ANY))
    confidence: float | None = optional(_CONFIDENCE)
    evidence: ValueEvidence | None = optional(nested(ValueEvidence))

    @classmethod
    def of(cls, request: Request) -> tuple[SourcedValue, VersionCondition | None]:
        """Parse the value to set and the condition; raises InvalidRequest with all faults."""
        faults: list[Fault] = []
        condition = parse_condition(request, faults)
        body = parse_body(request, cls, faults)
        given = body.evidence
        evidence = Evidence(given.call_id, given.turn, given.quote) if given else None
        sent = SourcedValue(body.value, confidence=body.confidence, evidence=evidence)
        return sent, condition


class VariableOperation(RequestModel, closed=True):
    """An operation on a variable."""

    op: OperationKind = required(enum_of(OperationKind))
    variable: str = required(TEXT)
    by: int | float = defaulted(after_validator(_number_fault, ANY), 1)
    value: JsonValue = defaulted(ANY, None)


class OperationList(RequestModel, closed=True):
    """The body of operations on variables."""

    operations: list[VariableOperation] = required(
        list_of(nested(VariableOperation), min_length=1, max_length=MAX_OPERATIONS)
    )

    @classmethod
    def of(cls, request: Request) -> tuple[list[Operation], RequestTerms]:
        """Parse operations and the terms; raises InvalidRequest with all faults."""
        faults: list[Fault] = []
        condition = parse_condition(request, faults)
        key = parse_idempotency_key(request, faults)
        body = parse_body(request, cls, faults)
        faults = _operation_faults(body.operations)
        if faults:
            raise InvalidRequest.from_faults(faults)
        operations = [Operation(each.op, each.variable, _operand(each)) for each in body.operations]
        return operations, RequestTerms(condition, key)


def condition_of(request: Request) -> VersionCondition | None:
    """Parse `If-Match`. Raises InvalidRequest if it is malformed."""
    faults: list[Fault] = []
    condition = parse_condition(request, faults)
    if faults:
        raise InvalidRequest.from_faults(faults)
    return condition


def idempotency_key_of(request: Request) -> IdempotencyKey | None:
    """Parse `Idempotency-Key`. Raises InvalidRequest if it is malformed."""
    faults: list[Fault] = []
    key = parse_idempotency_key(request, faults)
    if faults:
        raise InvalidRequest.from_faults(faults)
    return key


def patch_of(request: Request) -> tuple[JsonObject, UpsertMode, RequestTerms]:
    """Parse a merge patch of variables, its mode and its terms.

    Raises:
        InvalidRequest: The query or a header is not valid. Has all faults.
        ContextError: The body is not a JSON object.

    """
    faults: list[Fault] = []
    mode = parse_mode(request.query("mode"), faults)
    condition = parse_condition(request, faults)
    key = parse_idempotency_key(request, faults)
    values = request.json_object(MAX_BODY_BYTES)
    if faults:
        raise InvalidRequest.from_faults(faults)
    return values, mode, RequestTerms(condition, key)


def parse_body(request: Request, model: type[Body], faults: Sequence[Fault]) -> Body:
    """Parse the body; raises InvalidRequest with the faults of headers and body."""
    try:
        body = request.parse_with_all_faults(model, MAX_BODY_BYTES)
    except InvalidRequest as invalid:
        raise InvalidRequest.from_faults([*faults, *invalid.faults]) from None
    if faults:
        raise InvalidRequest.from_faults(faults)
    return body


def _operation_faults(operations: Sequence[VariableOperation]) -> list[Fault]:
    faults: list[Fault] = []
    seen: set[str] = set()
    for number, each in enumerate(operations):
        path = ("operations", number)
        if each.variable in seen:
            faults.append(Fault("invalid_value", "it is named twice", (*path, "variable")))
        seen.add(each.variable)
        wanted, other = ("by", "value") if each.op is OperationKind.INCREMENT else ("value", "by")
        if other in each.sent:
            reason = f"{each.op} has no {other}"
            faults.append(Fault("unknown_member", reason, (*path, other)))
        if wanted == "value" and each.value is None:
            faults.append(Fault("required", "it is required", (*path, wanted)))
    return faults


def _operand(operation: VariableOperation) -> JsonValue:
    if operation.op is not OperationKind.INCREMENT:
        return operation.value
    return operation.by


def parse_mode(given: str | None, faults: list[Fault]) -> UpsertMode:
    """Parse the mode of a query, strict by default. Adds its faults to the list."""
    try:
        return UpsertMode.STRICT if given is None else UpsertMode(given)
    except ValueError:
        reason = f"it must be one of: {', '.join(UpsertMode)}"
        faults.append(Fault("invalid_value", reason, parameter="mode"))
        return UpsertMode.STRICT


def parse_condition(request: Request, faults: list[Fault]) -> VersionCondition | None:
    """Parse `If-Match`, None if it was not sent. Adds its faults to the list."""
    given = request.header(CONDITION_HEADER.lower())
    if given is None:
        return None
    if given.strip() == "*":
        return VersionCondition(None)
    if not _ENTITY_TAGS.fullmatch(given.strip()):
        reason = "it must be * or entity tags, separated by commas"
        faults.append(Fault("invalid_value", reason, header=CONDITION_HEADER))
    # A weak tag never matches, by RFC 9110, section 13.1.1.
    strong = [tag for weak, tag in _ENTITY_TAG.findall(given) if not weak]
    return VersionCondition(frozenset(tag.partition(".")[0] for tag in strong))


def parse_idempotency_key(request: Request, faults: list[Fault]) -> IdempotencyKey | None:
    """Parse `Idempotency-Key`, None if it was not sent. Adds its faults to the list."""
    given = request.header(IDEMPOTENCY_HEADER.lower())
    if given is None:
        return None
    if len(given) > MAX_IDEMPOTENCY_KEY_CHARS or not _PRINTABLE.fullmatch(given):
        reason = f"it must have 1 to {MAX_IDEMPOTENCY_KEY_CHARS} printable ASCII characters"
        faults.append(Fault("invalid_value", reason, header=IDEMPOTENCY_HEADER))
        return None
    return IdempotencyKey(_digest(given), _fingerprint(request))


def _fingerprint(request: Request) -> str:
    """Return the digest of what a request asks for, whatever the spelling of its JSON."""
    body = json.dumps(request.json_object(MAX_BODY_BYTES), sort_keys=True) if request.body else ""
    parts = (request.route, request.raw_path, request.raw_query, body)
    return _digest("\n".join(parts))


def _digest(given: str) -> str:
    return hashlib.sha256(given.encode(errors="surrogatepass")).hexdigest()[:32]
