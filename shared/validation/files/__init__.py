"""Parsing of the files of imports."""
