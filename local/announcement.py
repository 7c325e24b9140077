"""The messages of a local API that is ready."""

import sys
from pathlib import Path

from local.demo_calls import call_lines
from local.environment import Endpoints
from local.first_load import Served
from local.options import Options
from local.ports import HOST
from local.template import DEFAULT_TABLE_NAME

DEMO_KEY = "klen_abcdef123456789"
"""The API key of the demo data: a public example from the vendor's documentation."""

_DEMO_CONTACT = 123
_DEMO_BODY = '{"variables": {"membership_level": "Gold"}}'


def announce(options: Options, endpoints: Endpoints | None, served: Served) -> None:
    """Print the address, curl commands, the documentation page and how to create a key.

    Args:
        options: The options of the command line.
        endpoints: The endpoints of the local engines. None for a table on AWS.
        served: A description of the data.
    """
    endpoint_url = endpoints.table if endpoints else None
    address = f"http://{HOST}:{options.port}"
    place = f"{options.engine} at {endpoint_url}" if endpoint_url else f"AWS, {options.region}"
    print(f"Contact Context is ready at {address} (table {options.table} on {place}).")
    print(served.summary)
    if options.seed is None and served.account is not None:
        print(f"\nTry it with the demo key {DEMO_KEY}:\n{_curl_line(address)}")
        print("\nCall as a voice platform does, and read what its agent gets:")
        print("\n".join(f"  {line}" for line in call_lines(address)))
        print(f"\nRead and try every API in a browser:\n  {address}/docs")
    print(f"\nMake a key of your own:\n{_key_line(options, endpoint_url, served.account)}")
    print("\nCtrl-C stops everything.", flush=True)


def _curl_line(address: str) -> str:
    return (
        f"  curl -X POST {address}/api/v1/contacts/{_DEMO_CONTACT}/context"
        f" -H 'Authorization: Bearer {DEMO_KEY}' -H 'Content-Type: application/json'"
        f" -d '{_DEMO_BODY}'"
    )


def _key_line(options: Options, endpoint_url: str | None, account: str | None) -> str:
    words = (
        f"{_python()} -m local.admin key create"
        f" --account {account or 'ACCOUNT'} --permission can_read_contacts"
    )
    if endpoint_url:
        return f"  {words} --endpoint-url {endpoint_url}{_table_option(options)}"
    return f"  {words} --table {options.table} --region {options.region}"


def _table_option(options: Options) -> str:
    return "" if options.table == DEFAULT_TABLE_NAME else f" --table {options.table}"


def _python() -> str:
    """Return the shell command of the Python that has the packages of the service."""
    program, folder = Path(sys.executable), Path.cwd()
    return str(program.relative_to(folder)) if program.is_relative_to(folder) else "python"
