"""Use the generated Python clients of all APIs against a running service.

Runs in the environment of the generated clients, in the folder that holds their packages:
`python flows.py ADDRESS` prints a line for each API. It is type-checked before it runs.
"""

import sys

import chatcaptain
import klen
import native
import setter
import vambe
from chatcaptain.api.chatbot_variables import create_variable
from chatcaptain.api.conversation_contacts import create_contact as create_chatbot_contact
from chatcaptain.api.conversation_contacts import update_contact as update_chatbot_contact
from chatcaptain.models import (
    ContactChanges,
    ContactChangesVariablesType0,
    ContactResponse,
    GlobalVariableResponse,
    VariableCreation,
    VariableCreationType,
)
from chatcaptain.models import ContactCreation as ChatbotContactCreation
from chatcaptain.models import ContactUpdate as ChatbotContactUpdate
from klen.api.contacts import create_contact, get_contact
from klen.api.context_variables import create_definition, set_contact_context
from klen.models import (
    ContactContextSet,
    ContactCreated,
    ContactCreation,
    ContactDetails,
    ContextUpdate,
    ContextUpdateVariables,
    DefinitionCreated,
    DefinitionCreation,
    DefinitionCreationContextType,
    VariableType,
)
from native.api.suggestions import accept_suggestion
from native.api.variables import (
    get_contact_variable,
    set_contact_variable,
    update_contact_variables,
)
from native.api.webhooks import create_webhook, delete_webhook, list_webhooks
from native.models import (
    Problem,
    SuggestedChange,
    Suggestion,
    UpdateContactVariablesMode,
    ValueEvidence,
    ValueSetting,
    Variable,
    VariableChanges,
    VariablePatch,
    WebhookCreation,
    WebhookCreationTopicsItem,
    WebhookList,
    WebhookWithSecret,
)
from setter.api.contacts import update_contact
from setter.models import ContactUpdate, ContactUpdated, ContactUpdateMetadataType0
from vambe.api.contact import get_contact_info
from vambe.api.customer import upsert_customer_info
from vambe.api.ticket import update_ticket_metadata
from vambe.models import (
    Contact,
    ContactInfo,
    CustomerUpsert,
    CustomerUpsertChannel,
    ErrorResponse,
    FieldValue,
    TicketMetadata,
    TicketMetadataMetadata,
)


def klen_flow(address: str) -> None:
    client = klen.AuthenticatedClient(base_url=address, token="klen_abcdef123456789")
    definition = create_definition.sync(
        client=client,
        body=DefinitionCreation(
            name="client_tier",
            display_name="Client tier",
            variable_type=VariableType.SELECT,
            context_type=DefinitionCreationContextType.CONTACT,
            select_options=["Bronze", "Gold"],
        ),
    )
    assert isinstance(definition, DefinitionCreated), definition
    contact = create_contact.sync(client=client, body=ContactCreation(first_name="Ada"))
    assert isinstance(contact, ContactCreated), contact
    changed = set_contact_context.sync(
        contact.id,
        client=client,
        body=ContextUpdate(variables=ContextUpdateVariables.from_dict({"client_tier": "Gold"})),
    )
    assert isinstance(changed, ContactContextSet), changed
    found = get_contact.sync(contact.id, client=client)
    assert isinstance(found, ContactDetails), found
    assert found.custom_context["client_tier"] == "Gold"


def setter_flow(address: str) -> None:
    client = setter.AuthenticatedClient(base_url=address, token="setter_0123456789")
    updated = update_contact.sync(
        client=client,
        body=ContactUpdate(
            id=123,
            first_name="Ada",
            email="ada@example.com",
            default_time_zone="Europe/London",
            metadata=ContactUpdateMetadataType0.from_dict({"source": "client"}),
        ),
    )
    assert isinstance(updated, ContactUpdated), updated
    assert updated.data.first_name == "Ada"
    assert updated.data.email == "ada@example.com"
    assert updated.data.metadata["source"] == "client"


def vambe_flow(address: str) -> None:
    client = vambe.AuthenticatedClient(
        base_url=address, token="vambe_0123456789", prefix="", auth_header_name="x-api-key"
    )
    contact = upsert_customer_info.sync(
        client=client,
        body=CustomerUpsert(
            channel=CustomerUpsertChannel.WHATSAPP,
            channel_phone_number="+15550199",
            contact_phone_number="+15550123",
            contact_name="Ada Lovelace",
            custom_field_values=[FieldValue(key="plan", value="pro")],
            stage_id="123e4567-e89b-12d3-a456-426614174000",
        ),
    )
    assert isinstance(contact, Contact), contact
    info = get_contact_info.sync(contact.id, client=client)
    assert isinstance(info, ContactInfo), info
    assert info.metadata["plan"] == "pro"
    no_ticket = update_ticket_metadata.sync(
        client=client,
        body=TicketMetadata(
            contact_number="+15550123",
            metadata=TicketMetadataMetadata.from_dict({"order": "1"}),
        ),
    )
    assert isinstance(no_ticket, ErrorResponse), no_ticket
    assert no_ticket.status_code == 404


def native_flow(address: str) -> None:
    client = native.AuthenticatedClient(base_url=address, token="native_0123456789")
    webhook = create_webhook.sync(
        client=client,
        body=WebhookCreation(
            url="https://example.com/hooks", topics=[WebhookCreationTopicsItem.CONTACT_CREATED]
        ),
    )
    assert isinstance(webhook, WebhookWithSecret), webhook
    webhooks = list_webhooks.sync(client=client)
    assert isinstance(webhooks, WebhookList), webhooks
    assert webhook.id in {each.id for each in webhooks.data}
    delete_webhook.sync(webhook.id, client=client)
    problem = delete_webhook.sync(webhook.id, client=client)
    assert isinstance(problem, Problem), problem
    assert problem.type_ == "/docs/errors#not_found"
    values_flow(address)


def values_flow(address: str) -> None:
    """A person sets a value, an agent suggests another, and the person accepts it."""
    person = native.AuthenticatedClient(base_url=address, token="native_human_0123456789")
    agent = native.AuthenticatedClient(base_url=address, token="native_agent_0123456789")
    changes = update_contact_variables.sync(
        "contact_123",
        client=person,
        body=VariablePatch.from_dict({"client_plan": "Gold"}),
        mode=UpdateContactVariablesMode.AUTO_CREATE,
    )
    assert isinstance(changes, VariableChanges), changes
    assert changes.results["client_plan"].outcome == "set"
    suggested = set_contact_variable.sync(
        "contact_123",
        "client_plan",
        client=agent,
        body=ValueSetting(
            value="Silver", confidence=0.9, evidence=ValueEvidence(call_id="CA1", turn=4)
        ),
    )
    assert isinstance(suggested, SuggestedChange), suggested
    accepted = accept_suggestion.sync(suggested.suggestion.id, client=person)
    assert isinstance(accepted, Suggestion), accepted
    variable = get_contact_variable.sync("contact_123", "client_plan", client=agent)
    assert isinstance(variable, Variable), variable
    assert (variable.value, variable.source) == ("Silver", "human")
    assert variable.set_by == accepted.decided_by


def chatcaptain_flow(address: str) -> None:
    client = chatcaptain.AuthenticatedClient(
        base_url=address,
        token="CCSB-a1b2c3d4-e5f6g7h8i9j0",
        prefix="",
        auth_header_name="x-chatcaptain-key",
    )
    variable = create_variable.sync(
        "bot_1",
        client=client,
        body=VariableCreation(
            category="custom",
            label="Client level",
            name="client_level",
            type_=VariableCreationType.STRING,
            sub_category=1,
        ),
    )
    assert isinstance(variable, GlobalVariableResponse), variable
    created = create_chatbot_contact.sync(
        "bot_1",
        client=client,
        body=ChatbotContactCreation(language="EN", name="Ada", phone_number="+15550124"),
    )
    assert isinstance(created, ContactResponse), created
    values = ContactChangesVariablesType0.from_dict({"client_level": "1"})
    changed = update_chatbot_contact.sync(
        "bot_1",
        created.contact.id,
        client=client,
        body=ChatbotContactUpdate(contact=ContactChanges(variables=values)),
    )
    assert isinstance(changed, ContactResponse), changed
    assert changed.contact.variables["client_level"] == "1"


FLOWS = {
    "chatcaptain": chatcaptain_flow,
    "klen": klen_flow,
    "native": native_flow,
    "setter": setter_flow,
    "vambe": vambe_flow,
}

if __name__ == "__main__":
    for name, flow in FLOWS.items():
        flow(sys.argv[1])
        print(name)
