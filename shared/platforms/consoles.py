"""What to set in the console of each platform, and what a call does when its hook fails.

Data for the test of a hook; answering a call loads none of it. The sources of a platform are the
pages of its documentation. What they do not state is said to be undocumented.
"""

from collections.abc import Mapping

from shared.domain.hook_reports import ConsoleSetting as Set
from shared.domain.records import dataclass

URL = "{url}"
"""Stands for the URL of the hook in the value of a setting."""

UNDOCUMENTED = "The platform does not document what a call does then."

_LATE = "A later answer is a failure."
_IAM = "AWS IAM decides who may invoke the function: leave the hook without a secret."


@dataclass(frozen=True, slots=True, kw_only=True)
class Console:
    """What is set up at a platform.

    Attributes:
        settings: What to set. `URL` in a value is the URL of the hook.
        reference: How the agent's prompt names a variable, with `%s` for its name.
        events: The kinds of messages that are answered with variables.
        caller_at: Where a message has the caller's number.
        call_at: Where a message has the id of the call.
        signed_with: What the hook's `secret` is.
        on_failure: What a call does without a success.
        on_late: What a call does when the answer is late.
        sources: The pages of the platform's documentation.
    """

    settings: tuple[Set, ...]
    reference: str
    events: str
    caller_at: str
    call_at: str
    signed_with: str = "a secret of your own, which you set as a header of the request"
    on_failure: str = UNDOCUMENTED
    on_late: str = _LATE
    sources: str


_FLAT_EVENTS = "every request"
_FLAT_CALLER = "`phone`, `from`, `From` or `caller` of the query, the form or the JSON body"
_FLAT_CALL = "`call_id`, `CallSid` or `call_sid` of the query, the form or the JSON body"

CONSOLES: Mapping[str, Console] = {
    "retell": Console(
        settings=(
            Set("Phone number: inbound webhook URL", URL, "`inbound_webhook_url` in the API."),
            Set("Custom function: API endpoint", URL, "With POST, and 'args only' off."),
            Set("Time limit", "10 s", "Fixed: three more tries follow while the phone rings."),
        ),
        reference="{{%s}}",
        events="`call_inbound` and `chat_inbound`",
        caller_at="`call_inbound.from_number`",
        call_at="`call_inbound.call_id`",
        signed_with="the API key of your Retell account that has the webhook badge",
        on_failure=(
            "Retell tries up to three more times while the phone rings. Then the agent bound to "
            "the number answers without variables; without one the call is dropped."
        ),
        sources="docs.retellai.com: Inbound Call Webhook, Secure the webhook, Custom Function",
    ),
    "elevenlabs": Console(
        settings=(
            Set("Workspace settings: conversation initiation client data webhook", URL, None),
            Set("Agent, security: fetch conversation initiation data", "on", None),
            Set(
                "Agent, security: overrides",
                "first message, language and voice, as far as the agent here sets them",
                "An override that is not allowed fails the conversation.",
            ),
            Set("Server tool: URL", f"{URL}?tool=look_up", "With POST; `set_variable` too."),
        ),
        reference="{{%s}}",
        events="the start of a conversation, which has no `type`",
        caller_at="`caller_id`",
        call_at="`call_sid` or `conversation_id`",
        on_failure="The conversation fails. It fails too if a variable of its prompt is missing.",
        on_late="The conversation fails. How long ElevenLabs waits is not published.",
        sources="elevenlabs.io/docs: Twilio personalization, Dynamic variables",
    ),
    "vapi": Console(
        settings=(
            Set(
                "Phone number: server URL",
                URL,
                "Without an assistant, squad or workflow on the number: Vapi asks only then.",
            ),
            Set("Assistant: server messages", "tool-calls", "Others are acknowledged."),
            Set("Tool: server URL", URL, "The default timeout of a tool is 20 s."),
            Set("Time limit", "7.5 s", "Fixed, from end to end, without another try."),
        ),
        reference="{{%s}}",
        events="`assistant-request`",
        caller_at="`message.customer.number`",
        call_at="`message.call.id`",
        signed_with="the secret of the server's credential, which Vapi sends as `X-Vapi-Secret`",
        on_failure="The call ends.",
        on_late="The call ends after 7.5 s.",
        sources="docs.vapi.ai: Server events, Server authentication, Variables, Custom tools",
    ),
    "telnyx": Console(
        settings=(
            Set("AI assistant: dynamic variables webhook URL", URL, None),
            Set(
                "AI assistant: dynamic_variables_webhook_timeout_ms",
                "1500",
                "1 to 10,000. The default of 1,500 suits the usual deadline of 1,200.",
            ),
        ),
        reference="{{%s}}",
        events="`assistant.initialization`",
        caller_at="`data.payload.telnyx_end_user_target`",
        call_at="`data.payload.telnyx_conversation_id`",
        signed_with="the public key of your Telnyx account, in base64",
        on_failure="The assistant goes on with the defaults of its variables.",
        on_late="The assistant goes on with the defaults of its variables after {waits}.",
        sources="developers.telnyx.com: AI assistants, Dynamic variables; Webhook signing",
    ),
    "twilio": Console(
        settings=(
            Set("Phone number, voice: a call comes in", f"Webhook, {URL}, HTTP POST", None),
            Set("Phone number, voice: primary handler fails", "a URL of your own", "Fallback."),
            Set("Phone number: call status changes", URL, "Optional: it is acknowledged."),
            Set(
                "Your WebSocket server",
                "reads customParameters of `setup`",
                "Twilio itself has no prompt.",
            ),
        ),
        reference="customParameters.%s",
        events="an incoming call, whose `CallStatus` is not that of an ended one",
        caller_at="`From` of the form",
        call_at="`CallSid` of the form",
        signed_with="the auth token of your Twilio account",
        on_failure="Twilio calls the fallback URL; without one the call ends.",
        on_late="Twilio calls the fallback URL after 15 s; without one the call ends.",
        sources="twilio.com/docs: <ConversationRelay>, Validating signatures, Connection overrides",
    ),
    "bland": Console(
        settings=(
            Set(
                "Inbound number: dynamic_data[].url",
                f"{URL}?phone={{{{from}}}}&call_id={{{{call_id}}}}",
                None,
            ),
            Set("dynamic_data[].method", "GET", "A GET creates no contact; POST does."),
            Set("dynamic_data[].timeout", "2000", "Milliseconds; the default."),
            Set("dynamic_data[].cache", "true", "One request for each call; the default."),
            Set("dynamic_data[].response_data", "one entry for each variable", None),
        ),
        reference="$.variables.%s",
        events=_FLAT_EVENTS,
        caller_at=_FLAT_CALLER,
        call_at=_FLAT_CALL,
        sources="docs.bland.ai: Dynamic data, Update inbound number",
    ),
    "synthflow": Console(
        settings=(
            Set("Phone number: inbound webhook", URL, None),
            Set("Time limit", "10 s", "Fixed: up to three more tries follow."),
            Set("Phone number: default_agent", "an agent of your own", "Answers on failure."),
        ),
        reference="%s",
        events="`call_inbound`",
        caller_at="`call_inbound.from_number`",
        call_at="`call_inbound.call_id`, which the documented request lacks",
        signed_with="the secret of Synthflow's webhook security",
        on_failure="Synthflow tries up to three more times; then its `default_agent` or nobody.",
        sources="docs.synthflow.ai: Inbound webhook API, Webhooks security",
    ),
    "fish_audio": Console(
        settings=(
            Set("Agent: webhooks.conversation_init.url", URL, None),
            Set("Agent: webhooks.conversation_init.secret", "the hook's `secret`", None),
            Set("Agent: webhooks.conversation_init.timeout_seconds", "5", "1 to 8."),
        ),
        reference="{{%s}}",
        events="`call.inbound`",
        caller_at="`call.caller_number`, empty if it is withheld",
        call_at="`call.twilio_call_sid`",
        signed_with="the secret of `webhooks.conversation_init`",
        on_failure="Fish Audio tries once more at once; then the call connects without variables.",
        on_late="The call connects without variables, and there is no other try.",
        sources="fishaudio/docs: agents/monitor/webhooks",
    ),
    "vogent": Console(
        settings=(Set("Inbound webhook: URL", URL, None), Set("Time limit", "3 s", "Fixed.")),
        reference="%s",
        events="`dial.inbound`",
        caller_at="`payload.source_number`",
        call_at="`payload.dial_id`",
        sources="docs.vogent.ai: Dial inbound webhook",
    ),
    "dialogflow_cx": Console(
        settings=(
            Set("Webhooks: webhook URL", URL, "Subtype standard."),
            Set("Webhooks: webhook timeout", "5 s", "The default; at most 30 s."),
            Set("Start page, entry fulfillment: enable webhook", "on", "With any tag."),
        ),
        reference="$session.params.%s",
        events="every WebhookRequest",
        caller_at="`payload.telephony.caller_id`",
        call_at="the end of `sessionInfo.session`",
        on_failure="The page gets the event `webhook.error`.",
        on_late="The page gets the event `webhook.error` after {waits}.",
        sources="cloud.google.com/dialogflow/cx/docs: Webhooks",
    ),
    "openai": Console(
        settings=(
            Set(
                "Project settings, webhooks: URL",
                "your own server's",
                f"It sends body and headers on to {URL} as they are.",
            ),
            Set("Webhook: events", "realtime.call.incoming", None),
            Set(
                "Your server: accept",
                "POST the answer to /v1/realtime/calls/{call_id}/accept",
                None,
            ),
        ),
        reference="%s, in the fenced lines of `instructions`",
        events="`realtime.call.incoming` and `live.transport.incoming`",
        caller_at="the header `From` of `data.sip_headers`",
        call_at="`data.call_id`",
        signed_with="the signing secret of the webhook, which begins with `whsec_`",
        on_failure="Your server decides: OpenAI waits for it to accept the call.",
        on_late="Your server decides. How long the call rings is not documented.",
        sources="developers.openai.com/api/docs/guides: Realtime API with SIP, Webhooks",
    ),
    "amazon_connect": Console(
        settings=(
            Set(
                "Instance: AWS Lambda functions",
                "the stack's function with TriggerAnswerConnectFlow in its name",
                _IAM,
            ),
            Set(
                "Flow: Invoke AWS Lambda function",
                "the same function, synchronous, with the parameter context_hook",
                f"The parameter is the token: what follows `/h/` in {URL}.",
            ),
            Set("Block: response validation", "STRING_MAP", None),
            Set("Block: timeout", "8 s", "1 to 8 s."),
        ),
        reference="$.External.%s",
        events="every event of a flow",
        caller_at="`Details.ContactData.CustomerEndpoint.Address`",
        call_at="`Details.ContactData.ContactId`",
        on_failure="Connect tries again within the timeout; then the flow takes the Error branch.",
        on_late="The flow takes the Error branch.",
        sources="docs.aws.amazon.com/connect: Invoke AWS Lambda function block",
    ),
    "lex_v2": Console(
        settings=(
            Set(
                "Bot alias, language: Lambda function",
                "the stack's function with TriggerAnswerLexBot in its name",
                _IAM,
            ),
            Set("Intent: code hook", "on", "For initialization and validation."),
            Set(
                "Flow before the bot",
                "sets the session attributes `context_hook` and `phone`",
                f"The first is the token: what follows `/h/` in {URL}. "
                "Lex itself does not tell who calls.",
            ),
        ),
        reference="the session attribute %s",
        events="every event of a bot",
        caller_at="the session attribute `phone`",
        call_at="`sessionId`",
        on_failure="The bot takes its failure branch.",
        on_late="The function times out, and the bot takes its failure branch.",
        sources="docs.aws.amazon.com/lexv2: Lambda input and response format",
    ),
    "flat": Console(
        settings=(
            Set("URL", f"{URL}?phone=…&call_id=…", "Or these members as form or JSON."),
            Set("Method", "POST", "A GET creates no contact."),
        ),
        reference="$.variables.%s",
        events=_FLAT_EVENTS,
        caller_at=_FLAT_CALLER,
        call_at=_FLAT_CALL,
        on_failure="Your platform decides. Twilio Studio takes the branch 'failed'.",
        on_late="Your platform decides. Twilio Studio waits 10 s.",
        sources="docs/platforms.md: Flat JSON",
    ),
}
"""By platform."""
