"""Cities: the generated demo city, city kits, and loading either into the database."""
