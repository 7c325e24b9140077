"""Delete parts of large values that the table's stream shows to be unused."""

from collections.abc import Sequence

from shared.domain.parts import UnusedParts
from shared.wiring.parts import part_removal, part_trigger


@part_trigger("delete_parts")
def lambda_handler(unused: Sequence[UnusedParts]) -> None:
    """Delete the unused parts of one page."""
    part_removal().delete(unused)
