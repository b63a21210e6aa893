-- Limits, access and restrictions of roads; roads closed or slowed for a time.

-- maxspeed: km/h; barred, private, both_ways: modes that may not use it, only with business there, against its one-way
ALTER TABLE road
  ADD COLUMN maxspeed double precision CHECK (maxspeed > 0),
  ADD COLUMN barred text[] NOT NULL DEFAULT '{}',
  ADD COLUMN private text[] NOT NULL DEFAULT '{}',
  ADD COLUMN both_ways text[] NOT NULL DEFAULT '{}';

-- travels: twice the number of a road of the city, counted from 0 by id, plus 1 when it is travelled backwards
CREATE TABLE road_restriction (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  city_id integer NOT NULL REFERENCES city ON DELETE CASCADE,
  source_id bigint NOT NULL,
  is_only boolean NOT NULL,
  travels integer[] NOT NULL CHECK (cardinality(travels) >= 2),
  modes text[] NOT NULL
);
CREATE INDEX road_restriction_of_city ON road_restriction (city_id, id);

-- share: of the usual speed that is left; null is closed. It belongs to a source, so it outlives an import.
CREATE TABLE road_override (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  city_id integer NOT NULL REFERENCES city ON DELETE CASCADE,
  source_id bigint NOT NULL,
  share double precision CHECK (share > 0 AND share < 1),
  modes text[] NOT NULL,
  begins_at timestamptz NOT NULL,
  ends_at timestamptz NOT NULL CHECK (ends_at > begins_at),
  reason text NOT NULL
);
CREATE INDEX road_override_of_city ON road_override (city_id, ends_at);

DO $$
DECLARE app text := current_setting('geo.app_role');
BEGIN
  EXECUTE format('GRANT SELECT, INSERT, DELETE ON road_restriction TO %I', app);
  EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON road_override TO %I', app);
  EXECUTE format('GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO %I', app);
END $$;
