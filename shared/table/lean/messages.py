"""Convert requests and responses of DynamoDB between Python and JSON."""

from __future__ import annotations

import json
from base64 import b64encode
from binascii import a2b_base64
from collections.abc import Iterable, Mapping
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
_ITEM_MEMBERS = ("Item", "Attributes", "LastEvaluatedKey")
"""The members of a response that are an item, or part of one."""


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
            document = json.loads(content)
        except ValueError:
            return _parse_by_model(response, model)
        if has_binary and not _decode_binaries(document):
            return _parse_by_model(response, model)
        metadata = {"HTTPStatusCode": OK, "HTTPHeaders": response.headers}
        if _REQUEST_ID in response.headers:
            metadata["RequestId"] = response.headers[_REQUEST_ID]
        document = {name: value for name, value in document.items() if value is not None}
        return {**document, "ResponseMetadata": metadata}
    return _parse_by_model(response, model)


def _decode_binaries(document: Mapping[str, Any]) -> bool:
    """Decode the binary values of a response in place.

    Returns:
        False if the response may have binary values that this function does not know.
    """
    for name, member in document.items():
        if name in _ITEM_MEMBERS:
            _decode_attributes(member)
        elif name == "Items":
            _decode_items(member)
        elif name == "Responses" and isinstance(member, dict):
            for items in member.values():
                _decode_items(items)
        elif member and isinstance(member, dict | list):
            return False
    return True


def _decode_items(items: Iterable[Mapping[str, Any]]) -> None:
    for item in items:
        _decode_attributes(item)


def _decode_attributes(attributes: Mapping[str, Any]) -> None:
    # Most values are texts. They are skipped here, as a response can have thousands.
    for value in attributes.values():
        if "S" not in value:
            _decode_value(value)


def _decode_value(value: dict[str, Any]) -> None:
    if _BINARY in value:
        value[_BINARY] = a2b_base64(value[_BINARY])
    elif "L" in value:
        for each in value["L"]:
            if "S" not in each:
                _decode_value(each)
    elif "M" in value:
        _decode_attributes(value["M"])
    elif _BINARY_SET in value:
        value[_BINARY_SET] = [a2b_base64(each) for each in value[_BINARY_SET]]


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
