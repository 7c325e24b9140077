"""The docs say what is: links lead somewhere, tables list what the template serves."""

import re
from pathlib import Path

import pytest

from local.intrinsics import parse_template
from local.options import parse_options
from shared.adapters import delivery_failures as failures
from shared.adapters import webhook_sender
from shared.dialects.chatcaptain import dialect as chatcaptain
from shared.dialects.klen import dialect as klen
from shared.dialects.native import dialect as native
from shared.dialects.native import paging
from shared.dialects.setter import dialect as setter
from shared.dialects.vambe import dialect as vambe
from shared.domain.errors import MAX_FAULTS
from shared.domain.webhooks import CancellationReason, SuspensionReason
from shared.gateway import quoting
from shared.gateway.body import MAX_ITEMS
from shared.gateway.endpoint import MAX_ANSWER_BYTES
from shared.runtime.config import Settings
from shared.services.webhooks import deliveries as webhook_deliveries
from shared.services.webhooks import redeliveries as webhook_redeliveries
from shared.services.webhooks import subscriptions as webhook_use_cases
from shared.table.definitions import MAX_DEFINITIONS
from shared.validation import (
    contacts,
    definitions,
    field_formatting,
    field_matching,
    free_text,
    names,
    similarity,
    values,
    webhooks,
)
from shared.validation.json_text import MAX_JSON_DEPTH
from tests.api import template

ROOT = Path(__file__).parents[2]
PAGES = [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")]
LINK = re.compile(r"\]\((?!https?://|#)([^)#]+)[^)]*\)")
ROW = re.compile(r"^\| [^|]+ \| `(\w+)` \| ([A-Z, ]+) \| `([^`]+)` \|", re.MULTILINE)


def relative(path: Path) -> str:
    return str(path.relative_to(ROOT))


@pytest.mark.parametrize("page", PAGES, ids=relative)
def test_every_link_leads_to_a_file(page: Path):
    missing = [link for link in LINK.findall(page.read_text()) if not (page.parent / link).exists()]
    assert not missing


def test_the_page_of_variables_tells_how_fields_are_processed():
    page = (ROOT / "docs" / "variables.md").read_text()
    rows = dict(re.findall(r"^\| `(\w+)` \| [^|]+ \| (?:up to )?([\d.]+) \|$", page, re.MULTILINE))
    assert rows == {rule: str(sure) for rule, sure in field_matching.CONFIDENCE.items()}
    assert f"similarity of {similarity.MIN_LIKENESS} " in page
    assert f"less than {field_matching.CLEAR_LEAD} behind" in page
    assert f"more than {field_matching.MAX_CANDIDATES} names" in page
    assert f"more than {free_text.MAX_FREE_TEXT_CHARS:,} characters" in page
    words = re.search(r"\| `boolean` \| [^:]+: ([^|]+);([^|]+); the numbers", page)
    told = [{*map(similarity.without_accents, part.strip().split(", "))} for part in words.groups()]
    by_word = field_formatting._BOOLEANS
    assert told[0] == {word for word, meant in by_word.items() if meant}
    assert told[1] == {word for word, meant in by_word.items() if not meant}


def test_the_readme_lists_exactly_the_routes_of_the_template():
    listed = {
        (method, path, name)
        for name, methods, path in ROW.findall((ROOT / "README.md").read_text())
        for method in methods.split(", ")
    }
    served = {
        (route.method, route.path, template().functions[route.function].code_folder.name)
        for route in template().routes
        if not route.path.endswith("/")
    }
    assert listed == served


@pytest.mark.parametrize("page", sorted((ROOT / "docs" / "adr").glob("*.md")), ids=relative)
def test_a_decision_tells_context_options_choice_and_consequences(page: Path):
    text = page.read_text()
    assert re.match(rf"# {int(page.name[:4])}\. ", text)
    headings = re.findall(r"^## (.+)$", text, re.MULTILINE)
    assert headings == ["Context", "Options", "Choice", "Consequences"]
    assert re.search(r"A (one|two)-way door", text)


def test_decisions_are_numbered_without_gaps():
    numbers = sorted(int(page.name[:4]) for page in (ROOT / "docs" / "adr").glob("*.md"))
    assert numbers == list(range(1, len(numbers) + 1))


def test_the_limits_in_the_docs_are_those_of_the_code():
    page = (ROOT / "docs" / "variables.md").read_text()
    rows = {
        "a text value": f"{values.MAX_TEXT_BYTES:,} bytes of UTF-8",
        "variables in one request": f"{values.MAX_VARIABLES_PER_REQUEST:,}",
        "definitions of an account": f"{MAX_DEFINITIONS:,}, a parameter of the template",
        "an item of a list in a request": f"{MAX_ITEMS:,} of them where nothing less is said",
        "faults of one request that are told": f"{MAX_FAULTS}",
        "a name that an error quotes": f"{quoting.MAX_NAME_CHARS} characters",
        "the reason that an error gives": f"{quoting.MAX_WORDS_CHARS:,} characters",
        "the key of a field whose words are looked for": f"{names.MAX_SPELLED_CHARS} characters",
        "comparisons of words for misspelled keys of one request": (
            f"{field_matching.MAX_COMPARED_WORDS:,}"
        ),
        "options that the values of one request are compared with": (
            f"{field_formatting.MAX_COMPARED_OPTION_CHARS:,} characters in all"
        ),
        "marks in a row in a free text that is read": f"{similarity.MAX_MARKS_IN_A_ROW}",
        "a request body": (
            f"{klen.MAX_BODY_BYTES:,} bytes; {vambe.MAX_BODY_BYTES:,} to Vambe's API"
        ),
        "objects and arrays in each other": f"{MAX_JSON_DEPTH} levels",
        "options of a select": (
            f"{definitions.MAX_OPTIONS}, of 1 to {definitions.MAX_OPTION_CHARS} characters"
        ),
        "a display name": f"1 to {definitions.MAX_DISPLAY_NAME_CHARS} characters",
        "a description": f"{definitions.MAX_DESCRIPTION_CHARS:,} characters",
        "a default value, a structure of JSON": f"{definitions.MAX_STRUCTURE_CHARS:,} characters",
        "a field of a contact": f"{contacts.MAX_FIELD_CHARS} characters",
        "a full name that is made of first and last name": (
            f"{contacts.MAX_FULL_NAME_CHARS:,} characters"
        ),
        "phone numbers, tags of a contact": f"{contacts.MAX_PHONE_NUMBERS}, {contacts.MAX_TAGS}",
        "an e-mail address, a phone number, another identifier": (
            f"{contacts.MAX_IDENTIFIER_BYTES} bytes of UTF-8"
        ),
        "a tag": f"{contacts.MAX_TAG_CHARS} characters",
        "other channels, organizations of a contact": (
            f"{contacts.MAX_CHANNELS}, {contacts.MAX_ORGANIZATIONS}"
        ),
        "the address of an avatar": f"{contacts.MAX_URL_CHARS:,} characters",
        "industry context of a contact": f"{contacts.MAX_INDUSTRY_CONTEXT_BYTES:,} bytes",
        "an answer": f"{MAX_ANSWER_BYTES:,} bytes",
    }
    parameters = parse_template((ROOT / "template.yaml").read_text())["Parameters"]
    assert parameters["MaxDefinitions"]["Default"] == MAX_DEFINITIONS
    assert Settings.from_env({"TABLE_NAME": "a"}).max_definitions == MAX_DEFINITIONS
    assert klen.MAX_BODY_BYTES == chatcaptain.MAX_BODY_BYTES == setter.MAX_BODY_BYTES
    for what, limit in rows.items():
        assert f"| {what} | {limit} |" in page
    assert f"{names.MAX_NAME_CHARS} letters, digits and underscores" in page


def test_the_page_of_the_services_own_api_tells_the_limits_of_the_code():
    page = (ROOT / "docs" / "dialects" / "native.md").read_text()
    delays = {5: "5 seconds", 300: "5 minutes", 1800: "30 minutes"}
    delays |= {hours * 3600: f"{hours} hours" for hours in (2, 5, 10)}
    *first, last = [delays[int(each.total_seconds())] for each in webhook_deliveries.DELAYS]
    assert f"It is tried again after {', '.join(first)} and {last}, then given up." in page
    for told in (
        f"the body is over {native.MAX_BODY_BYTES:,} bytes",
        f"from 1 to {paging.MAX_LIMIT}, {paging.DEFAULT_LIMIT} if it is not given",
        f"up to {webhooks.MAX_URL_CHARS:,} characters, without user name",
        f"| up to {webhooks.MAX_DESCRIPTION_CHARS:,} characters |",
        f"1 to {webhooks.MAX_FILTERED_VARIABLES} names",
        f"An account has at most {webhook_use_cases.MAX_WEBHOOKS} webhooks;",
        f"For {webhook_use_cases.OLD_SECRETS_SIGN.total_seconds() / 3600:.0f} hours each request",
        f"within {webhook_sender.TOTAL_SECONDS:.0f} seconds is a success",
        f"So do {webhook_deliveries.MAX_LOST} deliveries given up",
        f"and {webhook_deliveries.MAX_FAILING.days} days without a success",
        f"for {webhook_deliveries.KEPT_FOR.days} days",
        f"looks at {webhook_redeliveries.MAX_LOOKED_AT} deliveries of the log at most",
        f"queues up to {webhook_redeliveries.MAX_QUEUED} of them",
    ):
        assert told in page, told
    for topic in webhooks.TOPICS:
        assert f"| `{topic}` |" in page
    for code in (*failures.CODES, *SuspensionReason, *CancellationReason):
        assert f"`{code}`" in page, code


def test_every_port_that_a_page_names_is_one_of_a_local_run():
    """Of `make run` and its engines by the defaults, of the receiver, and of SAM's containers."""
    options = parse_options([])
    beside = parse_options(["--engine", "dynamodb-local"])
    of_containers, of_receiver, of_an_example = {3001, 8000}, 3003, 4000
    ports = {options.port, options.engine_port, beside.services_port, *of_containers}
    ports |= {of_receiver, of_an_example}
    pages = [ROOT / "README.md", *(ROOT / "docs").rglob("*.md")]
    named = {
        (page.name, int(port))
        for page in pages
        for port in re.findall(r"127\.0\.0\.1:([0-9]+)", page.read_text())
    }
    assert {each for each in named if each[1] not in ports} == set()
