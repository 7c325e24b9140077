"""Match and format fields written in the words of other systems."""
