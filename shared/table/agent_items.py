"""Convert agents, with their compiled declarations, to items and back.

The compiled declaration is the items of the declared definitions as compressed JSON, so that it
has whatever a definition has.
"""

import json
import zlib
from collections.abc import Mapping
from typing import Any

from shared.domain.agents import Agent, CompiledAgent, DeclaredVariable, Origin
from shared.domain.definitions import ContextType, Definition
from shared.domain.disclosure import Purpose
from shared.table import codec, keys
from shared.table.definition_items import definition_item, to_definition
from shared.table.operations import Item

_COMPILED = "compiled"
_KEY_NAMES = ("pk", "sk")


def agent_item(account_id: str, compiled: CompiledAgent) -> Item:
    """Build the item of an agent."""
    agent = compiled.agent
    plain = codec.field_values(agent)
    plain["variables"] = [_encode_variable(each) for each in agent.variables]
    # JSON text, because JSON allows numbers that DynamoDB does not support.
    plain["settings"] = _to_json(agent.settings) if agent.settings else None
    plain[_COMPILED] = _compress(account_id, compiled.definitions)
    plain |= {"generation": compiled.generation, "schema": compiled.definitions_version}
    return codec.entity_item(keys.agent(account_id, agent.agent_id), "agent", plain)


def to_agent(item: Item) -> Agent:
    """Build an agent from its item."""
    plain = codec.decode_fields(item, Agent)
    for name in ("created_at", "updated_at"):
        plain[name] = codec.to_datetime(plain[name])
    plain["variables"] = tuple(map(_to_variable, plain.get("variables", ())))
    if "purpose" in plain:
        plain["purpose"] = Purpose(plain["purpose"])
    if "settings" in plain:
        plain["settings"] = json.loads(plain["settings"])
    return Agent(**plain)


def to_compiled(item: Item) -> CompiledAgent:
    """Build an agent and its compiled declaration from its item."""
    documents = json.loads(zlib.decompress(codec.decode(item[_COMPILED])))
    definitions = {
        Origin(ContextType(context_type), name): definition
        for context_type, name, document in documents
        if isinstance(definition := to_definition(document), Definition)
    }
    return CompiledAgent(
        to_agent(item),
        definitions,
        codec.decode(item["generation"]),
        codec.decode(item["schema"]),
    )


def _compress(account_id: str, definitions: Mapping[Origin, Definition]) -> bytes:
    documents = [(*origin, _document(account_id, each)) for origin, each in definitions.items()]
    return zlib.compress(_to_json(documents).encode(), 9)


def _document(account_id: str, definition: Definition) -> Item:
    """Return the item of a definition without its key, which the agent's item implies."""
    item = definition_item(account_id, definition)
    return {name: value for name, value in item.items() if name not in _KEY_NAMES}


def _encode_variable(variable: DeclaredVariable) -> list[Any]:
    """Build a list, because DynamoDB stores the names of a map's members with every item."""
    return [variable.name, *variable.origin, variable.fallback]


def _to_variable(plain: list[Any]) -> DeclaredVariable:
    name, context_type, variable, fallback = plain
    return DeclaredVariable(name, Origin(ContextType(context_type), variable), fallback)


def _to_json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
