"""Least privilege, both ways: every function uses all that its policy allows, and no more.

That it uses no more is held by every call of `tests.api`.
"""

import pytest

from tests.api import TEMPLATE, Api, template
from tests.permissions import Recorder, allowed_actions
from tests.world import World

NEW = {"variables": {"a_new_one": 1}, "auto_create_variables": True}
DEFINITION = {
    "name": "tier",
    "display_name": "Tier",
    "variable_type": "text",
    "context_type": "contact",
}

# Calls that together do all that a function can do, with a key that has a limit.
CALLS = {
    "KlenSetContactContext": [
        ("POST", "/api/v1/contacts/123/context", {"variables": {"membership_level": "Gold"}}),
        ("POST", "/api/v1/contacts/123/context", NEW),
    ],
    "KlenSetBusinessContext": [("POST", "/api/v1/business/context", NEW)],
    "KlenListDefinitions": [("GET", "/api/v1/context-variables", None)],
    "KlenCreateDefinition": [("POST", "/api/v1/context-variables/create", DEFINITION)],
    "KlenUpdateDefinition": [
        ("PATCH", "/api/v1/context-variables/2/update", {"display_name": "Level"})
    ],
    "KlenDeleteDefinition": [("DELETE", "/api/v1/context-variables/2/delete", None)],
    "KlenListContacts": [("GET", "/api/v1/contacts", None)],
    "KlenGetContact": [("GET", "/api/v1/contacts/123", None)],
    "KlenCreateContact": [
        ("POST", "/api/v1/contacts/create", {"first_name": "Jo", "custom_context": {"a": 1}})
    ],
    "KlenUpdateContact": [
        (
            "PATCH",
            "/api/v1/contacts/123/update",
            {"email": "new@example.com", "custom_context": {"a": 1}},
        )
    ],
    "SetterSendMessage": [
        (
            "POST",
            "/api/v1/bot-integrations/456/messages/send",
            {"phoneNumber": "1234567890", "metadata": {"a": 1}},
        ),
        (
            "POST",
            "/api/v1/bot-integrations/456/messages/send",
            {"phoneNumber": "12125550100", "email": "new@example.com"},
        ),
    ],
    "SetterUpdateContact": [
        (
            "PUT",
            "/api/v1/contacts",
            {"waId": "old", "email": "new@example.com", "metadata": {"a": 1}},
        )
    ],
    "DocsGetDocument": [("GET", "/openapi.json", None), ("GET", "/openapi/klen.json", None)],
    "DocsGetPage": [("GET", "/docs", None), ("GET", "/docs/swagger-ui.css", None)],
}


def test_every_function_has_calls():
    assert CALLS.keys() == template().functions.keys()


@pytest.mark.parametrize("logical_id", CALLS)
def test_a_function_uses_all_that_its_policy_allows(logical_id: str, api: Api, world: World):
    world.contact(123_456, email="old@example.com", wa_id="old", sms_phone_number="12125550100")
    world.key("klen_limited", permissions=("*",), requests_per_minute=100)
    with Recorder() as recorder:
        for method, path, document in CALLS[logical_id]:
            found = path.replace("/123/update", "/123456/update")
            assert Api("klen_limited").call(method, found, document).status in (200, 201)
    assert recorder.actions == allowed_actions(TEMPLATE.read_text(), logical_id)
