"""Serve static files from the folder of a function or from a package."""

import gzip
import hashlib
from collections.abc import Mapping
from functools import cached_property
from importlib.util import find_spec
from pathlib import Path

from shared.domain.records import dataclass
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

_REVALIDATED = "no-cache"
"""Clients cache the file, and revalidate it by its ETag before each use."""

_CACHED_FOR_A_WEEK = "public, max-age=604800"

_HEADERS = {
    # The page may load and call only what this service serves.
    "content-security-policy": (
        "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; "
        "img-src 'self' data:; connect-src 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "vary": "accept-encoding",
}

_GZIPPED = {"content-encoding": "gzip"}


@dataclass(frozen=True)
class File:
    """One file. It is read and compressed at the first request for it."""

    path: Path
    caching: str = _REVALIDATED

    def response(self, request: Request) -> FileResponse:
        """Return the file, gzipped if the client accepts that. 304 if its copy is current."""
        accepts_gzip = "gzip" in (request.header("accept-encoding") or "")
        body, tag = self._gzipped if accepts_gzip else self._plain
        headers = {**_HEADERS, "cache-control": self.caching, "etag": tag}
        if tag in (request.header("if-none-match") or ""):
            return FileResponse(304, b"", headers)
        headers["content-type"] = _TYPES[self.path.suffix]
        return FileResponse(200, body, {**headers, **_GZIPPED} if accepts_gzip else headers)

    @cached_property
    def _plain(self) -> tuple[bytes, str]:
        body = self.path.read_bytes()
        return body, _tag(body)

    @cached_property
    def _gzipped(self) -> tuple[bytes, str]:
        body = gzip.compress(self._plain[0], mtime=0)
        return body, _tag(body)


class StaticFiles:
    """The files that can be requested, by name."""

    def __init__(self, files: Mapping[str, File]) -> None:
        self._files = files

    @classmethod
    def beside(cls, module: str, folder: str) -> "StaticFiles":
        """Return the files of a folder next to a module."""
        paths = (Path(module).parent / folder).iterdir()
        return cls({path.name: File(path) for path in paths})

    def with_package(self, package: str, folder: str, *names: str) -> "StaticFiles":
        """Add files from a folder of a package. The package is located, not imported."""
        spec = find_spec(package)
        places = [*(spec.submodule_search_locations or ())] if spec else []
        found = [Path(place) / folder / name for place in places for name in names]
        return StaticFiles(
            {path.name: File(path, _CACHED_FOR_A_WEEK) for path in found} | dict(self._files)
        )

    def file(self, name: str) -> File:
        """Return the file of a name. Raises FileNotServed if there is none."""
        if name not in self._files:
            raise FileNotServed
        return self._files[name]


def _tag(body: bytes) -> str:
    return f'"{hashlib.sha256(body).hexdigest()[:32]}"'
