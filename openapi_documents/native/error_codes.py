"""Explain the error codes of the native API: their meaning, and what a client can do."""

from collections.abc import Mapping

ACTIONS: Mapping[str, str] = {
    "answer_too_large": "Ask for less at once: a smaller `limit`, or one contact.",
    "authentication_required": (
        "Send the API key as `Authorization: Bearer <key>` or as `X-API-Key: <key>`."
    ),
    "body_too_large": "Split the request into several smaller ones.",
    "conflict": "Read the resource again, and decide by the state that it has now.",
    "contact_merged": "Use the contact that the response names.",
    "context_too_large": "Shorten the values, or delete variables that are no longer used.",
    "idempotency_key_reused": "Send a new `Idempotency-Key` with every request that is new.",
    "internal_error": (
        "Retry with a growing delay. The request may have been applied. If it keeps failing, "
        "report its `request_id`."
    ),
    "invalid_api_key": "Ask the operator of the service for a valid key.",
    "invalid_declaration": (
        "Correct what `errors` lists, or create the definitions of the variables first."
    ),
    "invalid_request": (
        "Correct what `errors` lists: each entry has the `pointer` into the body or the "
        "`parameter` of the query."
    ),
    "invalid_value": "Send a value of the type that the variable's definition has.",
    "limit_reached": "Delete one that is no longer used before you create another.",
    "malformed_body": "Send one JSON object, in UTF-8, with `Content-Type: application/json`.",
    "not_deployed": "Ask the operator of the service to deploy the resource that `detail` names.",
    "not_found": (
        "Check the id. What belongs to another account, or is hidden from the key, is not found."
    ),
    "not_repeatable": "Read the delivery. `detail` says why it cannot be sent again.",
    "permission_denied": "Use a key with the permission that `detail` names.",
    "precondition_failed": (
        "Read it again, and decide by what it is now. The header `ETag` has its current version."
    ),
    "rate_limit_exceeded": (
        "Wait as many seconds as the header `Retry-After` says, then retry. `RateLimit` says "
        "before what is left."
    ),
    "request_in_progress": "Send the same request again a moment later.",
    "too_many_variables": "Set the variables in several requests.",
    "too_soon": "Wait as many seconds as the header `Retry-After` says, then retry.",
    "too_large_to_merge": (
        "Delete variables, suggestions or conversations of one of the contacts, and merge again."
    ),
    "unavailable": "Retry with a growing delay. The request may have been applied.",
    "undefined_variable": "Create the definition of the variable first.",
    "webhook_inactive": (
        "Read the webhook: its `status` and reasons say why. Make it active again, or ask the "
        "operator of the service to assign it to a valid API key."
    ),
}
"""What a client can do about an error, by error code."""

FAULTS: Mapping[str, str] = {
    "required": "The member or parameter is missing. Send it.",
    "unknown_member": "The body has a member that this endpoint does not know. Leave it out.",
    "invalid_value": "The value is not what the member or parameter accepts. `detail` says why.",
    "undefined_variable": "The key sees no variable of this name. `detail` says why.",
}
"""The meaning of the code of an entry of `errors`."""
