"""Things of the world as the API writes them."""
