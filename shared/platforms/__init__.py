"""Voice platforms, each as data and a few functions."""
