"""Adapters of the port `Extractor`: reading fields out of what people wrote in sentences."""
