-- Shapes of units last until they change, so a release writes only those it changes; outlines are found by level.

-- release_id is the release that drew it first.
ALTER TABLE unit_shape ADD COLUMN valid tstzrange;
UPDATE unit_shape s SET valid = r.effective FROM release r WHERE r.id = s.release_id;
ALTER TABLE unit_shape ALTER COLUMN valid SET NOT NULL;
ALTER TABLE unit_shape DROP CONSTRAINT unit_shape_pkey;
ALTER TABLE unit_shape ADD PRIMARY KEY (unit_id, valid);
CREATE INDEX unit_shape_of_city ON unit_shape (city_id);
CREATE INDEX unit_shape_of_release ON unit_shape (release_id);

-- When all outlines of a city were drawn anew last; its tiles are others since.
ALTER TABLE city ADD COLUMN drawn_at timestamptz;

DO $$
DECLARE app text := current_setting('geo.app_role');
BEGIN
  EXECUTE format('GRANT SELECT, INSERT, DELETE ON unit_shape TO %I', app);
  EXECUTE format('GRANT UPDATE (drawn_at) ON city TO %I', app);
END $$;
