"""Choose random requests, with the ids that earlier responses have returned."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import count
from typing import TypeVar

from shared.domain.contacts import Identifier, IdentifierKind
from shared.wiring import endpoints as wiring
from tests.api import Answer
from tests.concurrency import calls
from tests.concurrency.setup import (
    ACCOUNT,
    FIRST_PAGE,
    MASTER_KEY,
    OTHER_KEYS,
    PAIR,
    PASSING,
    PHONES,
    STEADY,
    Person,
    Setup,
)

T = TypeVar("T")

Pick = Callable[[Sequence[T]], T]
"""Chooses one of several: `choice` of a random generator, or a draw of hypothesis."""

SEVERAL = (FIRST_PAGE, STEADY, ("plan", "score"), ("plan",), ("score",))
"""Names that are set together: on one page, on two, alone."""


def final_reads(people: Iterable[Person]) -> Iterator[calls.Call]:
    """Yield reads of the final state: these contacts by every API, and the definitions."""
    for person in people:
        yield calls.KlenGet(key=MASTER_KEY, person=person)
        yield calls.VambeGet(key=MASTER_KEY, person=person)
        yield calls.ChatCaptainGet(key=MASTER_KEY, person=person)
        yield calls.ChatCaptainListVariables(key=MASTER_KEY, person=person)
    yield calls.KlenDefinitions(key=MASTER_KEY)
    yield calls.ChatCaptainDefinitions(key=MASTER_KEY)


class RandomClient:
    """Chooses calls. Values contain the name of their author, so no value is written twice."""

    def __init__(self, author: str, setup: Setup, pick: Pick) -> None:
        self._author = author
        self._pick = pick
        self._texts = count()
        self._people = {PHONES[0]: setup.people[1]}
        self._steady = setup.people[0]
        self._references = dict(setup.references)
        self._numbers: dict[str, int] = {}
        self._choices: list[Callable[[str], calls.Call]] = [
            *[self._set] * 9,
            *[self._look] * 8,
            *[self._set_one] * 2,
            *[self._upsert] * 2,
            *[self._define] * 2,
            *[self._undefine] * 2,
            *[self._rename] * 2,
            *[self._list] * 2,
            *[self._clear] * 2,
            *(self._delete, self._create, self._revoke),
        ]

    def next_call(self) -> calls.Call:
        """Choose the next call."""
        key = self._pick([*[MASTER_KEY] * 6, *OTHER_KEYS])
        return self._pick(self._choices)(key)

    def learn(self, call: calls.Call, answer: Answer) -> None:
        """Keep the ids of a response."""
        if answer.status >= 300 or "error" in answer.document:
            return
        match call:
            case calls.VambeUpsert(phone=phone):
                self._meet(phone, answer.document["id"])
            case calls.KlenDefine(name=name):
                self._numbers[name] = answer.document["id"]
            case calls.ChatCaptainDefine(name=name):
                self._references[name] = answer.document["variable"]["id"]
            case calls.KlenDefinitions():
                self._numbers |= {e["name"]: e["id"] for e in answer.document["variables"]}
            case calls.ChatCaptainDefinitions():
                self._references |= {e["name"]: e["id"] for e in answer.document["variables"]}

    def _meet(self, phone: str, uuid: str) -> None:
        # No API returns the ids that a contact has in the others.
        identifier = Identifier(IdentifierKind.UUID, uuid)
        for each in wiring.contacts().find_by_identifier(ACCOUNT, identifier).contacts:
            self._people[phone] = Person(each.contact_id, str(each.external_id), uuid)

    def _text(self) -> str:
        return f"{self._author}-{next(self._texts)}"

    def _person(self) -> Person:
        return self._pick([self._steady, self._steady, *self._people.values()])

    def _set(self, key: str) -> calls.Call:
        kind = self._pick(
            [
                *(calls.KlenSet, calls.KlenSetMakingDefinitions, calls.SetterSet),
                *(calls.ChatCaptainSetMany, calls.VambeSet),
            ]
        )
        more = (*PASSING, *PAIR) if kind is calls.KlenSet else PASSING
        names = self._pick([*SEVERAL, *((name,) for name in more), ("city", more[0])])
        values: dict[str, str | None] = {name: self._text() for name in names}
        if kind is not calls.VambeSet and self._pick([False, False, False, True]):
            values[names[-1]] = None
        return kind(key=key, person=self._person(), values=values)

    def _set_one(self, key: str) -> calls.Call:
        name = self._known_name()
        return calls.ChatCaptainSet(
            key=key,
            person=self._person(),
            name=name,
            reference=self._references[name],
            value=self._text(),
        )

    def _known_name(self) -> str:
        # The variable that is renamed has one external id, whatever its name.
        names = (PAIR[0], PAIR[0], *STEADY, *PASSING)
        return self._pick([name for name in names if name in self._references])

    def _look(self, key: str) -> calls.Call:
        kind = self._pick(
            [
                *(calls.KlenGet, calls.KlenGet, calls.VambeGet, calls.ChatCaptainGet),
                *(calls.ChatCaptainListVariables, calls.ChatCaptainGetVariable),
            ]
        )
        if kind is not calls.ChatCaptainGetVariable:
            return kind(key=key, person=self._person())
        name = self._known_name()
        return kind(key=key, person=self._person(), name=name, reference=self._references[name])

    def _upsert(self, key: str) -> calls.Call:
        names = self._pick(SEVERAL)
        values = {name: self._text() for name in names}
        return calls.VambeUpsert(key=key, phone=self._pick(PHONES), values=values)

    def _define(self, key: str) -> calls.Call:
        kind = self._pick([calls.KlenDefine, calls.ChatCaptainDefine])
        return kind(key=key, name=self._pick(PASSING))

    def _undefine(self, key: str) -> calls.Call:
        ids: tuple[Mapping[str, int | str], ...] = (self._numbers, self._references)
        known = [each[name] for each in ids for name in PASSING if name in each]
        return calls.Undefine(key=key, reference=self._pick(known)) if known else self._list(key)

    def _rename(self, key: str) -> calls.Call:
        reference = self._references[PAIR[0]]
        return calls.Rename(key=key, reference=reference, name=self._pick(PAIR))

    def _list(self, key: str) -> calls.Call:
        return self._pick([calls.KlenDefinitions, calls.ChatCaptainDefinitions])(key=key)

    def _clear(self, key: str) -> calls.Call:
        return calls.ChatCaptainClear(key=key, person=self._person())

    def _delete(self, key: str) -> calls.Call:
        phone = self._pick(list(self._people))
        return calls.ChatCaptainDelete(key=key, person=self._people[phone], phone=phone)

    def _create(self, key: str) -> calls.Call:
        return calls.KlenCreate(key=key)

    def _revoke(self, _: str) -> calls.Call:
        return calls.Revoke(key=self._pick(OTHER_KEYS))
