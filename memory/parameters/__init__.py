"""Parameter memory: the arguments that a person chooses the same way again and again, learned, predicted, corrected."""
