"""What a function's start does without: the search for garbage.

What is imported stays, so that looking through all of it again and again, while it grows, finds
nothing and takes a tenth of the start. Imported before whatever is large.
"""

import gc

gc.disable()


def end_startup() -> None:
    """Search for garbage from now on, and never in what is there: it stays as long as we do."""
    gc.freeze()
    gc.enable()
