"""Match language tags to the languages of a platform."""


def supported_language(tag: str | None, supported: str) -> str | None:
    """Return the platform's spelling of a language, None if the platform does not support it.

    A tag that the platform has not is the first one of the same language: `es` is `es-ES`, and so
    is `es-UY`.

    Args:
        tag: A language tag (RFC 5646).
        supported: The tags that the platform supports, separated by spaces.
    """
    if not tag:
        return None
    wanted = tag.replace("_", "-").lower()
    exact = (each for each in supported.split() if each.lower() == wanted)
    language = wanted.partition("-")[0]
    same = (each for each in supported.split() if each.lower().partition("-")[0] == language)
    return next(exact, None) or next(same, None)
