-- name: places(city_id)
-- What stands somewhere: not the areas and the roads, which the gazetteer also names.
SELECT name, road, point FROM place
WHERE city_id = :city_id AND kind IN ('number', 'compound', 'building', 'unit', 'poi') ORDER BY id;

-- name: new_ids(count)
SELECT nextval(pg_get_serial_sequence('place', 'id'))::bigint AS id FROM generate_series(1, :count);

-- name: forget_grams(city_id)!
DELETE FROM place_gram WHERE city_id = :city_id;

-- name: count_grams(city_id)!
INSERT INTO place_gram (city_id, gram, names)
SELECT :city_id, gram, count(*) FROM place_name, unnest(grams) AS gram WHERE city_id = :city_id GROUP BY gram;

-- name: by_key(city_id, keys)
-- Places that are called exactly one of the keys, the longest names first.
SELECT p.id, p.kind, p.name, p.road, p.number, p.former, n.key, n.how, p.point, p.extent,
  c.code AS community, c.name AS community_name, s.name AS street_name, d.name AS district_name
FROM place_name n
JOIN place p ON p.id = n.place_id
LEFT JOIN unit c ON c.id = p.community_id
LEFT JOIN unit s ON s.id = c.parent_id
LEFT JOIN unit d ON d.id = s.parent_id
WHERE n.city_id = :city_id AND n.key = ANY(:keys)
ORDER BY length(n.key) DESC, p.id, n.id LIMIT 400;

-- name: all_names(city_id)
-- Every way to name every place, for searching in memory.
SELECT p.id, p.kind, p.name, p.road, p.number, p.former, n.key, n.how, p.point, p.extent,
  c.code AS community, c.name AS community_name, s.name AS street_name, d.name AS district_name,
  n.id AS name_id, n.pinyin, n.initials, n.grams, p.road_key
FROM place_name n
JOIN place p ON p.id = n.place_id
LEFT JOIN unit c ON c.id = p.community_id
LEFT JOIN unit s ON s.id = c.parent_id
LEFT JOIN unit d ON d.id = s.parent_id
WHERE n.city_id = :city_id
ORDER BY p.id, n.id;

-- name: by_sound(city_id, pinyin, initials)
-- Places whose name sounds so, or has these initials; NULL for what is not asked.
SELECT p.id, p.kind, p.name, p.road, p.number, p.former, n.key,
  CASE WHEN n.pinyin = :pinyin THEN 'pinyin' ELSE 'initials' END AS how, p.point, p.extent,
  c.code AS community, c.name AS community_name, s.name AS street_name, d.name AS district_name
FROM (
  SELECT id FROM place_name WHERE city_id = :city_id AND pinyin = :pinyin::text
  UNION
  SELECT id FROM place_name WHERE city_id = :city_id AND initials = :initials::text
) found
JOIN place_name n ON n.id = found.id
JOIN place p ON p.id = n.place_id
LEFT JOIN unit c ON c.id = p.community_id
LEFT JOIN unit s ON s.id = c.parent_id
LEFT JOIN unit d ON d.id = s.parent_id
ORDER BY p.id, n.id LIMIT 100;

-- name: by_beginning(city_id, beginning, most)
-- Places whose name, pinyin or initials begin so (a LIKE pattern), the shortest first.
SELECT p.id, p.kind, p.name, p.road, p.number, p.former, n.key, n.how, p.point, p.extent,
  c.code AS community, c.name AS community_name, s.name AS street_name, d.name AS district_name
FROM (
  (SELECT id FROM place_name WHERE city_id = :city_id AND key LIKE :beginning LIMIT 200)
  UNION (SELECT id FROM place_name WHERE city_id = :city_id AND pinyin LIKE :beginning LIMIT 200)
  UNION (SELECT id FROM place_name WHERE city_id = :city_id AND initials LIKE :beginning LIMIT 200)
) found
JOIN place_name n ON n.id = found.id
JOIN place p ON p.id = n.place_id
LEFT JOIN unit c ON c.id = p.community_id
LEFT JOIN unit s ON s.id = c.parent_id
LEFT JOIN unit d ON d.id = s.parent_id
ORDER BY length(n.key), p.id LIMIT :most;

-- name: rarest(city_id, grams)
-- Those of the pairs that any name holds, and how many hold it; the rarest first.
SELECT gram, names FROM place_gram WHERE city_id = :city_id AND gram = ANY(:grams) ORDER BY names, gram COLLATE "C";

-- name: by_grams(city_id, rare, grams, most)
-- Names that hold one of the rare pairs, those with most of all pairs first.
SELECT p.id, p.kind, p.name, p.road, p.number, p.former, n.key, 'similar' AS how, p.point, p.extent,
  c.code AS community, c.name AS community_name, s.name AS street_name, d.name AS district_name
FROM (
  SELECT id, place_id, key, cardinality(grams) AS pairs,
    (SELECT count(*) FROM unnest(grams) g WHERE g = ANY(:grams)) AS shared
  FROM place_name
  WHERE city_id = :city_id AND grams && :rare::text[]
  ORDER BY shared DESC, pairs, id
  LIMIT :most
) n
JOIN place p ON p.id = n.place_id
LEFT JOIN unit c ON c.id = p.community_id
LEFT JOIN unit s ON s.id = c.parent_id
LEFT JOIN unit d ON d.id = s.parent_id
ORDER BY n.shared DESC, n.pairs, n.id;

-- name: by_trigrams(city_id, pinyin, most)
-- Names that sound similar, for what was typed in Latin letters.
SELECT p.id, p.kind, p.name, p.road, p.number, p.former, n.key, 'similar' AS how, p.point, p.extent,
  c.code AS community, c.name AS community_name, s.name AS street_name, d.name AS district_name
FROM (
  SELECT id, place_id, key, similarity(pinyin, :pinyin) AS alike FROM place_name
  WHERE city_id = :city_id AND pinyin %% :pinyin
  ORDER BY alike DESC, id LIMIT :most
) n
JOIN place p ON p.id = n.place_id
LEFT JOIN unit c ON c.id = p.community_id
LEFT JOIN unit s ON s.id = c.parent_id
LEFT JOIN unit d ON d.id = s.parent_id
ORDER BY n.alike DESC, n.id;

-- name: numbers(city_id, road_key)
-- The house numbers of a road.
SELECT p.id, p.kind, p.name, p.road, p.number, p.former, p.name AS key, 'name' AS how, p.point, p.extent,
  c.code AS community, c.name AS community_name, s.name AS street_name, d.name AS district_name
FROM place p
LEFT JOIN unit c ON c.id = p.community_id
LEFT JOIN unit s ON s.id = c.parent_id
LEFT JOIN unit d ON d.id = s.parent_id
WHERE p.city_id = :city_id AND p.road_key = :road_key AND p.kind = 'number' ORDER BY p.id;

-- name: road_lines(ids)
SELECT id, name, line FROM place WHERE id = ANY(:ids) AND line IS NOT NULL ORDER BY id;

-- name: beside(city_id, box, point)
-- What stands in a box around a point, the nearest first; metres on the ellipsoid.
SELECT p.kind, p.name, p.road, p.number, c.name AS community_name,
  ST_Distance(p.point::geography, :point::geometry::geography) AS metres
FROM place p LEFT JOIN unit c ON c.id = p.community_id
WHERE p.city_id = :city_id AND p.point && :box::geometry
  AND p.kind IN ('number', 'compound', 'building', 'poi')
ORDER BY metres, p.id LIMIT 20;
