"""POST /v1/hooks/{hook_id}/test: test a hook."""

from shared.dialects.native.dialect import NATIVE, WRITE_AGENTS
from shared.dialects.native.hook_test_requests import HookTestBody
from shared.dialects.native.hook_test_responses import hook_tested
from shared.domain.accounts import Caller
from shared.gateway.request import Request
from shared.gateway.response import Response
from shared.platforms.checked_messages import CheckedPlatformMessage
from shared.services.agents.hook_tests import check_hook
from shared.wiring.agents import hooks, resolver
from shared.wiring.endpoints import endpoint


@endpoint(NATIVE, WRITE_AGENTS)
def lambda_handler(request: Request, caller: Caller) -> Response:
    """Test the hook of the path with the request of the body, or with a sample."""
    given, hook_id = HookTestBody.of(request), request.path("hook_id")
    read = CheckedPlatformMessage.read
    return hook_tested(check_hook(resolver(), hooks(), caller, hook_id, given, read))
