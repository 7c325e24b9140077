"""Match requests to routes as an HTTP API does.

Source: https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-routes.html
"""

import dataclasses
from collections.abc import Iterable
from urllib.parse import unquote

_STATIC, _VARIABLE, _GREEDY = range(3)


@dataclasses.dataclass(frozen=True, kw_only=True)
class Route:
    """A method (or `ANY`), a path (or `$default`) and the logical id of its function."""

    method: str
    path: str
    function: str

    @property
    def key(self) -> str:
        """The route key of API Gateway, such as `POST /a/{id}`, `ANY /{proxy+}` or `$default`."""
        return self.path if self.path == "$default" else f"{self.method} {self.path}"


@dataclasses.dataclass(frozen=True, kw_only=True)
class Match:
    """The matching route of a request with its decoded path parameters."""

    route: Route
    path_parameters: dict[str, str]


def find_route(routes: Iterable[Route], method: str, raw_path: str) -> Match | None:
    """Return the matching route of a request, or None.

    The order is: a full match (literal segments before variables), a greedy variable, `$default`.
    On the same path, the exact method precedes `ANY`.
    A path with a trailing slash is another path.

    Args:
        routes: All routes of the API.
        method: The method of the request in capitals.
        raw_path: The percent-encoded path. An encoded slash does not separate segments.
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
    """Return the sort key of a route; more specific routes come first."""
    is_any = route.method == "ANY"
    if route.path == "$default":
        return (2, (), is_any)
    kinds = tuple(_kind(part) for part in route.path.split("/"))
    # The greedy route with the longer literal prefix is more specific.
    return (1 if _GREEDY in kinds else 0, kinds, is_any)
