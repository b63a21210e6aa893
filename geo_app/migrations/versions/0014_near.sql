-- Open incidents by place: what was reported here already, and the map's tiles of them. Those that wait for a person
-- to say where they are lie where they are guessed to be. Web Mercator for drawing, as roads and outlines have it;
-- none beside the poles.
ALTER TABLE incident ADD COLUMN mercator geometry(Point, 3857)
  GENERATED ALWAYS AS (CASE WHEN abs(ST_Y(point)) <= 85 THEN ST_Transform(point, 3857) END) STORED;
CREATE INDEX incident_open_by_place ON incident USING gist (city_id, mercator, reported_at) WHERE state <> 'closed';
