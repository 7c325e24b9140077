"""The nouns of the product, its errors and its ports; standard library only."""
