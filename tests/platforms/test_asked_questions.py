"""What an agent is to ask is a variable of one line, and there whenever an agent may ask."""

import json
from dataclasses import replace

import pytest

from shared.domain.calls import MessageKind, PlatformMessage, ResolvedVariable, VariableState
from shared.platforms.asked_questions import MAX_QUESTIONS_CHARS, with_questions
from shared.platforms.registry import NAMES, find
from shared.platforms.values import ASK_VARIABLE, CALL_VARIABLE
from tests.platforms.cases import resolution

CALL = PlatformMessage(MessageKind.RESOLVE, call_id="call_9")


def asking(*questions: str | None) -> tuple[ResolvedVariable, ...]:
    return tuple(
        ResolvedVariable(f"v{number}", None, VariableState.UNSET, question=question)
        for number, question in enumerate(questions)
    )


def text_of(*questions: str | None) -> str:
    asked = with_questions(resolution(variables=asking(*questions), may_ask=True))
    (found,) = (each.value for each in asked.variables if each.name == ASK_VARIABLE)
    return str(found)


def test_questions_are_one_line_in_the_order_of_variables():
    assert text_of("Your\nname?", None, "Your {{city}}?") == "Your name? Your { {city} }?"


def test_only_whole_questions_are_asked():
    assert text_of("a" * 600, "b" * 600, "c") == "a" * 600
    assert len(text_of(*["Is it so?"] * 500)) <= MAX_QUESTIONS_CHARS


def test_there_is_an_empty_text_without_questions():
    assert text_of(None) == ""


def test_an_agent_that_never_asks_gets_no_variable():
    never = resolution(variables=asking("Your name?"))
    assert with_questions(never) == never


def test_an_agent_that_declared_the_name_before_keeps_its_own():
    own = ResolvedVariable(ASK_VARIABLE, "mine", VariableState.SET)
    asked = resolution(variables=(own, *asking("Your name?")), may_ask=True)
    assert with_questions(asked) == asked


@pytest.mark.parametrize("name", NAMES)
def test_no_agent_declares_the_names_of_the_service(name: str):
    for taken in (ASK_VARIABLE, CALL_VARIABLE):
        assert find(name).values.name_fault(taken)


def test_instructions_ask_outside_of_the_facts():
    asked = with_questions(resolution(variables=asking("Your name?"), may_ask=True))
    response = find("openai").answer(CALL, replace(asked, settings={"model": "m"}))
    facts, _, questions = json.loads(response.body)["instructions"].partition("Ask the caller")
    assert "Your name?" not in facts
    assert "Your name?" in questions
