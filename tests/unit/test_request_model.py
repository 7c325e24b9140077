"""Bodies that are declared, and read by the core of pydantic."""

from enum import StrEnum
from typing import Any

import pytest
from pydantic import BaseModel, ConfigDict, Field, StrictBool, StrictInt, StrictStr, ValidationError
from pydantic.alias_generators import to_camel

from openapi_documents.schemas import schema_of
from shared.gateway.request_model import (
    ANY,
    BOOLEAN,
    INTEGER,
    OBJECT,
    TEXT,
    RequestModel,
    after_validator,
    contextual_validator,
    defaulted,
    enum_of,
    list_of,
    nested,
    one_of,
    optional,
    required,
    text,
)


class Color(StrEnum):
    """A color."""

    RED = "red"
    BLUE = "blue"


class Part(RequestModel, camel=True):
    """A part."""

    street_name: str | None = optional(text(max_length=5))


class Whole(RequestModel, camel=True):
    """A whole."""

    contact_id: str = required(TEXT)
    kind: str = required(one_of("a", "b"))
    how_many: int | None = optional(INTEGER)
    color: Color | None = optional(enum_of(Color))
    is_primary: bool = defaulted(BOOLEAN, default=False)
    part: Part | None = optional(nested(Part))
    names: list[str] | None = optional(list_of(TEXT, min_length=1, max_length=2))
    more: dict[str, Any] | None = optional(OBJECT)
    whatever: Any = defaulted(ANY, None, name="what-ever")


class PartModel(BaseModel):
    """A part."""

    model_config = ConfigDict(alias_generator=to_camel, title="Part")

    street_name: StrictStr | None = Field(None, max_length=5)


class WholeModel(BaseModel):
    """A whole."""

    model_config = ConfigDict(alias_generator=to_camel)

    contact_id: StrictStr
    kind: str = Field(pattern="^[ab]$")
    how_many: StrictInt | None = None
    color: Color | None = None
    is_primary: StrictBool = False
    part: PartModel | None = None
    names: list[StrictStr] | None = Field(None, min_length=1, max_length=2)
    more: dict[StrictStr, Any] | None = None
    whatever: Any = Field(None, alias="what-ever")


LEAST = {"contactId": "1", "kind": "a"}


def faults_of(kind: Any, document: Any) -> list[tuple[Any, str]]:
    with pytest.raises(ValidationError) as raised:
        kind.model_validate(document)
    return [(fault["loc"], fault["msg"]) for fault in raised.value.errors()]


def test_a_body_has_what_was_sent_and_defaults_for_the_rest():
    body = Whole.model_validate({**LEAST, "part": {"streetName": "Main"}, "color": "red"})
    assert (body.contact_id, body.kind, body.how_many, body.is_primary) == ("1", "a", None, False)
    assert body.part is not None
    assert body.part.street_name == "Main"
    assert body.color is Color.RED
    assert body.sent == {"contact_id", "kind", "part", "color"}


def test_null_is_told_from_what_was_not_sent():
    assert "how_many" in Whole.model_validate({**LEAST, "howMany": None}).sent


@pytest.mark.parametrize(
    "document",
    [
        {"kind": "a"},
        {**LEAST, "contactId": 1},
        {**LEAST, "contactId": None},
        {**LEAST, "howMany": "1"},
        {**LEAST, "howMany": 1.5},
        {**LEAST, "howMany": True},
        {**LEAST, "color": "green"},
        {**LEAST, "isPrimary": 1},
        {**LEAST, "isPrimary": None},
        {**LEAST, "part": []},
        {**LEAST, "part": {"streetName": "Main Street"}},
        {**LEAST, "names": []},
        {**LEAST, "names": ["a", "b", "c"]},
        {**LEAST, "names": ["a", 1]},
        {**LEAST, "more": [1]},
    ],
)
def test_what_is_wrong_is_said_as_a_model_says_it(document: dict[str, Any]):
    by_model = [
        (loc, message.replace("PartModel", "Part"))
        for loc, message in faults_of(WholeModel, document)
    ]
    assert faults_of(Whole, document) == by_model


def test_one_of_some_words_names_them():
    assert faults_of(Whole, {**LEAST, "kind": "c"}) == [(("kind",), "Input should be 'a' or 'b'")]


def test_an_heir_has_the_members_of_what_it_inherits_and_may_change_them():
    class Heir(Whole):
        how_many: int = required(INTEGER, name="howMany")

    assert faults_of(Heir, LEAST) == [(("howMany",), "Field required")]
    assert Whole.model_validate(LEAST).how_many is None


def test_the_schema_is_that_of_a_model():
    ours, theirs = schema_of(Whole), schema_of(WholeModel)
    theirs["properties"]["kind"] = {"enum": ["a", "b"], "type": "string"}
    theirs["properties"]["part"] = ours["properties"]["part"]
    assert ours == theirs


class Closed(RequestModel, closed=True):
    name: str = required(
        after_validator(lambda text: "it shouts" if text.isupper() else None, TEXT)
    )
    known: str = defaulted(
        contextual_validator(
            lambda text, known: None if text in known else "nobody knows it", TEXT
        ),
        "",
    )


def test_a_closed_body_takes_no_other_member():
    with pytest.raises(ValidationError) as rejected:
        Closed.model_validate({"name": "a", "nam": "b"})
    (fault,) = rejected.value.errors()
    assert (fault["type"], fault["loc"]) == ("extra_forbidden", ("nam",))


def test_what_a_function_finds_is_told_in_its_words():
    with pytest.raises(ValidationError) as rejected:
        Closed.model_validate({"name": "A", "known": "x"}, context=["y"])
    told = {fault["loc"]: fault["msg"] for fault in rejected.value.errors()}
    assert told == {("name",): "it shouts", ("known",): "nobody knows it"}


def test_what_has_no_fault_is_taken_as_it_is():
    body = Closed.model_validate({"name": "a", "known": "y"}, context=["y"])
    assert (body.name, body.known, body.sent) == ("a", "y", {"name", "known"})
