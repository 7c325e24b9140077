"""The layer: everything the functions share, imported as `shared` on Lambda and locally."""
