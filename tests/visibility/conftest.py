"""The imports of acme, as the tests of triggers have them."""

from tests.triggers.conftest import importer

__all__ = ("importer",)
