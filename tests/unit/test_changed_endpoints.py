"""`make quick` runs the tests of the endpoints that changed."""

from pathlib import PurePosixPath

import pytest

from tests.changed_endpoints import endpoint_tests, existing


@pytest.mark.parametrize(
    ("changed", "tests"),
    [
        ("functions/klen/get_contact/app.py", "tests/endpoints/klen/test_get_contact.py"),
        ("functions/docs/get_page/style.css", "tests/endpoints/docs/test_get_page.py"),
        ("events/klen/get_contact.json", "tests/endpoints/klen/test_get_contact.py"),
        ("shared/dialects/klen/requests.py", "tests/endpoints/klen"),
        ("tests/endpoints/vambe/conftest.py", "tests/endpoints/vambe"),
        ("tests/endpoints/klen/test_authentication.py",) * 2,
        ("tests/endpoints/test_header_names.py",) * 2,
    ],
)
def test_a_file_of_an_endpoint_or_a_dialect_selects_its_tests(changed: str, tests: str):
    assert endpoint_tests([changed]) == {PurePosixPath(tests)}


@pytest.mark.parametrize(
    "changed", ["README.md", "shared/table/keys.py", "shared/dialects/__init__.py", "tests/api.py"]
)
def test_other_files_select_none(changed: str):
    assert endpoint_tests([changed]) == set()


def test_a_dialect_runs_once_and_tests_that_are_gone_do_not_run():
    selected = endpoint_tests(
        [
            "shared/dialects/klen/requests.py",
            "functions/klen/get_contact/app.py",
            "functions/klen/gone/app.py",
            "functions/triggers/import_file/app.py",
            "functions/setter/update_contact/app.py",
        ]
    )
    assert existing(selected) == [
        "tests/endpoints/klen",
        "tests/endpoints/setter/test_update_contact.py",
    ]
