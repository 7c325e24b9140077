"""The CPU time of a request does not depend on how similar the names of its account are."""

import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from itertools import islice, product

from benchmarks.hostile import MAX_RATIO
from shared.domain.definitions import ContextType, DefinitionDraft, VariableType
from shared.services.variables.definitions import allocate_definitions
from shared.validation.fields.matching import MAX_CANDIDATES
from tests.api import Api
from tests.fixtures import Fixtures

PATH = "/api/public/contact/df980fc8-b6db-4820-bf22-000000000123/update-metadata"
HOSTILE, PLAIN = "acme", "globex"
DEFINITIONS = 600
KEYS = 200

Shape = Callable[[int, DefinitionDraft], DefinitionDraft]
"""Changes a draft of a definition, by its number."""


def costs(fixtures: Fixtures, shapes: Mapping[str, Shape], document: Mapping[str, str]) -> float:
    """Return how many times the CPU of a plain account a request costs in a hostile one."""
    return seconds(fixtures, HOSTILE, shapes[HOSTILE], document) / seconds(
        fixtures, PLAIN, shapes[PLAIN], document
    )


def seconds(fixtures: Fixtures, account: str, shape: Shape, document: Mapping[str, str]) -> float:
    """Return the CPU time of a request of an account with many definitions."""
    fixtures.account(account, chatbots=())
    fixtures.key(account * 4, account, permissions=())
    fixtures.contact(account=account)
    drafts = [
        shape(
            number,
            DefinitionDraft(
                name=f"n_{number}x",
                display_name=f"n {number}x",
                variable_type=VariableType.TEXT,
                context_type=ContextType.CONTACT,
            ),
        )
        for number in range(DEFINITIONS)
    ]
    for start in range(0, DEFINITIONS, 20):
        some = allocate_definitions(fixtures.definitions, account, drafts[start : start + 20], {})
        fixtures.definitions.add(account, some)
    # Sent names are then defined, so a request is expensive only once.
    sender = Api(account * 4)
    sender.call("POST", PATH, {"warm": "x"})
    before = time.process_time()
    assert sender.call("POST", PATH, document).status < 500
    return time.process_time() - before


def similar_words(differing: str, length: int) -> list[str]:
    """Return words of one length with equal beginnings and ends."""
    middles = islice(product(differing, repeat=9), KEYS)
    return [f"a{''.join(middle) * 25}"[: length - 1] + "z" for middle in middles]


def _of(words: list[str], number: int) -> str:
    """Return the word of a definition. No more similar names than these are compared."""
    return words[number] if number < MAX_CANDIDATES else f"another {number}"


def test_display_names_that_are_nearly_keys_cost_what_others_do(fixtures: Fixtures):
    words = similar_words("bc", 95)
    shapes: dict[str, Shape] = {
        HOSTILE: lambda number, draft: replace(draft, display_name=_of(words, number)),
        PLAIN: lambda number, draft: replace(draft, display_name=f"b{_of(words, number)}y"[:200]),
    }
    document = dict.fromkeys(similar_words("de", 95), "x")
    assert costs(fixtures, shapes, document) < MAX_RATIO


def test_options_that_are_nearly_values_cost_what_others_do(fixtures: Fixtures):
    def with_options(draft: DefinitionDraft, options: list[str]) -> DefinitionDraft:
        return replace(draft, variable_type=VariableType.SELECT, select_options=tuple(options))

    words = similar_words("bc", 190)
    shapes: dict[str, Shape] = {
        HOSTILE: lambda _, draft: with_options(draft, words),
        PLAIN: lambda _, draft: with_options(draft, [f"b{word}y" for word in words]),
    }
    value = similar_words("de", 190)[0]
    document = {f"n_{number}x": value for number in range(DEFINITIONS)}
    assert costs(fixtures, shapes, document) < MAX_RATIO
