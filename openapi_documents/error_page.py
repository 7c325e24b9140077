"""Render the page that explains the error codes of the native API, with an anchor for each."""

import re
from collections.abc import Iterator
from html import escape

from openapi_documents.error_responses import sentence_of
from openapi_documents.native.error_codes import ACTIONS, FAULTS
from shared.dialects.native.dialect import NATIVE

_PAGE = """\
<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <title>Error codes of Contact Context</title>
    <link rel="icon" type="image/png" href="/docs/favicon-32x32.png">
    <style>
      body {{ font: 1rem/1.5 system-ui, sans-serif; max-width: 45rem; margin: 2rem auto }}
      body {{ padding: 0 1rem }}
      code {{ font-size: 1rem; background: #f2f2f2; padding: 0 .2rem }}
      section {{ border-top: 1px solid #ddd }}
      :target {{ background: #fff8d6 }}
    </style>
  </head>
  <body>
    <h1>Error codes</h1>
    <p>An error of the native API is a problem document (RFC 9457). Its <code>type</code> links
      to the code on this page. The <a href="/docs">API reference</a> lists the errors of each
      operation.</p>
{sections}
    <h2>Codes of single faults</h2>
    <p>Each entry of <code>errors</code> has a code of its own.</p>
    <dl>
{faults}
    </dl>
  </body>
</html>
"""


def error_page() -> str:
    """Render the page from the error mapping of the native API."""
    faults = (
        f"      <dt><code>{code}</code></dt><dd>{_html(text)}</dd>" for code, text in FAULTS.items()
    )
    return _PAGE.format(sections="\n".join(_sections()), faults="\n".join(faults))


def _sections() -> Iterator[str]:
    codes = sorted({row.code for row in NATIVE.error_responses.values()})
    for code in codes:
        rows = {error: row for error, row in NATIVE.error_responses.items() if row.code == code}
        statuses = sorted({row.status for row in rows.values()})
        status = ", ".join(f"{each}" for each in statuses)
        causes = dict.fromkeys(sentence_of(error) for error in rows)
        listed = "".join(f"\n        <li>{_html(cause)}</li>" for cause in causes)
        yield (
            f'    <section id="{code}">\n      <h2><code>{code}</code></h2>\n'
            f"      <p>Status {status}</p>\n      <ul>{listed}\n      </ul>{_action(code)}\n"
            "    </section>"
        )


def _action(code: str) -> str:
    return f"\n      <p>{_html(ACTIONS[code])}</p>" if code in ACTIONS else ""


def _html(text: str) -> str:
    return re.sub(r"`([^`]+)`", r"<code>\1</code>", escape(text, quote=False))
