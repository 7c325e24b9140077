"""The body of the one request that no model parses.

What takes it is `shared/dialects/vambe/contact_metadata.py`.
"""

from pydantic import BaseModel, ConfigDict


class ContactMetadata(BaseModel):
    """Any fields, flat; or an object of them under `metadata`, if that is all there is."""

    model_config = ConfigDict(extra="allow")
