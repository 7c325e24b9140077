"""The docs agree with the code: links have targets, tables list the routes of the template."""

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
from shared.dialects.native import key_requests, paging, variable_requests
from shared.dialects.setter import dialect as setter
from shared.dialects.vambe import dialect as vambe
from shared.domain import request_limits
from shared.domain.deliveries import CancellationReason
from shared.domain.errors import MAX_FAULTS
from shared.domain.webhooks import SuspensionReason
from shared.gateway import quoting
from shared.gateway.endpoint import MAX_RESPONSE_BYTES
from shared.gateway.request_model import MAX_ITEMS
from shared.runtime.config import Settings
from shared.services.accounts import api_keys as api_key_use_cases
from shared.services.variables import value_changes
from shared.services.webhooks import deliveries as webhook_deliveries
from shared.services.webhooks import delivery_records, webhook_health
from shared.services.webhooks import redeliveries as webhook_redeliveries
from shared.services.webhooks import subscriptions as webhook_use_cases
from shared.table.contact_allocation import MAX_CONTACTS
from shared.table.definitions import MAX_DEFINITIONS
from shared.validation import api_keys, contacts, definitions, names, values, webhooks
from shared.validation.fields import formatting as field_formatting
from shared.validation.fields import free_text, similarity
from shared.validation.fields import matching as field_matching
from shared.validation.json_text import MAX_JSON_DEPTH
from tests.api import template

ROOT = Path(__file__).parents[2]
PAGES = [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")]
LINK = re.compile(r"\]\((?!https?://|#)([^)#]+)[^)]*\)")
SECTION_LINK = re.compile(r"\]\((?!https?://)([^)#]*\.md|)#([^)]+)\)")
ROW = re.compile(r"^\| [^|]+ \| `(\w+)` \| ([A-Z, ]+) \| `([^`]+)` \|", re.MULTILINE)


def relative(path: Path) -> str:
    return str(path.relative_to(ROOT))


def sections(page: Path) -> set[str]:
    """Return the anchors of a page's headings, as GitHub makes them."""
    text = re.sub(r"^```.*?^```", "", page.read_text(), flags=re.MULTILINE | re.DOTALL)
    headings = re.findall(r"^#+ (.+)$", text, re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", each.lower()).replace(" ", "-") for each in headings}


@pytest.mark.parametrize("page", PAGES, ids=relative)
def test_every_link_leads_to_a_file(page: Path):
    missing = [link for link in LINK.findall(page.read_text()) if not (page.parent / link).exists()]
    assert not missing


@pytest.mark.parametrize("page", PAGES, ids=relative)
def test_every_link_into_a_page_leads_to_a_section(page: Path):
    found = SECTION_LINK.findall(page.read_text())
    linked = [(page.parent / path if path else page, anchor) for path, anchor in found]
    assert [each for each in linked if each[1] not in sections(each[0])] == []


def test_the_page_of_variables_tells_how_fields_are_processed():
    page = (ROOT / "docs" / "variables.md").read_text()
    rows = dict(re.findall(r"^\| `(\w+)` \| [^|]+ \| (?:up to )?([\d.]+) \|$", page, re.MULTILINE))
    assert rows == {rule: str(sure) for rule, sure in field_matching.CONFIDENCE.items()}
    assert f"similarity of {similarity.MIN_SIMILARITY} " in page
    assert f"less than {field_matching.CLEAR_LEAD} behind" in page
    assert f"more than {field_matching.MAX_CANDIDATES} names" in page
    assert f"more than {free_text.MAX_FREE_TEXT_CHARS:,} characters" in page
    words = re.search(r"\| `boolean` \| [^:]+: ([^|]+);([^|]+); the numbers", page)
    told = [{*map(similarity.strip_accents, part.strip().split(", "))} for part in words.groups()]
    by_word = field_formatting._BOOLEANS
    assert told[0] == {word for word, meant in by_word.items() if meant}
    assert told[1] == {word for word, meant in by_word.items() if not meant}


def test_the_page_of_endpoints_lists_exactly_the_routes_of_the_template():
    listed = {
        (method, path, name)
        for name, methods, path in ROW.findall((ROOT / "docs" / "endpoints.md").read_text())
        for method in methods.split(", ")
    }
    served = {
        (route.method, route.path, template().functions[route.function].code_folder.name)
        for route in template().routes
        if not route.path.endswith("/")
    }
    assert listed == served


def test_the_page_of_endpoints_lists_exactly_the_triggers_of_the_template():
    page = (ROOT / "docs" / "endpoints.md").read_text().split("\n## Triggers\n")[1]
    listed = re.findall(r"^\| `(\w+)` \|", page, re.MULTILINE)
    served = [path.parent.name for path in (ROOT / "functions" / "triggers").glob("*/app.py")]
    assert sorted(listed) == sorted(served)


def test_the_readme_is_short():
    assert len((ROOT / "README.md").read_text().splitlines()) <= 200


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
        "contacts of an account": f"{MAX_CONTACTS:,}, a parameter of the template",
        "items of a list in a request": f"{MAX_ITEMS:,}, unless a lower limit is given",
        "errors reported for one request": f"{MAX_FAULTS}",
        "a name quoted in an error message": f"{quoting.MAX_QUOTED_CHARS} characters",
        "the reason in an error message": f"{quoting.MAX_WORDS_CHARS:,} characters",
        "a key that is matched to definitions": f"{names.MAX_SPELLED_CHARS} characters",
        "word comparisons for misspelled keys in one request": (
            f"{field_matching.MAX_COMPARED_WORDS:,}"
        ),
        "options compared with the values of one request": (
            f"{field_formatting.MAX_COMPARED_OPTION_CHARS:,} characters in total"
        ),
        "consecutive combining marks in a free text": f"{similarity.MAX_MARKS_IN_A_ROW}",
        "a request body": (
            f"{klen.MAX_BODY_BYTES:,} bytes; {vambe.MAX_BODY_BYTES:,} to Vambe's API"
        ),
        "nesting of objects and arrays": f"{MAX_JSON_DEPTH} levels",
        "options of a select": (
            f"{definitions.MAX_OPTIONS}, of 1 to {definitions.MAX_OPTION_CHARS} characters"
        ),
        "a display name": f"1 to {definitions.MAX_DISPLAY_NAME_CHARS} characters",
        "a description": f"{definitions.MAX_DESCRIPTION_CHARS:,} characters",
        "a default value, a JSON structure": f"{definitions.MAX_STRUCTURE_CHARS:,} characters",
        "a field of a contact": f"{contacts.MAX_FIELD_CHARS} characters",
        "a full name composed of first and last name": (
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
        "the URL of an avatar": f"{contacts.MAX_URL_CHARS:,} characters",
        "industry context of a contact": f"{contacts.MAX_INDUSTRY_CONTEXT_BYTES:,} bytes",
        "a response": f"{MAX_RESPONSE_BYTES:,} bytes",
    }
    parameters = parse_template((ROOT / "template.yaml").read_text())["Parameters"]
    assert parameters["MaxDefinitions"]["Default"] == MAX_DEFINITIONS
    assert Settings.from_env({"TABLE_NAME": "a"}).max_definitions == MAX_DEFINITIONS
    assert parameters["MaxContacts"]["Default"] == MAX_CONTACTS
    assert Settings.from_env({"TABLE_NAME": "a"}).max_contacts == MAX_CONTACTS
    assert klen.MAX_BODY_BYTES == chatcaptain.MAX_BODY_BYTES == setter.MAX_BODY_BYTES
    for what, limit in rows.items():
        assert f"| {what} | {limit} |" in page
    assert f"{names.MAX_NAME_CHARS} letters, digits and underscores" in page


def test_the_page_of_the_services_own_api_tells_the_limits_of_the_code():
    page = (ROOT / "docs" / "dialects" / "native.md").read_text()
    delays = {5: "5 seconds", 300: "5 minutes", 1800: "30 minutes"}
    delays |= {hours * 3600: f"{hours} hours" for hours in (2, 5, 10)}
    *first, last = [delays[int(each.total_seconds())] for each in webhook_deliveries.DELAYS]
    assert f"It is retried after {', '.join(first)} and {last}; then the delivery fails." in page
    for told in (
        f"of 1 to {variable_requests.MAX_IDEMPOTENCY_KEY_CHARS} printable ASCII characters",
        f"kept for {value_changes.KEPT_FOR.total_seconds() / 3600:.0f} hours",
        f"Applies up to {variable_requests.MAX_OPERATIONS} operations",
        f"`call_id` of up to {variable_requests.MAX_CALL_ID_CHARS} characters",
        f"`quote` of up to {variable_requests.MAX_QUOTE_BYTES:,} bytes",
        f"changes more than {values.MAX_VARIABLES_PER_REQUEST:,} variables",
        f"the body is over {native.MAX_BODY_BYTES:,} bytes",
        f"from 1 to {paging.MAX_LIMIT}, {paging.DEFAULT_LIMIT} by default",
        f"up to {webhooks.MAX_URL_CHARS:,} characters, without user name",
        f"| up to {webhooks.MAX_DESCRIPTION_CHARS:,} characters |",
        f"1 to {webhooks.MAX_FILTERED_VARIABLES} names",
        f"An account has at most {webhook_use_cases.MAX_WEBHOOKS} webhooks;",
        f"An account has at most {api_key_use_cases.MAX_VALID_KEYS} valid keys;",
        f"required; 0 to {key_requests.MAX_OVERLAP_HOURS}: how long the old key goes on working",
        f"required; up to {api_keys.MAX_PERMISSIONS}; empty for a key of the APIs",
        f"| up to {api_keys.MAX_KEY_NAME_CHARS} characters |",
        f"those of {request_limits.ACCOUNT_WINDOW_SECONDS} seconds; `Retry-After`",
        f"For {webhook_use_cases.OLD_SECRETS_SIGN.total_seconds() / 3600:.0f} hours each request",
        f"within {webhook_sender.TOTAL_SECONDS:.0f} seconds is a success",
        f"So do {webhook_health.MAX_FAILED_DELIVERIES} failed deliveries",
        f"fails after {webhook_health.MAX_FAILING.days} days without a success",
        f"for {delivery_records.RETENTION.days} days",
        f"reads at most {webhook_redeliveries.MAX_SCANNED} deliveries of the log",
        f"queues at most {webhook_redeliveries.MAX_QUEUED} of them",
    ):
        assert told in page, told
    for topic in webhooks.TOPICS:
        assert f"| `{topic}` |" in page
    for code in (*failures.CODES, *SuspensionReason, *CancellationReason):
        assert f"`{code}`" in page, code


def test_every_port_that_a_page_names_is_one_of_a_local_run():
    """The ports are the defaults of `make run` and its engines, of the receiver, and of SAM."""
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
