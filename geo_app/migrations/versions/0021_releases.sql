-- Releases that are dated ahead, that take an earlier one back, and where the land of every cell came from.

ALTER TABLE release ADD COLUMN rolls_back bigint REFERENCES release;
CREATE INDEX release_by_base ON release (base_id);
CREATE INDEX release_rolled_back ON release (rolls_back) WHERE rolls_back IS NOT NULL;

-- lineage: the land a cell got from another (or itself) when a release began ------------------------------
-- Shares are those of what the parent had; incident_share is empty where it had no incidents, household_share as long
-- as a city's data say nothing of households. area is in square metres; it and child_share are those of the child.
ALTER TABLE cell_lineage DROP CONSTRAINT cell_lineage_kind_check;
ALTER TABLE cell_lineage ADD CONSTRAINT cell_lineage_kind_check
  CHECK (kind IN ('split', 'merge', 'transfer', 'reshape', 'rename', 'recode', 'reassign'));
ALTER TABLE cell_lineage
  ADD COLUMN area double precision NOT NULL CHECK (area > 0),
  ADD COLUMN child_share double precision NOT NULL CHECK (child_share BETWEEN 0 AND 1),
  ADD COLUMN household_share double precision CHECK (household_share BETWEEN 0 AND 1),
  ADD COLUMN incident_share double precision CHECK (incident_share BETWEEN 0 AND 1);
CREATE INDEX cell_lineage_of_child ON cell_lineage (child);
CREATE INDEX cell_lineage_of_parent ON cell_lineage (parent);

-- placements: which cell a thing lies in from a release on that has not begun -----------------------------
-- Written by whoever publishes and whoever matches, so the cell at an instant needs nobody to do anything then. What
-- has begun is taken over into placement by a timer, which tells those whom it concerns.
CREATE TABLE placement_ahead (
  placement_id bigint NOT NULL REFERENCES placement ON DELETE CASCADE,
  cell_id bigint,
  community_id bigint,
  release_id bigint NOT NULL REFERENCES release ON DELETE CASCADE,
  valid tstzrange NOT NULL,
  EXCLUDE USING gist (placement_id WITH =, valid WITH &&)
);
CREATE INDEX placement_ahead_of_release ON placement_ahead (release_id);
CREATE INDEX placement_ahead_by_cell ON placement_ahead (cell_id);
ALTER TABLE placement_ahead ENABLE ROW LEVEL SECURITY;
CREATE POLICY scope ON placement_ahead USING (
  (SELECT scope_everything()) OR EXISTS (SELECT FROM placement p WHERE p.id = placement_id)
);

-- Placements as they are this moment, whether or not what has begun has been taken over.
CREATE VIEW placement_now WITH (security_invoker = true) AS
SELECT p.id, p.city_id, p.jurisdiction, p.subject_kind, p.subject_id, p.point,
  CASE WHEN a.placement_id IS NULL THEN p.cell_id ELSE a.cell_id END AS cell_id,
  CASE WHEN a.placement_id IS NULL THEN p.community_id ELSE a.community_id END AS community_id,
  coalesce(a.release_id, p.release_id) AS release_id,
  coalesce(lower(a.valid), p.matched_at) AS matched_at,
  p.is_open
FROM placement p
LEFT JOIN placement_ahead a ON a.placement_id = p.id AND p.is_open AND a.valid @> statement_timestamp();

-- When a thing was over: from then on no release moved it.
ALTER TABLE placement ADD COLUMN closed_at timestamptz;
UPDATE placement SET closed_at = matched_at WHERE NOT is_open;
ALTER TABLE placement ADD CHECK (is_open = (closed_at IS NULL));

-- What is scheduled already: from the first release on that moves a thing, its cell in each.
INSERT INTO placement_ahead (placement_id, cell_id, community_id, release_id, valid)
SELECT id, cell_id, community_id, release_id, effective
FROM (
  SELECT p.id, c.cell_id, c.community_id, r.id AS release_id, r.effective,
    bool_or((c.cell_id, c.community_id) IS DISTINCT FROM (p.cell_id, p.community_id)) OVER (
      PARTITION BY p.id ORDER BY lower(r.effective)
    ) AS is_moved
  FROM release r
  JOIN placement p ON p.city_id = r.city_id AND p.is_open
  LEFT JOIN LATERAL (
    SELECT v.cell_id, v.community_id FROM cell_version v
    WHERE v.city_id = p.city_id AND ST_Intersects(v.geometry, ST_ForceCollection(p.point))
      AND v.valid @> lower(r.effective) AND upper_inf(v.recorded)
    ORDER BY v.code COLLATE "C" LIMIT 1
  ) c ON true
  WHERE lower(r.effective) > now()
) one WHERE is_moved;

-- since: from when on what a line of the history says is so; matched_at is when it was written. Of the lines that
-- begin by an instant the last to begin counts, of several the last written.
ALTER TABLE placement_history ADD COLUMN since timestamptz;
UPDATE placement_history SET since = matched_at;
ALTER TABLE placement_history ALTER COLUMN since SET NOT NULL;

-- What a release drew is looked at when it is published.
CREATE INDEX cell_version_of_release ON cell_version (release_id);

-- Shares of incidents are counted from all of them, also those that are closed.
DROP INDEX placement_open_by_place;
CREATE INDEX placement_by_place ON placement USING gist (city_id, point);

DO $$
DECLARE app text := current_setting('geo.app_role');
BEGIN
  EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON placement_ahead TO %I', app);
  EXECUTE format('GRANT SELECT ON placement_now TO %I', app);
END $$;
