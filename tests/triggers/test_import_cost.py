"""The exact cost of a row of a file."""

from collections.abc import Iterator

import pytest

from benchmarks.recorder import Recorder, recording
from shared.wiring import import_runs as import_run_wiring
from tests.triggers.importing import Importer

HEADER = "email,first_name,age,tier\n"


@pytest.fixture
def recorder(importer: Importer, monkeypatch: pytest.MonkeyPatch) -> Iterator[Recorder]:
    """Record the calls of new clients. Rows are written in one thread, which it can record."""
    with recording(importer.fixtures.client, importer.fixtures.table_name) as recorder:
        monkeypatch.setattr(
            import_run_wiring, "for_each", lambda _, do, items: [do(each) for each in items]
        )
        yield recorder


def cost(importer: Importer, recorder: Recorder, content: str) -> tuple[int, float, int]:
    """Return the requests, read units and write units of an import."""
    job = importer.ask()
    message = importer.upload(job, content)
    recorder.requests.clear()
    importer.run_to_end(message)
    assert importer.job(job).progress.failed == 0
    asked = recorder.requests
    reads = sum(each.read_units for each in asked)
    return len(asked), reads, sum(each.write_units for each in asked)


def rows(first: int, count: int, age: int) -> str:
    numbers = range(first, first + count)
    lines = [f"n{number:04d}@example.com,Ada,{age},Gold\n" for number in numbers]
    return HEADER + "".join(lines)


def per_row(importer: Importer, recorder: Recorder, first: int, age: int) -> tuple[float, ...]:
    """Return the cost of each of ten additional rows."""
    few = cost(importer, recorder, rows(first, 10, age))
    many = cost(importer, recorder, rows(first + 10, 20, age))
    return tuple((more - less) / 10 for less, more in zip(few, many, strict=True))


def test_a_row_costs_its_look_up_and_one_write(importer: Importer, recorder: Recorder):
    new = per_row(importer, recorder, 0, 1)
    known = per_row(importer, recorder, 0, 2)
    assert {"new": new, "known": known} == {"new": (2, 1, 13), "known": (3, 2, 5)}


def test_a_file_costs_the_same_however_many_definitions_there_are_but_for_one_list(
    importer: Importer, recorder: Recorder
):
    before = cost(importer, recorder, rows(0, 10, 1))
    for number in range(30):
        importer.fixtures.definition(f"another_{number}")
    after = cost(importer, recorder, rows(10, 10, 1))
    assert (after[0], after[2]) == (before[0], before[2])
    assert after[1] - before[1] < 5
