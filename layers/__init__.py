"""What people see: the Folium page, its layers, styles and tile sources. No database, no web framework."""
