"""Measure cold starts: from a new process to the first response.

Every function is compared with two baselines: a bare handler (boto3, one client, one read), and an
empty one (the runtime itself). All start through the Lambda runtime interface and use the same
engine. Samples alternate, so that other load of the machine affects all of them equally.
It serves the targets of cold starts in docs/benchmarks.md.
"""

import os
import random
import statistics
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from tqdm import tqdm

from benchmarks.client import Client
from benchmarks.examples import Examples, complete_demo
from benchmarks.runtime import (
    RUNTIME_PACKAGES,
    Prepared,
    Sample,
    isolated_python,
    python_path,
    start,
)
from benchmarks.snapshot import Snapshot
from benchmarks.staging import (
    BOTO3_PACKAGES,
    Size,
    built_function,
    compile_folder,
    layer_size,
    run,
    stage_handler,
    stage_packages,
)
from local.seed import load_file
from local.template import Template

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.client import DynamoDBClient

ROUNDS = 5
"""Rounds with one start of each function, after a warm-up round that fills the disk cache."""

EMPTY, BARE = "an empty handler", "bare boto3, compiled"
BARE_UNCOMPILED = "bare boto3, as `sam build` ships it"
BASELINES = (EMPTY, BARE, BARE_UNCOMPILED)
"""The baselines. Each round starts them twice."""

_STARTS_OF_BASELINE = 2
_TRIGGERS = "triggers"
_ROOT = Path(__file__).parent.parent
_DEMO_DATA = _ROOT / "local" / "demo-seed.json"


@dataclass(frozen=True)
class Function:
    """A deployed function: its group and its name."""

    group: str
    name: str

    @property
    def is_waited_for(self) -> bool:
        """Whether a client waits for the response. Queues and streams have no waiting client."""
        return self.group != _TRIGGERS

    @property
    def logical_id(self) -> str:
        """The logical id in the template."""
        words = f"{self.group if self.is_waited_for else 'trigger'}_{self.name}"
        return "".join(part.capitalize() for part in words.split("_"))

    @property
    def event(self) -> str:
        """The JSON of the example event."""
        path = _ROOT / "events" / self.group / f"{self.name}.json"
        return path.read_text(encoding="utf-8")


OURS = Function("klen", "set_contact_context")
"""The function whose imports the report shows."""

Variant = Function | str
"""A function or one of `BASELINES`."""


@dataclass(frozen=True)
class Starts:
    """The samples of a variant."""

    samples: tuple[Sample, ...]

    def median(self, of: Callable[[Sample], float]) -> float:
        """Return the median of one part of the samples."""
        return statistics.median(map(of, self.samples))

    def quartiles(self, of: Callable[[Sample], float]) -> tuple[float, float]:
        """Return the first and third quartile of one part of the samples."""
        first, _, third = statistics.quantiles(map(of, self.samples), n=4, method="inclusive")
        return first, third


@dataclass(frozen=True)
class ImportCost:
    """A module and its share, 0 to 1, of the total import time, without its own imports."""

    module: str
    share: float


@dataclass(frozen=True)
class ColdStart:
    """The results of cold starts. `imports` are in descending order of cost."""

    starts: Mapping[Variant, Starts]
    imports: Mapping[Variant, Sequence[ImportCost]]
    layer: Size

    @property
    def functions(self) -> list[Function]:
        """Return the functions in order."""
        return [each for each in self.starts if isinstance(each, Function)]

    def ratio(self, variant: Variant, to: Variant) -> float:
        """Return the ratio of the medians of two variants, from process to response."""
        return self._median(variant) / self._median(to)

    def ratio_quartiles(self, variant: Variant, to: Variant) -> tuple[float, float]:
        """Return the quartiles of a variant divided by the median of another one."""
        first, third = self.starts[variant].quartiles(lambda each: each.total_ms)
        return first / self._median(to), third / self._median(to)

    def imports_beside(self, function: Variant, other: Variant) -> list[ImportCost]:
        """Return the imports of a function that another one lacks, in descending order of cost."""
        known = {each.module for each in self.imports[other]}
        return [each for each in self.imports[function] if each.module not in known]

    def _median(self, variant: Variant) -> float:
        return self.starts[variant].median(lambda each: each.total_ms)


def functions_of(template: Template) -> list[Function]:
    """Return every function in the order of the template."""
    folders = [each.code_folder for each in template.functions.values()]
    return [Function(folder.parent.name, folder.name) for folder in folders]


def measure_cold_start(client: "DynamoDBClient", table_name: str, template: Template) -> ColdStart:
    """Start every function and the baselines repeatedly.

    The environment of this process must name the table, which must be empty. The measurement
    loads the demo data into it.

    Raises:
        NotBuilt: The build is missing.
        HandlerFailed: A handler did not succeed.
    """
    load_file(_DEMO_DATA, client, table_name)
    examples = complete_demo(Client(template), client, table_name)
    demo = Snapshot(client, table_name)
    functions: dict[Variant, Prepared] = {
        each: _prepared(each, template, examples) for each in functions_of(template)
    }
    with _baselines(client, table_name) as baselines, tempfile.TemporaryDirectory() as runtime:
        stage_packages(Path(runtime), RUNTIME_PACKAGES)
        compile_folder(Path(runtime))
        variants: dict[Variant, Prepared] = {**functions, **baselines}

        def sample(variant: Variant) -> Sample:
            demo.restore()
            return start(variants[variant], Path(runtime))

        return ColdStart(
            starts=_sample_in_turn(list(variants), sample),
            imports={each: _import_costs(prepared) for each, prepared in variants.items()},
            layer=layer_size(),
        )


def _prepared(function: Function, template: Template, examples: Examples) -> Prepared:
    environment = template.functions[function.logical_id].environment
    folders = built_function(function.logical_id)
    event = examples.event(function.name, function.event)
    return Prepared(folders, {**environment, **aws_environment()}, event)


def aws_environment() -> dict[str, str]:
    """Return the variables of this process that configure access to the engine."""
    names = (
        "AWS_REGION",
        "AWS_DEFAULT_REGION",
        "AWS_ACCESS_KEY_ID",
        "AWS_SECRET_ACCESS_KEY",
        "AWS_ENDPOINT_URL_DYNAMODB",
        "AWS_ENDPOINT_URL_SQS",
        "AWS_ENDPOINT_URL_S3",
        "AWS_ENDPOINT_URL_EVENTBRIDGE",
    )
    return {name: os.environ[name] for name in names}


@contextmanager
def _baselines(client: "DynamoDBClient", table_name: str) -> Iterator[dict[Variant, Prepared]]:
    some_item = client.scan(TableName=table_name, Limit=1)["Items"][0]
    read = {"key": {name: some_item[name] for name in ("pk", "sk")}}
    environment = {**aws_environment(), "TABLE_NAME": table_name}
    with tempfile.TemporaryDirectory() as folder:
        empty, bare, uncompiled = (Path(folder, name) for name in ("empty", "bare", "uncompiled"))
        stage_handler(empty, "empty_handler.py", (), compiled=True)
        stage_handler(bare, "bare_handler.py", BOTO3_PACKAGES, compiled=True)
        stage_handler(uncompiled, "bare_handler.py", BOTO3_PACKAGES, compiled=False)
        yield {
            EMPTY: Prepared((empty,), {}, {}),
            BARE: Prepared((bare,), environment, read),
            BARE_UNCOMPILED: Prepared((uncompiled,), environment, read),
        }


def _sample_in_turn(
    variants: Sequence[Variant], sample: Callable[[Variant], Sample]
) -> dict[Variant, Starts]:
    often = [*variants, *BASELINES * (_STARTS_OF_BASELINE - 1)]
    processed: dict[Variant, list[Sample]] = {variant: [] for variant in variants}
    for number in tqdm(range(ROUNDS + 1), desc="cold starts", unit=" rounds"):
        for variant in random.sample(often, len(often)):
            measured = sample(variant)
            # The first round only fills the disk cache.
            if number:
                processed[variant].append(measured)
    return {variant: Starts(tuple(samples)) for variant, samples in processed.items()}


def _import_costs(prepared: Prepared) -> list[ImportCost]:
    """Return every imported module in descending order of cost.

    `-X importtime` slows down imports, so only the shares are meaningful.
    """
    command = [*isolated_python(), "-X", "importtime", "-c", "import app"]
    environment = {**prepared.environment, "PYTHONPATH": python_path(prepared.folders)}
    lines = run(command, environment).stderr.splitlines()
    spent = dict(filter(None, map(_import_time, lines)))
    whole = sum(spent.values())
    dearest = sorted(spent, key=lambda module: -spent[module])
    return [ImportCost(module, spent[module] / whole) for module in dearest]


def _import_time(line: str) -> tuple[str, int] | None:
    # import time: self [us] | cumulative | imported package
    own, *_, module = line.removeprefix("import time:").split("|")
    return (module.strip(), int(own)) if own.strip().isdigit() else None
