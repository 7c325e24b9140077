"""Routes are selected as by an HTTP API."""

import pytest

from local.routing import Route, find_route

ROUTES = [
    Route(method=key.partition(" ")[0], path=key.partition(" ")[2], function=key)
    for key in (
        "ANY /{proxy+}",
        "GET /pets/{proxy+}",
        "GET /pets/dog/{id}",
        "GET /pets/dog/1",
        "ANY /pets/dog/{id}",
        "PUT /pets/{kind}/{id}",
        "GET /slash/",
        "GET /files/{folder}/{rest+}",
    )
]
DEFAULT = Route(method="ANY", path="$default", function="default")


def chosen(method: str, path: str, routes: list[Route] = ROUTES) -> str | None:
    match = find_route(routes, method, path)
    return match.route.function if match else None


@pytest.mark.parametrize(
    ("method", "path", "function"),
    [
        ("GET", "/pets/dog/1", "GET /pets/dog/1"),
        ("GET", "/pets/dog/2", "GET /pets/dog/{id}"),
        ("POST", "/pets/dog/2", "ANY /pets/dog/{id}"),
        ("PUT", "/pets/cat/2", "PUT /pets/{kind}/{id}"),
        ("GET", "/pets/cat/1", "GET /pets/{proxy+}"),
        ("POST", "/pets/5", "ANY /{proxy+}"),
        ("GET", "/slash/", "GET /slash/"),
        ("GET", "/slash", "ANY /{proxy+}"),
        ("GET", "/files/a/b/c", "GET /files/{folder}/{rest+}"),
        ("GET", "/files/a", "ANY /{proxy+}"),
    ],
)
def test_the_closest_route_is_chosen(method: str, path: str, function: str) -> None:
    """The order of precedence that AWS documents, wherever a route stands in the list."""
    assert chosen(method, path) == function
    assert chosen(method, path, ROUTES[::-1]) == function


def test_the_default_route_is_the_last_resort() -> None:
    routes = [DEFAULT, Route(method="GET", path="/a", function="a")]

    assert chosen("GET", "/a", routes) == "a"
    assert chosen("POST", "/a", routes) == "default"
    assert chosen("GET", "/", routes) == "default"


def test_no_route_fits_a_path_that_no_one_declared() -> None:
    routes = [Route(method="GET", path="/a/{id}", function="a")]

    assert chosen("GET", "/b/1", routes) is None
    assert chosen("POST", "/a/1", routes) is None
    assert chosen("GET", "/a/1/", routes) is None


@pytest.mark.parametrize("path", ["/a/", "/a//"])
def test_a_variable_needs_a_value(path: str) -> None:
    assert chosen("GET", path, [Route(method="GET", path="/a/{id}", function="a")]) is None
    assert chosen("GET", "/a/", [Route(method="GET", path="/a/{id+}", function="a")]) is None


def test_an_encoded_slash_separates_nothing() -> None:
    match = find_route([Route(method="GET", path="/a/{id}", function="a")], "GET", "/a/b%2Fc")

    assert match is not None
    assert match.path_parameters == {"id": "b/c"}


def test_an_encoded_letter_is_the_letter() -> None:
    assert chosen("GET", "/%70ets/dog/1") == "GET /pets/dog/1"
