-- How many households live where.

-- household_count: so many households at an address or in a building, none of them named. A city's counts are brought
-- together and replaced together, so the highest id says which ones they are.
CREATE TABLE household_count (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  city_id integer NOT NULL,
  jurisdiction text NOT NULL,
  point geometry(Point) NOT NULL,
  households integer NOT NULL CHECK (households > 0),
  given_x double precision,
  given_y double precision,
  given_frame text,
  srid integer NOT NULL GENERATED ALWAYS AS (ST_SRID(point)) STORED,
  FOREIGN KEY (city_id, srid) REFERENCES city (id, srid) ON DELETE CASCADE,
  CONSTRAINT household_count_given_whole CHECK (num_nulls(given_x, given_y, given_frame) IN (0, 3))
);
CREATE INDEX household_count_of_city ON household_count (city_id, id);
CREATE INDEX household_count_by_place ON household_count USING gist (city_id, point);

-- cell_lineage.household_share is filled from now on where the parent had households; releases before keep none.

DO $$
DECLARE app text := current_setting('geo.app_role');
BEGIN
  EXECUTE format('GRANT SELECT, INSERT, DELETE ON household_count TO %I', app);
  EXECUTE format('GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO %I', app);
END $$;
