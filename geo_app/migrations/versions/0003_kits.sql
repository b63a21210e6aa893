-- A city says which scheme its codes follow; it was told from the length of its jurisdiction before.
ALTER TABLE city ADD COLUMN code_scheme text NOT NULL DEFAULT 'own' CHECK (code_scheme ~ '^[a-z0-9]{1,20}$');
UPDATE city SET code_scheme = 'gb30428' WHERE length(jurisdiction) = 6;

-- A city can be removed whole: what refers to its rows is found quickly.
CREATE INDEX cell_version_of_community ON cell_version (community_id);
CREATE INDEX place_of_community ON place (community_id);
CREATE INDEX placement_of_release ON placement (release_id);
CREATE INDEX shape_of_unit ON unit_shape (unit_id);
CREATE INDEX unit_of_parent ON unit (parent_id);
CREATE INDEX assignment_by_responder ON assignment (responder_id);
CREATE INDEX incident_of_category ON incident (category_id);

-- Which thematic areas cover a point is asked in the city's own frame.
CREATE INDEX thematic_by_metric ON thematic USING gist (city_id, geometry);
