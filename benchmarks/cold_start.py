"""Cold start: import and first request of functions in a fresh process, beside a bare handler.

The bare handler is what anyone would write first: boto3, a client, one read. All talk to the same
engine. Samples are taken in turn, so that what else the machine does hits all alike.
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
from typing import Any

from benchmarks.client import Call, event_of, route_of
from benchmarks.stage import (
    CHATBOT,
    CONTACT_ID,
    EXTERNAL_ID,
    NEW_VALUE,
    UUID,
    Stage,
    changes,
)
from benchmarks.staging import (
    Size,
    built_function,
    layer_size,
    run,
    runtime_python,
    stage_bare,
)
from local.template import Template
from shared.domain.model import Subject
from shared.table import keys
from shared.table.dynamo import as_item

OURS = "`set_contact_context` of Klen AI"
"""The function that the targets are about."""

FUNCTIONS = (
    OURS,
    "`set_contact_variable` of ChatCaptain",
    "`update_contact` of Setter AI",
    "`update_metadata` of Vambe",
    "`get_document` of the documentation",
)
"""One of each dialect, and one that reads no data; all as they are deployed, compiled."""

BARE, BARE_UNCOMPILED = "bare, compiled", "bare, as `sam build` ships it"
VARIANTS = (*FUNCTIONS, BARE, BARE_UNCOMPILED)

SAMPLES = 41
"""Rounds, one start of each variant in each, after one that is not counted: it reads the disk."""

STARTS = len(VARIANTS) * (SAMPLES + 1)
"""How many processes `measure_cold_start` starts."""

_WHATSAPP_ID = "12125550123"
_PROBE = Path(__file__).parent / "probe.py"


@dataclass(frozen=True)
class Sample:
    """One start, in milliseconds, and how many modules it imported."""

    import_ms: float
    first_request_ms: float
    modules: int

    @property
    def total_ms(self) -> float:
        """From the start of the import to the answer."""
        return self.import_ms + self.first_request_ms


@dataclass(frozen=True)
class Starts:
    """All samples of a variant."""

    samples: tuple[Sample, ...]

    def median(self, of: Callable[[Sample], float]) -> float:
        """The median of a part of the samples."""
        return statistics.median(map(of, self.samples))

    def quartiles(self, of: Callable[[Sample], float]) -> tuple[float, float]:
        """The first and the third quartile of a part of the samples."""
        first, _, third = statistics.quantiles(map(of, self.samples), n=4)
        return first, third


@dataclass(frozen=True)
class ImportCost:
    """A module and its share, 0 to 1, of the time of all imports, without those it makes itself."""

    module: str
    share: float


@dataclass(frozen=True)
class ColdStart:
    """Everything that is measured about cold starts.

    `starts` by the names in `VARIANTS`; `imports`, dearest first, by those in `FUNCTIONS`.
    """

    starts: Mapping[str, Starts]
    imports: Mapping[str, Sequence[ImportCost]]
    layer: Size

    def ratio(self, variant: str, to: str) -> float:
        """A variant's median from import to answer, by another one's."""
        return self._median(variant) / self._median(to)

    def ratio_quartiles(self, variant: str, to: str) -> tuple[float, float]:
        """A variant's quartiles from import to answer, by another one's median."""
        first, third = self.starts[variant].quartiles(lambda each: each.total_ms)
        return first / self._median(to), third / self._median(to)

    def imports_beside(self, function: str, other: str) -> list[ImportCost]:
        """What a function imports and another one does not, dearest first."""
        known = {each.module for each in self.imports[other]}
        return [each for each in self.imports[function] if each.module not in known]

    def _median(self, variant: str) -> float:
        return self.starts[variant].median(lambda each: each.total_ms)


@dataclass(frozen=True)
class _Variant:
    folders: tuple[Path, ...]
    environment: Mapping[str, str]
    event: Mapping[str, Any]


def measure_cold_start(
    stage: Stage, template: Template, advance: Callable[[], object]
) -> ColdStart:
    """Start the functions and the bare handler over and over; `advance` after each.

    `stage` is an empty account of the table that this process's environment names.
    Raises NotBuilt, or CalledProcessError when a handler answers with anything but success.
    """
    with _variants(stage, template) as variants:
        return ColdStart(
            starts=_sample_in_turn(variants, advance),
            imports={name: _import_costs(variants[name]) for name in FUNCTIONS},
            layer=layer_size(),
        )


@contextmanager
def _variants(stage: Stage, template: Template) -> Iterator[dict[str, _Variant]]:
    api_key = stage.add_key(requests_per_minute=None)
    functions = [_function(call, template, api_key) for call in _calls(stage)]
    read = {"key": as_item(keys.subject(stage.account, Subject.contact(CONTACT_ID)))}
    environment = functions[0].environment
    with tempfile.TemporaryDirectory() as compiled, tempfile.TemporaryDirectory() as plain:
        yield {
            **dict(zip(FUNCTIONS, functions, strict=True)),
            BARE: _Variant(stage_bare(Path(compiled), compiled=True), environment, read),
            BARE_UNCOMPILED: _Variant(stage_bare(Path(plain), compiled=False), environment, read),
        }


def _calls(stage: Stage) -> list[Call]:
    """A request of each of the functions, in their order."""
    defined = stage.define(32)
    stage.add_account()
    stage.add_contact(defined, wa_id=_WHATSAPP_ID)
    four = changes([each.name for each in defined[:4]])
    variable = f"/v1/chatbots/{CHATBOT}/contacts/variables/{defined[0].external_id}"
    return [
        Call("POST", f"/api/v1/contacts/{CONTACT_ID}/context", {"variables": four}),
        Call("PUT", variable, {"value": NEW_VALUE, "contactId": EXTERNAL_ID}),
        Call("PUT", "/api/v1/contacts", {"waId": _WHATSAPP_ID, "metadata": four}),
        Call("POST", f"/api/public/contact/{UUID}/update-metadata", four),
        Call("GET", "/openapi.json"),
    ]


def _function(call: Call, template: Template, api_key: str) -> _Variant:
    match = route_of(call, template)
    name = match.route.function
    environment = {**template.functions[name].environment, **_aws_environment()}
    return _Variant(built_function(name), environment, event_of(call, match, api_key))


def _aws_environment() -> dict[str, str]:
    names = (
        "AWS_REGION",
        "AWS_DEFAULT_REGION",
        "AWS_ACCESS_KEY_ID",
        "AWS_SECRET_ACCESS_KEY",
        "AWS_ENDPOINT_URL_DYNAMODB",
    )
    return {name: os.environ[name] for name in names}


def _sample_in_turn(
    variants: Mapping[str, _Variant], advance: Callable[[], object]
) -> dict[str, Starts]:
    python = runtime_python()
    taken: dict[str, list[Sample]] = {name: [] for name in variants}
    for _ in range(SAMPLES + 1):
        for name in random.sample(VARIANTS, len(VARIANTS)):
            taken[name].append(_start(python, variants[name]))
            advance()
    return {name: Starts(tuple(samples[1:])) for name, samples in taken.items()}


def _start(python: str, variant: _Variant) -> Sample:
    with tempfile.TemporaryDirectory() as folder:
        event, report = Path(folder, "event.json"), Path(folder, "report.json")
        event.write_text(json.dumps(variant.event), encoding="utf-8")
        # -P, -S: nothing but the variant's own folders. -B: what is not compiled stays so.
        command = [python, "-P", "-S", "-B", str(_PROBE), str(event), str(report)]
        run(command, _environment(variant))
        told = json.loads(report.read_text(encoding="utf-8"))
    return Sample(told["import_ns"] / 1e6, told["first_request_ns"] / 1e6, told["modules"])


def _environment(variant: _Variant) -> dict[str, str]:
    return {**variant.environment, "PYTHONPATH": os.pathsep.join(map(str, variant.folders))}


def _import_costs(variant: _Variant) -> list[ImportCost]:
    """Every module that is imported, dearest first.

    `-X importtime` slows every import down a little, so that only shares mean something.
    """
    command = [runtime_python(), "-P", "-S", "-B", "-X", "importtime", "-c", "import app"]
    lines = run(command, _environment(variant)).stderr.splitlines()
    spent = dict(filter(None, map(_import_time, lines)))
    whole = sum(spent.values())
    dearest = sorted(spent, key=lambda module: -spent[module])
    return [ImportCost(module, spent[module] / whole) for module in dearest]


def _import_time(line: str) -> tuple[str, int] | None:
    # import time: self [us] | cumulative | imported package
    own, *_, module = line.removeprefix("import time:").split("|")
    return (module.strip(), int(own)) if own.strip().isdigit() else None
