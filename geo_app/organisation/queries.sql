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

-- name: dated_units(city_id)
-- Every unit a city has, had or will have, by code.
SELECT id, level, code, name, parent_id AS parent, lower(valid) AS since, upper(valid) AS until
FROM unit WHERE city_id = :city_id AND NOT isempty(valid) ORDER BY code, lower(valid);

-- name: is_unit(unit_id, city_id)$
SELECT EXISTS (SELECT FROM unit WHERE id = :unit_id AND city_id = :city_id);

-- name: departments(city_id)
-- Every department a city has, had or will have, by code.
SELECT id, city_id AS city, code, name, name_en, lower(valid) AS since, upper(valid) AS until
FROM department WHERE city_id = :city_id AND NOT isempty(valid) ORDER BY code, lower(valid);

-- name: department(department_id)^
SELECT id, city_id AS city, code, name, name_en, lower(valid) AS since, upper(valid) AS until
FROM department WHERE id = :department_id AND NOT isempty(valid);

-- name: add_department(city_id, code, name, name_en, since)$
-- No row when the code is taken from then on.
INSERT INTO department (city_id, code, name, name_en, valid)
VALUES (:city_id, :code, :name, :name_en, tstzrange(:since, NULL))
ON CONFLICT DO NOTHING
RETURNING id;

-- name: rename_department(department_id, name, name_en)!
UPDATE department SET name = :name, name_en = :name_en WHERE id = :department_id;

-- name: end_department(department_id, until)!
-- Nothing when another department has its code in that time.
UPDATE department d SET valid = tstzrange(lower(d.valid), :until::timestamptz)
WHERE d.id = :department_id AND NOT EXISTS (
  SELECT FROM department o WHERE o.city_id = d.city_id AND o.code = d.code AND o.id <> d.id
    AND o.valid && tstzrange(lower(d.valid), :until::timestamptz)
);
