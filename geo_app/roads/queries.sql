-- name: roads(city_id)
-- All roads of a city in the order they were imported; geometry as plain WKB, read in bulk.
SELECT source_id, from_node, to_node, road_class, name, oneway, ST_AsBinary(geometry) AS geometry, maxspeed,
  barred, private, both_ways
FROM road
WHERE city_id = :city_id
ORDER BY id;

-- name: lock_network(city_id)$
-- Two imports into one city wait for each other.
SELECT id FROM city WHERE id = :city_id FOR NO KEY UPDATE;

-- name: remove_roads(city_id)!
DELETE FROM road WHERE city_id = :city_id;

-- name: restrictions(city_id)
-- All restrictions of a city in the order they were imported.
SELECT source_id, is_only, travels, modes FROM road_restriction WHERE city_id = :city_id ORDER BY id;

-- name: remove_restrictions(city_id)!
DELETE FROM road_restriction WHERE city_id = :city_id;

-- name: put_network(city_id, version, imported_at)!
INSERT INTO road_network (city_id, version, imported_at)
VALUES (:city_id, :version, :imported_at)
ON CONFLICT (city_id) DO UPDATE SET version = excluded.version, imported_at = excluded.imported_at;

-- name: network_state(city_id)^
-- The versions of a city's road network and of what is closed or slowed on it; nothing when it has no roads.
SELECT version, overrides FROM road_network WHERE city_id = :city_id;

-- name: overridden(city_id)
-- The versions, with every override of a city and its roads, each as the number it has among those of its source.
SELECT n.version, n.overrides, o.share, o.modes, o.begins_at, o.ends_at, o.sources, o.numbers
FROM road_network n
LEFT JOIN LATERAL (
  SELECT v.id, v.share, v.modes, v.begins_at, v.ends_at, array_agg(road.source_id) AS sources,
    array_agg(road.nth) AS numbers
  FROM road_override v
  JOIN road_override_stretch s ON s.override_id = v.id
  JOIN LATERAL (
    SELECT source_id, from_node, to_node, row_number() OVER (ORDER BY id) - 1 AS nth
    FROM road WHERE city_id = n.city_id AND source_id = s.source_id
  ) road ON s.from_node IS NULL OR (road.from_node, road.to_node) = (s.from_node, s.to_node)
  WHERE v.city_id = n.city_id AND v.ends_at > v.begins_at
  GROUP BY v.id
) o ON true
WHERE n.city_id = :city_id
ORDER BY o.id;

-- name: bump_overrides(city_id)!
-- What is closed or slowed has changed; two who change it wait for each other.
UPDATE road_network SET overrides = gen_random_uuid() WHERE city_id = :city_id;

-- name: add_override(city_id, share, modes, begins_at, ends_at, reason)$
INSERT INTO road_override (city_id, share, modes, begins_at, ends_at, reason)
VALUES (:city_id, :share, :modes, :begins_at, :ends_at, :reason)
RETURNING id;

-- name: add_stretch(override_id, source_id, from_node, to_node)!
INSERT INTO road_override_stretch (override_id, source_id, from_node, to_node)
VALUES (:override_id, :source_id, :from_node, :to_node)
ON CONFLICT DO NOTHING;

-- name: move_override(id, was, share, ends_at, reason)$
-- Changes the override only if nobody changed it since it was read.
UPDATE road_override SET share = :share, ends_at = :ends_at, reason = :reason, version = version + 1
WHERE id = :id AND version = :was
RETURNING version;

-- name: override_city(id)$
SELECT city_id FROM road_override WHERE id = :id;

-- name: overrides(city_id, id, since)
-- One override of a city or, without an id, those that end after a moment, newest first, with their roads.
SELECT o.id, o.version, o.share, o.modes, o.begins_at, o.ends_at, o.reason, s.stretches, r.roads
FROM road_override o
CROSS JOIN LATERAL (
  SELECT jsonb_agg(jsonb_build_array(source_id, from_node, to_node) ORDER BY source_id, from_node, to_node) AS stretches
  FROM road_override_stretch WHERE override_id = o.id
) s
CROSS JOIN LATERAL (
  SELECT jsonb_agg(jsonb_build_array(road.source_id, road.from_node, road.to_node, road.road_class, road.name,
    encode(ST_AsBinary(road.geometry), 'hex')) ORDER BY road.id) AS roads
  FROM road_override_stretch x
  JOIN road ON road.city_id = o.city_id AND road.source_id = x.source_id
    AND (x.from_node IS NULL OR (road.from_node, road.to_node) = (x.from_node, x.to_node))
  WHERE x.override_id = o.id
) r
WHERE o.city_id = :city_id AND (:id::bigint IS NULL OR o.id = :id)
  AND (:since::timestamptz IS NULL OR o.ends_at > :since)
ORDER BY o.begins_at DESC, o.id DESC;

-- name: roads_near(city_id, place, reach, most)
-- The roads of a city within some metres of a place in its own frame, the nearest first.
SELECT source_id, from_node, to_node, road_class, name, ST_AsBinary(geometry) AS geometry,
  ST_Distance(geometry, :place::geometry) AS metres
FROM road
WHERE city_id = :city_id AND geometry && ST_Expand(:place::geometry, :reach)
  AND ST_DWithin(geometry, :place::geometry, :reach)
ORDER BY metres, id
LIMIT :most;

-- name: roads_named(city_id, name)
-- All roads of a city with a name, in order.
SELECT source_id, from_node, to_node, road_class, name, ST_AsBinary(geometry) AS geometry, 0 AS metres
FROM road
WHERE city_id = :city_id AND name = :name
ORDER BY id;
