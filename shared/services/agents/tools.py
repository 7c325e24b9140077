"""Run the tools that an agent calls during a call: look variables up, and set them.

An agent reads and sets what it declares, under the names that it declares, and only of the contact
of the call. Every result is short enough to be read by a model, and says what to do next.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from shared.domain.accounts import Caller
from shared.domain.agents import CompiledAgent, DeclaredVariable
from shared.domain.calls import ToolCall, ToolResult
from shared.domain.definitions import ContextType
from shared.domain.errors import (
    AgentNotFound,
    ContactNotFound,
    DefinitionNotFound,
    InvalidRequest,
)
from shared.domain.json_values import JsonObject, JsonValue
from shared.domain.records import dataclass
from shared.domain.resolutions import WantedCall
from shared.domain.sources import Source
from shared.domain.suggestions import Suggestion
from shared.domain.values import Evidence, SourcedValue, Subject
from shared.services.agents.answers import call_id_of
from shared.services.agents.resolving import Resolver, contact_id_of, find_compiled, read_now
from shared.services.variables.value_changes import ValueStores, set_variable
from shared.validation.value_text import to_text

LOOK_UP, SET_ONE, SET_SEVERAL = "look_up", "set_variable", "set_variables"

MAX_SET = 20
"""The most variables that one tool call sets."""

_MAX_NAMED = 20
_MAX_SHOWN_CHARS = 100


class _BadArguments(Exception):
    """The agent called a tool in a way that it can correct. The message says how."""


@dataclass(frozen=True, slots=True)
class ToolBox:
    """Runs the tools of one call.

    Attributes:
        wanted: The call, with the contact that its first answer was for.
    """

    resolver: Resolver
    stores: ValueStores
    caller: Caller
    wanted: WantedCall

    def run(self, tool: ToolCall) -> ToolResult:
        """Run a tool call. What the agent can correct is an error of the result.

        Raises:
            Unavailable: Storage does not answer.

        """
        known = {LOOK_UP: self._look_up, SET_ONE: self._set_one, SET_SEVERAL: self._set_several}
        run: Callable[[Mapping[str, JsonValue]], JsonValue] | None = known.get(tool.name)
        if run is None:
            return ToolResult(tool, error=f"There is no such tool. The tools are {_listed(known)}.")
        try:
            return ToolResult(tool, run(tool.arguments))
        except _BadArguments as bad:
            return ToolResult(tool, error=str(bad))
        except AgentNotFound:
            return ToolResult(tool, error="The agent of this hook was deleted.")

    def _look_up(self, arguments: Mapping[str, JsonValue]) -> JsonValue:
        compiled = find_compiled(self.resolver, self.caller, self.wanted)
        given = arguments.get("variables")
        names = [given] if isinstance(given, str) else given
        if names is not None and not isinstance(names, list):
            raise _BadArguments("variables must be a list of names.")
        declared = _by_name(compiled)
        wanted = [_declared(declared, name).name for name in names or ()]
        answer = read_now(self.resolver, self.caller, self.wanted).resolution
        found = {each.name: each.value for each in answer.variables}
        return {name: found[name] for name in wanted} if wanted else found

    def _set_one(self, arguments: Mapping[str, JsonValue]) -> JsonValue:
        name = arguments.get("variable")
        if not isinstance(name, str) or "value" not in arguments:
            raise _BadArguments('Send {"variable": <name>, "value": <value>}.')
        return self._set({name: arguments["value"]})

    def _set_several(self, arguments: Mapping[str, JsonValue]) -> JsonValue:
        values = arguments.get("variables", arguments)
        if not isinstance(values, dict) or not values:
            raise _BadArguments("Send variables, an object of names and values.")
        if len(values) > MAX_SET:
            raise _BadArguments(f"Set at most {MAX_SET} variables at once.")
        return self._set(values)

    def _set(self, values: JsonObject) -> str:
        compiled = find_compiled(self.resolver, self.caller, self.wanted)
        known = _by_name(compiled)
        declared = {name: _settable(known, name) for name in values}
        contact_id = contact_id_of(self.resolver, self.caller, self.wanted)
        if contact_id is None:
            raise _BadArguments("Nothing was saved: the caller is not a known contact.")
        subject = Subject.contact(contact_id)
        return " ".join(
            self._set_value(subject, variable, values[name]) for name, variable in declared.items()
        )

    def _set_value(self, subject: Subject, variable: DeclaredVariable, value: JsonValue) -> str:
        if value is None:
            return f"Not saved: {variable.name} has no value. Send one."
        name, origin = variable.name, variable.origin.variable
        evidence = Evidence(call_id=call_id_of(self.caller.account_id, self.wanted))
        sent = SourcedValue(value, Source.AI, evidence=evidence if evidence.call_id else None)
        try:
            written = set_variable(self.stores, self.caller, subject, origin, sent, None)
        except InvalidRequest as invalid:
            return f"Not saved: {name}: {invalid.faults[0].reason}."
        except DefinitionNotFound:
            return f"Not saved: {name} does not exist any more."
        except ContactNotFound:
            return f"Not saved: {name}: the contact was deleted."
        shown = to_text(value)[:_MAX_SHOWN_CHARS]
        if isinstance(written, Suggestion):
            return (
                f"Not changed: {name} has a value that you cannot replace. "
                f"{shown} is suggested to a person."
            )
        return f"Saved: {name} is {shown}."


def run_tools(
    resolver: Resolver,
    stores: ValueStores,
    caller: Caller,
    wanted: WantedCall,
    tools: Sequence[ToolCall],
) -> list[ToolResult]:
    """Run the tool calls of a message, one after another.

    Args:
        resolver: What reading the variables needs.
        stores: What setting them needs.
        caller: The hook, with what it may read.
        wanted: The call. Its first answer says whose variables the tools are about; without one,
            the number of the caller does.
        tools: The tool calls.

    Raises:
        Unavailable: Storage does not answer.

    """
    call_id = call_id_of(caller.account_id, wanted)
    call = call_id and resolver.calls.find(caller.account_id, call_id, caller.requested_at)
    if call:
        wanted = replace(wanted, contact_id=call.caller.contact_id, assurance=call.assurance)
    box = ToolBox(resolver, stores, caller, wanted)
    return [box.run(each) for each in tools]


def _by_name(compiled: CompiledAgent) -> Mapping[str, DeclaredVariable]:
    return {each.name: each for each in compiled.agent.variables}


def _declared(declared: Mapping[str, DeclaredVariable], name: JsonValue) -> DeclaredVariable:
    found = declared.get(name) if isinstance(name, str) else None
    if found is None:
        shown = to_text(name)[:_MAX_SHOWN_CHARS]
        raise _BadArguments(f"There is no variable {shown}. There are {_listed(declared)}.")
    return found


def _settable(declared: Mapping[str, DeclaredVariable], name: str) -> DeclaredVariable:
    found = _declared(declared, name)
    if found.origin.context_type is not ContextType.CONTACT:
        raise _BadArguments(f"{name} belongs to the business and cannot be set in a call.")
    return found


def _listed(names: Mapping[str, object]) -> str:
    more = ", …" if len(names) > _MAX_NAMED else ""
    return ", ".join(list(names)[:_MAX_NAMED]) + more
