"""Every dialect has a response for every domain error."""

import dataclasses
import importlib
import string
from pathlib import Path

import pytest

from shared.dialects.native.dialect import NATIVE
from shared.domain import errors
from shared.gateway.dialect import Dialect

DIALECTS_FOLDER = Path(__file__).parents[2] / "shared" / "dialects"
ERRORS = [
    each
    for each in vars(errors).values()
    if isinstance(each, type)
    and issubclass(each, errors.ContextError)
    and each is not errors.ContextError
]


def dialects() -> list[Dialect]:
    names = [folder.parent.name for folder in DIALECTS_FOLDER.glob("*/dialect.py")]
    modules = [importlib.import_module(f"shared.dialects.{name}.dialect") for name in names]
    return [each for module in modules for each in vars(module).values() if type(each) is Dialect]


def example_of(error: type[errors.ContextError]) -> errors.ContextError:
    if not dataclasses.is_dataclass(error):
        return error()
    return error(**{field.name: 7 for field in dataclasses.fields(error)})


def test_there_are_dialects_and_errors():
    assert dialects()
    assert len(ERRORS) > 15


@pytest.mark.parametrize("dialect", dialects(), ids=lambda dialect: dialect.name)
def test_a_dialect_has_exactly_one_row_for_each_error(dialect: Dialect):
    assert set(dialect.error_responses) == set(ERRORS)


@pytest.mark.parametrize("dialect", dialects(), ids=lambda dialect: dialect.name)
@pytest.mark.parametrize("error", ERRORS, ids=lambda error: error.__name__)
def test_a_row_can_be_worded(dialect: Dialect, error: type[errors.ContextError]):
    """A message names attributes that its error has, and none is left in braces.

    No answer is beyond 500 but the one that says what a deployment lacks.

    An answer of 200 tells the error in band.
    """
    answer = dialect.error_response(example_of(error))
    assert answer.status == 200 or 400 <= answer.status <= 500 or error is errors.NotDeployed
    assert answer.document.get("error") or answer.document["detail"]
    text = str(answer.document)
    named = [
        name for _, name, _, _ in string.Formatter().parse(dialect.error_responses[error].message)
    ]
    assert all(name is None or f"{{{name}}}" not in text for name in named)


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (errors.MissingField("address.city"), "required"),
        (errors.InvalidField("address.city", "it is no city"), "invalid_value"),
    ],
)
def test_a_problem_points_at_the_member_that_an_error_names(error: errors.ContextError, code: str):
    (fault,) = NATIVE.error_response(error, "a-request").document["errors"]
    assert (fault["pointer"], fault["code"]) == ("/address/city", code)
