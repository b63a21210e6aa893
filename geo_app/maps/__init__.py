"""Map pages, vector tiles, and what a map asks for when somebody points at it."""
