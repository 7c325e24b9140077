"""Extend schemathesis: formats that it does not know, and one more check.

schemathesis loads this module, which schemathesis.toml names.
"""

import json
import os
import re
import unicodedata

import schemathesis
from hypothesis import strategies as st

from local.gateway import MAX_BODY_BYTES
from openapi_documents.making import apis
from shared.dialects.native.paging import Listed, encode_cursor
from shared.domain import errors
from shared.domain.definitions import VariableType
from shared.domain.errors import Fault, InvalidRequest
from shared.gateway.dialect import ErrorResponse
from shared.validation.names import is_variable_name

DIALECT = "CONFORMANCE_DIALECT"
"""The environment variable that names the dialect of the document."""

OF_WHAT_IS_STORED = (
    errors.ContactNotFound,
    errors.SeveralContacts,
    errors.ConversationNotFound,
    errors.DefinitionNotFound,
    errors.TagNotFound,
    errors.UndefinedVariable,
    errors.InvalidValue,
    errors.DuplicateDefinition,
    errors.DefaultDefinitionUnchangeable,
    errors.DefaultDefinitionUndeletable,
    errors.TooManyDefinitions,
    errors.TooManyContacts,
    errors.TooManyImports,
    errors.TooManyWebhooks,
    errors.TooManyAgents,
    errors.TooManyHooks,
    errors.WebhookForbidden,
    errors.WebhookInactive,
    errors.DeliveryNotRepeatable,
    errors.PreconditionFailed,
    errors.IdempotencyKeyReused,
)
"""The errors that depend on stored data, not on the format of a request."""

FAULTS_OF_FORM = {
    # Only a definition of type select needs options, and one that has them keeps them.
    "/api/v1/context-variables/{variable_id}/update": [errors.MissingField("select_options")],
    # A phone number is changed by its id on this contact.
    "/api/v1/contacts/{contact_id}/update": [errors.InvalidField("phone_numbers", "the contact")],
    # A schema cannot say which parameters require each other.
    "/api/public/contacts": [
        errors.MissingField("days"),
        errors.MissingField("custom_field_key"),
        errors.MissingField("custom_field_value"),
    ],
    "/api/public/contacts/search": [errors.MissingField("phone or email")],
    # A field that removes the identifier by which the contact is found.
    "/v1/contacts/upsert": [
        InvalidRequest.from_faults(
            [Fault("invalid_value", "it contradicts identifiers", ("contact", field))]
        )
        for field in (
            *("uuid", "external_id", "email", "phone_numbers"),
            *("wa_id", "sms_phone_number", "webchat_user_id"),
        )
    ],
    # The limits of an object after a merge, and of its text.
    "/v1/contacts": [
        errors.InvalidField("industry_context", "it has at most"),
        # A cursor belongs to a list with or without a filter.
        InvalidRequest.from_faults(
            [Fault("invalid_value", "it must be the next_cursor", parameter="cursor")]
        ),
    ],
    "/v1/contacts/{contact_id}": [
        errors.InvalidField("industry_context", "it has at most"),
        errors.InvalidField("channel_ids", "there are at most"),
    ],
    "/v1/contacts/{contact_id}/tags/{tag}": [errors.InvalidField("tags", "there are at most")],
    # A cursor belongs to the context type of the filter.
    "/v1/definitions": [
        InvalidRequest.from_faults(
            [Fault("invalid_value", "it must be the next_cursor", parameter="cursor")]
        )
    ],
    # A schema cannot say that exactly one of several parameters is required.
    "/v1/resolve": [
        InvalidRequest.from_faults(
            [Fault("invalid_value", "the query must have exactly one of", parameter="phone")]
        )
    ],
    "/v1/conversations": [
        InvalidRequest.from_faults(
            [Fault("invalid_value", "another conversation has this id", ("id",))]
        )
    ],
}
"""The messages of faults of form that a request of a path can meet though it fits its schema."""

NAMES = (
    st.text(st.characters(categories=["L", "N"], include_characters="_"), min_size=1, max_size=20)
    .map(lambda name: unicodedata.normalize("NFC", name))
    .filter(is_variable_name)
)

schemathesis.openapi.format("variable-name", NAMES)
schemathesis.openapi.format("linear-pattern", st.sampled_from([".*", "[A-Z]{2}-\\d+", "(a|b)?"]))
schemathesis.openapi.format("json", st.sampled_from(["{}", '{"firstName": "string"}', "[]", '""']))
schemathesis.openapi.format(
    "phone-number", st.sampled_from(["+15551234567", "+442079460958", "(555) 123-4567"])
)
schemathesis.openapi.format(
    "time-zone", st.sampled_from(["America/New_York", "Europe/Berlin", "UTC", "Asia/Kolkata"])
)

schemathesis.openapi.format(
    "webhook-url", st.sampled_from(["https://hooks.example.com/a", "https://example.com:8443/?b=c"])
)
schemathesis.openapi.format(
    "import-target",
    st.sampled_from(["contact.first_name", "variable.plan", "variable.membership_level"]),
)
schemathesis.openapi.format(
    "variable-names",
    st.lists(NAMES, min_size=1, max_size=5).map(",".join),
)
schemathesis.openapi.format(
    "entity-tags", st.sampled_from(["*", '"9f2c41d07a55e8b3.4a1c0d9be2f75386"', 'W/"a", "b,c"'])
)
# The one that every list takes, whatever its places are, but those of suggestions and definitions.
schemathesis.openapi.format("cursor", st.just("MTo3"))
schemathesis.openapi.format(
    "suggestion-cursor", st.just(encode_cursor(f"SUGGESTION#{1:015}#{1:020x}", Listed.SUGGESTIONS))
)
schemathesis.openapi.format(
    "definition-cursor", st.just(encode_cursor("contact#a", Listed.DEFINITIONS))
)


FAULT_OF_WHAT_IS_STORED = re.compile(rf"it is no ({'|'.join(VariableType)}): .*", re.DOTALL)
"""The detail of a fault of the native API that the type of a variable is the reason for."""

FAULT_OF_AN_OPERATION = re.compile(r"it is named twice|it is required|\w+ has no (by|value)")
"""The same for what no schema tells: the members that a kind of operation has, and a name once."""


FAULT_OF_A_DEFINITION = re.compile(
    r"only an? \w+ has it|it cannot be changed|a \w+ has no options|one is given twice|it must .*"
    r"|it is required"
    r"|there is no option with this id|an option is given twice|one option is not archived"
    r"|a body has either options or option_details|'.*' was the label of '.*'",
    re.DOTALL,
)
"""The same for the members that only some types have, and for those that do not change."""

FAULT_OF_A_DECLARATION = re.compile(
    r"the name must be letters.*|it must be the name of a variable.*"
    r"|'.*' is (reserved by voice platforms|declared twice)"
    r"|it declares no variable '.*'",
    re.DOTALL,
)
"""The same for the variables of an agent: a name can come from `from`."""


def _is_of_a_definition(path: str, fault: dict[str, str]) -> bool:
    if not path.startswith("/v1/definitions"):
        return False
    # A default must be of the type, and few objects are JSON Schemas.
    pointer = fault.get("pointer", "")
    is_of_member = pointer == "/default" or pointer.startswith("/json_schema")
    return is_of_member or FAULT_OF_A_DEFINITION.fullmatch(fault["detail"]) is not None


def _is_of_what_is_stored(fault: dict[str, str]) -> bool:
    return fault["code"] == "undefined_variable" or (
        FAULT_OF_WHAT_IS_STORED.fullmatch(fault["detail"]) is not None
        or (
            fault.get("pointer", "").startswith("/operations/")
            and FAULT_OF_AN_OPERATION.fullmatch(fault["detail"]) is not None
        )
        or (
            fault.get("pointer", "").startswith(("/variables/", "/first_message"))
            and FAULT_OF_A_DECLARATION.fullmatch(fault["detail"]) is not None
        )
        # A schema does not know the time.
        or (fault.get("pointer"), fault["detail"]) == ("/expires_at", "it has passed")
    )


@schemathesis.hook
def filter_body(ctx, body) -> bool:
    """Skip bodies that API Gateway rejects with its own response, before a function runs."""
    return len(json.dumps(body, default=str)) <= MAX_BODY_BYTES


def _is_worded_by(row: ErrorResponse, message: str) -> bool:
    pattern = re.sub(r"\\\{\w+\\\}", ".*", re.escape(row.message))
    return re.fullmatch(pattern, message, re.DOTALL) is not None


@schemathesis.check
def refused_for_what_is_stored(ctx, response, case) -> None:
    """Check that a request that matches the document fails only because of stored data."""
    if case.meta is None or not case.meta.generation.mode.is_positive:
        return
    if response.status_code not in (400, 412, 422):
        return
    dialect = apis()[os.environ[DIALECT]].dialect
    document = response.json()
    message = document["message"] if "message" in document else document["detail"]
    stored = [dialect.error_responses[error] for error in OF_WHAT_IS_STORED]
    if any(_is_worded_by(row, message) for row in stored if row.status == response.status_code):
        return
    faults_of_native = document.get("errors", ())
    path = case.operation.path
    if faults_of_native and all(
        _is_of_what_is_stored(each) or _is_of_a_definition(path, each) for each in faults_of_native
    ):
        return
    faults = FAULTS_OF_FORM.get(case.operation.path, [])
    expected = [dialect.error_response(fault).document for fault in faults]
    told = [each.get("message") or each["detail"] for each in expected]
    assert message.startswith((*told,)), f"refused for its form: {document}"
