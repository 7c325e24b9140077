"""Translate botocore's errors to domain errors.

Source of the codes: Amazon DynamoDB Developer Guide, "Error handling with DynamoDB", and the
API reference of TransactWriteItems for the cancellation reasons.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from http import HTTPStatus
from typing import Any
from zlib import crc32

from botocore.exceptions import BotoCoreError, ChecksumError, ClientError

from shared.domain.errors import ContextTooLarge, Unavailable, WriteConflict
from shared.table.seen_heads import check_time_left

_CONFLICT_CODES = frozenset(
    {
        "ConditionalCheckFailed",
        "ConditionalCheckFailedException",
        "DuplicateItem",
        "TransactionConflict",
        "TransactionConflictException",
    }
)
_TOO_LARGE_CODES = frozenset({"ItemCollectionSizeLimitExceeded", "ValidationError"})
_UNAVAILABLE_CODES = frozenset(
    {
        "InternalServerError",
        "LimitExceededException",
        "ProvisionedThroughputExceeded",
        "ProvisionedThroughputExceededException",
        "RequestLimitExceeded",
        "ServiceUnavailable",
        "ThrottlingError",
        "ThrottlingException",
        # A previous attempt of this transaction is still running and may succeed.
        "TransactionInProgressException",
    }
)
_CHECKSUM_HEADER = "x-amz-crc32"


def verify_checksum(http_response: Any, **_: Any) -> None:
    """Verify the checksum of a response. Registered as a handler of botocore's `after-call`.

    botocore retries a request when the checksum is wrong, but accepts the response of the last
    attempt. An existing item could then look like a missing one.

    Raises:
        ChecksumError: The body does not match DynamoDB's checksum.
    """
    expected = http_response.headers.get(_CHECKSUM_HEADER)
    if expected is None or getattr(http_response, "is_intact", False):
        return
    actual = crc32(http_response.content)
    if int(expected) != actual:
        raise ChecksumError(
            checksum_type="crc32", expected_checksum=expected, actual_checksum=str(actual)
        )


@contextmanager
def translate_errors() -> Iterator[None]:
    """Translate errors of DynamoDB calls in the `with` block.

    Errors that only a bug can cause, such as an invalid expression, are not translated.

    Raises:
        WriteConflict: A condition is false, or another transaction writes the same item.
        ContextTooLarge: An item or a transaction exceeds DynamoDB's size limit.
        Unavailable: DynamoDB is overloaded, failing or unreachable, or the request has no time
            left for another call.
    """
    check_time_left()
    try:
        yield
    except ClientError as error:
        raise _translation(error) from error
    except BotoCoreError as error:
        raise Unavailable from error


def conflicting_item(conflict: WriteConflict) -> dict[str, Any] | None:
    """Return the stored item that made the condition of a single write fail.

    None if there is no such item, or if the write did not ask for it.
    """
    response: Any = getattr(conflict.__cause__, "response", {})
    item: dict[str, Any] | None = response.get("Item")
    return item


def is_only_failure(conflict: WriteConflict, position: int) -> bool:
    """Return whether a conflict is about one write of a transaction, and about no other."""
    response: Any = getattr(conflict.__cause__, "response", {})
    reasons = [reason.get("Code", "None") for reason in response.get("CancellationReasons", ())]
    failed = [number for number, code in enumerate(reasons) if code != "None"]
    return failed == [position]


def _translation(error: ClientError) -> Exception:
    codes = _codes(error)
    if _is_about_expression(error):
        return error
    if codes & _TOO_LARGE_CODES or _is_oversized_transaction(error, codes):
        return ContextTooLarge()
    if codes & _CONFLICT_CODES:
        return WriteConflict()
    if codes & _UNAVAILABLE_CODES or _is_server_error(error):
        return Unavailable()
    return error


def _is_oversized_transaction(error: ClientError, codes: set[str]) -> bool:
    # The size of a page is bounded. A transaction with many pages can exceed 4 MB, the limit.
    return error.operation_name == "TransactWriteItems" and "ValidationException" in codes


def _is_about_expression(error: ClientError) -> bool:
    # All messages about expressions and their placeholders contain the word. One about the size of
    # an expression is about the values in it.
    faults = [error.response["Error"], *error.response.get("CancellationReasons", ())]
    messages = [
        fault.get("Message") or ""
        for fault in faults
        if fault.get("Code") in ("ValidationError", "ValidationException")
    ]
    return any("xpression" in each and "size" not in each for each in messages)


def _is_server_error(error: ClientError) -> bool:
    # A proxy in front of DynamoDB can fail without an error code of DynamoDB.
    status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
    return status >= HTTPStatus.INTERNAL_SERVER_ERROR


def _codes(error: ClientError) -> set[str]:
    reasons = error.response.get("CancellationReasons", [])
    return {error.response["Error"]["Code"], *(reason.get("Code", "") for reason in reasons)}
