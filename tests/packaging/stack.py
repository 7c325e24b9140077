"""Read the CloudFormation resources that SAM creates from a template."""

import json
import subprocess
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tests.packaging.conftest import ROOT


def transformed(template: Path, *layer_uri: str) -> dict[str, Any]:
    """Return the resources of the transformed template, by logical id."""
    made = subprocess.run(
        [
            ROOT / ".venv-sam/bin/python",
            Path(__file__).with_name("transform.py"),
            template,
            *layer_uri,
        ],
        check=False,
        env={"AWS_DEFAULT_REGION": "us-east-1"},
        capture_output=True,
        text=True,
    )
    assert made.returncode == 0, made.stderr
    return json.loads(made.stdout)


def types_of(resources: Mapping[str, Any]) -> Counter[str]:
    """Count the resources of each type."""
    return Counter(resource["Type"] for resource in resources.values())
