"""The scenarios of each API, with little and much data."""
