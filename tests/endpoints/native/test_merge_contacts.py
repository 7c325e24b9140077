"""POST /v1/contacts/{contact_id}/merge: merge another contact into a contact."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from shared.domain.accounts import Attribution
from shared.domain.contacts import Address, Conversation, PhoneNumber
from shared.domain.definitions import ContextType, Definition, VariableType
from shared.domain.sources import DEFAULT_PRECEDENCE, Source
from shared.domain.values import Assignment, Evidence, Subject
from shared.services.contacts.merging import MAX_OWN_WRITES
from tests.api import Api
from tests.contact_pairs import OLD, SURVIVOR, TODAY, merge, save, suggested, values
from tests.endpoints.native.test_delete_contact import remaining
from tests.failures import conflicting, failing, too_large
from tests.fixtures import LONG_AGO, Fixtures


@pytest.fixture
def pair(native: Api, fixtures: Fixtures) -> Fixtures:
    """Create contacts 123 and 456. Only 456 has a phone number as an identifier."""
    fixtures.contact(456, phone_numbers=(PhoneNumber(1, "+1 555 0100", primary=True),))
    return fixtures


# ---- Values ------------------------------------------------------------------------------------


def test_the_survivor_has_the_values_of_both(native: Api, pair: Fixtures):
    plan, city = pair.definition("plan"), pair.definition("city")
    save(pair, 123, plan, "Gold")
    save(pair, 456, city, "Bonn", Source.HUMAN, days=3)
    old = native.call("GET", f"{OLD}/variables/city").document
    answer = merge(native)
    assert answer.status == 200
    assert answer.document["results"] == {"city": {"outcome": "set", "version": old["version"]}}
    assert answer.document["not_kept"] == {"variables": [], "fields": {}}
    assert values(native) == {"plan": "Gold", "city": "Bonn"}
    # A value keeps where it comes from, and its version.
    assert native.call("GET", f"{SURVIVOR}/variables/city").document == old


@pytest.mark.parametrize(
    ("mine", "theirs", "kept"),
    [
        ((Source.HUMAN, 0), (Source.API, 5), "mine"),
        ((Source.AI, 5), (Source.API, 0), "theirs"),
        ((Source.API, 0), (Source.IMPORT, 5), "theirs"),
        ((Source.API, 5), (Source.IMPORT, 0), "mine"),
        ((Source.API, 0), (Source.API, 0), "mine"),
    ],
)
def test_the_stronger_source_decides_and_then_the_newer_value(
    native: Api,
    pair: Fixtures,
    mine: tuple[Source, int],
    theirs: tuple[Source, int],
    kept: str,
):
    plan = pair.definition("plan", precedence=DEFAULT_PRECEDENCE)
    save(pair, 123, plan, "mine", *mine)
    save(pair, 456, plan, "theirs", *theirs)
    lost, outcome = ("theirs", "suggested") if kept == "mine" else ("mine", "set")
    answer = merge(native).document
    assert answer["results"]["plan"]["outcome"] == outcome
    assert values(native) == {"plan": kept}
    (not_kept,) = answer["not_kept"]["variables"]
    assert (not_kept["variable"], not_kept["value"]) == ("plan", lost)
    assert not_kept["contact_id"] == ("contact_456" if lost == "theirs" else "contact_123")
    assert suggested(native) == {"plan": lost}
    pair.key("native_person_0123", permissions=("*",), source=Source.HUMAN)
    path = f"/v1/suggestions/{not_kept['suggestion_id']}/accept"
    assert native.call("POST", path, key="native_person_0123").status == 200
    assert values(native) == {"plan": lost}


def test_equal_values_lose_nothing(native: Api, pair: Fixtures):
    plan = pair.definition("plan")
    save(pair, 123, plan, "Gold")
    save(pair, 456, plan, "Gold", days=-1)
    answer = merge(native).document
    assert (answer["results"], answer["not_kept"]["variables"]) == ({}, [])
    assert suggested(native) == {}


@pytest.mark.parametrize("preferred", ["survivor", "from"])
def test_the_caller_may_choose(native: Api, pair: Fixtures, preferred: str):
    plan = pair.definition("plan")
    save(pair, 123, plan, "survivor")
    save(pair, 456, plan, "from")
    assert merge(native, {"prefer": {"plan": preferred}}).status == 200
    assert values(native) == {"plan": preferred}
    assert [*suggested(native)] == ["plan"]


def test_a_choice_needs_a_source_that_may_replace_the_other_value(native: Api, pair: Fixtures):
    plan = pair.definition("plan", precedence=DEFAULT_PRECEDENCE)
    save(pair, 123, plan, "mine", Source.HUMAN)
    save(pair, 456, plan, "theirs")
    before = pair.items()
    assert merge(native, {"prefer": {"plan": "from"}}).status == 403
    assert pair.items() == before


def test_a_stale_value_yields(native: Api, pair: Fixtures):
    plan = pair.definition("plan", precedence=DEFAULT_PRECEDENCE, stale_after_seconds=60)
    # The survivor's is of a stronger source, and years old.
    save(pair, 123, plan, "stale", Source.HUMAN)
    now = native.call("PUT", f"{OLD}/variables/plan", {"value": "fresh"})
    assert now.status == 200
    merge(native)
    assert values(native) == {"plan": "fresh"}


@pytest.mark.parametrize("expired", [123, 456])
def test_an_expired_value_yields_and_is_not_shown_again(native: Api, pair: Fixtures, expired: int):
    plan = pair.definition("plan", precedence=DEFAULT_PRECEDENCE, expires_after_seconds=60)
    # It is of a stronger source, and years old.
    save(pair, expired, plan, "expired", Source.HUMAN)
    path = OLD if expired == 123 else SURVIVOR
    assert native.call("PUT", f"{path}/variables/plan", {"value": "fresh"}).status == 200
    answer = merge(native).document
    assert answer["not_kept"]["variables"] == []
    assert values(native) == {"plan": "fresh"}
    assert suggested(native) == {}


def test_an_expired_value_is_not_told(native: Api, pair: Fixtures):
    plan = pair.definition("plan", expires_after_seconds=60)
    save(pair, 456, plan, "expired")
    assert merge(native).document["results"] == {}


def test_two_labels_of_one_option_are_equal(native: Api, pair: Fixtures):
    tier = pair.definition("tier", "select", select_options=("Gold",))
    save(pair, 123, tier, "Gold")
    path = f"/v1/definitions/{tier.external_id}"
    (option,) = native.call("GET", path).document["option_details"]
    assert (
        native.call("PATCH", path, {"option_details": [{**option, "label": "Premium"}]}).status
        == 200
    )
    assert native.call("PUT", f"{OLD}/variables/tier", {"value": "Premium"}).status == 200
    answer = merge(native).document
    assert answer["not_kept"]["variables"] == []
    assert values(native) == {"tier": "Premium"}
    assert suggested(native) == {}


def test_large_values_and_evidence_move_along(native: Api, pair: Fixtures):
    story, note = pair.definition("story"), pair.definition("note")
    said = Evidence("CA1", 4, "the words")
    save(pair, 456, story, "x" * 20_000, evidence=said)
    save(pair, 123, note, "n" * 9000)
    save(pair, 456, note, "m" * 9000, days=-1)
    merge(native)
    shown = native.call("GET", f"{SURVIVOR}/variables/story").document
    assert shown["value"] == "x" * 20_000
    assert shown["evidence"] == {"call_id": "CA1", "turn": 4, "quote": "the words"}
    assert values(native)["note"] == "n" * 9000
    assert suggested(native) == {"note": "m" * 9000}


def test_values_of_several_pages_and_of_deleted_variables_move(native: Api, pair: Fixtures):
    for page in range(3):
        save(pair, 456, pair.definition(f"page_{page}"), f"value {page}")
        pair.definitions.allocate_slots("acme", ContextType.CONTACT, 32)
    deleted = pair.definitions.find_by_names("acme", ContextType.CONTACT, ["page_1"])["page_1"]
    assert isinstance(deleted, Definition)
    pair.definitions.delete("acme", deleted)
    shown = values(native, OLD)
    merge(native)
    assert values(native) == shown == {f"page_{each}": f"value {each}" for each in range(3)}


# ---- Contacts ----------------------------------------------------------------------------------


def test_fields_are_united(native: Api, fixtures: Fixtures):
    fixtures.contact(
        456,
        email="old@example.com",
        company="Old",
        full_name="Johnny",
        tags=("vip", "new"),
        address=Address("Main St", "Bonn"),
        channel_ids={"a": "1", "b": "2"},
        phone_numbers=(
            PhoneNumber(1, "15550100", primary=True, do_not_call=True),
            PhoneNumber(2, "15550199"),
        ),
    )
    change = {
        "email": "john@example.com",
        "company": "New",
        "tags": ["vip"],
        "channel_ids": {"a": "0"},
        "phone_numbers": [{"number": "+1 555 0100", "is_primary": True}],
    }
    native.call("PATCH", SURVIVOR, change)
    found = merge(native).document
    contact = found["contact"]
    assert contact == native.call("GET", SURVIVOR).document
    assert (contact["email"], contact["company"], contact["full_name"]) == (
        "john@example.com",
        "New",
        "John Smith",
    )
    assert (contact["tags"], contact["address"]["city"]) == (["vip", "new"], "Bonn")
    assert contact["channel_ids"] == {"a": "0", "b": "2"}
    assert [
        (each["number"], each["is_primary"], each["do_not_call"])
        for each in contact["phone_numbers"]
    ] == [("+1 555 0100", True, True), ("15550199", False, False)]
    assert contact["merged_from"] == ["contact_456"]
    assert [each["kind"] for each in contact["other_identifiers"]] == [
        *("uuid", "external_id", "email")
    ]
    assert found["not_kept"]["fields"] == {
        "full_name": "Johnny",
        "company": "Old",
        "channel_ids": {"a": "1", "b": "2"},
    }


@pytest.mark.parametrize(
    "identifiers",
    [
        {"phone": "+1 (555) 0100"},
        {"external_id": "external456"},
        {"uuid": f"df980fc8-b6db-4820-bf22-{456:012d}"},
        {"external_id": "external123"},
    ],
)
def test_all_identifiers_find_the_survivor(
    native: Api, pair: Fixtures, identifiers: dict[str, str]
):
    merge(native)
    found = native.call("POST", "/v1/contacts/lookup", {"identifiers": identifiers})
    assert (found.status, found.document["id"]) == (200, "contact_123")
    again = native.call("POST", "/v1/contacts/upsert", {"identifiers": identifiers})
    assert (again.status, again.document["contact"]["id"]) == (200, "contact_123")


def test_the_old_id_stands_for_the_survivor(native: Api, pair: Fixtures):
    plan = pair.definition("plan")
    merge(native)
    got = native.call("GET", OLD)
    assert (got.status, got.document["id"]) == (200, "contact_123")
    assert got.headers["content-location"] == SURVIVOR
    put_value = native.call("PUT", f"{OLD}/variables/plan", {"value": "Gold"})
    assert (put_value.status, values(native)) == (200, {plan.name: "Gold"})
    assert put_value.headers["content-location"] == f"{SURVIVOR}/variables/plan"
    assert native.call("PATCH", f"{OLD}/variables", {"plan": "Silver"}).status == 200
    assert native.call("PUT", f"{OLD}/tags/vip").document["tags"] == ["vip"]
    assert native.call("PATCH", OLD, {"company": "A"}).document["id"] == "contact_123"
    assert "content-location" not in native.call("GET", SURVIVOR).headers


def test_the_old_id_names_nobody_to_whom_the_survivor_is_hidden(native: Api, pair: Fixtures):
    merge(native)
    survivor = pair.contacts.find("acme", 123)
    hidden = replace(survivor, team=7, version=survivor.version + 1)
    pair.contacts.replace("acme", survivor, hidden, Attribution(LONG_AGO))
    answer = native.call("GET", OLD)
    unknown = native.call("GET", "/v1/contacts/contact_9")
    assert (answer.status, answer.document["code"]) == (404, "not_found")
    assert "123" not in str(answer.document)
    assert "content-location" not in answer.headers
    assert unknown.document["detail"].replace("9", "456") == answer.document["detail"]


def test_conversations_go_along(native: Api, pair: Fixtures):
    for contact_id, name in ((123, "conv_b"), (456, "conv_a"), (456, "conv_c")):
        pair.contacts.add_conversation("acme", Conversation(name, contact_id))
    merge(native)
    listed, cursor = [], {}
    for _ in range(3):
        page = native.call(
            "GET", f"{SURVIVOR}/conversations", query={"limit": "1", **cursor}
        ).document
        listed += [(each["id"], each["contact_id"]) for each in page["data"]]
        cursor = {"cursor": page["next_cursor"]}
    assert page["next_cursor"] is None
    assert listed == [(f"conv_{each}", "contact_123") for each in "abc"]
    shown = native.call("GET", "/v1/conversations/conv_a")
    assert (shown.status, shown.document["contact_id"]) == (200, "contact_123")
    made = native.call("POST", "/v1/conversations", {"contact_id": "contact_456"})
    assert (made.status, made.document["contact_id"]) == (201, "contact_123")
    assert native.call("DELETE", "/v1/conversations/conv_a").status == 200


def test_suggestions_and_activity_of_the_old_contact_stay(native: Api, pair: Fixtures):
    plan = pair.definition("plan", precedence=DEFAULT_PRECEDENCE)
    save(pair, 456, plan, "Gold", Source.HUMAN)
    save(pair, 456, plan, "Silver", Source.AI, TODAY)
    merge(native)
    everyone = native.call("GET", "/v1/suggestions").document["data"]
    assert [each["subject_id"] for each in everyone] == ["contact_123"]
    assert suggested(native) == {"plan": "Silver"}
    by_old_id = native.call("GET", "/v1/suggestions", query={"contact_id": "contact_456"})
    assert len(by_old_id.document["data"]) == 1
    pair.key("native_person_0123", permissions=("*",), source=Source.HUMAN)
    path = f"/v1/suggestions/{everyone[0]['id']}/accept"
    assert native.call("POST", path, key="native_person_0123").status == 200
    assert values(native) == {"plan": "Silver"}
    assert native.call("POST", path, key="native_person_0123").status == 409


def test_a_contact_with_merged_contacts_can_be_merged(native: Api, pair: Fixtures):
    pair.contact(789)
    assert native.call("POST", f"{OLD}/merge", {"from": "contact_789"}).status == 200
    assert merge(native).document["contact"]["merged_from"] == ["contact_789", "contact_456"]
    for path in ("contact_789", "contact_456"):
        assert native.call("GET", f"/v1/contacts/{path}").document["id"] == "contact_123"


def test_deleting_the_survivor_leaves_nothing_of_either(native: Api, pair: Fixtures):
    plan = pair.definition("plan", precedence=DEFAULT_PRECEDENCE)
    save(pair, 456, plan, "Gold", Source.HUMAN, evidence=Evidence("CA1", 1, "Gold"))
    save(pair, 456, plan, "Silver", Source.AI)
    pair.contacts.add_conversation("acme", Conversation("conv_a", 456))
    merge(native)
    # The old id is not the name of a contact that can be deleted.
    assert native.call("DELETE", OLD).status == 404
    assert native.call("GET", "/v1/conversations/conv_a").status == 200
    assert native.call("DELETE", SURVIVOR).status == 200
    assert remaining(pair) == []
    assert native.call("GET", OLD).status == 404


# ---- Requests ----------------------------------------------------------------------------------


def test_a_dry_run_tells_what_the_merge_does_and_writes_nothing(native: Api, pair: Fixtures):
    plan, city = pair.definition("plan"), pair.definition("city")
    save(pair, 123, plan, "Gold")
    save(pair, 456, plan, "Silver", days=1)
    save(pair, 456, city, "Bonn")
    before = pair.items()
    tag = native.call("GET", SURVIVOR).headers["etag"]
    told = merge(native, {"dry_run": True}, headers={"Idempotency-Key": "a"})
    assert pair.items() == before
    assert (told.status, told.headers["etag"]) == (200, tag)
    done = merge(native, headers={"If-Match": tag, "Idempotency-Key": "b"})
    for each in (told, done):
        each.document["contact"].pop("updated_at")
    assert told.document == {**done.document, "dry_run": True}
    assert done.document["not_kept"]["variables"][0]["value"] == "Gold"


def test_a_repeated_request_merges_once(native: Api, pair: Fixtures):
    plan = pair.definition("plan")
    save(pair, 123, plan, "Gold")
    save(pair, 456, plan, "Silver", days=1)
    first = merge(native, headers={"Idempotency-Key": "a"})
    after = pair.items()
    again = merge(native, headers={"Idempotency-Key": "a"})
    assert pair.items() == after
    assert again.headers["idempotent-replayed"] == "true"
    (lost,) = first.document["not_kept"]["variables"]
    kept = {name: lost[name] for name in ("variable", "contact_id", "suggestion_id")}
    expected = {"variables": [kept], "fields": {}}
    assert again.document == {**first.document, "not_kept": expected}
    # Without the key, the response is that there is nothing to merge any more.
    refused = merge(native)
    assert (refused.status, refused.document["code"]) == (409, "contact_merged")
    assert "contact_123" in refused.document["detail"]


def test_a_stale_entity_tag_merges_nothing(native: Api, pair: Fixtures):
    old = native.call("GET", SURVIVOR).headers["etag"]
    new = native.call("PATCH", SURVIVOR, {"company": "A"}).headers["etag"]
    before = pair.items()
    answer = merge(native, headers={"If-Match": old})
    assert (answer.status, answer.headers["etag"]) == (412, new)
    assert pair.items() == before


def _hide(fixtures: Fixtures) -> None:
    fixtures.contact(457, team=7)


@pytest.mark.parametrize(
    ("path", "document", "status"),
    [
        ("contact_123", {"from": "contact_123"}, 400),
        ("contact_123", {"from": "456"}, 400),
        ("contact_123", {}, 400),
        ("contact_123", {"from": "contact_456", "more": 1}, 400),
        ("contact_123", {"from": "contact_456", "prefer": {"plan": "both"}}, 400),
        ("contact_123", {"from": "contact_456", "prefer": {"no_such": "from"}}, 400),
        ("contact_123", {"from": "contact_9"}, 404),
        ("contact_9", {"from": "contact_123"}, 404),
        ("contact_123", {"from": f"contact_{10**18}"}, 400),
        (f"contact_{10**18}", {"from": "contact_123"}, 404),
        # Hidden from the key, which belongs to no team.
        ("contact_123", {"from": "contact_457"}, 404),
        ("contact_457", {"from": "contact_123"}, 404),
    ],
)
def test_what_is_refused_changes_nothing(
    native: Api, pair: Fixtures, path: str, document: dict[str, Any], status: int
):
    _hide(pair)
    before = pair.items()
    assert native.call("POST", f"/v1/contacts/{path}/merge", document).status == status
    assert pair.items() == before


def test_a_merged_contact_cannot_be_merged_again(native: Api, pair: Fixtures):
    pair.contact(789)
    merge(native)
    before = pair.items()
    for path, document in (
        (OLD, {"from": "contact_789"}),
        ("/v1/contacts/contact_789", {"from": "contact_456"}),
        (OLD, {"from": "contact_123"}),
    ):
        assert native.call("POST", f"{path}/merge", document).status == 409
    assert pair.items() == before


def test_a_read_only_key_merges_nothing(native: Api, pair: Fixtures):
    pair.key("native_reader_0123", permissions=("*",), read_only=True)
    before = pair.items()
    assert merge(native, {"dry_run": True}, key="native_reader_0123").status == 403
    assert pair.items() == before


def test_what_does_not_fit_a_transaction_is_refused_before_anything_is_written(
    native: Api, pair: Fixtures
):
    for contact_id, days in ((123, 0), (456, 1)):
        by = Attribution(LONG_AGO + timedelta(days=days))
        assignments = [
            Assignment(slot, f"v_{slot}", VariableType.TEXT, str(contact_id)) for slot in range(95)
        ]
        pair.variables.save("acme", Subject.contact(contact_id), assignments, [], by)
    before = pair.items()
    for document in ({"dry_run": True}, {}):
        refused = merge(native, document)
        assert (refused.status, refused.document["code"]) == (422, "too_large_to_merge")
    assert pair.items() == before


def test_what_dynamodb_finds_too_large_is_refused(native: Api, pair: Fixtures):
    save(pair, 456, pair.definition("plan"), "Gold")
    before = pair.items()
    with failing({"TransactWriteItems": too_large(1)}):
        refused = merge(native)
    assert (refused.status, refused.document["code"]) == (422, "too_large_to_merge")
    assert pair.items() == before


def test_a_merge_whose_key_another_request_holds_is_in_progress(native: Api, pair: Fixtures):
    before = pair.items()
    with failing({"TransactWriteItems": conflicting(0)}):
        refused = merge(native, headers={"Idempotency-Key": "a"})
    assert (refused.status, refused.document["code"]) == (409, "request_in_progress")
    assert pair.items() == before


def test_a_contact_that_would_be_over_a_limit_is_refused(native: Api, pair: Fixtures):
    native.call("PATCH", SURVIVOR, {"tags": [f"a{each}" for each in range(30)]})
    native.call("PATCH", OLD, {"tags": [f"b{each}" for each in range(30)]})
    refused = merge(native)
    assert (refused.status, refused.document["code"]) == (422, "too_large_to_merge")


@pytest.mark.parametrize(
    ("facts", "reason"),
    [
        (
            {"phone_numbers": tuple(PhoneNumber(each, f"+155501{each:02}") for each in range(10))},
            "phone_numbers",
        ),
        ({"merged_from": tuple(range(1000, 1000 + MAX_OWN_WRITES))}, "merged into it"),
    ],
)
def test_a_contact_that_could_not_be_deleted_again_or_is_too_large_is_refused(
    facts: dict[str, Any], reason: str, native: Api, pair: Fixtures
):
    pair.contact(789, **facts)
    change = {"phone_numbers": [{"number": "+15550200"}]}
    native.call("PATCH", "/v1/contacts/contact_456", change)
    before = pair.items()
    refused = native.call("POST", f"{OLD}/merge", {"from": "contact_789"})
    assert (refused.status, refused.document["code"]) == (422, "too_large_to_merge")
    assert reason in refused.document["detail"]
    assert pair.items() == before


@pytest.mark.parametrize(
    ("mine", "theirs", "kept"),
    [
        ((False, None), (False, None), (False, None)),
        ((True, "mine"), (True, "theirs"), (True, "mine")),
        ((True, "mine"), (False, None), (True, "mine")),
        ((False, None), (True, "theirs"), (True, "theirs")),
    ],
)
def test_a_number_that_one_of_them_forbids_to_call_is_not_called(
    mine: tuple[bool, str | None],
    theirs: tuple[bool, str | None],
    kept: tuple[bool, str | None],
    native: Api,
    fixtures: Fixtures,
):
    for contact_id, (do_not_call, reason) in ((7, mine), (8, theirs)):
        number = PhoneNumber(1, "+15550100", do_not_call=do_not_call, dnc_reason=reason)
        fixtures.contact(contact_id, phone_numbers=(number,))
    merged = native.call("POST", "/v1/contacts/contact_7/merge", {"from": "contact_8"})
    assert merged.status == 200
    stored = fixtures.contacts.find("acme", 7)
    assert stored is not None
    (number,) = stored.phone_numbers
    assert (number.do_not_call, number.dnc_reason) == kept


def test_a_retry_after_the_survivor_was_deleted_finds_nothing(native: Api, pair: Fixtures):
    headers = {"Idempotency-Key": "a"}
    assert merge(native, headers=headers).status == 200
    assert native.call("DELETE", SURVIVOR).status == 200
    before = pair.items()
    assert merge(native, headers=headers).status == 404
    assert pair.items() == before


# ---- Visibility --------------------------------------------------------------------------------


def test_hidden_and_withheld_values_are_merged_and_not_shown(native: Api, pair: Fixtures):
    secret = pair.definition("secret_plan", owner="someone")
    ill = pair.definition("illness", sensitivity="sensitive")
    for contact_id, days in ((123, 0), (456, 1)):
        for definition in (secret, ill):
            save(pair, contact_id, definition, f"canary{contact_id}", days=days)
    pair.key("native_clerk_0123", permissions=("*",), sensitivity="personal")
    answer = merge(native, key="native_clerk_0123")
    assert answer.status == 200
    assert "canary" not in str(answer.document)
    assert "secret_plan" not in str(answer.document)
    assert [each["variable"] for each in answer.document["not_kept"]["variables"]] == ["illness"]
    stored = pair.contacts.find_with_values("acme", 123)
    assert stored is not None
    assert {each.name: each.value for each in stored.values} == {
        "secret_plan": "canary456",
        "illness": "canary456",
    }


def test_who_does_not_get_values_is_not_told_that_they_are_equal(native: Api, pair: Fixtures):
    ill = pair.definition("illness", sensitivity="sensitive")
    for contact_id in (123, 456):
        save(pair, contact_id, ill, "asthma")
    pair.key("native_clerk_0123", permissions=("*",), sensitivity="personal")
    answer = merge(native, {"dry_run": True}, key="native_clerk_0123")
    assert [each["variable"] for each in answer.document["not_kept"]["variables"]] == ["illness"]
