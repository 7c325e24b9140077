"""Time the import and first call of `app` in a new process: `probe.py EVENT REPORT`.

The report is a file, because handlers log to the standard output.
"""

import json
import sys
import time

with open(sys.argv[1], encoding="utf-8") as file:  # noqa: PTH123 - pathlib would be measured too
    event = json.load(file)
before = len(sys.modules)

start = time.perf_counter_ns()
import app  # type: ignore[import-not-found]  # noqa: E402

imported = time.perf_counter_ns()
modules = len(sys.modules) - before
answer = app.lambda_handler(event, None)
responded = time.perf_counter_ns()

if not 200 <= answer["statusCode"] < 300:
    sys.exit(f"the handler answered {answer}")
report = {
    "import_ns": imported - start,
    "first_request_ns": responded - imported,
    "modules": modules,
}
with open(sys.argv[2], "w", encoding="utf-8") as file:  # noqa: PTH123
    json.dump(report, file)
