"""The error that commands report as one sentence, without a traceback."""


class LocalApiError(Exception):
    """An error that the user can fix. Its message is one sentence for stderr."""
