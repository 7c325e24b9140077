"""What botocore raises, in the words of the domain; translated here and nowhere else.

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

_CONFLICTS = frozenset(
    {
        "ConditionalCheckFailed",
        "ConditionalCheckFailedException",
        "DuplicateItem",
        "TransactionConflict",
        "TransactionConflictException",
    }
)
_TOO_LARGE = frozenset({"ItemCollectionSizeLimitExceeded", "ValidationError"})
_OVERLOADS = frozenset(
    {
        "InternalServerError",
        "LimitExceededException",
        "ProvisionedThroughputExceeded",
        "ProvisionedThroughputExceededException",
        "RequestLimitExceeded",
        "ServiceUnavailable",
        "ThrottlingError",
        "ThrottlingException",
        # An earlier try of this very transaction still runs: it may yet be written.
        "TransactionInProgressException",
    }
)


_CHECKSUM = "x-amz-crc32"


def verify_checksum(http_response: Any, **_: Any) -> None:
    """Raise ChecksumError for an answer that is not what DynamoDB sent.

    botocore asks again for such an answer, but takes the last one as it is: an item that is there
    would be read as none.
    """
    expected = http_response.headers.get(_CHECKSUM)
    if expected is None:
        return
    actual = crc32(http_response.content)
    if int(expected) != actual:
        raise ChecksumError(
            checksum_type="crc32", expected_checksum=expected, actual_checksum=str(actual)
        )


@contextmanager
def translated() -> Iterator[None]:
    """Raise WriteConflict, ContextTooLarge or Unavailable for what a call to DynamoDB raises.

    What is nobody's fault but ours, such as a malformed expression, passes as it is.
    """
    try:
        yield
    except ClientError as error:
        raise _translation(error) from error
    except BotoCoreError as error:
        raise Unavailable from error


def _translation(error: ClientError) -> Exception:
    codes = _codes(error)
    if codes & _TOO_LARGE or _is_oversized_transaction(error, codes):
        return ContextTooLarge()
    if codes & _CONFLICTS:
        return WriteConflict()
    if codes & _OVERLOADS or _is_of_the_server(error):
        return Unavailable()
    return error


def _is_oversized_transaction(error: ClientError, codes: set[str]) -> bool:
    # Pages are bounded, a transaction over many of them is not: 4 MB is DynamoDB's limit.
    return error.operation_name == "TransactWriteItems" and "ValidationException" in codes


def _is_of_the_server(error: ClientError) -> bool:
    # What stands before DynamoDB may answer in its place, without any code of its.
    status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
    return status >= HTTPStatus.INTERNAL_SERVER_ERROR


def _codes(error: ClientError) -> set[str]:
    reasons = error.response.get("CancellationReasons", [])
    return {error.response["Error"]["Code"], *(reason.get("Code", "") for reason in reasons)}
