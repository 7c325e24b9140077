"""Add the agent's questions as a variable."""

from collections.abc import Iterable
from dataclasses import replace

from shared.domain.calls import Resolution, ResolvedVariable, VariableState
from shared.platforms.values import ASK_VARIABLE, single_line

MAX_QUESTIONS_CHARS = 1000
"""The longest text of questions: the longest value of the platforms that take the least."""


def with_questions(resolution: Resolution) -> Resolution:
    """Return what an agent gets with the questions that it is to ask.

    An agent that may ask gets the variable in every call, empty without questions, because some
    platforms fail a call when a variable of its prompt is missing.
    """
    names = {each.name for each in resolution.variables}
    if not resolution.may_ask or ASK_VARIABLE in names:
        return resolution
    text = _joined(each.question for each in resolution.variables if each.question)
    asked = ResolvedVariable(ASK_VARIABLE, text, VariableState.DEFAULT)
    return replace(resolution, variables=(*resolution.variables, asked))


def _joined(questions: Iterable[str]) -> str:
    """Return as many whole questions as fit, in one line."""
    text = ""
    for question in questions:
        longer = f"{text} {single_line(question)}".strip()
        if len(longer) > MAX_QUESTIONS_CHARS:
            break
        text = longer
    return text
