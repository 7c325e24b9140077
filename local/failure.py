"""The one error that ends the local API with a sentence instead of a traceback."""


class LocalApiError(Exception):
    """Something the user can put right: its text is one sentence, shown as it is on stderr."""
