-- Open incidents on tiles far out: whole steps of the Web Mercator square, 2^30 along a side, from its north-western
-- corner, so that tiles and their squares are found by shifting. The index has all that such a tile says and all that
-- the row policy asks, so that a hundred thousand are counted without reading one of them.
ALTER TABLE incident
  ADD COLUMN mercator_x integer GENERATED ALWAYS AS (
    CASE WHEN abs(ST_Y(point)) <= 85 THEN floor((ST_X(point) / 360 + 0.5) * 1073741824)::integer END
  ) STORED,
  ADD COLUMN mercator_y integer GENERATED ALWAYS AS (
    CASE WHEN abs(ST_Y(point)) <= 85
      THEN floor((0.5 - asinh(tan(radians(ST_Y(point)))) / (2 * pi())) * 1073741824)::integer END
  ) STORED;
CREATE INDEX incident_open_on_tiles ON incident (city_id, mercator_x, mercator_y)
  INCLUDE (id, community_id, category_id, respond_by, state) WHERE state <> 'closed';
-- What lies on pages that changed since the last vacuum is read all the same: open incidents lie on those.
ALTER TABLE incident SET (autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_insert_scale_factor = 0.02);

-- The same rows as before: whether a community is one of the hundreds of a district is looked up, not searched for.
ALTER POLICY scope ON incident USING (
  (SELECT scope_everything()) OR city_id = ANY ((SELECT scope_cities())::integer[])
  OR community_id IN (SELECT unnest(scope_units())) OR id IN (SELECT scope_incidents())
);
