"""Files that lie beside a function, ready to be sent."""

import gzip
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from importlib.util import find_spec
from pathlib import Path

from shared.gateway.file_response import FileResponse
from shared.gateway.open_endpoint import FileNotServed
from shared.gateway.request import Request

_TYPES = {
    ".css": "text/css; charset=utf-8",
    ".html": "text/html; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".json": "application/json",
    ".png": "image/png",
}

_ASKED_ABOUT = "no-cache"
"""A copy is kept, and asked about by its tag each time before it is used."""

_KEPT = "public, max-age=604800"
"""For a week a copy is used as it is."""

_HEADERS = {
    # Only what this service itself serves is loaded into the page and called from it.
    "content-security-policy": (
        "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; "
        "img-src 'self' data:; connect-src 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "vary": "accept-encoding",
}

_PACKED = {"content-encoding": "gzip"}


@dataclass(frozen=True)
class File:
    """One file; it is read and packed when it is first asked for."""

    path: Path
    caching: str = _ASKED_ABOUT

    def answer(self, request: Request) -> FileResponse:
        """The file, packed if the client can unpack it; 304 if the client has this very one."""
        packs = "gzip" in (request.header("accept-encoding") or "")
        body, tag = self._packed if packs else self._plain
        headers = {**_HEADERS, "cache-control": self.caching, "etag": tag}
        if tag in (request.header("if-none-match") or ""):
            return FileResponse(304, b"", headers)
        headers["content-type"] = _TYPES[self.path.suffix]
        return FileResponse(200, body, {**headers, **_PACKED} if packs else headers)

    @cached_property
    def _plain(self) -> tuple[bytes, str]:
        body = self.path.read_bytes()
        return body, _tag(body)

    @cached_property
    def _packed(self) -> tuple[bytes, str]:
        body = gzip.compress(self._plain[0], mtime=0)
        return body, _tag(body)


class StaticFiles:
    """Files by their names: what is not on it cannot be asked for."""

    def __init__(self, files: Mapping[str, File]) -> None:
        self._files = files

    @classmethod
    def beside(cls, module: str, folder: str) -> "StaticFiles":
        """The files of a folder that lies beside a module."""
        paths = (Path(module).parent / folder).iterdir()
        return cls({path.name: File(path) for path in paths})

    def with_package(self, package: str, folder: str, *names: str) -> "StaticFiles":
        """These files, and some of a folder of a package, which is found and not imported."""
        spec = find_spec(package)
        places = [*(spec.submodule_search_locations or ())] if spec else []
        found = [Path(place) / folder / name for place in places for name in names]
        return StaticFiles({path.name: File(path, _KEPT) for path in found} | dict(self._files))

    def file(self, name: str) -> File:
        """The file of a name; raises FileNotServed."""
        if name not in self._files:
            raise FileNotServed
        return self._files[name]


def _tag(body: bytes) -> str:
    return f'"{hashlib.sha256(body).hexdigest()[:32]}"'
