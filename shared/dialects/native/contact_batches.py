"""Requests that upsert many contacts, and the responses to them."""

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from shared.dialects.native.contact_requests import ContactUpsert
from shared.dialects.native.contact_responses import contact_name
from shared.dialects.native.dialect import NATIVE
from shared.dialects.native.variable_requests import (
    parse_body,
    parse_idempotency_key,
    parse_mode,
)
from shared.dialects.native.variable_responses import change_results
from shared.domain.contact_changes import BatchItem, ChangedContact, Upsert
from shared.domain.errors import ContextError, Fault, TooManyVariables
from shared.domain.json_values import JsonValue
from shared.domain.upserts import UpsertMode
from shared.domain.value_changes import IdempotencyKey
from shared.gateway.request import Request, validate_with_all_faults
from shared.gateway.request_model import (
    ANY,
    RequestModel,
    list_of,
    required,
)
from shared.gateway.response import Response
from shared.validation.values import MAX_VARIABLES_PER_REQUEST

MAX_BATCH_ITEMS = 100
"""The most contacts of one request."""


class ContactBatch(RequestModel, closed=True):
    """The body that upserts many contacts. Each item is validated apart."""

    items: list[JsonValue] = required(list_of(ANY, min_length=1, max_length=MAX_BATCH_ITEMS))

    @classmethod
    def of(cls, request: Request) -> list[BatchItem]:
        """Parse the items of a batch.

        Raises:
            InvalidRequest: All of the batch is wrong. Has all faults.
            TooManyVariables: The items have too many variables together.

        """
        faults: list[Fault] = []
        mode = parse_mode(request.query("mode"), faults)
        key = parse_idempotency_key(request, faults)
        body = parse_body(request, cls, faults)
        upserts = [_upsert(item, mode) for item in body.items]
        sent = sum(len(each.variables.values) for each in upserts if isinstance(each, Upsert))
        if sent > MAX_VARIABLES_PER_REQUEST:
            raise TooManyVariables(MAX_VARIABLES_PER_REQUEST)
        return [BatchItem(each, _key_of_item(key, number)) for number, each in enumerate(upserts)]


def batch_upserted(request: Request, results: Iterable[ChangedContact | ContextError]) -> Response:
    """Build the response to a batch: the result of each item, in the order of the items."""
    return Response(200, {"results": [_result(each, request.request_id) for each in results]})


def _upsert(item: JsonValue, mode: UpsertMode) -> Upsert | ContextError:
    try:
        return validate_with_all_faults(ContactUpsert, item).upsert(mode)
    except ContextError as error:
        return error


def _key_of_item(key: IdempotencyKey | None, number: int) -> IdempotencyKey | None:
    return None if key is None else replace(key, digest=f"{key.digest}.{number}")


def _result(result: ChangedContact | ContextError, request_id: str) -> dict[str, Any]:
    if isinstance(result, ContextError):
        problem = NATIVE.error_response(result, request_id)
        return {"status": problem.status, "problem": problem.document}
    return {
        "status": 201 if result.is_new else 200,
        "contact_id": contact_name(result.contact.contact_id),
        "created": result.is_new,
        "results": change_results(result.results),
    }
