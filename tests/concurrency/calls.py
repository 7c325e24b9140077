"""Define the requests of random clients, and what each response says about the objects.

Values are set and read by the name of their variable. The renamed variable is one variable with two
names; the model uses the first one.
"""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from shared.domain.errors import (
    ContactNotFound,
    ContextError,
    DefinitionNotFound,
    DuplicateDefinition,
    UndefinedVariable,
    VariableNotSet,
)
from shared.services.accounts.access import hash_api_key
from shared.services.accounts.administration import revoke_key
from shared.wiring import endpoints as wiring
from tests.api import Answer, Api, is_told_in_band
from tests.concurrency import objects
from tests.concurrency.linearizability import Step
from tests.concurrency.setup import (
    ACCOUNT,
    CATALOG,
    CHATBOT,
    MOVING,
    PAIR,
    PASSING,
    STEADY,
    Person,
    contact_object,
    key_object,
    made_object,
    phone_object,
)

BOT = f"/v1/chatbots/{CHATBOT}"

Values = Mapping[str, str | None]

_WORDS: dict[type[ContextError], str] = {
    ContactNotFound: r"contact (was )?not found|no contacts found",
    DefinitionNotFound: r"variable (definition |was )not found",
    DuplicateDefinition: r"already exists|exists already",
    UndefinedVariable: r"(is not defined|cannot be set): ",
    VariableNotSet: r"has no value",
}
"""The messages by which every API reports these errors."""


class Observation(NamedTuple):
    """What a response says about one object. Whether it took effect may be unknown."""

    object_name: str
    step: Step
    is_certain: bool = True


@dataclass(frozen=True, kw_only=True)
class Call(ABC):
    """A request with a key."""

    key: str

    @abstractmethod
    def send(self) -> Answer:
        """Send the request."""

    def effects(self) -> list[Observation]:
        """Return the steps of the request if it succeeds."""
        return []

    def success(self, _: Any) -> list[Observation]:
        """Return the steps that a successful response implies."""
        return self.effects()

    def error_response(self, error: type[ContextError]) -> list[Observation]:
        """Return the steps that an error implies. Raises KeyError for an impossible error."""
        raise KeyError(error)

    def observations(self, answer: Answer) -> list[Observation]:
        """Return what a response says about all objects."""
        if answer.status >= 500:
            return [each._replace(is_certain=False) for each in self.effects()]
        if answer.status in (401, 403):
            return [Observation(key_object(self.key), objects.key_is(objects.REVOKED))]
        admitted = Observation(key_object(self.key), objects.key_is(objects.ACTIVE))
        if answer.status < 400 and not is_told_in_band(answer):
            return [admitted, *self.success(answer.document)]
        return [admitted, *self.error_response(_error(answer.document))]

    def _send(self, method: str, path: str, document: Any = None, **facts: Any) -> Answer:
        # APIs expect the key in different headers.
        headers = {"x-chatcaptain-key": self.key}
        return Api(self.key).call(method, path, document, headers=headers, **facts)


def _error(document: Mapping[str, str]) -> type[ContextError]:
    words = document.get("message") or document["error"]
    found = [error for error, pattern in _WORDS.items() if re.search(pattern, words, re.IGNORECASE)]
    assert len(found) == 1, f"nobody should be refused so: {document}"
    return found[0]


# ---- Contacts ----------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class ContactCall(Call):
    """A request about one contact."""

    person: Person

    def error_response(self, error: type[ContextError]) -> list[Observation]:
        """The contact may be missing."""
        return {ContactNotFound: [self._of(objects.is_missing())]}[error]

    def _of(self, step: Step) -> Observation:
        return Observation(contact_object(self.person.uuid), step)

    def _shows(self, values: Mapping[str, str]) -> Observation:
        return self._of(objects.shows(_variables(values)))


def _name(name: str) -> str:
    return PAIR[0] if name in PAIR else name


def _variables(shown: Mapping[str, Any]) -> dict[str, Any]:
    found = {_name(name): value for name, value in shown.items()}
    assert len(found) == len(shown), f"one variable is shown under two names: {shown}"
    return found


@dataclass(frozen=True, kw_only=True)
class ContactSet(ContactCall):
    """A set of variables by name, which creates missing definitions."""

    values: Values

    def effects(self) -> list[Observation]:
        """Return the steps of all values at once, and of the definitions."""
        names = [name for name, value in self.values.items() if value and name not in STEADY]
        return [
            self._of(objects.sets(_variables(self.values))),
            *(Observation(CATALOG, objects.has_or_gets_name(name)) for name in names),
        ]


class KlenSetMakingDefinitions(ContactSet):
    """Klen's set, which may create definitions."""

    def send(self) -> Answer:
        document = {"variables": dict(self.values), "auto_create_variables": True}
        return self._send("POST", f"/api/v1/contacts/{self.person.number}/context", document)


class KlenSet(ContactSet):
    """Klen's set of defined names only."""

    def send(self) -> Answer:
        path = f"/api/v1/contacts/{self.person.number}/context"
        return self._send("POST", path, {"variables": dict(self.values)})

    def effects(self) -> list[Observation]:
        return [self._of(objects.sets(_variables(self.values)))]

    def success(self, _: Any) -> list[Observation]:
        # Each name is looked up on its own.
        names = [Observation(CATALOG, objects.has_names([name])) for name in self._moving()]
        return [*self.effects(), *names]

    def error_response(self, error: type[ContextError]) -> list[Observation]:
        if error is UndefinedVariable:
            return [Observation(CATALOG, objects.lacks_a_name(self._moving()))]
        return super().error_response(error)

    def _moving(self) -> list[str]:
        return [name for name in self.values if name in MOVING]


class _SetThatShows(ContactSet):
    """A set whose response has the contact as read after the write."""

    def error_response(self, error: type[ContextError]) -> list[Observation]:
        # It may have been deleted between the write and the read.
        effects = [each._replace(is_certain=False) for each in self.effects()]
        return [*super().error_response(error), *effects]


class SetterSet(_SetThatShows):
    """Setter's update of a contact."""

    def send(self) -> Answer:
        document = {"id": self.person.number, "metadata": dict(self.values)}
        return self._send("PUT", "/api/v1/contacts", document)

    def success(self, document: Any) -> list[Observation]:
        return [*self.effects(), self._shows(document["data"]["metadata"])]


class ChatCaptainSetMany(_SetThatShows):
    """ChatCaptain's update of a contact."""

    def send(self) -> Answer:
        document = {"contact": {"variables": dict(self.values)}}
        return self._send("PATCH", f"{BOT}/contacts/{self.person.external_id}", document)

    def success(self, document: Any) -> list[Observation]:
        return [*self.effects(), self._shows(document["contact"]["variables"])]


class VambeSet(ContactSet):
    """Vambe's update of metadata."""

    def send(self) -> Answer:
        path = f"/api/public/contact/{self.person.uuid}/update-metadata"
        return self._send("POST", path, dict(self.values))


@dataclass(frozen=True, kw_only=True)
class VariableCall(ContactCall):
    """A request about one variable of a contact, by the external id of its definition."""

    name: str
    reference: str

    def error_response(self, error: type[ContextError]) -> list[Observation]:
        """The variable may not be defined."""
        if error in (DefinitionNotFound, UndefinedVariable):
            return [Observation(CATALOG, objects.is_undefined(self.reference))]
        return super().error_response(error)

    def _found(self) -> list[Observation]:
        if self.name in STEADY:
            return []
        return [Observation(CATALOG, objects.is_defined(self.reference))]


@dataclass(frozen=True, kw_only=True)
class ChatCaptainSet(VariableCall):
    """ChatCaptain's set of one variable."""

    value: str

    def send(self) -> Answer:
        document = {"value": self.value, "contactId": self.person.external_id}
        return self._send("PUT", f"{BOT}/contacts/variables/{self.reference}", document)

    def effects(self) -> list[Observation]:
        return [self._of(objects.sets(_variables({self.name: self.value})))]

    def success(self, _: Any) -> list[Observation]:
        return [*self.effects(), *self._found()]


class ChatCaptainGetVariable(VariableCall):
    """ChatCaptain's read of one variable."""

    def send(self) -> Answer:
        path = f"{BOT}/contacts/variables/{self.person.external_id}/{self.reference}"
        return self._send("GET", path)

    def success(self, document: Any) -> list[Observation]:
        shown = _variables({self.name: document["variable"]["value"]})
        return [self._of(objects.shows_some(shown, ())), *self._found()]

    def error_response(self, error: type[ContextError]) -> list[Observation]:
        # It may have no value because the contact was deleted.
        if error is VariableNotSet:
            return [self._of(objects.lacks(_name(self.name))), *self._found()]
        return super().error_response(error)


class KlenGet(ContactCall):
    """Klen's read of a contact."""

    def send(self) -> Answer:
        return self._send("GET", f"/api/v1/contacts/{self.person.number}")

    def success(self, document: Any) -> list[Observation]:
        return [self._shows(document["custom_context"])]


class VambeGet(ContactCall):
    """Vambe's read of a contact."""

    def send(self) -> Answer:
        return self._send("GET", f"/api/public/contact/{self.person.uuid}/info")

    def success(self, document: Any) -> list[Observation]:
        return [self._shows(document["metadata"])]


class ChatCaptainGet(ContactCall):
    """ChatCaptain's read of a contact."""

    def send(self) -> Answer:
        return self._send("GET", f"{BOT}/contacts/{self.person.external_id}")

    def success(self, document: Any) -> list[Observation]:
        return [self._shows(document["contact"]["variables"])]


class ChatCaptainListVariables(ContactCall):
    """ChatCaptain's list of the defined variables of a contact."""

    def send(self) -> Answer:
        return self._send("GET", f"{BOT}/contacts/variables/{self.person.external_id}")

    def success(self, document: Any) -> list[Observation]:
        shown = _variables({each["name"]: each["value"] for each in document["variables"]})
        defined = {*STEADY, PAIR[0]}
        # A contact that is deleted meanwhile has no values.
        return [self._of(objects.shows_some(shown, defined - shown.keys()))] if shown else []


class ChatCaptainClear(ContactCall):
    """ChatCaptain's removal of all variables of a contact."""

    def send(self) -> Answer:
        return self._send("DELETE", f"{BOT}/contacts/variables/{self.person.external_id}")

    def effects(self) -> list[Observation]:
        """Return the step that removes all values at once."""
        return [self._of(objects.clears((PAIR[0], *STEADY, *PASSING)))]


@dataclass(frozen=True, kw_only=True)
class ChatCaptainDelete(ContactCall):
    """ChatCaptain's deletion of a contact with a phone number."""

    phone: str

    def send(self) -> Answer:
        return self._send("DELETE", f"{BOT}/contacts/{self.person.external_id}")

    def effects(self) -> list[Observation]:
        left = Observation(phone_object(self.phone), objects.leaves(self.person.uuid))
        return [self._of(objects.deletes()), left]

    def error_response(self, error: type[ContextError]) -> list[Observation]:
        elsewhere = objects.leads_elsewhere(self.person.uuid)
        return [*super().error_response(error), Observation(phone_object(self.phone), elsewhere)]


@dataclass(frozen=True, kw_only=True)
class VambeUpsert(Call):
    """Vambe's upsert of the contact of a phone number."""

    phone: str
    values: Values

    def send(self) -> Answer:
        document = {
            "channel": "whatsapp",
            "contact_phone_number": self.phone,
            "meta_data": dict(self.values),
        }
        return self._send("POST", "/api/public/customer/upsert/info", document)

    def success(self, document: Any) -> list[Observation]:
        uuid = document["id"]
        return [
            Observation(contact_object(uuid), objects.upserts(self.values)),
            Observation(phone_object(self.phone), objects.leads_to(uuid)),
        ]


class KlenCreate(Call):
    """Klen's creation of a contact."""

    def send(self) -> Answer:
        return self._send("POST", "/api/v1/contacts/create", {"first_name": "Jo"})

    def success(self, document: Any) -> list[Observation]:
        return [Observation(made_object(document["id"]), objects.upserts({"made": "once"}))]


# ---- Definitions -------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class DefinitionCall(Call):
    """A request that creates the definition of a name."""

    name: str

    def effects(self) -> list[Observation]:
        return [Observation(CATALOG, objects.defines(objects.Entry(self.name)))]

    def error_response(self, error: type[ContextError]) -> list[Observation]:
        return {DuplicateDefinition: [Observation(CATALOG, objects.name_is_taken(self.name))]}[
            error
        ]


class KlenDefine(DefinitionCall):
    """Klen's creation of a definition."""

    def send(self) -> Answer:
        document = {
            "name": self.name,
            "display_name": self.name,
            "variable_type": "text",
            "context_type": "contact",
        }
        return self._send("POST", "/api/v1/context-variables/create", document)

    def success(self, document: Any) -> list[Observation]:
        made = objects.Entry(self.name, number=document["id"])
        return [Observation(CATALOG, objects.defines(made))]


class ChatCaptainDefine(DefinitionCall):
    """ChatCaptain's creation of a definition."""

    def send(self) -> Answer:
        document = {
            "category": "custom",
            "label": self.name,
            "type": "string",
            "name": self.name,
            "subCategory": 1,
        }
        return self._send("POST", f"{BOT}/variables", document)

    def success(self, document: Any) -> list[Observation]:
        made = objects.Entry(self.name, external_id=document["variable"]["id"])
        return [Observation(CATALOG, objects.defines(made))]


@dataclass(frozen=True, kw_only=True)
class ReferenceCall(Call):
    """A request about a definition, by its id or its external id."""

    reference: int | str

    def error_response(self, error: type[ContextError]) -> list[Observation]:
        missing = Observation(CATALOG, objects.is_undefined(self.reference))
        return {DefinitionNotFound: [missing]}[error]


class Undefine(ReferenceCall):
    """The deletion of a definition: ChatCaptain's by its external id, else Klen's."""

    def send(self) -> Answer:
        if isinstance(self.reference, str):
            return self._send("DELETE", f"{BOT}/variables/{self.reference}")
        return self._send("DELETE", f"/api/v1/context-variables/{self.reference}/delete")

    def effects(self) -> list[Observation]:
        return [Observation(CATALOG, objects.undefines(self.reference))]


@dataclass(frozen=True, kw_only=True)
class Rename(ReferenceCall):
    """ChatCaptain's change of a definition's name."""

    name: str

    def send(self) -> Answer:
        return self._send("PATCH", f"{BOT}/variables/{self.reference}", {"name": self.name})

    def effects(self) -> list[Observation]:
        return [Observation(CATALOG, objects.renames(self.reference, self.name))]


class KlenDefinitions(Call):
    """Klen's list of definitions."""

    def send(self) -> Answer:
        return self._send("GET", "/api/v1/context-variables", query={"context_type": "contact"})

    def success(self, document: Any) -> list[Observation]:
        return [_listed(document["variables"])]


class ChatCaptainDefinitions(Call):
    """ChatCaptain's list of definitions."""

    def send(self) -> Answer:
        return self._send("GET", f"{BOT}/variables")

    def success(self, document: Any) -> list[Observation]:
        return [_listed(document["variables"])]


def _listed(variables: Sequence[Mapping[str, Any]]) -> Observation:
    shown = {each["name"]: each["id"] for each in variables if each["name"] in MOVING}
    assert len({each["name"] for each in variables}) == len(variables), "a name is listed twice"
    assert len({each["id"] for each in variables}) == len(variables), "an id is listed twice"
    return Observation(CATALOG, objects.lists(shown, MOVING))


# ---- Keys --------------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class Revoke(Call):
    """The revocation of a key by an operator's command."""

    def send(self) -> Answer:
        key_id = hash_api_key(self.key)[:12]
        revoke_key(wiring.accounts(), wiring.credentials(), ACCOUNT, key_id)
        return Answer(200, {}, {})

    def observations(self, _: Answer) -> list[Observation]:
        return [Observation(key_object(self.key), objects.revokes())]
