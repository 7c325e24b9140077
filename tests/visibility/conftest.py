"""The imports of acme and the changes of the table, as the tests of triggers have them."""

from tests.triggers.conftest import importer
from tests.triggers.test_record_changes import changes

__all__ = ("changes", "importer")
