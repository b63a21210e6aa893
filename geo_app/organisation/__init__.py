"""Cities, and their districts, streets, communities and departments: the dated trees that scope everything."""
