"""Files of contacts, imported through the real handler."""

import csv
import io
from typing import Any

import pytest

from shared.domain.contacts import Identifier, IdentifierKind
from shared.domain.imports import ImportStatus
from shared.services.imports import import_run
from shared.wiring import import_runs as import_run_wiring
from tests.api import TEMPLATE
from tests.permissions import Recorder, allowed_actions
from tests.triggers.importing import FUNCTION, Importer


def values(importer: Importer, email: str) -> dict[str, Any]:
    """The values of the one contact with an e-mail address."""
    (contact,) = contacts(importer, email)
    found = importer.fixtures.contacts.find_with_values("acme", contact.contact_id)
    return {each.name: each.value for each in found.values}


def contacts(importer: Importer, email: str) -> list[Any]:
    named = Identifier(IdentifierKind.EMAIL, email)
    return importer.fixtures.contacts.find_by_identifier("acme", named).contacts


def errors(importer: Importer, job: Any) -> list[list[str]]:
    header, *rows = csv.reader(io.StringIO(importer.errors(job)))
    assert header == ["row", "column", "code", "message"]
    return [row[:3] for row in rows]


def test_a_file_makes_and_changes_contacts(importer: Importer):
    job = importer.done(
        "email,first_name,Last Name,Age,tier,Customer since\n"
        "john@example.com,,Doe,42,Gold,2024-03-12\n"
        'ada@example.com,Ada,"Lovelace, Countess",36,Silver,\n'
    )
    assert (job.status, job.progress.imported, job.progress.failed) == ("completed", 2, 0)
    (john,) = contacts(importer, "john@example.com")
    assert (john.contact_id, john.full_name) == (123, "John Doe")
    assert values(importer, "john@example.com") == {
        "age": 42,
        "tier": "Gold",
        "member_since": "2024-03-12",
    }
    (ada,) = contacts(importer, "ada@example.com")
    assert ada.last_name == "Lovelace, Countess"
    assert values(importer, "ada@example.com") == {"age": 36, "tier": "Silver"}
    assert errors(importer, job) == []


def test_bad_rows_fail_alone(importer: Importer):
    job = importer.done(
        b"email,age,tier\n"
        b"a@example.com,1,Gold\n"
        b"b@example.com,old,Gold\n"
        b"\n"
        b",3,Gold\n"
        b"no address,4,Gold\n"
        b"e@example.com,5\n"
        b"f@example.com,6,Gr\xfcn\n"
        b'g@example.com,7,"Gold\n'
        b"h@example.com,8,gold\n"
        b" , ,\n"
        b'i@example.com,9,"Gold"\n'
    )
    assert (job.progress.imported, job.progress.failed, job.progress.rows) == (2, 7, 9)
    assert errors(importer, job) == [
        ["3", "age", "invalid_value"],
        ["5", "email", "required"],
        ["6", "email", "invalid_value"],
        ["7", "", "malformed_row"],
        ["8", "", "malformed_row"],
        ["9", "", "malformed_row"],
        ["10", "tier", "invalid_value"],
    ]
    assert values(importer, "a@example.com") == {"age": 1, "tier": "Gold"}
    assert values(importer, "i@example.com") == {"age": 9, "tier": "Gold"}
    for letter in "bcdefgh":
        assert contacts(importer, f"{letter}@example.com") == []


def test_as_many_contacts_are_created_as_there_is_room_for(
    importer: Importer, monkeypatch: pytest.MonkeyPatch
):
    """Rows get their ids together, unless there is not enough room for all."""
    monkeypatch.setenv("MAX_CONTACTS", "125")
    rows = "".join(f"new_{number}@example.com\n" for number in range(4))
    job = importer.done(f"email\n{rows}john@example.com\n")
    assert (job.progress.imported, job.progress.failed) == (3, 2)
    full = "limit_reached,an account has at most 125 contacts"
    assert importer.errors(job).count(full) == 2


def test_a_row_error_is_short_however_many_options_there_are(importer: Importer):
    options = tuple(f"Option {number:03d} {'x' * 80}" for number in range(200))
    importer.fixtures.definition("plan", "select", select_options=options)
    job = importer.done("email,plan\na@example.com,Gold\nb@example.com,Silver\n")
    _, *rows = csv.reader(io.StringIO(importer.errors(job)))
    assert [row[:3] for row in rows] == [[line, "plan", "invalid_value"] for line in ("2", "3")]
    for *_, message in rows:
        assert message.startswith("it is no select: it must be one of: Option 000")
        assert len(message) == 300
        assert message.endswith("…")


@pytest.mark.parametrize(
    "content",
    [
        b"\xef\xbb\xbfemail,age\r\na@example.com,7\r\n",
        b"email;age\na@example.com;7",
        b"email\tage\na@example.com\t7\n",
        b'"email","age"\n"a@example.com","7"\n',
        b"E-mail,Age,\na@example.com,7,\n",
    ],
    ids=["with a mark", "semicolons", "tabs", "quotes", "an empty column"],
)
def test_csv_is_read_as_programs_write_it(importer: Importer, content: bytes):
    job = importer.done(content, mapping={"E-mail": "contact.email"})
    assert (job.failure, job.progress.imported) == (None, 1)
    assert values(importer, "a@example.com") == {"age": 7}


@pytest.mark.parametrize(
    "header",
    [
        b'\xef\xbb\xbf"E-mail\n(work)",age\n',
        b'"E-mail\n(work)";age\n',
        b'"E-mail\n(work)"\t"a, b, c"\tage\n',
        b'"a; ""b""; c",age,"E-mail\n(work)"\n',
    ],
    ids=["with a mark", "semicolons", "tabs and commas", "commas and semicolons"],
)
def test_names_of_columns_may_hold_what_cells_may(importer: Importer, header: bytes):
    mapping = {"E-mail\n(work)": "contact.email", "a, b, c": None, 'a; "b"; c': None}
    row = header.replace(b'"E-mail\n(work)"', b"a@example.com").replace(b"age", b"7")
    content = header + row.removeprefix(b"\xef\xbb\xbf")
    job = importer.done(content, mapping=mapping)
    assert (job.failure, job.progress.imported) == (None, 1)
    assert values(importer, "a@example.com") == {"age": 7}


@pytest.mark.parametrize(
    "before",
    [b"\n", b"\xef\xbb\xbf\r\n", b" \n", b";;\n"],
    ids=["none", "marked", "blank", "cells"],
)
def test_a_header_may_come_after_a_line_without_text(importer: Importer, before: bytes):
    job = importer.done(before + b"email;age\na@example.com;7\nb@example.com;old\n")
    assert (job.failure, job.progress.imported) == (None, 1)
    assert errors(importer, job) == [["4", "age", "invalid_value"]]


def test_cells_may_hold_lines_and_any_script(importer: Importer):
    importer.done('email,notes\na@example.com,"two\r\nlines, ""quoted"" – ñ 你好"\n')
    assert values(importer, "a@example.com") == {"notes": 'two\r\nlines, "quoted" – ñ 你好'}


def test_the_errors_of_many_chunks_are_put_together_in_their_order(
    importer: Importer, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(import_run, "CHUNK_ROWS", 1)
    monkeypatch.setattr(import_run, "ERROR_PARTS_PER_FILE", 2)
    rows = [f"{age}@example.com,{'old' if age % 2 else age}" for age in range(10)]
    job = importer.done("\n".join(["email,age", *rows]))
    assert (job.progress.error_parts, job.progress.error_folds) == (5, 2)
    lines = [str(2 + age) for age in range(10) if age % 2]
    assert errors(importer, job) == [[line, "age", "invalid_value"] for line in lines]


def test_ndjson_is_read_line_by_line(importer: Importer):
    job = importer.done(
        '\ufeff{"email": "a@example.com", "age": 7, "first_name": "Ada"}\n'
        '{"email": "a@example.com", "age": null, "tier": "Gold"}\n'
        "\n"
        '{"email": "b@example.com", "shoe_size": 9}\n'
        '{"email": "c@example.com"\n'
        '{"email": ["d@example.com"]}\n'
        '["e@example.com"]\n'
        '{"email": "f@example.com", "age": NaN}\n'
        '{"email": "g@example.com", "notes": "\\ud800"}\n'
        '{"age": 1}\n'
        '{"email": "h@example.com", "Age": 1, "age": 2}\n'
        f'{{"email": "j@example.com", "{"x" * 201}": 1}}\n'
        '{"email": "i@example.com", "first_name": null}',
        "ndjson",
    )
    assert (job.progress.imported, job.progress.failed) == (3, 9)
    assert values(importer, "a@example.com") == {"tier": "Gold"}
    assert errors(importer, job) == [
        ["4", "shoe_size", "undefined_variable"],
        ["5", "", "malformed_row"],
        ["6", "email", "invalid_value"],
        ["7", "", "malformed_row"],
        ["8", "", "malformed_row"],
        ["9", "", "malformed_row"],
        ["10", "email", "required"],
        ["11", "age", "invalid_value"],
        ["12", "", "malformed_row"],
    ]


@pytest.mark.parametrize(
    ("content", "reason", "detail"),
    [
        (b"", "empty_file", ""),
        (b"\n", "identifier_column_missing", "email"),
        (b"\xef\xbb\xbf", "identifier_column_missing", "email"),
        (b"\xff\xfee\x00m\x00\n\x00", "malformed_header", "UTF-8"),
        (b'email,"age\n', "malformed_header", "no CSV"),
        (b"name,age\n", "unknown_columns", "name"),
        (b"age\n", "identifier_column_missing", "email"),
        (b"email,shoe_size,hat\n", "unknown_columns", "shoe_size, hat"),
        (b"email,age,age\n", "ambiguous_columns", "age"),
        (b"email,age,Age\n", "ambiguous_columns", "age, Age"),
        (b"email," + b"x" * 300 + b"\n", "malformed_header", "200"),
        (b"email" + b",x" * 500 + b"\n", "malformed_header", "500"),
    ],
)
def test_a_file_that_cannot_be_imported_says_why(
    importer: Importer, content: bytes, reason: str, detail: str
):
    before = importer.fixtures.contacts.list("acme")
    job = importer.done(content + (b"a@example.com\n" if content.strip(b"\n\xef\xbb\xbf") else b""))
    assert (job.status, job.failure.reason) == ("failed", reason)
    assert detail in job.failure.detail
    assert importer.fixtures.contacts.list("acme") == before
    assert errors(importer, job) == []


def test_columns_that_an_import_cannot_keep_are_told(importer: Importer):
    """As many as may be, and none with too long a name: too many bytes together."""
    names = ",".join(f"c{number:099}" for number in range(300))
    job = importer.done(f"email,{names}\na@example.com{',' * 300}\n", mode="auto_create")
    assert (job.status, job.failure.reason) == ("failed", "malformed_header")
    assert "60,000" in job.failure.detail


@pytest.mark.parametrize(
    ("mode", "content", "kept"),
    [
        ("strict", "email,tier\na@example.com,Gold\n", {"tier": "Gold"}),
        ("strict", "email,tier\na@example.com,gold\n", None),
        ("coerce", "email,tier\na@example.com,gold\n", {"tier": "Gold"}),
        (
            "coerce",
            "email,Customer Since\na@example.com,12 March 2024\n",
            {"member_since": "2024-03-12"},
        ),
        ("coerce", "email,tier\na@example.com,platinum\n", None),
        ("auto_create", "email,Shoe Size\na@example.com,09\n", {"shoe_size": "09"}),
    ],
)
def test_a_mode_says_what_is_taken(
    importer: Importer, mode: str, content: str, kept: dict[str, Any] | None
):
    job = importer.done(content, mode=mode)
    assert (job.progress.imported, job.progress.failed) == ((1, 0) if kept else (0, 1))
    if kept:
        assert values(importer, "a@example.com") == kept


def test_values_of_new_variables_have_their_types_in_ndjson(importer: Importer):
    job = importer.done(
        '{"email": "a@example.com", "new": [1]}\n{"email": "b@example.com", "new": 7}\n'
        '{"email": "c@example.com", "never": null}\n{"email": "d@example.com", "odd": {}}\n',
        "ndjson",
        mode="auto_create",
    )
    assert values(importer, "b@example.com") == {"new": 7}
    assert errors(importer, job) == [["1", "new", "invalid_value"], ["4", "odd", "invalid_value"]]
    assert values(importer, "c@example.com") == {}


def test_a_mapping_says_where_columns_go(importer: Importer):
    job = importer.done(
        "Who,Years,Comment,Tier\na@example.com,7,ignore me,Gold\n",
        column="Who",
        mapping={"Years": "variable.age", "Comment": None},
    )
    assert job.failure is None
    assert values(importer, "a@example.com") == {"age": 7, "tier": "Gold"}
    assert {column: str(target) for column, target in job.progress.columns} == {
        "Who": "contact.email",
        "Years": "variable.age",
        "Comment": "None",
        "Tier": "variable.tier",
    }


def test_rows_with_one_identifier_are_taken_in_their_order(importer: Importer):
    rows = [f"{name}@example.com,{age}" for age in range(30) for name in ("a", "B", "b", "A")]
    job = importer.done("\n".join(["email,age", *rows]))
    assert job.progress.imported == 120
    assert values(importer, "a@example.com") == values(importer, "b@example.com") == {"age": 29}


@pytest.mark.parametrize(
    ("kind", "column", "written", "name"),
    [
        ("phone", "phone_number", "+1 (212) 555-0100", "12125550100"),
        ("external_id", "external_id", "crm 7", "crm 7"),
        ("wa_id", "wa_id", "12125550100", "12125550100"),
        ("webchat_user_id", "webchat_user_id", "v7", "v7"),
    ],
)
def test_contacts_are_found_by_any_identifier(
    importer: Importer, kind: str, column: str, written: str, name: str
):
    content = f"{column},age\n{written},7\n{written},8\n"
    job = importer.done(content, kind=kind, column=column)
    assert job.progress.imported == 2
    named = Identifier(IdentifierKind(kind), name)
    (found,) = importer.fixtures.contacts.find_by_identifier("acme", named).contacts
    assert (
        importer.fixtures.contacts.find_with_values("acme", found.contact_id).values[0].value == 8
    )


def test_several_contacts_of_an_identifier_are_nobody(importer: Importer):
    importer.fixtures.contact(7, email="john@example.com")
    job = importer.done("email,age\njohn@example.com,7\n")
    assert errors(importer, job) == [["2", "email", "conflict"]]


def test_a_file_without_a_job_is_left_alone(importer: Importer):
    job = importer.ask()
    message = importer.upload(job, "email\na@example.com\n")
    message["Records"][0]["s3"]["object"]["key"] = "uploads/acme/imp_unknown"
    assert importer.run(message)
    assert importer.job(job).status is ImportStatus.AWAITING_FILE


def test_the_message_that_s3_tries_a_queue_with_is_taken(importer: Importer):
    assert importer.run({"Service": "Amazon S3", "Event": "s3:TestEvent", "Bucket": "imports"})


@pytest.mark.parametrize(
    "body", ["no JSON", {}, {"Records": [{}]}, {"Records": 7}, {"account_id": "acme"}]
)
def test_a_message_that_is_none_fails(importer: Importer, body: Any):
    assert not importer.run(body)


def test_the_function_uses_all_that_its_policy_allows(
    importer: Importer, monkeypatch: pytest.MonkeyPatch
):
    """Row by row, since other threads than this one are not heard."""
    monkeypatch.setattr(
        import_run_wiring, "for_each", lambda _, do, items: [do(each) for each in items]
    )
    content = "external_id,email,new\ncrm-1,a@example.com,x\ncrm-1,b@example.com,x\ncrm-2,none,x\n"
    job = importer.ask(kind="external_id", column="external_id", mode="auto_create")
    message = importer.upload(job, content)
    with Recorder() as recorder:
        importer.run_to_end(message)
    progress = importer.job(job).progress
    assert (progress.imported, progress.failed) == (2, 1)
    of_queues = {("SendMessage", "queue")}
    allowed = allowed_actions(TEMPLATE.read_text(), FUNCTION)
    assert recorder.actions == allowed - of_queues


def test_no_cell_of_row_errors_runs_in_a_spreadsheet(importer: Importer):
    mapping = {
        "=cmd|' /C calc'!A0": "variable.age",
        "+sum": "contact.email",
        "-1": "variable.tier",
        "@x": "variable.notes",
    }
    rows = ["a@example.com,old,Gold,", "b@example.com,1,None,", ",2,Gold,"]
    content = "+sum,=cmd|' /C calc'!A0,-1,@x\n" + "\n".join(rows) + "\n"
    job = importer.done(content, column="+sum", mapping=mapping)
    columns = [column for _, column, _ in errors(importer, job)]
    assert columns == ["'=cmd|' /C calc'!A0", "'-1", "'+sum"]
    for row in csv.reader(io.StringIO(importer.errors(job))):
        assert not any(cell.startswith(tuple("=+-@\t\r\n")) for cell in row)


def test_a_template_is_imported_as_it_was_given(importer: Importer):
    """A column that the template has with a quote before it is known with and without it."""
    importer.fixtures.definition("-balance", "number")
    rows = "a@example.com,-7,'=text,x\n"
    job = importer.done(
        "email,'-balance,notes,'=plan\n" + rows, mapping={"=plan": "variable.tier"}, mode="strict"
    )
    assert (job.status, job.progress.failed) == ("completed", 1)
    job = importer.done(
        "email,'-balance,notes,'=plan\na@example.com,-7,'=text,Gold\n",
        mapping={"=plan": "variable.tier"},
    )
    assert job.progress.imported == 1
    assert values(importer, "a@example.com") == {"-balance": -7, "notes": "'=text", "tier": "Gold"}


def test_a_phone_number_and_a_negative_number_are_stored_as_they_are(importer: Importer):
    job = importer.done("phone_number,age\n+12125550100,-3\n", kind="phone", column="phone_number")
    assert job.progress.imported == 1
    named = Identifier(IdentifierKind.PHONE, "+12125550100")
    (contact,) = importer.fixtures.contacts.find_by_identifier("acme", named).contacts
    found = importer.fixtures.contacts.find_with_values("acme", contact.contact_id)
    assert [each.value for each in found.values] == [-3]


def test_an_address_that_is_signed_for_a_size_accepts_a_file_of_it(importer: Importer):
    """The embedded engine checks no signature; S3 refuses a file of another size."""
    job, content = importer.ask(), b"email\nann@example.com\n"
    importer.run_to_end(importer.upload(job, content, size=len(content)))
    assert importer.job(job).progress.imported == 1
