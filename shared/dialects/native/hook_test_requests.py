"""Bodies of requests that test a hook."""

from collections.abc import Mapping
from datetime import datetime

from shared.dialects.native.dialect import MAX_BODY_BYTES
from shared.dialects.native.instants import instant_fault
from shared.domain.errors import Fault, InvalidRequest
from shared.domain.hook_reports import GivenRequest, HookTest
from shared.gateway.request import Request
from shared.gateway.request_model import (
    TEXT,
    RequestModel,
    after_validator,
    defaulted,
    nested,
    object_of,
    one_of,
    optional,
    required,
    text,
)
from shared.validation.callers import MAX_CALLER_CHARS

MAX_GIVEN_BODY_CHARS = 100_000
"""The longest body of a platform that a test reads."""

MAX_GIVEN_HEADERS = 50
MAX_GIVEN_HEADER_CHARS = 4096
MAX_GIVEN_URL_CHARS = 4096

SAMPLE_CALLER = "+15550199"
"""The caller of a sample without a number: one of those that are reserved for examples."""

_HEADER = text(max_length=MAX_GIVEN_HEADER_CHARS)


class SampleContact(RequestModel, closed=True):
    """The caller of a sample."""

    phone: str = required(text(max_length=MAX_CALLER_CHARS))


class PlatformRequest(RequestModel, closed=True):
    """A request as a voice platform sent it."""

    method: str = defaulted(one_of("POST", "GET"), "POST")
    url: str = defaulted(text(max_length=MAX_GIVEN_URL_CHARS), "")
    headers: Mapping[str, str] = defaulted(
        object_of(_HEADER, _HEADER, max_length=MAX_GIVEN_HEADERS), {}
    )
    body: str = defaulted(text(max_length=MAX_GIVEN_BODY_CHARS), "")
    received_at: str | None = optional(after_validator(instant_fault, TEXT))

    def given(self) -> GivenRequest:
        """Return the request with the names of its headers in lower case."""
        at = self.received_at
        return GivenRequest(
            method=self.method,
            url=self.url,
            headers={name.lower(): value for name, value in self.headers.items()},
            body=self.body,
            received_at=None if at is None else datetime.fromisoformat(at),
        )


class HookTestBody(RequestModel, closed=True):
    """The body that tests a hook: a request of its platform, or the caller of a sample."""

    contact: SampleContact | None = optional(nested(SampleContact))
    request: PlatformRequest | None = optional(nested(PlatformRequest))

    @classmethod
    def of(cls, request: Request) -> HookTest:
        """Parse what to test with; raises InvalidRequest with all faults.

        A request without a body tests with a sample.
        """
        base_url = request.url.partition("/v1/")[0]
        if not request.body:
            return HookTest(None, SAMPLE_CALLER, base_url)
        body = request.parse_with_all_faults(cls, MAX_BODY_BYTES)
        if len(body.sent) > 1:
            reason = "a request has its own caller"
            raise InvalidRequest.from_faults([Fault("invalid_value", reason, ("contact",))])
        if body.request is None:
            phone = body.contact.phone if body.contact else SAMPLE_CALLER
            return HookTest(None, phone, base_url)
        return HookTest(body.request.given(), None, base_url)
