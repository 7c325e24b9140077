"""One folder per API that is served: error mapping, request models, presenters."""
