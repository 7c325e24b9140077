"""Test `template.yaml` as written. tests/packaging tests what SAM makes of it."""

import json
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import botocore.session
import pytest

from local.intrinsics import parse_template
from local.template import read_template
from shared.domain.changes import EventType

ROOT = Path(__file__).parents[2]
TEMPLATE = parse_template((ROOT / "template.yaml").read_text(encoding="utf-8"))
AS_RUN = read_template(ROOT / "template.yaml")
"""The template as the local API reads it."""
RESOURCES: dict[str, dict[str, Any]] = TEMPLATE["Resources"]

MAX_ROUTES = 300
"""Of one API: https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-quotas.html"""


def resources_of(kind: str) -> dict[str, dict[str, Any]]:
    """Return the properties of every resource of a type, by logical id."""
    return {
        logical_id: resource["Properties"]
        for logical_id, resource in RESOURCES.items()
        if resource["Type"] == kind
    }


FUNCTIONS = resources_of("AWS::Serverless::Function")
each_function = pytest.mark.parametrize("logical_id", FUNCTIONS)
OPEN = {name for name, each in FUNCTIONS.items() if each["CodeUri"].startswith("functions/docs/")}
"""The functions that need no key."""
TRIGGERS = {
    name for name, each in FUNCTIONS.items() if each["CodeUri"].startswith("functions/triggers/")
}
"""The functions without HTTP routes."""
each_with_a_policy = pytest.mark.parametrize("logical_id", sorted(FUNCTIONS.keys() - OPEN))
each_with_a_key = pytest.mark.parametrize("logical_id", sorted(FUNCTIONS.keys() - OPEN - TRIGGERS))
each_with_routes = pytest.mark.parametrize("logical_id", sorted(FUNCTIONS.keys() - TRIGGERS))


ROUTES = {
    logical_id: [
        (route.method, route.path) for route in AS_RUN.routes if route.function == logical_id
    ]
    for logical_id in FUNCTIONS
}
"""Method and path of every route, by the logical id of its function."""
ALL_ROUTES = [route for routes in ROUTES.values() for route in routes]


def event_file(function: dict[str, Any]) -> Path:
    """Return the file of the example event of a function: events/ mirrors functions/."""
    folder = Path(function["CodeUri"])
    return ROOT / "events" / folder.relative_to("functions").with_suffix(".json")


# ---- Functions and their folders ---------------------------------------------------------------


def test_template_and_folders_name_the_same_functions() -> None:
    """Every function of the template has a folder, and every folder has a function."""
    in_template = Counter(ROOT / function["CodeUri"] for function in FUNCTIONS.values())
    on_disk = Counter(path.parent for path in (ROOT / "functions").glob("*/*/app.py"))

    assert in_template == on_disk


@each_function
def test_logical_id_repeats_the_folder(logical_id: str) -> None:
    """functions/klen/get_contact/ is KlenGetContact, so that either name leads to the other."""
    group, name = Path(FUNCTIONS[logical_id]["CodeUri"]).parts[1:]
    # A group of triggers, and one trigger of it.
    words = f"{group.removesuffix('s') if logical_id in TRIGGERS else group}_{name}"

    assert logical_id == "".join(word.capitalize() for word in words.split("_"))


# ---- Least privilege ---------------------------------------------------------------------------


COMMON = {"Ref": "CommonTableAccess"}
"""The policy that all functions share."""


def statements_of(function: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the statements of the own policy of a function."""
    [policy] = [each for each in function["Policies"] if each != COMMON]
    statements: list[dict[str, Any]] = policy["Statement"]
    return statements


@pytest.mark.parametrize("logical_id", sorted(OPEN))
def test_function_without_a_key_may_do_nothing(logical_id: str) -> None:
    """A public function cannot read data: its role only writes logs."""
    assert "Policies" not in FUNCTIONS[logical_id]
    assert "Role" not in FUNCTIONS[logical_id]


SERVICES = {
    "AWS::DynamoDB::Table": "dynamodb",
    "AWS::Events::EventBus": "events",
    "AWS::S3::Bucket": "s3",
    "AWS::SQS::Queue": "sqs",
}
"""The types of resources of policies, with the prefix of their actions."""


@each_with_a_policy
def test_function_has_one_policy_of_listed_actions(logical_id: str) -> None:
    """Each statement allows named actions on one thing of the template, or on a part of it."""
    for statement in statements_of(FUNCTIONS[logical_id]):
        actions, resources = statement["Action"], statement["Resource"]
        named = map(named_by, resources if isinstance(resources, list) else [resources])
        (service,) = {SERVICES[RESOURCES[each]["Type"]] for each in named}
        assert statement["Effect"] == "Allow"
        assert all(re.fullmatch(rf"{service}:[A-Za-z]+", action) for action in actions)
        assert actions == sorted(set(actions))


def named_by(resource: dict[str, Any]) -> str:
    """Return the logical id of the resource of a policy, also of an index or a folder."""
    if "Fn::GetAtt" in resource:
        logical_id, attribute = resource["Fn::GetAtt"]
        assert attribute in ("Arn", "StreamArn")
        return str(logical_id)
    named = re.fullmatch(r"\$\{(\w+)\.Arn\}/(index/\w+|\w+/\*)", resource["Fn::Sub"])
    assert named is not None
    return named[1]


@each_with_a_key
def test_function_may_check_keys_and_count_requests(logical_id: str) -> None:
    """Every endpoint finds its key (BatchGetItem) and counts against its limit (UpdateItem)."""
    function = FUNCTIONS[logical_id]
    on_table = {
        action
        for statement in statements_of(function)
        if statement["Resource"] == {"Fn::GetAtt": ["Table", "Arn"]}
        for action in statement["Action"]
    }

    assert "dynamodb:BatchGetItem" in on_table
    assert COMMON in function["Policies"] or "dynamodb:UpdateItem" in on_table


def test_only_indexes_that_exist_are_granted() -> None:
    """A misspelled index in a policy would be refused on AWS only, at the first request."""
    granted = set(re.findall(r"\$\{Table\.Arn\}/index/(\w+)", json.dumps(FUNCTIONS)))
    existing = {index["IndexName"] for index in table()["GlobalSecondaryIndexes"]}

    assert granted <= existing


INVOKING = {
    "connect.amazonaws.com": ("TriggerAnswerConnectFlow", "connect", "instance/*"),
    "lexv2.amazonaws.com": ("TriggerAnswerLexBot", "lex", "bot-alias/*"),
}


def test_a_platform_may_invoke_its_own_function_from_this_account_alone() -> None:
    """A service of AWS acts for every account of AWS."""
    permissions = resources_of("AWS::Lambda::Permission").values()

    assert {each["Principal"] for each in permissions} == {*INVOKING}
    for each in permissions:
        function, service, resource = INVOKING[each["Principal"]]
        arn = f"arn:${{AWS::Partition}}:{service}:${{AWS::Region}}:${{AWS::AccountId}}:{resource}"
        assert each == {
            "FunctionName": {"Ref": function},
            "Action": "lambda:InvokeFunction",
            "Principal": each["Principal"],
            "SourceAccount": {"Ref": "AWS::AccountId"},
            "SourceArn": {"Fn::Sub": arn},
        }


# ---- Logs --------------------------------------------------------------------------------------


@each_function
def test_function_writes_to_the_log_group_of_its_dialect(logical_id: str) -> None:
    """Log streams have the name of the function. A group for each would fill the stack."""
    group = Path(FUNCTIONS[logical_id]["CodeUri"]).parts[1]
    logs = f"{group.removesuffix('s') if logical_id in TRIGGERS else group}".capitalize() + "Logs"

    assert FUNCTIONS[logical_id]["LoggingConfig"] == {"LogGroup": {"Ref": logs}}
    assert RESOURCES[logs]["Properties"]["LogGroupName"] == {
        "Fn::Sub": f"/${{AWS::StackName}}/{group}"
    }


def test_every_log_is_forgotten_after_the_chosen_days() -> None:
    """No log group keeps its lines forever, CloudWatch's default."""
    groups = resources_of("AWS::Logs::LogGroup")

    kept_otherwise = {
        logical_id: group.get("RetentionInDays")
        for logical_id, group in groups.items()
        if group.get("RetentionInDays") != {"Ref": "LogRetentionDays"}
    }
    assert {name for name in groups if name.endswith("Logs")} == groups.keys()
    assert kept_otherwise == {}


def test_access_log_is_json_without_headers_query_and_path() -> None:
    """Headers and queries can have keys, and paths can have phone numbers."""
    api = resources_of("AWS::Serverless::HttpApi")["HttpApi"]
    entry = json.loads(api["AccessLogSettings"]["Format"])

    assert {"requestId", "routeKey", "status", "latencyMs"} <= entry.keys()
    for variable in entry.values():
        assert variable.startswith("$context.")
        assert not re.search(
            "header|query|userAgent|protocol|authorizer|path", variable, re.IGNORECASE
        )


# ---- Routes ------------------------------------------------------------------------------------


def test_no_two_functions_claim_a_route() -> None:
    """SAM deploys the last of two functions with the same route without an error."""
    twice = [route for route, times in Counter(ALL_ROUTES).items() if times > 1]

    assert twice == []


@each_function
def test_paths_of_vendors_are_served_with_and_without_a_trailing_slash(logical_id: str) -> None:
    """An HTTP API takes a trailing slash for another path; clients of the vendors send both.

    The native API promises no second route: an HTTP API has at most 300.
    """
    bare = Counter(route for route in ROUTES[logical_id] if not route[1].endswith("/"))
    slashed = Counter(
        (method, path[:-1]) for method, path in ROUTES[logical_id] if path.endswith("/")
    )

    assert slashed <= bare
    assert logical_id.startswith(("Native", "Hooks")) or slashed == bare


def test_a_path_position_has_one_parameter_name() -> None:
    """Two names at one position are refused by REST APIs, and confuse readers of any."""
    names: dict[str, set[str]] = {}
    for _, path in ALL_ROUTES:
        for prefix, name in path_parameters(path):
            names.setdefault(prefix, set()).add(name)

    assert {prefix: found for prefix, found in names.items() if len(found) > 1} == {}


def path_parameters(path: str) -> Iterator[tuple[str, str]]:
    """Return every parameter of a path with its prefix, without earlier names."""
    for parameter in re.finditer(r"\{(\w+)\}", path):
        yield re.sub(r"\{\w+\}", "{}", path[: parameter.start()]), parameter[1]


def test_api_stays_within_its_number_of_routes() -> None:
    """A deployment above the quota fails halfway."""
    assert 0 < len(ALL_ROUTES) <= MAX_ROUTES


def test_api_gateway_may_invoke_the_functions_of_this_stack_alone() -> None:
    """One role for every route, in place of a permission for each."""
    role = RESOURCES["GatewayRole"]["Properties"]
    [trust] = role["AssumeRolePolicyDocument"]["Statement"]
    [statement] = role["Policies"][0]["PolicyDocument"]["Statement"]

    assert trust["Principal"] == {"Service": "apigateway.amazonaws.com"}
    assert statement["Action"] == "lambda:InvokeFunction"
    assert statement["Resource"]["Fn::Sub"].endswith(":function:${AWS::StackName}-*")
    paths = RESOURCES["HttpApi"]["Properties"]["DefinitionBody"]["paths"]
    integrations = [
        operation["x-amazon-apigateway-integration"]
        for operations in paths.values()
        for method, operation in operations.items()
        if method != "parameters"
    ]
    assert len(integrations) == len(ALL_ROUTES)
    assert all(
        each["credentials"] == {"Fn::GetAtt": ["GatewayRole", "Arn"]} for each in integrations
    )


def test_the_custom_domain_is_the_only_address_of_the_api() -> None:
    """The generated address would bypass the protection of the domain."""
    api = resources_of("AWS::Serverless::HttpApi")["HttpApi"]

    assert api["DisableExecuteApiEndpoint"] == {"Fn::If": ["HasDomain", True, False]}


def test_browsers_may_read_when_to_try_again() -> None:
    """A script sees headers of limits only when CORS exposes them; the local API reads the same."""
    parameters = {"CorsOrigins": "https://app.example.com"}

    cors = read_template(ROOT / "template.yaml", parameters=parameters).cors

    assert cors is not None
    assert cors.expose_headers == ("ratelimit", "ratelimit-policy", "retry-after")


def test_functions_answer_before_the_api_gives_up() -> None:
    """An HTTP API waits 30 seconds. After that, the caller gets no result of the function."""
    asked = {each: AS_RUN.functions[each].timeout_seconds for each in FUNCTIONS.keys() - TRIGGERS}
    assert set(asked.values()) == {29}


# ---- Example events ----------------------------------------------------------------------------


def test_every_function_has_an_example_event_and_no_event_is_left_over() -> None:
    """`sam local invoke KlenGetContact -e` takes events/klen/get_contact.json."""
    expected = {event_file(function) for function in FUNCTIONS.values()}

    assert expected == set((ROOT / "events").glob("*/*.json"))


@each_with_routes
def test_example_event_arrives_at_its_function(logical_id: str) -> None:
    """The event is one that API Gateway would send to this function and to no other."""
    function = FUNCTIONS[logical_id]
    event = json.loads(event_file(function).read_text(encoding="utf-8"))
    context = event["requestContext"]
    method, route = event["routeKey"].split(" ")
    parameters = event.get("pathParameters", {})

    assert event["version"] == "2.0"
    assert (method, route) in ROUTES[logical_id]
    assert event["rawPath"] == re.sub(r"\{(\w+)\}", lambda name: parameters[name[1]], route)
    assert context["routeKey"] == event["routeKey"]
    assert (context["http"]["method"], context["http"]["path"]) == (method, event["rawPath"])
    assert int(event["headers"].get("content-length", 0)) == len(event.get("body", "").encode())


# ---- Webhooks ----------------------------------------------------------------------------------


def test_a_retry_of_a_delivery_is_a_task_with_a_delay() -> None:
    """A message that is hidden for hours counts toward the limit of messages in flight."""
    queue = resources_of("AWS::SQS::Queue")["WebhookDeliveryQueue"]

    assert queue["VisibilityTimeout"] <= 180
    assert "sqs:ChangeMessageVisibility" not in str(RESOURCES["TriggerDeliverWebhook"])


def test_queues_keep_what_they_have_for_as_long_as_they_can() -> None:
    """A dead letter ages from its first sending, so a shorter retention would delete it earlier."""
    queues = resources_of("AWS::SQS::Queue")

    assert {queue["MessageRetentionPeriod"] for queue in queues.values()} == {1_209_600}


@pytest.mark.parametrize(
    ("rule", "letters"),
    [("WebhookRule", "WebhookEventDeadLetters"), ("InboundRule", "InboundDeadLetters")],
)
def test_what_the_bus_cannot_give_to_a_queue_is_put_aside(rule: str, letters: str) -> None:
    """It would be dropped after a day. Only this rule may send it to the dead-letter queue."""
    [target] = resources_of("AWS::Events::Rule")[rule]["Targets"]
    [allowed] = [each for each in queue_statements(letters) if each["Effect"] == "Allow"]

    assert target["DeadLetterConfig"] == {"Arn": {"Fn::GetAtt": [letters, "Arn"]}}
    source = {"aws:SourceArn": {"Fn::GetAtt": [rule, "Arn"]}}
    assert allowed["Condition"] == {"ArnEquals": source}


def queue_statements(queue: str) -> list[dict[str, Any]]:
    """Return the statements of the only policy of a queue. A second one would replace it."""
    [policy] = [
        policy
        for policy in resources_of("AWS::SQS::QueuePolicy").values()
        if {"Ref": queue} in policy["Queues"]
    ]
    statements: list[dict[str, Any]] = policy["PolicyDocument"]["Statement"]
    return statements


@pytest.mark.parametrize("queue", resources_of("AWS::SQS::Queue"))
def test_a_queue_is_reached_over_tls_alone_and_by_nobody_unknown(queue: str) -> None:
    """Messages have values of contacts. Only services of AWS send them from outside."""
    denied = {
        "Effect": "Deny",
        "Principal": "*",
        "Action": "sqs:*",
        "Resource": "*",
        "Condition": {"Bool": {"aws:SecureTransport": "false"}},
    }
    statements = queue_statements(queue)

    assert denied in statements
    for each in statements:
        assert each == denied or (each["Effect"] == "Allow" and "Service" in each["Principal"])


def test_the_bucket_is_reached_over_tls_alone() -> None:
    """Files hold contacts."""
    [policy] = resources_of("AWS::S3::BucketPolicy").values()
    [statement] = policy["PolicyDocument"]["Statement"]

    assert statement["Effect"] == "Deny"
    assert statement["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}


def test_alarms_are_encrypted_with_a_key_that_cloudwatch_may_use() -> None:
    """With the key that AWS manages, alarms would not be sent, and no error would show it."""
    [topic] = resources_of("AWS::SNS::Topic").values()
    key = RESOURCES[topic["KmsMasterKeyId"]["Ref"]]
    [alarms] = [
        statement
        for statement in key["Properties"]["KeyPolicy"]["Statement"]
        if statement["Principal"] == {"Service": "cloudwatch.amazonaws.com"}
    ]

    assert key["Type"] == "AWS::KMS::Key"
    assert alarms["Action"] == ["kms:Decrypt", "kms:GenerateDataKey*"]


def test_every_topic_is_delivered_to_webhooks() -> None:
    """The rule matches all topics of subscriptions."""
    rule = resources_of("AWS::Events::Rule")["WebhookRule"]

    assert {*rule["EventPattern"]["detail-type"]} == {*EventType}


# ---- Imports -----------------------------------------------------------------------------------


def test_the_reader_of_files_is_told_of_one_that_is_gone() -> None:
    """Without permission to list a bucket, S3 reports a missing object as access denied."""
    allowed = [
        statement["Resource"]
        for statement in statements_of(FUNCTIONS["TriggerImportFile"])
        if "s3:ListBucket" in statement["Action"]
    ]

    assert allowed == [{"Fn::GetAtt": ["ImportBucket", "Arn"]}]


# ---- Table, alarms, dashboard ------------------------------------------------------------------


def table() -> dict[str, Any]:
    """Return the properties of the table."""
    [properties] = resources_of("AWS::DynamoDB::Table").values()
    return properties


def test_data_outlives_mistakes() -> None:
    """The table is retained without its stack, and has point-in-time recovery."""
    assert RESOURCES["Table"]["DeletionPolicy"] == "Retain"
    assert RESOURCES["Table"]["UpdateReplacePolicy"] == "Retain"
    assert table()["PointInTimeRecoverySpecification"] == {"PointInTimeRecoveryEnabled": True}
    assert TEMPLATE["Parameters"]["TableDeletionProtection"]["Default"] == "true"


def test_table_is_encrypted_streams_images_and_forgets_what_expired() -> None:
    """Triggers and the expiry of counters depend on it."""
    assert table()["SSESpecification"] == {"SSEEnabled": True}
    assert table()["StreamSpecification"] == {"StreamViewType": "NEW_AND_OLD_IMAGES"}
    assert table()["TimeToLiveSpecification"] == {"AttributeName": "expires_at", "Enabled": True}


def test_every_alarm_is_sent_and_called_off() -> None:
    """An alarm without an action has no effect."""
    alarms = resources_of("AWS::CloudWatch::Alarm")

    assert alarms
    for alarm in alarms.values():
        assert alarm["AlarmActions"] == alarm["OKActions"] == [{"Ref": "AlarmTopic"}]


def test_dashboard_reads_fields_that_the_access_log_has() -> None:
    api = resources_of("AWS::Serverless::HttpApi")["HttpApi"]
    logged = json.loads(api["AccessLogSettings"]["Format"]).keys()
    [dashboard] = resources_of("AWS::CloudWatch::Dashboard").values()
    [fields] = re.findall(r"fields @timestamp, ([\w, ]+) \|", dashboard["DashboardBody"]["Fn::Sub"])
    assert set(fields.split(", ")) <= logged


def test_dashboard_shows_every_alarm() -> None:
    """The body of the dashboard is JSON in YAML, which no linter checks."""
    [dashboard] = resources_of("AWS::CloudWatch::Dashboard").values()
    body = json.loads(dashboard["DashboardBody"]["Fn::Sub"])
    shown = next(w["properties"]["alarms"] for w in body["widgets"] if w["type"] == "alarm")

    assert set(shown) == {f"${{{name}.Arn}}" for name in resources_of("AWS::CloudWatch::Alarm")}


def test_an_empty_endpoint_of_the_table_is_that_of_aws(monkeypatch: pytest.MonkeyPatch) -> None:
    """The template sets the variable to a parameter that is empty unless it is given."""
    variables = TEMPLATE["Globals"]["Function"]["Environment"]["Variables"]
    assert variables["AWS_ENDPOINT_URL_DYNAMODB"] == {"Ref": "TableEndpoint"}
    monkeypatch.setenv(
        "AWS_ENDPOINT_URL_DYNAMODB", TEMPLATE["Parameters"]["TableEndpoint"]["Default"]
    )

    client = botocore.session.get_session().create_client("dynamodb", region_name="eu-west-1")

    assert client.meta.endpoint_url == "https://dynamodb.eu-west-1.amazonaws.com"


def test_no_route_is_asked_about_by_the_guided_deployment() -> None:
    """SAM asks whether routes without an authorizer may be public. Handlers check the key."""
    [api] = resources_of("AWS::Serverless::HttpApi").values()

    assert api["Auth"] == {"EnableIamAuthorizer": False}


def test_every_parameter_has_a_default() -> None:
    """`sam deploy` works without an answer to any question."""
    without = [name for name, given in TEMPLATE["Parameters"].items() if "Default" not in given]

    assert without == []
