"""Answer an Amazon Lex V2 bot, which invokes this function as its code hook."""

from shared.domain.hooks import HookMessage, HookReceipt, HookReply
from shared.platforms.hook_messages import PlatformHookMessage
from shared.platforms.invocations import InvokingPlatform
from shared.services.agents.hook_calls import answer_hook
from shared.services.agents.hook_tokens import HookToken
from shared.wiring.endpoints import log
from shared.wiring.hooks import hooks, run_tools
from shared.wiring.invocations import invoked_by
from shared.wiring.resolving import resolver


@invoked_by(InvokingPlatform.named("lex_v2"), PlatformHookMessage.of)
def lambda_handler(token: HookToken, message: HookMessage, receipt: HookReceipt) -> HookReply:
    """Answer the event of a bot."""
    return answer_hook(resolver(), hooks(), log(), run_tools, token, message, receipt)
