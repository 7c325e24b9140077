"""Files that describe the service, for whoever asks: no key is needed."""
