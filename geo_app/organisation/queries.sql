-- name: cities()
SELECT id, code, name, name_en, jurisdiction, srid, time_zone, attribution, is_generated, code_scheme
FROM city ORDER BY code;

-- name: city(code)^
SELECT id, code, name, name_en, jurisdiction, srid, time_zone, attribution, is_generated, code_scheme
FROM city WHERE code = :code;

-- name: city_by_id(city_id)^
SELECT id, code, name, name_en, jurisdiction, srid, time_zone, attribution, is_generated, code_scheme
FROM city WHERE id = :city_id;

-- name: add_city(code, name, name_en, jurisdiction, srid, time_zone, attribution, is_generated, code_scheme, at)^
INSERT INTO city (code, name, name_en, jurisdiction, srid, time_zone, attribution, is_generated, code_scheme, loaded_at)
VALUES (:code, :name, :name_en, :jurisdiction, :srid, :time_zone, :attribution, :is_generated, :code_scheme, :at)
ON CONFLICT (code) DO NOTHING
RETURNING id, code, name, name_en, jurisdiction, srid, time_zone, attribution, is_generated, code_scheme;

-- name: remove_city(city_id)!
-- Everything that belongs to the city goes with it.
DELETE FROM city WHERE id = :city_id;

-- name: add_unit(city_id, level, code, name, parent_id, since)$
INSERT INTO unit (city_id, level, code, name, parent_id, valid)
VALUES (:city_id, :level, :code, :name, :parent_id, tstzrange(:since, NULL))
RETURNING id;

-- name: units(city_id, at)
SELECT id, level, code, name, parent_id
FROM unit WHERE city_id = :city_id AND valid @> :at::timestamptz ORDER BY code;

-- name: add_department(city_id, code, name, name_en, since)$
INSERT INTO department (city_id, code, name, name_en, valid)
VALUES (:city_id, :code, :name, :name_en, tstzrange(:since, NULL))
RETURNING id;
