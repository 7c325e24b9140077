"""Raise the assurance of a call, when its caller has proved who it is."""

from shared.domain.accounts import Caller
from shared.domain.calls import VariableState
from shared.domain.disclosure import Assurance
from shared.domain.errors import AgentNotFound
from shared.domain.resolutions import RaisedAssurance, ResolvedCall, WantedCall
from shared.services.agents.answers import ASSURANCE
from shared.services.agents.calls import find_call
from shared.services.agents.resolving import Resolver, read_now
from shared.services.conflicts import retry_on_conflict


def raise_assurance(
    resolver: Resolver, caller: Caller, call_id: str, assurance: Assurance
) -> RaisedAssurance:
    """Raise the assurance of a call, and return what its first answer withheld and is released.

    An assurance that the call has, or a lower one, changes nothing.

    Raises:
        CallNotFound: There is no such call, or the caller sees no such contact any more.

    """
    calls, contacts, definitions = resolver.calls, resolver.contacts, resolver.definitions

    def attempt() -> ResolvedCall:
        call = find_call(calls, contacts, definitions, caller, call_id)
        if call.assurance.rank >= assurance.rank:
            return call
        calls.raise_assurance(caller.account_id, call_id, assurance)
        return find_call(calls, contacts, definitions, caller, call_id)

    call = retry_on_conflict(attempt)
    withheld = {each.name for each in call.resolution.variables if each.reason == ASSURANCE}
    if not withheld or call.caller.contact_id is None:
        return RaisedAssurance(call, ())
    wanted = WantedCall(call.agent_id, call.caller.contact_id, assurance=call.assurance)
    try:
        answer = read_now(resolver, caller, wanted).resolution
    except AgentNotFound:
        return RaisedAssurance(call, ())
    released = (
        each
        for each in answer.variables
        if each.name in withheld and each.state is not VariableState.WITHHELD
    )
    return RaisedAssurance(call, tuple(released))
