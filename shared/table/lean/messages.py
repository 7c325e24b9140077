"""Convert requests and responses of DynamoDB between Python and JSON."""

from __future__ import annotations

import json
from base64 import b64encode
from binascii import a2b_base64
from collections.abc import Mapping
from functools import cached_property
from typing import Any

from botocore.awsrequest import AWSPreparedRequest, HeadersDict
from botocore.model import OperationModel
from botocore.parsers import ResponseParserFactory

from shared.table.lean.connections import Response

OK = 200
_REQUEST_ID = "x-amzn-requestid"
_BINARY, _BINARY_SET = "B", "BS"
_BINARY_TYPES = (b'"B"', b'"BS"')


class PreparedRequest(AWSPreparedRequest):
    """A request for listeners of `before-send`. Parses its headers when one reads them."""

    def __init__(self, url: str, head: str, body: bytes) -> None:
        self.method = "POST"
        self.url = url
        self.body: bytes = body
        self.stream_output = False
        self._head = head

    def to_bytes(self) -> bytes:
        """Return the request as it is sent."""
        return self._head.encode("latin-1") + self.body

    @cached_property
    def headers(self) -> HeadersDict:  # type: ignore[override]
        """The headers."""
        lines = self._head.strip().split("\r\n")[1:]
        return HeadersDict(line.split(": ", 1) for line in lines)


def encode(params: Mapping[str, Any]) -> bytes:
    """Return the body of a request. Binary values are encoded with Base64."""
    return _ENCODER.encode(params).encode()


def parse(response: Response, model: OperationModel) -> dict[str, Any]:
    """Return the parsed body of a response, as botocore would."""
    content = response.content
    if response.status_code == OK:
        # A text can contain these bytes too, and is then only parsed more slowly.
        has_binary = any(kind in content for kind in _BINARY_TYPES)
        try:
            document = json.loads(content, object_hook=_decode_binary if has_binary else None)
        except ValueError:
            return _parse_by_model(response, model)
        metadata = {"HTTPStatusCode": OK, "HTTPHeaders": response.headers}
        if _REQUEST_ID in response.headers:
            metadata["RequestId"] = response.headers[_REQUEST_ID]
        document = {name: value for name, value in document.items() if value is not None}
        return {**document, "ResponseMetadata": metadata}
    return _parse_by_model(response, model)


def _decode_binary(document: dict[str, Any]) -> dict[str, Any]:
    """Decode an attribute value of a binary type. Any other object is returned as it is.

    An attribute or a member of a map can be named like a type; its value is then an object.
    """
    if len(document) != 1:
        return document
    text = document.get(_BINARY)
    if isinstance(text, str):
        return {_BINARY: a2b_base64(text)}
    if text is None and _BINARY_SET not in document:
        return document
    texts = document.get(_BINARY_SET)
    if isinstance(texts, list):
        return {_BINARY_SET: [a2b_base64(each) for each in texts]}
    return document


def _parse_by_model(response: Response, model: OperationModel) -> dict[str, Any]:
    service: Any = model.service_model
    output: Any = model.output_shape
    parser = ResponseParserFactory().create_parser(service.resolved_protocol)
    raw = {
        "status_code": response.status_code,
        "headers": HeadersDict(response.headers),
        "body": response.content,
        "context": {"operation_name": model.name},
    }
    parsed: dict[str, Any] = parser.parse(raw, output)
    shape = service.shape_for_error_code(parsed.get("Error", {}).get("Code"))
    if shape is not None:
        parsed.update(parser.parse(raw, shape))
    return parsed


def _encode_value(value: Any) -> Any:
    if isinstance(value, bytes | bytearray):
        return b64encode(value).decode()
    if isinstance(value, set | frozenset):
        return list(value)
    raise TypeError(f"DynamoDB has no {type(value).__name__}")


_ENCODER = json.JSONEncoder(default=_encode_value, separators=(",", ":"), check_circular=False)
