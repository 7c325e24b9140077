"""GET /api/v1/contacts/{contact_id}, as Klen AI documents it."""

import pytest

from shared.domain.contacts import Address, PhoneNumber
from tests.api import Api
from tests.fixtures import Fixtures

PATH = "/api/v1/contacts/123"

DOCUMENTED = {
    "id": 200,
    "first_name": "John",
    "last_name": "Doe",
    "full_name": "John Doe",
    "email": "john@acme.example.com",
    "company": "Acme Corp",
    "website": "https://acme.example.com",
    "stage": "qualified_lead",
    "stage_display": "Qualified Lead",
    "status": "contacted",
    "status_display": "Contacted",
    "address": {
        "street": "123 Main St",
        "city": "San Francisco",
        "state": "CA",
        "zip_code": "94105",
        "country": "US",
    },
    "timezone": "America/Los_Angeles",
    "created_date": "2024-01-01T10:00:00Z",
    "last_call_date": None,
    "phone_numbers": [
        {
            "id": 456,
            "phone_number": "+15551234567",
            "phone_type": "mobile",
            "primary": True,
            "do_not_call": False,
            "dnc_date": None,
            "dnc_reason": None,
        },
        {
            "id": 457,
            "phone_number": "+15552345678",
            "phone_type": "work",
            "primary": False,
            "do_not_call": True,
            "dnc_date": "2025-04-22",
            "dnc_reason": "asked",
        },
    ],
    "tags": ["VIP", "Interested", "Follow-up"],
    "recent_notes": [],
    "industry_context": {
        "sector": "retail",
        "sites": [1, {"open": True}],
        "area": 12.5,
        "huge": 1e300,
        "": None,
    },
    "custom_context": {
        "lead_source": "Website",
        "budget": "$5,000-$10,000",
        "decision_maker": True,
    },
}


@pytest.mark.parametrize("path", ["/api/v1/contacts/200", "/api/v1/contacts/200/"])
def test_it_answers_as_documented(path: str, api: Api, fixtures: Fixtures):
    fixtures.contact(
        200,
        last_name="Doe",
        full_name="John Doe",
        email="john@acme.example.com",
        company="Acme Corp",
        website="https://acme.example.com",
        stage="qualified_lead",
        status="contacted",
        address=Address("123 Main St", "San Francisco", "CA", "94105", "US"),
        time_zone="America/Los_Angeles",
        phone_numbers=(
            PhoneNumber(456, "+15551234567", "mobile", primary=True),
            PhoneNumber(
                457,
                "+15552345678",
                "work",
                do_not_call=True,
                dnc_date="2025-04-22",
                dnc_reason="asked",
            ),
        ),
        tags=("VIP", "Interested", "Follow-up"),
        industry_context=DOCUMENTED["industry_context"],
    )
    fixtures.value(fixtures.definition("lead_source"), "Website", 200)
    fixtures.value(fixtures.definition("budget"), "$5,000-$10,000", 200)
    fixtures.value(fixtures.definition("decision_maker", "boolean"), True, 200)
    answer = api.call("GET", path)
    assert (answer.status, answer.document) == (200, DOCUMENTED)


def test_a_contact_without_anything_has_every_member(api: Api, fixtures: Fixtures):
    fixtures.contact(300, first_name="", last_name="", full_name="")
    document = api.call("GET", "/api/v1/contacts/300").document
    assert document.keys() == DOCUMENTED.keys()
    assert (document["custom_context"], document["email"]) == ({}, None)


@pytest.mark.parametrize("contact_id", ["124", "abc", "1e2", "%20123", "9" * 5000, "123%23PROFILE"])
def test_not_found(contact_id: str, api: Api):
    answer = api.call("GET", f"/api/v1/contacts/{contact_id}")
    assert (answer.status, answer.document) == (
        404,
        {"error": "not_found", "message": "Contact not found or you do not have access"},
    )


def test_a_contact_is_seen_by_its_owner_and_its_team(api: Api, fixtures: Fixtures):
    fixtures.contact(7, owner="ann", team=42)
    fixtures.key("klen_ann_alone", user="ann")
    fixtures.key("klen_team42", teams=frozenset({41, 42}))
    fixtures.key("klen_team41", teams=frozenset({41}), user="bob")
    path = "/api/v1/contacts/7"
    assert Api("klen_ann_alone").call("GET", path).status == 200
    assert Api("klen_team42").call("GET", path).status == 200
    assert Api("klen_team41").call("GET", path).status == 404
    assert api.call("GET", path).status == 404


def test_another_accounts_contact_is_not_found(api: Api, fixtures: Fixtures):
    fixtures.key("klen_globex0000", account="globex")
    assert Api("klen_globex0000").call("GET", PATH).status == 404
