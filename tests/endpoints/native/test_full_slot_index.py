"""The slot index of an account has a maximum size, which all its definitions share.

It is one item of a table: the names of renamed variables, who gets those that not everyone gets,
and the labels of renamed options.
"""

from botocore.exceptions import ClientError

from shared.domain.definitions import ContextType
from shared.table import codec, keys
from shared.table.operations import update
from tests.api import Api
from tests.fixtures import Fixtures

MAX_ITEM_BYTES = 409_600


def fill(fixtures: Fixtures, context_type: ContextType) -> None:
    """Fill the slot index completely, as labels of renamed options would."""
    key = keys.slot_index("acme", context_type)
    missing, slot = MAX_ITEM_BYTES, 1000
    while missing:
        labels = {"a": "x" * missing}
        try:
            fixtures.table.write([update(key, {f"l{slot}": codec.encode(labels)})])
        except ClientError:
            missing //= 2
        else:
            slot += 1


def definitions_of(fixtures: Fixtures) -> list[str]:
    """Return every item of definitions, without the counter of ids."""
    return sorted(
        str(each) for each in fixtures.items() if each["entity"]["S"] not in ("counters", "api_key")
    )


def test_a_definition_without_room_in_it_is_refused_and_another_is_not(
    native: Api, fixtures: Fixtures
):
    path = f"/v1/definitions/{fixtures.definition('level').external_id}"
    hidden = fixtures.definition("hidden", owner="ann")
    fill(fixtures, ContextType.CONTACT)
    new = {"name": "city", "display_name": "City", "type": "text"}
    before = definitions_of(fixtures)
    refused = [
        native.call("POST", "/v1/definitions", {**new, "sensitivity": "personal"}),
        native.call("PATCH", path, {"name": "plan"}),
        native.call("PATCH", path, {"purposes": ["human"]}),
        native.call("POST", f"{path}/archive"),
    ]
    assert [(each.status, each.document["code"]) for each in refused] == [
        (413, "context_too_large")
    ] * len(refused)
    assert definitions_of(fixtures) == before
    # These need no space.
    assert native.call("POST", "/v1/definitions", new).status == 201
    assert native.call("PATCH", path, {"description": "The tier"}).status == 200
    assert native.call("DELETE", path).status == 200
    fixtures.definitions.delete("acme", hidden)
