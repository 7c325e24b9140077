"""What is measured of each API: requests on data that makes their work small or large."""
