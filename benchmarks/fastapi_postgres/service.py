"""The peer's service: the same two requests, keys, types and errors.

It follows FastAPI's documentation and is optimized: pooled connections, prepared statements, and
one statement each for the key, the definitions and the write.
"""

import hashlib
import json
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Annotated, Any

import asyncpg
from fastapi import Depends, FastAPI, Header, HTTPException, Request
from pydantic import BaseModel

_KINDS: dict[str, tuple[type, ...]] = {
    "text": (str,),
    "date": (str,),
    "number": (int, float),
    "boolean": (bool,),
    "select": (str,),
}


class ContextUpdate(BaseModel):
    """The variables to set, by name."""

    variables: dict[str, str | int | float | bool]


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    pool = await asyncpg.create_pool(os.environ["DATABASE_URL"], min_size=4, max_size=4, init=_init)
    app.state.pool = pool
    yield
    await pool.close()


async def _init(connection: Any) -> None:
    await connection.set_type_codec(
        "jsonb", encoder=json.dumps, decoder=json.loads, schema="pg_catalog"
    )


def _pool(request: Request) -> Any:
    return request.app.state.pool


async def _account(
    pool: Annotated[Any, Depends(_pool)], authorization: Annotated[str, Header()]
) -> str:
    secret = authorization.removeprefix("Bearer ")
    row = await pool.fetchrow(
        "select account_id, permissions from api_keys where key_hash = $1",
        hashlib.sha256(secret.encode()).hexdigest(),
    )
    if row is None:
        raise HTTPException(401, "invalid key")
    if "contacts" not in row["permissions"]:
        raise HTTPException(403, "permission denied")
    return str(row["account_id"])


async def set_context(
    contact_id: int,
    update: ContextUpdate,
    account: Annotated[str, Depends(_account)],
    pool: Annotated[Any, Depends(_pool)],
) -> dict[str, Any]:
    """Set variables of a contact, validated by their definitions."""
    rows = await pool.fetch(
        "select name, variable_type, options from definitions"
        " where account_id = $1 and context_type = 'contact' and name = any($2)",
        account,
        list(update.variables),
    )
    defined = {row["name"]: row for row in rows}
    for name, value in update.variables.items():
        _check(name, value, defined.get(name))
    written = await pool.execute(
        "update contacts set context = context || $3, updated_at = now()"
        " where account_id = $1 and contact_id = $2",
        account,
        contact_id,
        update.variables,
    )
    if written != "UPDATE 1":
        raise HTTPException(404, "contact not found")
    return {"message": "updated", "contact_id": contact_id}


async def get_contact(
    contact_id: int,
    account: Annotated[str, Depends(_account)],
    pool: Annotated[Any, Depends(_pool)],
) -> dict[str, Any]:
    """Return a contact with its variables."""
    row = await pool.fetchrow(
        "select details, context from contacts where account_id = $1 and contact_id = $2",
        account,
        contact_id,
    )
    if row is None:
        raise HTTPException(404, "contact not found")
    return {"id": contact_id, **row["details"], "custom_context": row["context"]}


def _check(name: str, value: Any, definition: Any) -> None:
    if definition is None:
        raise HTTPException(400, f"{name} is not defined")
    kinds = _KINDS[definition["variable_type"]]
    if not isinstance(value, kinds) or (isinstance(value, bool) and bool not in kinds):
        raise HTTPException(400, f"{name} does not fit {definition['variable_type']}")
    if definition["options"] and value not in definition["options"]:
        raise HTTPException(400, f"{name} is none of its options")


def service() -> FastAPI:
    """Create the application."""
    app = FastAPI(lifespan=_lifespan, openapi_url=None)
    app.add_api_route("/contacts/{contact_id}/context", set_context, methods=["POST"])
    app.add_api_route("/contacts/{contact_id}", get_contact, methods=["GET"])
    return app
