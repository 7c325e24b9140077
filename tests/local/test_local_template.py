"""The template is read as SAM and CloudFormation read it."""

import json
from pathlib import Path

import pytest

from local.event_sources import StreamSource
from local.failure import LocalApiError
from local.functions import function_environment, load_functions
from local.server import without_local_names
from local.template import read_template
from tests.local.running_api import SERVICE

TABLE = """
Resources:
  Table:
    Type: AWS::DynamoDB::Table
    Properties:
      AttributeDefinitions: [{AttributeName: pk, AttributeType: S}]
      KeySchema: [{AttributeName: pk, KeyType: HASH}]
"""


def written(folder: Path, text: str) -> Path:
    path = folder / "template.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def test_every_http_event_is_a_route_of_its_function() -> None:
    routes = read_template(SERVICE).routes

    assert {(route.key, route.function) for route in routes} == {
        ("ANY /echo", "Echo"),
        ("GET /slash/", "Echo"),
        ("ANY /echo/{name}", "Echo"),
        ("ANY /deep/{proxy+}", "Echo"),
        ("PUT /items/{id}", "Items"),
        ("GET /items/{id}", "Items"),
        ("POST /shapes", "Shapes"),
        ("GET /slow/{milliseconds}", "Slow"),
        ("GET /stuck/{milliseconds}", "Stuck"),
        ("GET /crash/{how}", "Crash"),
    }


def test_functions_that_nothing_runs_and_those_whose_condition_fails_are_left_out() -> None:
    functions = read_template(SERVICE).functions

    assert functions.keys() == {"Echo", "Items", "Shapes", "Slow", "Stuck", "Crash"}


def test_globals_hold_where_a_function_says_nothing() -> None:
    functions = read_template(SERVICE).functions

    assert functions["Echo"].timeout_seconds == 5
    assert functions["Slow"].timeout_seconds == 1
    assert functions["Slow"].memory_mb == 256
    assert functions["Slow"].code_folder == SERVICE.parent / "functions" / "slow"


def test_environment_variables_are_resolved() -> None:
    template = read_template(SERVICE, table_name="people", region="eu-west-1")

    assert template.functions["Echo"].environment == {
        "TABLE_NAME": "people",
        "TABLE_ARN": "arn:aws:dynamodb:eu-west-1:123456789012:table/people",
        "GREETING": "eu-west-1 people ${Literal}",
    }


def test_the_table_is_what_create_table_takes() -> None:
    """What only CloudFormation knows is left out; the billing is always on demand."""
    assert read_template(SERVICE).table.arguments == {
        "AttributeDefinitions": [
            {"AttributeName": "pk", "AttributeType": "S"},
            {"AttributeName": "other", "AttributeType": "S"},
        ],
        "KeySchema": [{"AttributeName": "pk", "KeyType": "HASH"}],
        "BillingMode": "PAY_PER_REQUEST",
        "GlobalSecondaryIndexes": [
            {
                "IndexName": "by_other",
                "KeySchema": [{"AttributeName": "other", "KeyType": "HASH"}],
                "Projection": {"ProjectionType": "ALL"},
            }
        ],
        "StreamSpecification": {"StreamEnabled": True, "StreamViewType": "NEW_AND_OLD_IMAGES"},
    }
    assert read_template(SERVICE).table.time_to_live_attribute == "expires_at"


def test_there_is_no_cors_unless_its_condition_holds() -> None:
    assert read_template(SERVICE).cors is None


def test_parameters_can_be_given() -> None:
    template = read_template(SERVICE, parameters={"Origins": "https://a.example,https://b.example"})

    assert template.cors is not None
    assert template.cors.allow_origins == ("https://a.example", "https://b.example")
    assert template.cors.max_age_seconds == 600


@pytest.mark.parametrize(
    ("value", "resolved"),
    [
        ("!If [IsWord, one, two]", "one"),
        ("!If [Both, a, b]", "a"),
        ("!Sub ['${Word}-${Own}', {Own: !Ref Word}]", "word-word"),
        ("{'Fn::Sub': '${Word}'}", "word"),
        ("!GetAtt Other.Arn", "local.Other.Arn"),
        ("!Ref Number", "1"),
        ("!Ref 'AWS::Partition'", "aws"),
        ("true", "true"),
    ],
)
def test_intrinsic_functions_have_cloudformations_meaning(
    tmp_path: Path, value: str, resolved: str
) -> None:
    text = f"""
Parameters:
  Word: {{Type: String, Default: word}}
  Number: {{Type: Number, Default: 1}}
Conditions:
  IsWord: !Equals [!Ref Word, word]
  Both: !And [!Condition IsWord, !Not [!Equals [!Ref Number, 2]]]
{TABLE}
  F:
    Type: AWS::Serverless::Function
    Properties:
      CodeUri: f/
      Handler: app.lambda_handler
      Environment: {{Variables: {{VALUE: {value}, GONE: !Ref "AWS::NoValue"}}}}
      Events: {{Get: {{Type: HttpApi, Properties: {{Path: /, Method: GET}}}}}}
"""
    environment = read_template(written(tmp_path, text)).functions["F"].environment

    assert environment == {"VALUE": resolved}


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("a: [", "not valid YAML"),
        ("- a list", "not a YAML mapping"),
        ("Resources: {}", "no AWS::DynamoDB::Table named Table"),
        (
            TABLE.replace("AttributeName: pk, KeyType", "AttributeName: !Ref Nobody, KeyType"),
            "Nobody",
        ),
        (TABLE.replace("S}]", "!Transform x}]"), "Fn::Transform"),
        (TABLE.replace("S}]", "!If [Unknown, a, b]}]"), "the condition Unknown"),
        ("Parameters: {P: {Type: String}}" + TABLE.replace("S}]", "!Ref P}]"), "P has no default"),
        (
            TABLE + "  F: {Type: AWS::Serverless::Function, Properties: {CodeUri: f/, Events: "
            "{E: {Type: HttpApi}}}}",
            "function F has no Handler",
        ),
    ],
)
def test_a_template_that_cannot_be_used_is_named_in_one_sentence(
    tmp_path: Path, text: str, sentence: str
) -> None:
    with pytest.raises(LocalApiError, match=sentence) as caught:
        read_template(written(tmp_path, text))

    assert "\n" not in str(caught.value)


def test_a_missing_template_is_named(tmp_path: Path) -> None:
    with pytest.raises(LocalApiError, match=r"nowhere\.yaml can't be read"):
        read_template(tmp_path / "nowhere.yaml")


def test_an_event_without_path_is_the_default_route(tmp_path: Path) -> None:
    text = TABLE + (
        "  F: {Type: AWS::Serverless::Function, Properties: {CodeUri: f/, Handler: app.handler, "
        "Events: {E: {Type: HttpApi}}}}"
    )

    assert [route.key for route in read_template(written(tmp_path, text)).routes] == ["$default"]


def test_a_function_that_a_service_may_invoke_needs_no_route(tmp_path: Path) -> None:
    text = TABLE + (
        "  F: {Type: AWS::Serverless::Function, Properties: {CodeUri: f/, Handler: app.handler}}\n"
        "  G: {Type: AWS::Serverless::Function, Properties: {CodeUri: g/, Handler: app.handler}}\n"
        "  P: {Type: AWS::Lambda::Permission, Properties: {FunctionName: !Ref F}}\n"
    )

    assert read_template(written(tmp_path, text)).functions.keys() == {"F"}


def test_functions_that_disagree_on_a_variable_are_refused(tmp_path: Path) -> None:
    """They share one process, so that one of them would see the other's value."""
    functions = "".join(
        f"  F{number}: {{Type: AWS::Serverless::Function, Properties: {{CodeUri: f/, "
        f"Handler: app.handler, Environment: {{Variables: {{SIZE: {number}}}}}, "
        f"Events: {{E: {{Type: HttpApi, Properties: {{Path: /{number}, Method: GET}}}}}}}}}}\n"
        for number in (1, 2)
    )
    template = read_template(written(tmp_path, TABLE + functions))

    with pytest.raises(LocalApiError, match="F1 and F2 set SIZE"):
        function_environment(template.functions)


@pytest.mark.parametrize(
    ("code", "sentence"),
    [
        (None, "The function F has no file"),
        ("raise ValueError('no\\nluck')", "F can't be imported from .*: ValueError: no luck"),
        ("other = 1", "F has no handler in"),
    ],
)
def test_a_handler_that_cannot_be_loaded_is_named(
    tmp_path: Path, code: str | None, sentence: str
) -> None:
    text = TABLE + (
        "  F: {Type: AWS::Serverless::Function, Properties: {CodeUri: f/, Handler: app.handler, "
        "Events: {E: {Type: HttpApi}}}}"
    )
    if code is not None:
        (tmp_path / "f").mkdir()
        (tmp_path / "f" / "app.py").write_text(code)
    template = read_template(written(tmp_path, text))

    with pytest.raises(LocalApiError, match=sentence):
        load_functions(template.functions)


TRIGGERED = (
    TABLE
    + """
  Queue:
    Type: AWS::SQS::Queue
    Properties:
      VisibilityTimeout: 60
      RedrivePolicy: {deadLetterTargetArn: !GetAtt Letters.Arn, maxReceiveCount: 3}
  Letters: {Type: AWS::SQS::Queue, Properties: {QueueName: !Sub "${AWS::StackName}-letters"}}
  Bus: {Type: AWS::Events::EventBus, Properties: {Name: bus}}
  Bucket:
    Type: AWS::S3::Bucket
    Properties:
      NotificationConfiguration:
        QueueConfigurations:
          - Event: s3:ObjectCreated:*
            Queue: !GetAtt Queue.Arn
            Filter: {S3Key: {Rules: [{Name: prefix, Value: in/}]}}
  Rule:
    Type: AWS::Events::Rule
    Properties:
      EventBusName: !Ref Bus
      EventPattern: {source: [a]}
      Targets: [{Id: q, Arn: !GetAtt Queue.Arn}]
  Trigger:
    Type: AWS::Serverless::Function
    Properties:
      CodeUri: f
      Handler: app.lambda_handler
      Environment:
        Variables: {QUEUE_URL: !Ref Queue, BUS: !Ref Bus, BUCKET: !Ref Bucket}
      Events: {Source: {Type: %s, Properties: %s}}
"""
)


def test_the_resources_of_triggers_are_what_their_apis_take(tmp_path: Path) -> None:
    text = TRIGGERED % ("SQS", "{Queue: !GetAtt Queue.Arn}")
    template = read_template(written(tmp_path, text), endpoint_url="http://127.0.0.1:9")

    (letters, of_letters), (_, attributes) = template.resources.queues.items()
    assert (letters, of_letters) == ("local-letters", {})
    arn = "arn:aws:sqs:us-east-1:123456789012:local"
    assert json.loads(attributes["RedrivePolicy"]) == {
        "deadLetterTargetArn": f"{arn}-letters",
        "maxReceiveCount": 3,
    }
    assert attributes["VisibilityTimeout"] == "60"
    assert template.resources.buckets == {
        "local-bucket": [
            {
                "QueueArn": f"{arn}-Queue",
                "Events": ["s3:ObjectCreated:*"],
                "Filter": {"Key": {"FilterRules": [{"Name": "prefix", "Value": "in/"}]}},
            }
        ]
    }
    (rule,) = template.resources.rules.values()
    assert (rule["EventBusName"], rule["EventPattern"]) == ("bus", {"source": ["a"]})
    assert rule["Targets"] == [{"Id": "q", "Arn": f"{arn}-Queue"}]
    assert template.functions["Trigger"].environment == {
        "QUEUE_URL": "http://127.0.0.1:9/123456789012/local-Queue",
        "BUS": "bus",
        "BUCKET": "local-bucket",
    }


def test_a_stream_is_read_as_its_mapping_says(tmp_path: Path) -> None:
    properties = """{Stream: !GetAtt Table.StreamArn, StartingPosition: LATEST, BatchSize: 7,
        MaximumBatchingWindowInSeconds: 1, MaximumRetryAttempts: 4,
        BisectBatchOnFunctionError: true, MaximumRecordAgeInSeconds: 60,
        FunctionResponseTypes: [ReportBatchItemFailures],
        DestinationConfig: {OnFailure: {Destination: !GetAtt Letters.Arn}},
        FilterCriteria: {Filters: [{Pattern: '{"eventName": ["INSERT"]}'}]}}"""
    (source,) = read_template(written(tmp_path, TRIGGERED % ("DynamoDB", properties))).sources

    assert source == StreamSource(
        name="Trigger.Source",
        function="Trigger",
        batch_size=7,
        window_seconds=1,
        patterns=({"eventName": ["INSERT"]},),
        reports_failures=True,
        bisects=True,
        max_retries=4,
        max_age_seconds=60,
        failures="arn:aws:sqs:us-east-1:123456789012:local-letters",
    )


@pytest.mark.parametrize(
    ("kind", "properties", "named"),
    [
        ("Kinesis", "{}", "Kinesis"),
        ("S3", "{}", "S3"),
        ("EventBridgeRule", "{}", "EventBridgeRule"),
        ("SQS", "{Queue: q, FilterCriteria: {Filters: [{Pattern: '{'}]}}", "Trigger.Source"),
        ("SQS", "{Queue: q, FilterCriteria: {Filters: [{Pattern: '{\"a\": 1}'}]}}", "'a'"),
    ],
)
def test_a_source_that_the_local_run_does_not_know_is_told(
    tmp_path: Path, kind: str, properties: str, named: str
) -> None:
    with pytest.raises(LocalApiError, match=named):
        read_template(written(tmp_path, TRIGGERED % (kind, properties)))


def test_on_aws_no_function_is_told_a_name_that_only_a_local_run_makes(tmp_path: Path) -> None:
    """A bucket of another AWS account may have this name."""
    text = TRIGGERED % ("SQS", "{Queue: !GetAtt Queue.Arn}")
    template = read_template(written(tmp_path, text))
    variables = {**function_environment(template.functions), "TABLE_NAME": "people"}

    assert variables.keys() == {"QUEUE_URL", "BUS", "BUCKET", "TABLE_NAME"}
    assert without_local_names(variables, template) == {"TABLE_NAME": "people"}
