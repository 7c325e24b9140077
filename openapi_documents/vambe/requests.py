"""The request body that is parsed without a request model.

The parser is `shared/dialects/vambe/contact_metadata.py`.
"""

from pydantic import BaseModel, ConfigDict


class ContactMetadata(BaseModel):
    """Any fields, or an object of any fields as `metadata` if there is no other member."""

    model_config = ConfigDict(extra="allow")
