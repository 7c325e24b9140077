"""What schemathesis is told of this service: formats that it does not know, and one check more.

Loaded by schemathesis itself, as schemathesis.toml names it.
"""

import os
import re
import unicodedata

import schemathesis
from hypothesis import strategies as st

from openapi_documents.making import apis
from shared.domain import errors
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
    errors.TooManyImports,
    errors.TooManyWebhooks,
    errors.WebhookForbidden,
    errors.WebhookInactive,
    errors.DeliveryNotRepeatable,
)
"""The errors that a request can meet whatever its form."""

FAULTS_OF_FORM = {
    # Only a definition of type select needs options, and one that has them keeps them.
    "/api/v1/context-variables/{variable_id}/update": [errors.MissingField("select_options")],
    # A phone number is changed under an id that it has on this contact.
    "/api/v1/contacts/{contact_id}/update": [errors.InvalidField("phone_numbers", "the contact")],
    # No schema tells which parameters need one another.
    "/api/public/contacts": [
        errors.MissingField("days"),
        errors.MissingField("custom_field_key"),
        errors.MissingField("custom_field_value"),
    ],
    "/api/public/contacts/search": [errors.MissingField("phone or email")],
}
"""The messages of faults of form that a request of a path can meet though it fits its schema."""

schemathesis.openapi.format(
    "variable-name",
    st.text(st.characters(categories=["L", "N"], include_characters="_"), min_size=1, max_size=20)
    .map(lambda name: unicodedata.normalize("NFC", name))
    .filter(is_variable_name),
)
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
# The one that every list takes, whatever its places are.
schemathesis.openapi.format("cursor", st.just("MTo3"))


def _is_worded_by(row: ErrorResponse, message: str) -> bool:
    pattern = re.sub(r"\\\{\w+\\\}", ".*", re.escape(row.message))
    return re.fullmatch(pattern, message, re.DOTALL) is not None


@schemathesis.check
def refused_for_what_is_stored(ctx, response, case) -> None:
    """A request that fits the document is refused only for what is stored."""
    if case.meta is None or not case.meta.generation.mode.is_positive:
        return
    if response.status_code != 400:
        return
    dialect = apis()[os.environ[DIALECT]].dialect
    document = response.json()
    message = document["message"] if "message" in document else document["detail"]
    stored = [dialect.error_responses[error] for error in OF_WHAT_IS_STORED]
    if any(_is_worded_by(row, message) for row in stored if row.status == 400):
        return
    faults = FAULTS_OF_FORM.get(case.operation.path, [])
    told = [dialect.error_response(fault).document["message"] for fault in faults]
    assert message.startswith((*told,)), f"refused for its form: {document}"
