"""Print, as JSON, the CloudFormation resources that SAM makes of a template, by logical id.

Runs in the environment of the SAM command line, which has the translator that AWS runs; the
variable AWS_DEFAULT_REGION must be set.
"""

import json
import sys
from pathlib import Path

from samtranslator.parser.parser import Parser  # type: ignore[import-not-found]
from samtranslator.translator.translator import Translator  # type: ignore[import-not-found]
from samtranslator.yaml_helper import yaml_parse  # type: ignore[import-not-found]

# The translator takes code that is uploaded; `sam deploy` does that first.
UPLOADED = "s3://bucket/key"


def main(template_path: str, layer_uri: str = UPLOADED) -> None:
    """Print the resources of the template at a path, whose layer was uploaded to `layer_uri`."""
    template = yaml_parse(Path(template_path).read_text(encoding="utf-8"))
    for resource in template["Resources"].values():
        for name in ("CodeUri", "ContentUri"):
            if name in resource.get("Properties", {}):
                resource["Properties"][name] = layer_uri if name == "ContentUri" else UPLOADED
    parameters = {name: given["Default"] for name, given in template["Parameters"].items()}
    resources = Translator({}, Parser()).translate(template, parameters)["Resources"]
    print(json.dumps(resources))


if __name__ == "__main__":
    main(*sys.argv[1:])
