-- Stretches that are closed or slowed, and versions of what is. Nothing has written road_override before.

-- overrides: names what is closed and slowed, another name after every change, also one that is rolled back; null
-- where nothing ever was
ALTER TABLE road_network ADD COLUMN overrides uuid;
CREATE INDEX road_of_source ON road (city_id, source_id);

-- ends_at = begins_at: taken back before it began
ALTER TABLE road_override
  DROP COLUMN source_id,
  DROP CONSTRAINT road_override_check,
  ADD COLUMN version integer NOT NULL DEFAULT 1,
  ADD CHECK (ends_at >= begins_at),
  ADD CHECK (cardinality(modes) > 0);

-- as the source names it, so it outlives an import; without nodes it is all of the source
CREATE TABLE road_override_stretch (
  override_id bigint NOT NULL REFERENCES road_override ON DELETE CASCADE,
  source_id bigint NOT NULL,
  from_node bigint,
  to_node bigint,
  CHECK ((from_node IS NULL) = (to_node IS NULL)),
  UNIQUE NULLS NOT DISTINCT (override_id, source_id, from_node, to_node)
);

DO $$
DECLARE app text := current_setting('geo.app_role');
BEGIN
  EXECUTE format('GRANT SELECT, INSERT, DELETE ON road_override_stretch TO %I', app);
END $$;
