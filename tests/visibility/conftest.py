"""Fixtures of the tests of triggers: imports of acme, changes of the table and a receiver."""

from tests.triggers.conftest import authority, importer, receiver
from tests.triggers.test_record_changes import changes

__all__ = ("authority", "changes", "importer", "receiver")
