"""The built layer and functions, run as Lambda runs them: in a process that has nothing else."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from benchmarks.client import Client
from benchmarks.cold_start import aws_environment
from benchmarks.examples import Examples, complete_demo
from benchmarks.runtime import has_succeeded
from benchmarks.snapshot import Snapshot
from benchmarks.stage import local_table
from local.seed import load_file
from local.template import FunctionDefinition, read_template
from tests.contract.test_house import HOOKS, NO_DIALECT, TRIGGERS
from tests.packaging.budgets import LIBRARY_BYTES, MODULES, OWN_BYTES
from tests.packaging.conftest import ROOT, RunInLayer

pytestmark = [pytest.mark.packaging, pytest.mark.timeout(300)]

TEMPLATE = read_template(ROOT / "template.yaml")
FUNCTIONS = sorted(TEMPLATE.functions.values(), key=lambda function: function.logical_id)

SET_BY_LAMBDA = {"AWS_REGION": "us-east-1", "AWS_DEFAULT_REGION": "us-east-1"}
"""https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html"""

IMPORT_AND_CALL_HANDLER = """
import importlib, json, os, sys
handler = importlib.import_module("app").lambda_handler
origins = {name: getattr(loaded, "__file__", None) for name, loaded in sys.modules.items()}
answer = handler(json.loads(os.environ.pop("EVENT")), None)
print(json.dumps({"origins": origins, "answer": answer}))
"""

PRESIGN_EVERYWHERE = """
import json
import botocore.session
session = botocore.session.Session()
session.set_credentials("id", "secret")
hosts = {}
for partition in session.get_available_partitions():
    for region in session.get_available_regions("dynamodb", partition_name=partition):
        client = session.create_client("dynamodb", region_name=region)
        arguments = {"TableName": "table", "Key": {"pk": {"S": "a"}, "sk": {"S": "b"}}}
        url = client.generate_presigned_url("get_item", Params=arguments)
        hosts[region] = [url.split("?")[0], "X-Amz-Signature=" in url]
        models = session.create_client("bedrock-runtime", region_name=region)
        url = models.generate_presigned_url("converse", Params={"modelId": "model:0"})
        hosts[region] += [url.split("?")[0], "X-Amz-Signature=" in url]
        files = session.create_client("s3", region_name=region)
        url = files.generate_presigned_url("put_object", Params={"Bucket": "bucket", "Key": "key"})
        hosts[region] += [url.split("?")[0], "Signature=" in url]
print(json.dumps(hosts))
"""

GET_PART = """
import base64, importlib, json
context = {"http": {"method": "GET"}, "requestId": "an-id"}
event = {"pathParameters": {"part": "swagger-ui-bundle.js"}, "requestContext": context}
answer = importlib.import_module("app").lambda_handler(event, None)
print(json.dumps([answer["statusCode"], len(base64.b64decode(answer["body"]))]))
"""

PRINT_VERSIONS = """
import json
import botocore, pydantic_core
print(json.dumps([botocore.__version__, pydantic_core.__version__]))
"""


@dataclass(frozen=True)
class Demo:
    """The demo data in a table of its own, and the ids that example events name."""

    data: Snapshot
    examples: Examples


@pytest.fixture(scope="module")
def demo() -> Iterator[Demo]:
    """The demo data with queues, a bus and a bucket beside it."""
    before = dict(os.environ)
    with local_table() as (client, name):
        load_file(ROOT / "local/demo-seed.json", client, name)
        examples = complete_demo(Client(TEMPLATE), client, name)
        yield Demo(Snapshot(client, name), examples)
    os.environ.clear()
    os.environ.update(before)


@pytest.mark.parametrize("function", FUNCTIONS, ids=lambda function: function.logical_id)
def test_handler_answers_from_the_build_alone(
    function: FunctionDefinition, demo: Demo, build: Path, layer: Path, run_in_layer: RunInLayer
) -> None:
    """A built handler finds everything in its folder and the layer, and only its own dialect.

    What was trimmed away shows only when it is called: its example event succeeds.
    """
    demo.data.restore()
    folder = build / function.logical_id
    group, name = function.code_folder.parent.name, function.code_folder.name
    text = (ROOT / "events" / group / f"{name}.json").read_text(encoding="utf-8")
    environment = {
        **function.environment,
        **aws_environment(),
        "POWERTOOLS_LOG_LEVEL": "CRITICAL",
        "EVENT": json.dumps(demo.examples.event(name, text)),
    }

    outcome = run_in_layer(IMPORT_AND_CALL_HANDLER, folder, environment=environment)

    origins: dict[str, str | None] = outcome["origins"]
    assert has_succeeded(outcome["answer"]), outcome["answer"]
    assert origins["app"] == str(folder / "app.py")
    assert origins["shared"] == str(layer / "shared" / "__init__.py")
    assert "boto3" not in origins
    if group != TRIGGERS:
        assert _loaded_dialects(origins) == {group} - {NO_DIALECT, HOOKS}
    shipped = [
        origin for origin in origins.values() if origin and _is_within(origin, layer, folder)
    ]
    assert len(shipped) <= _most_modules(function)


def _loaded_dialects(modules: dict[str, str | None]) -> set[str]:
    names = (name.split(".") for name in modules if name.startswith("shared.dialects."))
    return {parts[2] for parts in names}


def _is_within(origin: str, *folders: Path) -> bool:
    return any(Path(origin).is_relative_to(folder) for folder in folders)


def _most_modules(function: FunctionDefinition) -> int:
    budget = MODULES[function.code_folder.parent.name]
    methods = {route.method for route in TEMPLATE.routes if route.function == function.logical_id}
    takes_no_body = methods and methods <= {"GET", "DELETE"}
    return budget.without_body if takes_no_body else budget.with_body


def test_the_layer_stays_within_its_budget(layer: Path) -> None:
    own = _bytes(layer / "shared")
    assert own <= OWN_BYTES
    assert _bytes(layer) - own <= LIBRARY_BYTES


def _bytes(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


def test_page_is_built_with_all_that_it_is_made_of(build: Path, run_in_layer: RunInLayer) -> None:
    """The files of Swagger UI are beside the function, and nothing else of their package is."""
    folder = build / "DocsGetPage"

    quiet = {**SET_BY_LAMBDA, "POWERTOOLS_LOG_LEVEL": "ERROR"}
    status, size = run_in_layer(GET_PART, folder, environment=quiet)

    assert (status, size > 1_000_000) == (200, True)
    assert {path.suffix for path in folder.rglob("*.*")} <= {
        *(".py", ".pyc", ".html", ".js", ".css", ".png")
    }
    assert sum(path.stat().st_size for path in folder.rglob("*") if path.is_file()) < 3_000_000


def test_every_module_is_compiled_and_never_checked_again(build: Path) -> None:
    """Lambda's disk is read-only: what is not compiled here is compiled at every cold start."""
    sources = list(build.glob("*/**/*.py"))
    assert len(sources) > len(FUNCTIONS)

    uncompiled = [str(source) for source in sources if not _has_unchecked_bytecode(source)]

    assert uncompiled == []


def _has_unchecked_bytecode(source: Path) -> bool:
    """Whether a module has byte code of Python 3.13 that imports without a look at the source.

    Bytes 4 to 8 are flags; 1 is 'holds a hash, do not check it':
    https://docs.python.org/3/reference/import.html#cached-bytecode-invalidation
    """
    compiled = source.parent / "__pycache__" / f"{source.stem}.cpython-313.pyc"
    return compiled.exists() and int.from_bytes(compiled.read_bytes()[4:8], "little") == 1


def test_layer_serves_both_processors(layer: Path) -> None:
    """Architecture is a choice at deployment, so every native module comes for both processors."""
    names = {module.name for module in layer.rglob("*.so")}
    stems = {name.split(".")[0] for name in names}
    assert stems

    for processor in ("aarch64", "x86_64"):
        expected = {f"{stem}.cpython-313-{processor}-linux-gnu.so" for stem in stems}
        assert expected <= names


def test_trimmed_botocore_finds_and_signs_for_every_region(run_in_layer: RunInLayer) -> None:
    """Trimmed botocore takes no region away: each resolves and signs as with the whole one."""
    trimmed = run_in_layer(PRESIGN_EVERYWHERE)

    whole = subprocess.run(
        [sys.executable, "-c", PRESIGN_EVERYWHERE],
        env={"PATH": os.environ["PATH"]},
        capture_output=True,
        text=True,
        check=True,
    )
    assert trimmed == json.loads(whole.stdout)
    assert {"us-east-1", "cn-north-1", "us-gov-west-1"} <= trimmed.keys()
    assert all(table and model and file for _, table, _, model, _, file in trimmed.values())


def test_layer_holds_no_more_than_the_functions_read(layer: Path) -> None:
    """Neither boto3, nor the data of other services, nor build files are shipped."""
    services = {path.name for path in (layer / "botocore" / "data").iterdir() if path.is_dir()}
    assert services - {"__pycache__"} == {
        *("dynamodb", "s3", "sqs", "events", "bedrock-runtime"),
    }
    assert not (layer / "boto3").exists()
    assert not (layer / "pydantic").exists()
    assert not list((layer / "shared").glob("requirements*"))
    assert not (layer / "shared" / "Makefile").exists()


def test_layer_has_the_locked_versions(run_in_layer: RunInLayer) -> None:
    """The layer runs the versions that the tests ran."""
    lock = (ROOT / "shared" / "requirements.txt").read_text(encoding="utf-8")

    botocore_version, pydantic_version = run_in_layer(PRINT_VERSIONS)

    assert f"botocore=={botocore_version} " in lock
    assert f"pydantic-core=={pydantic_version} " in lock


def test_layer_build_names_the_missing_python(tmp_path: Path) -> None:
    """Without Python 3.13 nothing is built by another version; a sentence says what is missing."""
    finished = subprocess.run(
        ["make", "build-SharedLayer", "PYTHON=python-that-is-absent", f"ARTIFACTS_DIR={tmp_path}"],
        check=False,
        cwd=ROOT / "shared",
        capture_output=True,
        text=True,
    )

    assert finished.returncode != 0
    assert "The layer needs Python 3.13" in finished.stderr
    assert not list(tmp_path.iterdir())
