"""Settings of functions, and the environment that the local run makes for them."""

import pytest

from local.environment import set_environment
from shared.runtime.config import BOTOCORE, LEAN, InvalidSetting, MissingSetting, Settings


@pytest.mark.parametrize("name", [LEAN, BOTOCORE])
def test_the_client_of_the_table_is_chosen_by_name(name: str):
    settings = Settings.from_env({"TABLE_NAME": "table", "DYNAMODB_CLIENT": name})
    assert settings.dynamodb_client == name


@pytest.mark.parametrize("name", ["", "Lean", "boto3"])
def test_no_other_client_is_taken_for_one_of_them(name: str):
    with pytest.raises(InvalidSetting, match="DYNAMODB_CLIENT"):
        Settings.from_env({"TABLE_NAME": "table", "DYNAMODB_CLIENT": name})


def test_a_table_is_required():
    with pytest.raises(MissingSetting, match="TABLE_NAME"):
        Settings.from_env({})


@pytest.mark.parametrize("endpoint_url", [None, "http://127.0.0.1:3010"])
def test_a_local_run_keeps_the_clients_name_that_the_user_set(endpoint_url: str | None):
    environment = {"DYNAMODB_CLIENT": BOTOCORE}
    set_environment(
        environment,
        {"DYNAMODB_CLIENT": LEAN, "TABLE_NAME": "table"},
        endpoint_url=endpoint_url,
        region="us-east-1",
    )
    assert environment["DYNAMODB_CLIENT"] == BOTOCORE
    assert environment["TABLE_NAME"] == "table"


@pytest.mark.parametrize(
    ("own", "level"), [({}, "WARNING"), ({"POWERTOOLS_LOG_LEVEL": "INFO"}, "INFO")]
)
def test_a_local_run_logs_warnings_unless_the_user_set_a_level(own: dict[str, str], level: str):
    environment = dict(own)
    set_environment(
        environment, {"POWERTOOLS_LOG_LEVEL": "ERROR"}, endpoint_url=None, region="us-east-1"
    )
    assert environment["POWERTOOLS_LOG_LEVEL"] == level
