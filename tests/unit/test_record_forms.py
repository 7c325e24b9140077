"""The benchmark of values measures the forms of a record that the code reads."""

import pytest

from benchmarks.capacity import item_size, write_units
from benchmarks.record_forms import FORMS, VALUES, page_of
from benchmarks.values import forms_table
from shared.table.value_records import Record, decode_record
from tests.table.earlier_items import earlier_items

BEFORE, *TODAY = FORMS


def records(form: str) -> list[Record]:
    page = page_of(FORMS[form])
    return [decode_record(page[f"s{slot}"]) for slot in range(VALUES)]


@pytest.mark.parametrize("form", FORMS)
def test_every_form_is_read_with_the_same_values(form: str):
    read = [(each.name, each.value, each.variable_type) for each in records(form)]
    assert len(read) == VALUES
    assert read == [(each.name, each.value, each.variable_type) for each in records(BEFORE)]


def test_the_form_of_before_is_that_of_data_which_an_earlier_commit_wrote():
    (item,) = [each for each in earlier_items() if each["pk"]["S"] == "ACCOUNT#acme#BUSINESS"]
    measured = page_of(FORMS[BEFORE])
    assert item.keys() == measured.keys() - {f"s{slot}" for slot in range(1, VALUES)}
    kinds = [[*member] for member in item["s0"]["L"]]
    assert kinds == [[*member] for member in measured["s0"]["L"]]


def test_each_form_of_today_has_more_and_costs_no_unit_more():
    before = page_of(FORMS[BEFORE])
    pages = [page_of(FORMS[form]) for form in TODAY]
    sizes = [item_size(page) for page in (before, *pages)]
    assert sizes == sorted(set(sizes))
    assert {write_units(page, page) for page in pages} == {write_units(before, before)}


def test_the_table_has_the_bytes_and_units_of_each_form():
    _, _, *rows = forms_table().splitlines()
    assert len(rows) == len(FORMS)
    assert rows[0].startswith(f"| {BEFORE} | {item_size(page_of(FORMS[BEFORE])):,} | 2 | 1 |")
