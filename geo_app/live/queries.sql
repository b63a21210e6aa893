-- name: incidents(ids)
-- Whom incidents concern: where they lie, who took them in, who is or was sent to them.
SELECT i.id, i.community_id AS community, i.taken_by AS account,
  array(SELECT a.responder_id FROM assignment a WHERE a.incident_id = i.id) AS responders,
  array(
    SELECT r.department_id FROM assignment a JOIN responder r ON r.id = a.responder_id
    WHERE a.incident_id = i.id AND r.department_id IS NOT NULL
  ) AS departments
FROM incident i WHERE i.id = ANY(:ids::bigint[]);

-- name: responders(ids)
-- Whom responders concern: whose cells they answer for, their department, the incidents they are sent to.
SELECT r.id, r.department_id AS department,
  array(
    SELECT v.community_id FROM responder_cell c
    JOIN cell_version v ON v.cell_id = c.cell_id AND upper_inf(v.recorded) AND v.valid @> now()
    WHERE c.responder_id = r.id
  ) AS communities,
  array(SELECT a.incident_id FROM assignment a WHERE a.responder_id = r.id AND a.is_active) AS incidents
FROM responder r WHERE r.id = ANY(:ids::bigint[]);

-- name: duties(cells)
-- Who answers for these cells.
SELECT DISTINCT cell_id, responder_id FROM responder_cell WHERE cell_id = ANY(:cells::bigint[]);
