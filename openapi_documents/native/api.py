"""Describe the native API."""

from openapi_documents.description import Api
from openapi_documents.native import (
    activity,
    agents,
    contacts,
    conversations,
    definitions,
    hooks,
    imports,
    keys,
    merges,
    resolving,
    suggestions,
    variables,
    webhooks,
)
from openapi_documents.native.conventions import Problem
from shared.dialects.native.dialect import MAX_BODY_BYTES, NATIVE

DESCRIPTION = """\
The API of Contact Context itself, made for AI agents and those who build them.

Send the key as `Authorization: Bearer` or as `X-API-Key`.

Errors are problem documents (RFC 9457). They list all faults of a request.
Their `type` links to [the explanation of the code](/docs/errors).
Lists are paged: send the `next_cursor` of a page as `cursor` to get the next page.
Times are in UTC. Unknown members of a body are an error.

A request that fails with a status below 500 changes nothing.
"""

API = Api(
    dialect=NATIVE,
    title="Contact Context native API",
    description=DESCRIPTION,
    security={
        "nativeBearer": {"type": "http", "scheme": "bearer", "description": "The API key"},
        "nativeHeader": {"type": "apiKey", "in": "header", "name": "X-API-Key"},
    },
    error_response=Problem,
    coded=("code",),
    max_body_bytes=MAX_BODY_BYTES,
    groups=(
        contacts.GROUP,
        merges.GROUP,
        variables.GROUP,
        suggestions.GROUP,
        activity.GROUP,
        webhooks.GROUP,
        imports.GROUP,
        keys.GROUP,
        conversations.GROUP,
        conversations.TAGS,
        agents.GROUP,
        resolving.GROUP,
        hooks.GROUP,
        definitions.GROUP,
    ),
)
