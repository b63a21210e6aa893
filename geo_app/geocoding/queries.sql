-- name: places(city_id)
SELECT name, road, point FROM place WHERE city_id = :city_id ORDER BY id;
