"""POST and GET /h/{token}: answer a voice platform in its shape."""

from shared.domain.hooks import HookMessage, HookReceipt, HookReply
from shared.platforms.hook_messages import PlatformHookMessage
from shared.services.agents.hook_calls import answer_hook
from shared.services.agents.hook_tokens import HookToken
from shared.wiring.endpoints import log
from shared.wiring.hooks import hook_endpoint, hooks, run_tools
from shared.wiring.resolving import resolver


@hook_endpoint(PlatformHookMessage.of)
def lambda_handler(token: HookToken, message: HookMessage, receipt: HookReceipt) -> HookReply:
    """Answer the message of a voice platform to the hook of the path."""
    return answer_hook(resolver(), hooks(), log(), run_tools, token, message, receipt)
