"""The gazetteer: named places of a city and where they are."""
