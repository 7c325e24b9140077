"""Cold start: from a fresh process to the first answer, of every function and beside bare ones.

The bare handler is what anyone would write first: boto3, a client, one read. The empty one is what
the runtime costs by itself. All are started through the Lambda runtime interface and talk to the
same engine. Samples are taken in turn, so that what else the machine does hits all alike.
"""

import json
import os
import random
import statistics
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

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

ROUNDS = 11
"""Rounds of one start of each function, after one that is not counted: it reads the disk."""

EMPTY, BARE = "an empty handler", "bare boto3, compiled"
BARE_UNCOMPILED = "bare boto3, as `sam build` ships it"
BASELINES = (EMPTY, BARE, BARE_UNCOMPILED)
"""What the functions are held against; started twice in each round."""

_STARTS_OF_BASELINE = 2
_TRIGGERS = "triggers"
_ROOT = Path(__file__).parent.parent
_DEMO_DATA = _ROOT / "local" / "demo-seed.json"


@dataclass(frozen=True)
class Function:
    """A function that is deployed: its group of functions, and its own name."""

    group: str
    name: str

    @property
    def is_waited_for(self) -> bool:
        """Whether somebody waits for its answer: for none of what queues and streams start."""
        return self.group != _TRIGGERS

    @property
    def logical_id(self) -> str:
        """Its name in the template."""
        words = f"{self.group if self.is_waited_for else 'trigger'}_{self.name}"
        return "".join(part.capitalize() for part in words.split("_"))

    @property
    def event(self) -> dict[str, Any]:
        """Its example event, which succeeds on the demo data."""
        path = _ROOT / "events" / self.group / f"{self.name}.json"
        event: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        return event


OURS = Function("klen", "set_contact_context")
"""The function whose imports are shown."""

Variant = Function | str
"""What is started: a function, or one of `BASELINES`."""


@dataclass(frozen=True)
class Starts:
    """All samples of a variant."""

    samples: tuple[Sample, ...]

    def median(self, of: Callable[[Sample], float]) -> float:
        """The median of a part of the samples."""
        return statistics.median(map(of, self.samples))

    def quartiles(self, of: Callable[[Sample], float]) -> tuple[float, float]:
        """The first and the third quartile of a part of the samples."""
        first, _, third = statistics.quantiles(map(of, self.samples), n=4, method="inclusive")
        return first, third


@dataclass(frozen=True)
class ImportCost:
    """A module and its share, 0 to 1, of the time of all imports, without those it makes itself."""

    module: str
    share: float


@dataclass(frozen=True)
class ColdStart:
    """Everything that is measured about cold starts; `imports` are dearest first."""

    starts: Mapping[Variant, Starts]
    imports: Mapping[Variant, Sequence[ImportCost]]
    layer: Size

    @property
    def functions(self) -> list[Function]:
        """The functions, in order."""
        return [each for each in self.starts if isinstance(each, Function)]

    def ratio(self, variant: Variant, to: Variant) -> float:
        """A variant's median from process to answer, by another one's."""
        return self._median(variant) / self._median(to)

    def ratio_quartiles(self, variant: Variant, to: Variant) -> tuple[float, float]:
        """A variant's quartiles from process to answer, by another one's median."""
        first, third = self.starts[variant].quartiles(lambda each: each.total_ms)
        return first / self._median(to), third / self._median(to)

    def imports_beside(self, function: Variant, other: Variant) -> list[ImportCost]:
        """What a function imports and another one does not, dearest first."""
        known = {each.module for each in self.imports[other]}
        return [each for each in self.imports[function] if each.module not in known]

    def _median(self, variant: Variant) -> float:
        return self.starts[variant].median(lambda each: each.total_ms)


def functions_of(template: Template) -> list[Function]:
    """Every function, in the order of the template."""
    folders = [each.code_folder for each in template.functions.values()]
    return [Function(folder.parent.name, folder.name) for folder in folders]


def starts_of(template: Template) -> int:
    """How many processes `measure_cold_start` starts."""
    return (ROUNDS + 1) * (len(functions_of(template)) + _STARTS_OF_BASELINE * len(BASELINES))


def measure_cold_start(
    client: "DynamoDBClient",
    table_name: str,
    template: Template,
    advance: Callable[[], object],
) -> ColdStart:
    """Start every function and the baselines over and over; `advance` after each.

    The table is empty, and the one that this process's environment names; it is left with the demo
    data. Raises NotBuilt, or HandlerFailed when a handler answers with anything but success.
    """
    load_file(_DEMO_DATA, client, table_name)
    demo = Snapshot(client, table_name)
    functions: dict[Variant, Prepared] = {
        each: _prepared(each, template) for each in functions_of(template)
    }
    with _baselines(client, table_name) as baselines, tempfile.TemporaryDirectory() as runtime:
        stage_packages(Path(runtime), RUNTIME_PACKAGES)
        compile_folder(Path(runtime))
        variants: dict[Variant, Prepared] = {**functions, **baselines}

        def sample(variant: Variant) -> Sample:
            demo.restore()
            advance()
            return start(variants[variant], Path(runtime))

        return ColdStart(
            starts=_sample_in_turn(list(variants), sample),
            imports={each: _import_costs(prepared) for each, prepared in variants.items()},
            layer=layer_size(),
        )


def _prepared(function: Function, template: Template) -> Prepared:
    environment = template.functions[function.logical_id].environment
    folders = built_function(function.logical_id)
    return Prepared(folders, {**environment, **aws_environment()}, function.event)


def aws_environment() -> dict[str, str]:
    """What of this process's environment leads to the engine."""
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
    for variant in random.sample(often, len(often)):
        sample(variant)
    processed: dict[Variant, list[Sample]] = {variant: [] for variant in variants}
    for _ in range(ROUNDS):
        for variant in random.sample(often, len(often)):
            processed[variant].append(sample(variant))
    return {variant: Starts(tuple(samples)) for variant, samples in processed.items()}


def _import_costs(prepared: Prepared) -> list[ImportCost]:
    """Every module that is imported, dearest first.

    `-X importtime` slows every import down a little, so that only shares mean something.
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
