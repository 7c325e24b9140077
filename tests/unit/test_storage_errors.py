"""What DynamoDB's errors mean to the use cases."""

from typing import Any

import pytest
from botocore.exceptions import ClientError

from shared.domain.errors import ContextTooLarge, Unavailable, WriteConflict
from shared.table.errors import translate_errors

INVALID = "ValidationException"
BAD_SYNTAX = "Invalid UpdateExpression: Syntax error; token: SET"
UNUSED = "Value provided in ExpressionAttributeValues unused in expressions: keys: {:name}"
LONG_EXPRESSION = "Invalid UpdateExpression: Expression size has exceeded the maximum allowed size"
BAD_OPERAND = "An operand in the update expression has an incorrect data type"
LARGE_ITEM = "Item size to update has exceeded the maximum allowed size"
LARGE_TRANSACTION = "Transaction exceeds the maximum aggregate size"


def failing(code: str, message: str = "", reasons: tuple[Any, ...] = ()) -> ClientError:
    """Return the error of a transaction."""
    response: Any = {"Error": {"Code": code, "Message": message}, "CancellationReasons": reasons}
    return ClientError(response, "TransactWriteItems")


def canceled(code: str, message: str = "") -> ClientError:
    reasons = ({"Code": "None"}, {"Code": code, "Message": message})
    return failing("TransactionCanceledException", "Transaction cancelled", reasons)


@pytest.mark.parametrize(
    ("error", "meaning"),
    [
        (failing(INVALID, LARGE_TRANSACTION), ContextTooLarge),
        (failing(INVALID, LONG_EXPRESSION), ContextTooLarge),
        (canceled("ValidationError", LARGE_ITEM), ContextTooLarge),
        (canceled("ConditionalCheckFailed", "The conditional request failed"), WriteConflict),
        (canceled("ThrottlingError", "Throughput exceeds the limit"), Unavailable),
    ],
)
def test_an_error_that_a_request_can_cause_is_one_of_the_domain(
    error: ClientError, meaning: type[Exception]
):
    with pytest.raises(meaning), translate_errors():
        raise error


@pytest.mark.parametrize(
    "error",
    [
        failing(INVALID, BAD_SYNTAX),
        failing(INVALID, UNUSED),
        canceled("ValidationError", BAD_OPERAND),
        failing("AccessDeniedException", "not authorized"),
    ],
)
def test_an_error_that_only_a_bug_can_cause_stays_as_it_is(error: ClientError):
    with pytest.raises(ClientError) as raised, translate_errors():
        raise error
    assert raised.value is error
