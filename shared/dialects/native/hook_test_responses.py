"""Responses to tests of hooks."""

from typing import Any

from shared.dialects.native.resolve_responses import contact_document, questions, state_document
from shared.domain.hook_reports import GivenRequest, HookReport
from shared.domain.hooks import HookReply
from shared.gateway.response import Response


def hook_tested(report: HookReport) -> Response:
    """Build the response to the test of a hook."""
    run = report.run
    return Response(
        200,
        {
            "hook": run.hook.hook_id,
            "agent": run.hook.agent_id,
            "platform": run.hook.platform,
            "result": report.result,
            "outcome": run.outcome,
            "consequence": report.consequence,
            "checks": [
                {
                    "check": each.name,
                    "result": each.result,
                    "fact": each.fact,
                    "action": each.action,
                }
                for each in report.checks
            ],
            "request": _sample(report.sample),
            "answer": _answer(run.reply),
            "resolution": _resolution(report),
            "time": _time(report),
            "limits": _limits(report),
            "on_failure": report.on_failure,
            "console": [
                {"setting": each.setting, "value": each.value, "note": each.note}
                for each in report.console
            ],
            "sources": report.sources,
        },
    )


def _sample(sample: GivenRequest | None) -> dict[str, Any] | None:
    if sample is None:
        return None
    return {
        "method": sample.method,
        "url": sample.url,
        "headers": dict(sample.headers),
        "body": sample.body,
    }


def _answer(reply: HookReply | None) -> dict[str, Any] | None:
    if reply is None:
        return None
    return {
        "status": reply.status,
        "headers": {"content-type": reply.content_type},
        "body": reply.body.decode(),
        "bytes": len(reply.body),
    }


def _resolution(report: HookReport) -> dict[str, Any] | None:
    call = report.run.call
    if call is None:
        return None
    variables = call.resolution.variables
    return {
        "contact": contact_document(call),
        "assurance": call.assurance,
        "states": {each.name: state_document(each, call.origins[each.name]) for each in variables},
        "ask": questions(variables),
    }


def _time(report: HookReport) -> dict[str, Any]:
    agent = report.run.agent
    return {
        "deadline_ms": agent.deadline_ms if agent else None,
        "platform_waits_ms": report.limits.waits_ms,
    }


def _limits(report: HookReport) -> dict[str, Any]:
    limits = report.limits
    return {
        "value_types": limits.value_types,
        "nulls": limits.nulls,
        "max_value_chars": limits.max_value_chars,
        "max_values_bytes": limits.max_values_bytes,
        "max_variables": limits.max_variables,
    }
