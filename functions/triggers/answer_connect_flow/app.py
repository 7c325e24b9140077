"""Answer the flow of an Amazon Connect call, which invokes this function."""

from shared.domain.hooks import HookMessage, HookReceipt, HookReply
from shared.platforms.hook_messages import PlatformHookMessage
from shared.platforms.invocations import InvokingPlatform
from shared.services.agents.hook_calls import answer_hook
from shared.services.agents.hook_tokens import HookToken
from shared.wiring.endpoints import log
from shared.wiring.hooks import hooks, run_tools
from shared.wiring.invocations import invoked_by
from shared.wiring.resolving import resolver


@invoked_by(InvokingPlatform.named("amazon_connect"), PlatformHookMessage.of)
def lambda_handler(token: HookToken, message: HookMessage, receipt: HookReceipt) -> HookReply:
    """Answer the event of a flow."""
    return answer_hook(resolver(), hooks(), log(), run_tools, token, message, receipt)
