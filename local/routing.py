"""The choice of a route, as an HTTP API makes it.

Source: https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-routes.html
"""

import dataclasses
from collections.abc import Iterable
from urllib.parse import unquote

_STATIC, _VARIABLE, _GREEDY = range(3)


@dataclasses.dataclass(frozen=True, kw_only=True)
class Route:
    """A method (or `ANY`), a path (or `$default`) and the logical id of the function behind it."""

    method: str
    path: str
    function: str

    @property
    def key(self) -> str:
        """The route key as API Gateway writes it: `POST /a/{id}`, `ANY /{proxy+}`, `$default`."""
        return self.path if self.path == "$default" else f"{self.method} {self.path}"


@dataclasses.dataclass(frozen=True, kw_only=True)
class Match:
    """The route chosen for a request, and the values of its path variables, decoded."""

    route: Route
    path_parameters: dict[str, str]


def find_route(routes: Iterable[Route], method: str, raw_path: str) -> Match | None:
    """Choose the route of a request, or None when no route fits.

    A full match comes first (literal segments before variables), then a greedy variable, then
    `$default`; for the same path, the method itself comes before `ANY`.
    A trailing slash makes another path.

    Args:
        routes: every route of the API.
        method: the request's method, in capitals.
        raw_path: the request's path, still percent-encoded: an encoded slash is no separator.

    """
    segments = raw_path.split("/")
    best: Match | None = None
    best_rank: tuple[object, ...] | None = None
    for route in routes:
        parameters = _match(route, method, segments)
        if parameters is None:
            continue
        rank = _rank(route)
        if best_rank is None or rank < best_rank:
            best, best_rank = Match(route=route, path_parameters=parameters), rank
    return best


def _match(route: Route, method: str, segments: list[str]) -> dict[str, str] | None:
    if route.method not in ("ANY", method):
        return None
    if route.path == "$default":
        return {}
    parameters: dict[str, str] = {}
    pattern = route.path.split("/")
    for index, part in enumerate(pattern):
        kind = _kind(part)
        if kind == _GREEDY:
            rest = "/".join(segments[index:])
            return {**parameters, part[1:-2]: unquote(rest)} if rest else None
        if index >= len(segments):
            return None
        segment = segments[index]
        if kind == _VARIABLE and segment:
            parameters[part[1:-1]] = unquote(segment)
        elif kind == _VARIABLE or unquote(segment) != part:
            return None
    return parameters if len(pattern) == len(segments) else None


def _kind(part: str) -> int:
    if part.startswith("{") and part.endswith("+}"):
        return _GREEDY
    if part.startswith("{") and part.endswith("}"):
        return _VARIABLE
    return _STATIC


def _rank(route: Route) -> tuple[object, ...]:
    """Order routes by how exactly they match: the smaller, the better."""
    is_any = route.method == "ANY"
    if route.path == "$default":
        return (2, (), is_any)
    kinds = tuple(_kind(part) for part in route.path.split("/"))
    # Of two greedy routes, the one with the longer literal start is the closer match.
    return (1 if _GREEDY in kinds else 0, kinds, is_any)
