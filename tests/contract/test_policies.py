"""Least privilege, both ways: every function uses all that its policy allows, and no more.

That it uses no more, and writes nothing else, is held by every call of `tests.api`.
"""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qsl, urlencode

import pytest

from shared.domain.accounts import KEY_PERMISSIONS, Attribution
from shared.domain.calls import VariableState
from shared.domain.changes import EventReference, VariableChange
from shared.domain.contacts import (
    Conversation,
    Identifier,
    IdentifierKind,
    PhoneNumber,
)
from shared.domain.definitions import ContextType, VariableType
from shared.domain.deliveries import (
    Delivery,
    DeliveryStatus,
    delivery_id,
)
from shared.domain.imports import ImportStatus, SourceFile
from shared.domain.sources import DEFAULT_PRECEDENCE, Source
from shared.domain.tags import Tag
from shared.domain.values import BUSINESS, Assignment, Evidence, Subject
from shared.services.accounts.access import hash_api_key
from shared.services.variables.assignments import make_assignment
from shared.table import keys
from tests.api import TEMPLATE, Answer, Api, is_told_in_band, template
from tests.fixtures import HOOK_TOKEN, LONG_AGO, NEVER, Fixtures
from tests.legacy_parts import set_in_legacy_parts
from tests.permissions import Recorder, allowed_actions, is_permitted

KEY_WITH_LIMIT = "klen_limited"
MANAGED_KEY = "a_key_that_another_manages"
MANAGED_KEY_ID = hash_api_key(MANAGED_KEY)[:12]
EVERYTHING = ("*", *sorted(KEY_PERMISSIONS))
"""All permissions: `*` does not include those to manage keys."""

LARGE = {"a_new_one": "x" * 9000}
AUTO = {"auto_create_variables": True}
NEW = {"variables": {"a_new_one": None, "another": 1}, **AUTO}
DEFINITION = {
    "name": "tier",
    "display_name": "Tier",
    "variable_type": "text",
    "context_type": "contact",
}

A_DATE = {"last_payment_date": "1/2/2024"}
"""A date whose meaning depends on the locale of the account."""

A_CLEAR_DATE = {"last_payment_date": "31/12/2023"}
"""A date with the same meaning in every locale."""

A_UUID = "df980fc8-b6db-4820-bf22-000000000123"
CHANNEL = "/api/public/channels/whatsapp/+15550100"
UPSERT = {"channel": "whatsapp", "contact_email": "new@example.com", "meta_data": {"a_new_one": 1}}
BY_FIELD = {
    "created_after": "2020-01-01",
    "custom_field_key": "membership_level",
    "custom_field_value": "Gold",
}
CHATBOT = "/v1/chatbots/bot_1"
JOHN = "external7"
OF_JOHN = {"contactId": JOHN}
GLOBAL_VARIABLE = {
    "category": "custom",
    "label": "Tier",
    "type": "string",
    "name": "tier",
    "subCategory": 1,
}
WEBHOOK = {"url": "https://example.com/hooks", "topics": ["*"]}
DELIVERY = delivery_id(LONG_AGO, "evt_1")
VAMBE_WEBHOOK = {"url": "https://example.com/hooks", "topic": "contact.created", "secret": "a"}
SMALL_AND_LARGE = ("Gold", "x" * 9000, "Silver")
"""A large value has parts of its own. Legacy parts, which are stored before the first call, are
removed when another value takes its place."""

SHORT_STORY = {"story": "short"}
"""Takes the place of a value in legacy parts."""

CHANGING = ("NativeSet", "NativeDelete", "NativeUpdate", "NativeApply", "NativeUpsert")
"""Prefixes of the names of functions that change variables."""

OF_CONVERSATIONS = (
    "NativeDeleteContact",
    "NativeGetConversation",
    "NativeDeleteConversation",
    "NativeListConversationVariables",
    "NativeUpdateConversationVariables",
)
"""The functions of the native API whose calls need a contact with a conversation."""

REVIEWED = "reviewed"
"""A variable whose value a person has set, which the keys of these tests may not replace."""

OF_SUBJECTS = (
    ("Contact", "/v1/contacts/contact_123/variables", "story"),
    ("Business", "/v1/business/variables", "motto"),
)
"""The subjects of the native API with the path of their variables and a variable."""

AGENT = {"name": "Reception", "variables": [{"from": "story"}, {"from": "business.motto"}]}
OF_PURPOSE = {"variables": {"purpose": "prompt"}}
OF_AGENT = {"agent": "agent_1", "call_id": "CA1"}

# Calls that together do all that a function can do, with a key that has a limit.
CALLS = {
    "KlenSetContactContext": [
        ("POST", "/api/v1/contacts/123/context", {"variables": {"membership_level": "Gold"}}),
        ("POST", "/api/v1/contacts/123/context", {"variables": LARGE, **AUTO}),
        ("POST", "/api/v1/contacts/123/context", NEW),
        ("POST", "/api/v1/contacts/123/context", {"variables": SHORT_STORY}),
    ],
    "KlenSetBusinessContext": [
        ("POST", "/api/v1/business/context", {"variables": LARGE, **AUTO}),
        ("POST", "/api/v1/business/context", NEW),
        ("POST", "/api/v1/business/context", {"variables": {"motto": "short"}}),
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
        ("POST", "/api/v1/contacts/create", {"first_name": "Jo", "custom_context": {"a": 1}}),
        ("POST", "/api/v1/contacts/create", {"first_name": "Jo", "custom_context": LARGE}),
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
    "ChatcaptainListContactVariables": [("GET", f"{CHATBOT}/contacts/variables/{JOHN}", None)],
    "ChatcaptainDeleteContactVariables": [("DELETE", f"{CHATBOT}/contacts/variables/{JOHN}", None)],
    "ChatcaptainGetContactVariable": [
        ("GET", f"{CHATBOT}/contacts/variables/{JOHN}/<notes>", None),
    ],
    "ChatcaptainSetContactVariable": [
        *(
            ("PUT", f"{CHATBOT}/contacts/variables/<notes>", {"value": value, **OF_JOHN})
            for value in SMALL_AND_LARGE
        ),
        # On a page that the contact does not have.
        (
            "PUT",
            f"{CHATBOT}/contacts/variables/<far>",
            {"value": "x", "contactId": "external123456"},
        ),
    ],
    "ChatcaptainListVariables": [("GET", f"{CHATBOT}/variables", None)],
    "ChatcaptainCreateVariable": [("POST", f"{CHATBOT}/variables", GLOBAL_VARIABLE)],
    "ChatcaptainUpdateVariable": [
        ("PATCH", f"{CHATBOT}/variables/<notes>", {"name": "level"}),
    ],
    "ChatcaptainDeleteVariable": [("DELETE", f"{CHATBOT}/variables/<notes>", None)],
    "ChatcaptainListConversationVariables": [
        ("GET", f"{CHATBOT}/conversations/conv_7/variables", None)
    ],
    "ChatcaptainDeleteConversationVariables": [
        ("DELETE", f"{CHATBOT}/conversations/conv_7/variables", None)
    ],
    "ChatcaptainGetConversationVariable": [
        ("GET", f"{CHATBOT}/conversations/conv_7/variables/<topic>", None)
    ],
    "ChatcaptainSetConversationVariable": [
        *(
            ("PUT", f"{CHATBOT}/conversations/conv_7/variables/<topic>", {"value": value})
            for value in SMALL_AND_LARGE
        ),
        ("PUT", f"{CHATBOT}/conversations/conv_8/variables/<topic>", {"value": "first"}),
    ],
    "ChatcaptainCreateContact": [("POST", f"{CHATBOT}/contacts", {"language": "EN"})],
    "ChatcaptainGetContact": [("GET", f"{CHATBOT}/contacts/{JOHN}", None)],
    "ChatcaptainUpdateContact": [
        (
            "PATCH",
            f"{CHATBOT}/contacts/external123456",
            {"contact": {"email": "new@example.com", "variables": {"a": value}}},
        )
        for value in SMALL_AND_LARGE
    ],
    "ChatcaptainDeleteContact": [
        ("DELETE", f"{CHATBOT}/contacts/{JOHN}", None),
    ],
    "ChatcaptainListContacts": [("GET", f"{CHATBOT}/contacts", None)],
    "ChatcaptainSearchContacts": [
        ("GET", f"{CHATBOT}/contacts/search?query=a&page=1&pageSize=9&hiddenHits={JOHN}", None)
    ],
    "ChatcaptainListPublicApps": [("GET", "/v1/public-apps", None)],
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
        ("POST", f"/api/public/contact/{A_UUID}/update-metadata", A_DATE),
        ("POST", f"/api/public/contact/{A_UUID}/update-metadata", SHORT_STORY),
    ],
    "VambeGetContactInfo": [("GET", f"/api/public/contact/{A_UUID}/info", None)],
    "VambeAddWebchatMetadata": [
        (
            "POST",
            "/api/public/webchat/contact/add-metadata",
            {"externalUserId": "user-1", "metadata": metadata},
        )
        for metadata in ({"a_new_one": 1}, LARGE, {"a_new_one": "small"}, A_DATE, SHORT_STORY)
    ],
    "VambeReplaceContactTags": [
        ("PATCH", f"/api/public/contact/tags/{A_UUID}", {"tagsIds": [1, 5]})
    ],
    "VambeListTags": [("GET", "/api/public/tags", None)],
    "VambeCreateTags": [("POST", f"{CHANNEL}/tags", {"tags": ["VIP", "a new one"]})],
    "VambeListContacts": [
        ("GET", f"/api/public/contacts?{urlencode({**BY_FIELD, 'custom_field_key': key})}", None)
        for key in ("membership_level", "story")
    ],
    "VambeSearchContacts": [("GET", "/api/public/contacts/search?phone=5550100", None)],
    "VambeUpsertCustomerInfo": [
        (
            "POST",
            "/api/public/customer/upsert/info",
            {**UPSERT, "contact_phone_number": number, "meta_data": fields},
        )
        for number, fields in (("+15550100", {"a_new_one": 1}), ("+15550199", A_DATE))
    ],
    "VambeUpdateTicketMetadata": [
        ("POST", "/api/public/ticket/metadata", {"ticket_id": "conv_1", "metadata": {"b": 1}}),
        *(
            ("POST", "/api/public/ticket/metadata", {"ai_contact_id": A_UUID, "metadata": metadata})
            for metadata in ({"a_new_one": 1}, LARGE, {"a_new_one": "small"}, SHORT_STORY)
        ),
    ],
    "VambeListContactConversations": [("GET", f"/api/public/contact/{A_UUID}/conversations", None)],
    "VambeCreateWebhook": [("POST", "/api/webhooks", VAMBE_WEBHOOK)],
    "VambeListWebhooks": [("GET", "/api/webhooks", None)],
    "VambeListWebhookTopics": [("GET", "/api/webhooks/topics", None)],
    "VambeGetWebhook": [("GET", "/api/webhooks/wh_vambe", None)],
    "VambeUpdateWebhook": [("PUT", "/api/webhooks/wh_vambe", {"active": False})],
    "VambeDeleteWebhook": [("DELETE", "/api/webhooks/wh_vambe", None)],
    "VambeListContactMessages": [("GET", f"/api/public/contact/{A_UUID}/messages", None)],
    "NativeGetContact": [("GET", "/v1/contacts/contact_123", None)],
    "NativeListContacts": [("GET", "/v1/contacts", None), ("GET", "/v1/contacts?tag=VIP", None)],
    "NativeCreateContact": [
        ("POST", "/v1/contacts?mode=auto_create", {"first_name": "Jo", "variables": variables})
        for variables in ({"a_new_one": 1}, {"a_story": "x" * 9000}, A_CLEAR_DATE)
    ],
    "NativeLookupContact": [
        ("POST", "/v1/contacts/lookup", {"identifiers": {"email": "old@example.com"}})
    ],
    "NativeUpsertContact": [
        *(
            (
                "POST",
                "/v1/contacts/upsert?mode=auto_create",
                {"identifiers": {"external_id": f"external{number}"}, **change},
            )
            for number, change in (
                (
                    123_456,
                    {"contact": {"email": "new@example.com"}, "variables": {"a_new_one": "a"}},
                ),
                (123_456, {"variables": LARGE}),
                (123_456, {"variables": {"a_new_one": "small"}}),
                (123_456, {"variables": A_CLEAR_DATE}),
                (8, {"variables": {"another_new_one": "a"}}),
                (123, {"variables": {REVIEWED: "Pro"}}),
            )
        ),
        ("POST", "/v1/contacts/upsert", {"identifiers": {"email": "jane@example.com"}}),
    ],
    "NativeUpsertContacts": [
        (
            "POST",
            "/v1/contacts/batch?mode=auto_create",
            {"items": [{"identifiers": {"external_id": f"external{number}"}, **change}]},
        )
        for number, change in (
            (
                123_456,
                {"contact": {"email": "new@example.com"}, "variables": {"a_new_one": "a"}},
            ),
            (123_456, {"variables": LARGE}),
            (123_456, {"variables": {"a_new_one": "small"}}),
            (123_456, {"variables": A_CLEAR_DATE}),
            (8, {"variables": {"another_new_one": "a"}}),
        )
    ],
    "NativeListTags": [("GET", "/v1/tags", None)],
    "NativeAddContactTag": [
        ("PUT", f"/v1/contacts/contact_123/tags/{tag}", None) for tag in ("new", "Refund")
    ],
    "NativeRemoveContactTag": [("DELETE", "/v1/contacts/contact_8/tags/VIP", None)],
    "NativeListContactConversations": [("GET", "/v1/contacts/contact_123/conversations", None)],
    "NativeCreateConversation": [("POST", "/v1/conversations", {"contact_id": "contact_123"})],
    "NativeGetConversation": [("GET", "/v1/conversations/conv_7", None)],
    "NativeDeleteConversation": [("DELETE", "/v1/conversations/conv_7", None)],
    "NativeListConversationVariables": [("GET", "/v1/conversations/conv_7/variables", None)],
    "NativeUpdateConversationVariables": [
        ("PATCH", "/v1/conversations/conv_7/variables", {"topic": value})
        for value in SMALL_AND_LARGE
    ],
    "NativeUpdateContact": [
        ("PATCH", "/v1/contacts/contact_123456", {"email": "new@example.com"}),
    ],
    "NativeDeleteContact": [("DELETE", "/v1/contacts/contact_7", None)],
    "NativeMergeContacts": [
        ("POST", "/v1/contacts/contact_8/merge", {"from": "contact_123"}),
    ],
    "NativeListContactVariables": [("GET", "/v1/contacts/contact_123/variables", None)],
    "NativeGetContactVariable": [("GET", "/v1/contacts/contact_123/variables/story", None)],
    **{
        f"NativeSet{subject}Variable": [
            *(("PUT", f"{path}/{name}", {"value": value}) for value in SMALL_AND_LARGE),
            *(("PUT", f"{path}/{REVIEWED}", {"value": value}) for value in ("Pro", "Gold")),
        ]
        for subject, path, name in OF_SUBJECTS
    },
    **{
        f"NativeDelete{subject}Variable": [
            ("DELETE", f"{path}/{name}", None),
            ("DELETE", f"{path}/{REVIEWED}", None),
        ]
        for subject, path, name in OF_SUBJECTS
    },
    **{
        f"NativeUpdate{subject}Variables": [
            *(("PATCH", path, {name: value}) for value in SMALL_AND_LARGE),
            ("PATCH", path, {REVIEWED: "Pro"}),
        ]
        for subject, path, name in OF_SUBJECTS
    },
    **{
        f"NativeApply{subject}Operations": [
            (
                "POST",
                f"{path}/operations",
                {"operations": [{"op": op, "variable": each, "value": value}]},
            )
            for op, each, value in (
                ("append", name, "more"),
                ("remove", name, "x" * 9000),
                ("append", REVIEWED, "more"),
            )
        ]
        for subject, path, name in OF_SUBJECTS
    },
    "NativeListBusinessVariables": [
        ("GET", "/v1/business/variables?include=unset", None),
        ("GET", "/v1/business/variables", None),
    ],
    "NativeGetBusinessVariable": [("GET", "/v1/business/variables/motto", None)],
    "NativeListSuggestions": [
        ("GET", "/v1/suggestions", None),
        ("GET", "/v1/suggestions?contact_id=contact_123", None),
    ],
    "NativeAcceptSuggestion": [("POST", "/v1/suggestions/<suggestion>/accept", None)],
    "NativeRejectSuggestion": [("POST", "/v1/suggestions/<suggestion>/reject", None)],
    "NativeListContactActivity": [("GET", "/v1/contacts/contact_123/activity", None)],
    "NativeCreateWebhook": [("POST", "/v1/webhooks", WEBHOOK)],
    "NativeListWebhooks": [("GET", "/v1/webhooks", None)],
    "NativeGetWebhook": [("GET", "/v1/webhooks/wh_1", None)],
    "NativeUpdateWebhook": [("PATCH", "/v1/webhooks/wh_1", {"description": "x"})],
    "NativeDeleteWebhook": [("DELETE", "/v1/webhooks/wh_1", None)],
    "NativeRotateWebhookSecret": [("POST", "/v1/webhooks/wh_1/rotate-secret", None)],
    "NativeTestWebhook": [("POST", "/v1/webhooks/wh_1/test", None)],
    "NativeRedeliverWebhook": [
        ("POST", "/v1/webhooks/wh_1/redeliver", {"since": "2024-01-01T00:00:00Z"})
    ],
    "NativeRedeliverWebhookDelivery": [
        ("POST", f"/v1/webhooks/wh_1/deliveries/{DELIVERY}/redeliver", None)
    ],
    "NativeCreateImport": [
        ("POST", "/v1/imports", {"format": "csv", "identifier": {"kind": "email"}})
    ],
    "NativeListImports": [("GET", "/v1/imports", None)],
    "NativeGetImport": [("GET", "/v1/imports/imp_1", None)],
    "NativeGetImportErrors": [("GET", "/v1/imports/imp_2/errors", None)],
    "NativeGetImportTemplate": [("GET", "/v1/imports/template", None)],
    "NativeCancelImport": [
        ("POST", "/v1/imports/imp_1/cancel", None),
        ("POST", "/v1/imports/imp_3/cancel", None),
    ],
    "NativeListWebhookDeliveries": [("GET", "/v1/webhooks/wh_1/deliveries", None)],
    "NativeCreateKey": [("POST", "/v1/keys", {"permissions": ["contacts:read"]})],
    "NativeListKeys": [("GET", "/v1/keys", None)],
    "NativeGetKey": [("GET", f"/v1/keys/{MANAGED_KEY_ID}", None)],
    "NativeRotateKey": [("POST", f"/v1/keys/{MANAGED_KEY_ID}/rotate", {"overlap_hours": 24})],
    "NativeRevokeKey": [("DELETE", f"/v1/keys/{MANAGED_KEY_ID}", None)],
    "NativeGetAccount": [("GET", "/v1/account", None)],
    "NativeCreateAgent": [
        ("POST", "/v1/agents", AGENT),
        ("POST", "/v1/agents", {**AGENT, **OF_PURPOSE}),
    ],
    "NativeListAgents": [("GET", "/v1/agents", None)],
    "NativeGetAgent": [("GET", "/v1/agents/agent_1", None)],
    "NativeUpdateAgent": [
        ("PATCH", "/v1/agents/agent_1", {"voice": "v_1"}),
        ("PATCH", "/v1/agents/agent_1", OF_PURPOSE),
    ],
    "NativeDeleteAgent": [("DELETE", "/v1/agents/agent_2", None)],
    "NativeCreateHook": [("POST", "/v1/hooks", {"agent": "agent_1", "platform": "flat"})],
    "NativeListHooks": [("GET", "/v1/hooks", None)],
    "NativeGetHook": [("GET", "/v1/hooks/hook_1", None)],
    "NativeRotateHook": [("POST", "/v1/hooks/hook_1/rotate", None)],
    "NativeTestHook": [("POST", "/v1/hooks/hook_1/test", {"contact": {"phone": "+15550100"}})],
    "NativeDeleteHook": [("DELETE", "/v1/hooks/hook_1", None)],
    "HooksAnswerCall": [
        ("POST", f"/h/{HOOK_TOKEN}", {"call_inbound": {"from_number": "+15550100"}}),
        (
            "POST",
            f"/h/{HOOK_TOKEN}",
            {"call_inbound": {"from_number": "+15550177", "call_id": "CA2"}},
        ),
        (
            "POST",
            f"/h/{HOOK_TOKEN}",
            {
                "name": "set_variables",
                "args": {"variables": {"story": "Rome"}},
                "call": {"call_id": "CA3", "from_number": "+15550100"},
            },
        ),
    ],
    "NativeResolveVariables": [
        ("POST", "/v1/resolve", {**OF_AGENT, "contact": {"id": "contact_123"}}),
        ("POST", "/v1/resolve", {**OF_AGENT, "contact": {"phone": "+15550177"}}),
    ],
    "NativeGetResolution": [("GET", "/v1/resolve?agent=agent_1&id=contact_123", None)],
    "NativeResolveBatch": [
        (
            "POST",
            "/v1/resolve/batch",
            {"agent": "agent_1", "contacts": [{"id": "contact_123"}, {"phone": "+15550100"}]},
        )
    ],
    "NativeGetCall": [("GET", "/v1/calls/call_1", None)],
    "NativeRaiseAssurance": [
        ("POST", "/v1/calls/call_1/assurance", {"assurance": "otp"}),
        ("POST", "/v1/calls/call_2/assurance", {"assurance": "otp"}),
    ],
    "NativeExplainCall": [("GET", "/v1/calls/call_1/why?variable=story", None)],
    "NativeCreateDefinition": [("POST", "/v1/definitions", {"name": "tier", "type": "text"})],
    "NativeListDefinitions": [("GET", "/v1/definitions", None)],
    "NativeListUnknownNames": [("GET", "/v1/definitions/unknown-names", None)],
    "NativeGetDefinition": [("GET", "/v1/definitions/id_of_managed?include=usage", None)],
    "NativeUpdateDefinition": [
        ("PATCH", "/v1/definitions/id_of_managed", {"description": "a"}),
        ("PATCH", "/v1/definitions/id_of_managed", {"name": "renamed"}),
    ],
    "NativeDeleteDefinition": [("DELETE", "/v1/definitions/id_of_managed", None)],
    "NativeArchiveDefinition": [("POST", "/v1/definitions/id_of_managed/archive", None)],
    "NativeRestoreDefinition": [("POST", "/v1/definitions/id_of_archived/restore", None)],
    "DocsGetDocument": [("GET", "/openapi.json", None), ("GET", "/openapi/klen.json", None)],
    "DocsGetPage": [("GET", "/docs", None), ("GET", "/docs/swagger-ui.css", None)],
}


def test_every_function_has_calls():
    answering = {route.function for route in template().routes}
    assert CALLS.keys() == answering


def chatbot_ids(fixtures: Fixtures) -> dict[str, str]:
    """The variables of a chatbot whose contact and conversation have large values, by name.

    The contact has more pages than one transaction removes.
    """
    fixtures.account("acme", chatbots=("bot_1",))
    fixtures.contact(7)
    fixtures.contacts.add_conversation("acme", Conversation("conv_7", 7))
    fixtures.contacts.add_conversation("acme", Conversation("conv_8", 7))
    topic = fixtures.definition("topic", context_type="conversation")
    notes = fixtures.definition("notes")
    set_in_legacy_parts(fixtures, Subject.contact(7), make_assignment(notes, "x" * 9000))
    spread = [Assignment(32 * page, f"v{page}", VariableType.TEXT, "x") for page in range(1, 101)]
    fixtures.variables.save(
        "acme", Subject.contact(7), spread, [], Attribution(LONG_AGO), several_transactions=True
    )
    by = Attribution(LONG_AGO, value_source=Source.IMPORT)
    subject = Subject.conversation("conv_7")
    assignment = Assignment(topic.slot, topic.name, topic.variable_type, "x" * 9000)
    set_in_legacy_parts(fixtures, subject, assignment, by)
    fixtures.definitions.allocate_slots("acme", ContextType.CONTACT, keys.VALUES_PER_PAGE)
    far = fixtures.definition("far")
    evidence = Evidence("CA1", 4, "About a bill")
    remote = Assignment(40, "remote", VariableType.TEXT, "x", evidence=evidence)
    fixtures.variables.save("acme", subject, [remote], [], by)
    return {f"<{each.name}>": each.external_id for each in (topic, notes, far)}


def failed_delivery() -> Delivery:
    """Return the delivery `DELIVERY`, whose attempts have all failed."""
    return Delivery(
        webhook_id="wh_1",
        event_id="evt_1",
        topic="contact.updated",
        occurred_at=LONG_AGO,
        created_at=LONG_AGO,
        expires_at=NEVER,
        status=DeliveryStatus.FAILED,
        event=EventReference(contact_id=123, by=Attribution(LONG_AGO)),
    )


def reviews(fixtures: Fixtures) -> dict[str, str]:
    """Values of a person on the contact and the business, and a suggestion of an agent.

    Both have two pages.
    """
    person = Attribution(LONG_AGO, value_source=Source.HUMAN)
    others = Attribution(LONG_AGO, value_source=Source.API)
    agent = Attribution(datetime.now(UTC), key_id="an-agent", value_source=Source.AI)
    for subject in (Subject.contact(123), BUSINESS):
        kind = subject.context_type
        reviewed = fixtures.definition(REVIEWED, "text", kind, precedence=DEFAULT_PRECEDENCE)
        human = replace(make_assignment(reviewed, "Gold"), precedence=())
        fixtures.variables.save("acme", subject, [human], [], person)
        far = Assignment(40, "far", VariableType.TEXT, "x")
        fixtures.variables.save("acme", subject, [far], [], others)
    tip = fixtures.definition("tip", precedence=DEFAULT_PRECEDENCE)
    contact = Subject.contact(123)
    set_in_legacy_parts(fixtures, contact, make_assignment(tip, "x" * 9000), others)
    better = replace(make_assignment(tip, "Short"), evidence=Evidence("CA1", 4, "Be short"))
    (made,) = fixtures.variables.save("acme", contact, [better], [], agent)
    return {"<suggestion>": made.suggestion_id}


def stage(logical_id: str, fixtures: Fixtures) -> list[tuple[str, str, Any]]:
    """Create what the calls of a function need, and return the calls."""
    fixtures.contact(
        123_456,
        email="old@example.com",
        wa_id="old",
        sms_phone_number="12125550100",
        webchat_user_id="user-1",
        phone_numbers=(PhoneNumber(1, "+15550100"),),
    )
    fixtures.contacts.add_conversation("acme", Conversation("conv_1", 123))
    fixtures.contact(8, tags=("VIP",))
    story = make_assignment(fixtures.definition("story"), "x" * 9000)
    for contact_id in (123, 123_456):
        set_in_legacy_parts(fixtures, Subject.contact(contact_id), story)
    motto = fixtures.definition("motto", context_type="business")
    large = Assignment(motto.slot, motto.name, motto.variable_type, "x" * 9000)
    set_in_legacy_parts(fixtures, BUSINESS, large)
    fixtures.log(1, VariableChange(0, "story", VariableType.TEXT, None, "x"))
    fixtures.agent("agent_1", "story", "business.motto", deadline_ms=10_000)
    fixtures.call("call_1", "story")
    fixtures.call("call_2", "story", 123, VariableState.WITHHELD)
    fixtures.agent("agent_2")
    fixtures.hook("hook_1")
    other = fixtures.key("klen_of_another", permissions=("*",))
    fixtures.webhook("wh_1", key=other)
    fixtures.deliveries.add("acme", failed_delivery())
    fixtures.import_job("imp_1")
    fixtures.import_job("imp_2", status=ImportStatus.COMPLETED, file=SourceFile(0, ""))
    fixtures.import_job("imp_3", status=ImportStatus.RUNNING, file=SourceFile(400, "an-etag"))
    fixtures.webhook("wh_vambe", form="vambe", key=other)
    for tag in (Tag(1, "VIP"), Tag(5, "Newsletter"), Tag(6, "Refund", "TICKET")):
        fixtures.tags.add("acme", tag)
    fixtures.key(KEY_WITH_LIMIT, permissions=EVERYTHING, requests_per_minute=100)
    fixtures.key(MANAGED_KEY, requests_per_minute=100)
    has_conversation = logical_id.startswith("Chatcaptain") or logical_id in OF_CONVERSATIONS
    ids = chatbot_ids(fixtures) if has_conversation else {}
    if "Suggestion" in logical_id or any(logical_id.startswith(each) for each in CHANGING):
        ids |= reviews(fixtures)
    if logical_id.startswith("Native") and logical_id.endswith("Definition"):
        ids["id_of_managed"] = fixtures.definition("managed").external_id
        ids["id_of_archived"] = fixtures.definition("archived", archived=True).external_id
    # Without a count of definitions, the next creation has to count them.
    fixtures.definitions.allocate_slots("acme", ContextType.CONTACT, 0)
    return [
        (method, _with_ids(path.replace("/123/update", "/123456/update"), ids), document)
        for method, path, document in CALLS[logical_id]
    ]


def send(method: str, path: str, document: Any) -> Answer:
    """Send a call with the key that has a limit."""
    found, _, query = path.partition("?")
    # The native API takes any version then, and compares it: it reads before it writes.
    headers = {"x-chatcaptain-key": KEY_WITH_LIMIT, "if-match": "*"}
    if found.startswith("/v1/keys"):
        headers["idempotency-key"] = "a-request-about-keys"
    return Api(KEY_WITH_LIMIT).call(
        method, found, document, query=dict(parse_qsl(query)), headers=headers
    )


def _with_ids(path: str, ids: dict[str, str]) -> str:
    for name, external_id in ids.items():
        path = path.replace(name, external_id)
    return path


@pytest.mark.parametrize("logical_id", CALLS)
def test_a_function_uses_all_that_its_policy_allows(
    logical_id: str, everything: Fixtures, api: Api, fixtures: Fixtures
):
    calls = stage(logical_id, fixtures)
    with Recorder() as recorder:
        for call in calls:
            answer = send(*call)
            assert answer.status in (200, 201, 202)
            assert not is_told_in_band(answer)
    assert recorder.actions == allowed_actions(TEMPLATE.read_text(), logical_id)


POLICIES = TEMPLATE.read_text()
FUNCTIONS = sorted(template().functions)
WRITING_ACTIONS = ("DeleteItem", "PutItem", "UpdateItem")
OF_KEYS = (keys.api_key("a-hash").pk, keys.api_keys_partition("acme"))
OF_WEBHOOKS = keys.webhooks_partition("acme")
WRITE_WEBHOOKS = {
    "NativeCreateWebhook",
    "NativeDeleteWebhook",
    "NativeRotateWebhookSecret",
    "NativeUpdateWebhook",
    "TriggerDeliverWebhook",
    "VambeCreateWebhook",
    "VambeDeleteWebhook",
    "VambeUpdateWebhook",
}
"""The functions that create, change, disable and delete webhooks."""


def test_only_functions_about_keys_may_write_api_keys():
    """Each has only the actions that it uses: one creates, one changes, one does both."""
    may = {
        (logical_id, action, number)
        for logical_id in FUNCTIONS
        for action in WRITING_ACTIONS
        for number, partition in enumerate(OF_KEYS)
        if is_permitted(POLICIES, logical_id, action, partition)
    }
    key, entry = range(len(OF_KEYS))
    assert may == {
        *(("NativeCreateKey", "PutItem", key), ("NativeCreateKey", "PutItem", entry)),
        *(("NativeRotateKey", "PutItem", key), ("NativeRotateKey", "PutItem", entry)),
        *(("NativeRotateKey", "UpdateItem", key), ("NativeRevokeKey", "UpdateItem", key)),
    }


@pytest.mark.parametrize("logical_id", ["NativeCreateKey", "NativeRotateKey", "NativeRevokeKey"])
def test_functions_about_keys_may_write_nothing_else(logical_id: str):
    for action in WRITING_ACTIONS:
        for partition in (
            keys.account("acme").pk,
            keys.definitions_partition("acme"),
            keys.subject("acme", Subject.contact(1)).pk,
            OF_WEBHOOKS,
        ):
            assert not is_permitted(POLICIES, logical_id, action, partition)


def test_only_functions_about_webhooks_may_write_webhooks():
    may = {
        logical_id
        for logical_id in FUNCTIONS
        for action in WRITING_ACTIONS
        if is_permitted(POLICIES, logical_id, action, OF_WEBHOOKS)
    }
    assert may == WRITE_WEBHOOKS


@pytest.mark.parametrize("logical_id", sorted(CALLS))
def test_a_function_that_reads_may_count_requests_and_write_nothing_else(logical_id: str):
    writes = {action for action, _ in allowed_actions(POLICIES, logical_id)} & {*WRITING_ACTIONS}
    own = str(template().functions[logical_id].code_folder.name)
    counted = keys.request_count("acme", "a-key", 1).pk
    if logical_id.startswith("Docs"):
        assert not writes
        return
    assert is_permitted(POLICIES, logical_id, "UpdateItem", counted)
    if own.startswith(("get_", "list_", "search_")):
        assert writes == {"UpdateItem"}
        for partition in (
            keys.account("acme").pk,
            keys.definitions_partition("acme"),
            keys.subject("acme", Subject.contact(1)).pk,
        ):
            assert not is_permitted(POLICIES, logical_id, "UpdateItem", partition)


@pytest.mark.parametrize("name", ["APIKEYS", "WEBHOOKS", "APIKEY", "#APIKEYS", "a#WEBHOOKS"])
def test_a_name_that_a_client_chooses_is_never_taken_for_a_partition_of_keys(name: str):
    """Writers of contacts may write the partitions of identifiers and conversations."""
    email = Identifier(IdentifierKind.EMAIL, name)
    for partition in (
        keys.identifier_partition("acme", email),
        keys.subject("acme", Subject.conversation(name)).pk,
        keys.cooldown("acme", name).pk,
    ):
        assert is_permitted(POLICIES, "SetterSendMessage", "PutItem", partition)
