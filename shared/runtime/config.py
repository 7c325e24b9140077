"""Settings of a function, read from environment variables."""

import os
from collections.abc import Mapping

from shared.domain.errors import NotDeployed
from shared.domain.records import dataclass

LEAN, BOTOCORE = "lean", "botocore"
"""The clients of DynamoDB: the lean one, or botocore's own."""


class MissingSetting(Exception):
    """A required environment variable is not set. The message names it."""


class InvalidSetting(Exception):
    """An environment variable has a value that it cannot have. The message names both."""


@dataclass(frozen=True, slots=True)
class Settings:
    """The settings of a function.

    The libraries read region, endpoint and log level from the environment themselves.

    Attributes:
        extraction_model_id: The Bedrock model that extracts values. Empty extracts labels only.
        activity_days: How long changes stay in the activity log.
        import_rows_per_second: The most rows that one import writes in a second.
        import_writers: The most rows that one import writes concurrently.
        max_definitions: The most variable definitions of an account.
        max_contacts: The most contacts of an account.
        imports_per_account: The most imports of an account that run concurrently.
        suggestion_days: How long suggestions are kept.
        call_days: How long the answers of calls are kept.
        dynamodb_client: The client of the table, `lean` or `botocore`.
    """

    table_name: str
    extraction_model_id: str
    event_bus_name: str
    activity_days: int
    webhook_delivery_queue_url: str
    webhook_delivery_dead_letters_url: str
    import_bucket_name: str
    import_queue_url: str
    import_rows_per_second: float
    import_writers: int
    max_definitions: int
    max_contacts: int
    imports_per_account: int
    suggestion_days: int
    call_days: int
    dynamodb_client: str

    @classmethod
    def from_env(cls, environment: Mapping[str, str] = os.environ) -> "Settings":
        """Read the settings from environment variables.

        Raises:
            MissingSetting: `TABLE_NAME` is not set.
            InvalidSetting: `DYNAMODB_CLIENT` names no client.
        """
        return cls(
            table_name=_required(environment, "TABLE_NAME"),
            extraction_model_id=environment.get("EXTRACTION_MODEL_ID", ""),
            event_bus_name=environment.get("EVENT_BUS_NAME", ""),
            activity_days=int(environment.get("ACTIVITY_DAYS", "90")),
            webhook_delivery_queue_url=environment.get("WEBHOOK_DELIVERY_QUEUE_URL", ""),
            webhook_delivery_dead_letters_url=environment.get(
                "WEBHOOK_DELIVERY_DEAD_LETTERS_URL", ""
            ),
            import_bucket_name=environment.get("IMPORT_BUCKET_NAME", ""),
            import_queue_url=environment.get("IMPORT_QUEUE_URL", ""),
            import_rows_per_second=float(environment.get("IMPORT_ROWS_PER_SECOND", "200")),
            import_writers=int(environment.get("IMPORT_WRITERS", "8")),
            max_definitions=int(environment.get("MAX_DEFINITIONS", "5000")),
            max_contacts=int(environment.get("MAX_CONTACTS", "5000000")),
            imports_per_account=int(environment.get("IMPORTS_PER_ACCOUNT", "1")),
            suggestion_days=int(environment.get("SUGGESTION_DAYS", "30")),
            call_days=int(environment.get("CALL_DAYS", "30")),
            dynamodb_client=_client_name(environment.get("DYNAMODB_CLIENT", LEAN)),
        )

    def queue_url(self, setting: str) -> str:
        """Return the URL of a queue.

        Raises:
            NotDeployed: The setting is no URL. `sam local` creates no queues, and sets logical ids
                of the template instead of URLs.
        """
        url = str(getattr(self, setting))
        if "://" not in url:
            raise NotDeployed("queue")
        return url

    def bucket_name(self) -> str:
        """Return the name of the bucket for imports.

        Raises:
            NotDeployed: The setting is no bucket name. `sam local` creates no buckets, and sets
                the logical id, which has uppercase letters.
        """
        name = self.import_bucket_name
        if not name or name != name.lower():
            raise NotDeployed("bucket")
        return name

    def require(self, setting: str) -> str:
        """Return a setting that only some functions have.

        Raises:
            MissingSetting: The environment variable is not set.
        """
        return _required({setting.upper(): getattr(self, setting)}, setting.upper())


def _required(environment: Mapping[str, str], name: str) -> str:
    value = environment.get(name, "")
    if not value:
        raise MissingSetting(f"set the environment variable {name}")
    return value


def _client_name(name: str) -> str:
    if name not in (LEAN, BOTOCORE):
        raise InvalidSetting(f"DYNAMODB_CLIENT is {name!r}, not {LEAN} or {BOTOCORE}")
    return name
