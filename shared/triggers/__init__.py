"""The adapters of Lambda's event sources: what calls a function when nobody asks over HTTP."""
