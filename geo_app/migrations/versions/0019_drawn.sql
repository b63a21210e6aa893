-- What tiles far out draw of roads and themes: merged, simplified and kept by zoom, whenever roads or themes change.
-- A unit is one of 4096 along a tile's side, a pixel eight of them; Web Mercator metres of a unit at zoom 0: 9783.94.

-- A thing's name stands at its label; the larger one comes first where there is no room for all.
ALTER TABLE thematic
  ADD COLUMN label geometry(Point, 3857) GENERATED ALWAYS AS (ST_PointOnSurface(outline)) STORED,
  ADD COLUMN area double precision GENERATED ALWAYS AS (ST_Area(outline)) STORED;

-- Roads by class, from zoom 12 on also by name; each piece ends where three or more meet.
CREATE TABLE road_line (
  city_id integer NOT NULL REFERENCES city ON DELETE CASCADE,
  zoom smallint NOT NULL,
  road_class text NOT NULL,
  name text NOT NULL,
  line geometry(LineString, 3857) NOT NULL
);
CREATE INDEX road_line_by_place ON road_line USING gist (city_id, zoom, line);

-- The borders of a theme: what two things share is one line, which ends where three or more meet, so that both keep
-- the very same border.
CREATE TABLE thematic_line (
  city_id integer NOT NULL REFERENCES city ON DELETE CASCADE,
  zoom smallint NOT NULL,
  theme text NOT NULL,
  line geometry(LineString, 3857) NOT NULL
);
CREATE INDEX thematic_line_by_place ON thematic_line USING gist (city_id, zoom, line);

-- Water, green and railways of the base map.
CREATE TABLE ground_shape (
  city_id integer NOT NULL REFERENCES city ON DELETE CASCADE,
  zoom smallint NOT NULL,
  theme text NOT NULL,
  name text NOT NULL,
  shape geometry(Geometry, 3857) NOT NULL
);
CREATE INDEX ground_shape_by_place ON ground_shape USING gist (city_id, zoom, shape);

CREATE FUNCTION draw_roads(city integer) RETURNS void LANGUAGE sql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
  DELETE FROM public.road_line WHERE city_id = city;
  WITH rank (road_class, first) AS (VALUES
    ('motorway', 10), ('trunk', 10), ('primary', 10), ('motorway_link', 10), ('trunk_link', 10), ('primary_link', 10),
    ('secondary', 12), ('secondary_link', 12), ('tertiary', 13), ('tertiary_link', 13)
  ), merged AS MATERIALIZED (
    SELECT r.road_class, k.first, h.is_named, CASE WHEN h.is_named THEN r.name ELSE '' END AS name,
      ST_LineMerge(ST_Collect(r.mercator)) AS whole
    FROM public.road r JOIN rank k USING (road_class) CROSS JOIN (VALUES (false), (true)) h (is_named)
    WHERE r.city_id = city AND (h.is_named OR k.first = 10)
    GROUP BY 1, 2, 3, 4
  ), pieces AS MATERIALIZED (
    SELECT m.road_class, m.first, m.is_named, m.name, piece.geom AS line FROM merged m, ST_Dump(m.whole) piece
  )
  INSERT INTO public.road_line (city_id, zoom, road_class, name, line)
  SELECT city, z.zoom, p.road_class, p.name, drawn.line
  FROM (SELECT zoom, zoom >= 12 AS is_named, 9783.94 / (1 << zoom) AS unit FROM generate_series(10, 13) zoom) z
  JOIN pieces p ON p.is_named = z.is_named AND p.first <= z.zoom
  CROSS JOIN LATERAL (SELECT ST_Simplify(p.line, 4 * z.unit) AS line) drawn
  WHERE drawn.line IS NOT NULL AND ST_Length(ST_BoundingDiagonal(p.line)) >= 8 * z.unit
$$;

CREATE FUNCTION draw_themes(city integer) RETURNS void LANGUAGE sql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
  DELETE FROM public.thematic_line WHERE city_id = city;
  DELETE FROM public.ground_shape WHERE city_id = city;
  WITH borders AS MATERIALIZED (
    SELECT theme, ST_LineMerge(ST_UnaryUnion(ST_Collect(
      CASE ST_Dimension(outline) WHEN 2 THEN ST_Boundary(outline) ELSE outline END))) AS whole
    FROM public.thematic WHERE city_id = city AND theme NOT IN ('water', 'railway', 'green', 'building') GROUP BY theme
  ), pieces AS MATERIALIZED (SELECT b.theme, piece.geom AS line FROM borders b, ST_Dump(b.whole) piece)
  INSERT INTO public.thematic_line (city_id, zoom, theme, line)
  SELECT city, z.zoom, p.theme, drawn.line
  FROM (SELECT zoom, 9783.94 / (1 << zoom) AS unit FROM generate_series(9, 14) zoom) z CROSS JOIN pieces p
  CROSS JOIN LATERAL (SELECT ST_Simplify(p.line, 2 * z.unit) AS line) drawn
  WHERE drawn.line IS NOT NULL AND ST_GeometryType(drawn.line) = 'ST_LineString';
  INSERT INTO public.ground_shape (city_id, zoom, theme, name, shape)
  SELECT city, z.zoom, t.theme, t.name, ST_SimplifyPreserveTopology(t.outline, 2 * z.unit)
  FROM (SELECT zoom, 9783.94 / (1 << zoom) AS unit FROM generate_series(10, 13) zoom) z
  JOIN public.thematic t ON t.city_id = city AND t.theme IN ('water', 'railway', 'green')
  WHERE ST_Dimension(t.outline) < 2 OR t.area >= (16 * z.unit) ^ 2
$$;

CREATE FUNCTION draw_changed_roads() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  PERFORM public.draw_roads(c.city_id) FROM (SELECT DISTINCT city_id FROM changed) c;
  RETURN NULL;
END $$;
CREATE TRIGGER road_is_drawn AFTER INSERT ON road
  REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION draw_changed_roads();
CREATE TRIGGER road_is_drawn_no_more AFTER DELETE ON road
  REFERENCING OLD TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION draw_changed_roads();
CREATE TRIGGER road_is_drawn_anew AFTER UPDATE ON road
  REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION draw_changed_roads();

CREATE FUNCTION draw_changed_themes() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  PERFORM public.draw_themes(c.city_id) FROM (SELECT DISTINCT city_id FROM changed) c;
  RETURN NULL;
END $$;
CREATE TRIGGER thematic_is_drawn AFTER INSERT ON thematic
  REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION draw_changed_themes();
CREATE TRIGGER thematic_is_drawn_no_more AFTER DELETE ON thematic
  REFERENCING OLD TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION draw_changed_themes();
CREATE TRIGGER thematic_is_drawn_anew AFTER UPDATE ON thematic
  REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION draw_changed_themes();

REVOKE ALL ON FUNCTION draw_roads(integer), draw_themes(integer), draw_changed_roads(), draw_changed_themes() FROM PUBLIC;
DO $$
DECLARE app text := current_setting('geo.app_role');
BEGIN
  PERFORM draw_roads(id), draw_themes(id) FROM city;
  EXECUTE format('GRANT SELECT ON road_line, thematic_line, ground_shape TO %I', app);
END $$;
