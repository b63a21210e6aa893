-- name: network_version(city_id)$
-- The version of a city's road network; nothing when it has none.
SELECT version FROM road_network WHERE city_id = :city_id;

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
