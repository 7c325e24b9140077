"""One folder per API that is served: error table, request models, presenters."""
