"""Least privilege, both ways: every function uses all that its policy allows, and no more.

That it uses no more is held by every call of `tests.api`.
"""

from urllib.parse import parse_qsl, urlencode

import pytest

from shared.domain.model import Conversation, PhoneNumber, Tag
from tests.api import TEMPLATE, Api, template
from tests.permissions import Recorder, allowed_actions
from tests.world import World

LARGE = {"a_new_one": "x" * 9000}
AUTO = {"auto_create_variables": True}
NEW = {"variables": {"a_new_one": None, "another": 1}, **AUTO}
DEFINITION = {
    "name": "tier",
    "display_name": "Tier",
    "variable_type": "text",
    "context_type": "contact",
}

A_UUID = "df980fc8-b6db-4820-bf22-000000000123"
CHANNEL = "/api/public/channels/whatsapp/+15550100"
UPSERT = {"channel": "whatsapp", "contact_email": "new@example.com", "meta_data": {"a_new_one": 1}}
BY_FIELD = {
    "created_after": "2020-01-01",
    "custom_field_key": "membership_level",
    "custom_field_value": "Gold",
}

# Calls that together do all that a function can do, with a key that has a limit.
CALLS = {
    "KlenSetContactContext": [
        ("POST", "/api/v1/contacts/123/context", {"variables": {"membership_level": "Gold"}}),
        ("POST", "/api/v1/contacts/123/context", {"variables": LARGE, **AUTO}),
        ("POST", "/api/v1/contacts/123/context", NEW),
    ],
    "KlenSetBusinessContext": [
        ("POST", "/api/v1/business/context", {"variables": LARGE, **AUTO}),
        ("POST", "/api/v1/business/context", NEW),
    ],
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
    "VambeUpdateMetadata": [
        ("POST", f"/api/public/contact/{A_UUID}/update-metadata", {"membershipLevel": "Gold"}),
        ("POST", f"/api/public/contact/{A_UUID}/update-metadata", {"a_new_one": 1}),
        ("POST", f"/api/public/contact/{A_UUID}/update-metadata", LARGE),
        ("POST", f"/api/public/contact/{A_UUID}/update-metadata", {"a_new_one": "small"}),
    ],
    "VambeGetContactInfo": [("GET", f"/api/public/contact/{A_UUID}/info", None)],
    "VambeAddWebchatMetadata": [
        (
            "POST",
            "/api/public/webchat/contact/add-metadata",
            {"externalUserId": "user-1", "metadata": metadata},
        )
        for metadata in ({"a_new_one": 1}, LARGE, {"a_new_one": "small"})
    ],
    "VambeReplaceContactTags": [
        ("PATCH", f"/api/public/contact/tags/{A_UUID}", {"tagsIds": [1, 5]})
    ],
    "VambeListTags": [("GET", "/api/public/tags", None)],
    "VambeCreateTags": [("POST", f"{CHANNEL}/tags", {"tags": ["VIP", "a new one"]})],
    "VambeListContacts": [
        (
            "GET",
            f"/api/public/contacts?{urlencode(BY_FIELD)}",
            None,
        )
    ],
    "VambeSearchContacts": [("GET", "/api/public/contacts/search?phone=5550100", None)],
    "VambeUpsertCustomerInfo": [
        ("POST", "/api/public/customer/upsert/info", {**UPSERT, "contact_phone_number": number})
        for number in ("+15550100", "+15550199")
    ],
    "VambeUpdateTicketMetadata": [
        ("POST", "/api/public/ticket/metadata", {"ai_contact_id": A_UUID, "metadata": metadata})
        for metadata in ({"a_new_one": 1}, LARGE, {"a_new_one": "small"})
    ],
    "VambeListContactConversations": [("GET", f"/api/public/contact/{A_UUID}/conversations", None)],
    "DocsGetDocument": [("GET", "/openapi.json", None), ("GET", "/openapi/klen.json", None)],
    "DocsGetPage": [("GET", "/docs", None), ("GET", "/docs/swagger-ui.css", None)],
}


def test_every_function_has_calls():
    assert CALLS.keys() == template().functions.keys()


@pytest.mark.parametrize("logical_id", CALLS)
def test_a_function_uses_all_that_its_policy_allows(logical_id: str, api: Api, world: World):
    world.contact(
        123_456,
        email="old@example.com",
        wa_id="old",
        sms_phone_number="12125550100",
        webchat_user_id="user-1",
        phone_numbers=(PhoneNumber(1, "+15550100"),),
    )
    world.contacts.add_conversation("acme", Conversation("conv_1", 123))
    for tag in (Tag(1, "VIP"), Tag(5, "Newsletter")):
        world.tags.add("acme", tag)
    world.key("klen_limited", permissions=("*",), requests_per_minute=100)
    with Recorder() as recorder:
        for method, path, document in CALLS[logical_id]:
            found, _, query = path.replace("/123/update", "/123456/update").partition("?")
            answer = Api("klen_limited").call(method, found, document, query=dict(parse_qsl(query)))
            assert answer.status in (200, 201)
    assert recorder.actions == allowed_actions(TEMPLATE.read_text(), logical_id)
