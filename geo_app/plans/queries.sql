-- name: add(city_id, jurisdiction, name, base_id, base_revision, root, copied_from, rolls_back, actor, account, at)$
INSERT INTO plan
  (city_id, jurisdiction, name, base_id, base_revision, root, head, copied_from, rolls_back, actor, account, made_at)
VALUES (:city_id, :jurisdiction, :name, :base_id, :base_revision, :root, :root, :copied_from::bigint,
  :rolls_back::bigint, :actor, :account::bigint, :at)
RETURNING id;

-- name: plan(plan_id, at)^
SELECT p.id, p.city_id AS city, p.name, p.base_id AS base, p.base_revision,
  CASE WHEN p.state = 'scheduled' AND lower(r.effective) <= :at::timestamptz THEN 'in_force' ELSE p.state END AS state,
  p.seq, p.root, p.head, p.round, p.copied_from, p.rolls_back, p.release_id AS release,
  lower(r.effective) AS effective_from,
  EXISTS (
    SELECT FROM plan_step s WHERE s.plan_id = p.id AND s.is_outer AND s.ended_by IS NULL
      AND s.kind IN ('edit', 'redo', 'replace')
  ) AS has_outer,
  p.actor, p.account, p.made_at
FROM plan p LEFT JOIN release r ON r.id = p.release_id
WHERE p.id = :plan_id;

-- name: plans(city_id, at)
SELECT p.id, p.city_id AS city, p.name, p.base_id AS base, p.base_revision,
  CASE WHEN p.state = 'scheduled' AND lower(r.effective) <= :at::timestamptz THEN 'in_force' ELSE p.state END AS state,
  p.seq, p.root, p.head, p.round, p.copied_from, p.rolls_back, p.release_id AS release,
  lower(r.effective) AS effective_from,
  EXISTS (
    SELECT FROM plan_step s WHERE s.plan_id = p.id AND s.is_outer AND s.ended_by IS NULL
      AND s.kind IN ('edit', 'redo', 'replace')
  ) AS has_outer,
  p.actor, p.account, p.made_at
FROM plan p LEFT JOIN release r ON r.id = p.release_id
WHERE p.city_id = :city_id ORDER BY p.id DESC LIMIT 500;

-- name: lock_plan(plan_id)!
-- One step at a time.
SELECT id FROM plan WHERE id = :plan_id FOR UPDATE;

-- name: rename(plan_id, name)!
UPDATE plan SET name = :name WHERE id = :plan_id;

-- name: since(plan_id, base_id, base_revision, seq, head)
-- A plan and the cells its steps left since one, in one look; follows: whether the plan goes on from that one.
SELECT p.seq AS plan_seq, p.head, p.base_id AS base, p.base_revision,
  (p.base_id, p.base_revision) = (:base_id::bigint, :base_revision::bigint) AND CASE WHEN :seq::integer = 0 THEN p.root = :head::text ELSE EXISTS (
    SELECT FROM plan_step s WHERE s.plan_id = p.id AND s.seq = :seq::integer AND s.hash = :head::text
  ) END AS follows,
  c.code, c.seq, c.name, c.community, c.geometry
FROM plan p LEFT JOIN plan_cell c ON c.plan_id = p.id AND c.seq > :seq::integer
WHERE p.id = :plan_id;

-- name: touches(plan_id, codes, seq, person)
-- Which of these cells somebody else changed after a step.
SELECT c.code, c.seq, s.actor
FROM plan_cell c JOIN plan_step s ON s.plan_id = c.plan_id AND s.seq = c.seq
WHERE c.plan_id = :plan_id AND c.code = ANY(:codes) AND c.seq > :seq::integer AND s.person <> :person::text
ORDER BY c.code;

-- name: built_on(plan_id, codes, seq, person)
-- What stands of somebody else on these cells, made after a step.
SELECT c.code, s.seq, s.actor
FROM plan_step s CROSS JOIN LATERAL unnest(s.touched) AS c (code)
WHERE s.plan_id = :plan_id AND s.seq > :seq::integer AND s.person <> :person::text AND s.ended_by IS NULL
  AND s.kind <> 'undo' AND s.touched && :codes::text[] AND c.code = ANY(:codes::text[])
ORDER BY c.code, s.seq;

-- name: add_step(plan_id, seq, kind, edit, inverse, touched, is_outer, undoes, person, actor, account, at, result, hash, codes, names, communities, shapes)!
-- Adds a step with the cells it leaves; the step it undoes is no longer in force.
WITH moved AS (
  UPDATE plan SET seq = :seq, head = :hash WHERE id = :plan_id
), ended AS (
  UPDATE plan_step SET ended_by = :seq WHERE plan_id = :plan_id AND seq = :undoes::integer
), left_so AS (
  INSERT INTO plan_cell (plan_id, code, seq, name, community, geometry)
  SELECT :plan_id, code, :seq, name, community, shape::geometry
  FROM unnest(:codes::text[], :names::text[], :communities::text[], :shapes::text[])
    AS one (code, name, community, shape)
  ON CONFLICT (plan_id, code) DO UPDATE
    SET seq = excluded.seq, name = excluded.name, community = excluded.community, geometry = excluded.geometry
)
INSERT INTO plan_step (plan_id, seq, kind, edit, inverse, touched, is_outer, undoes, person, actor, account, at,
  result, hash)
VALUES (:plan_id, :seq, :kind, :edit::jsonb, :inverse::jsonb, :touched, :is_outer, :undoes::integer, :person, :actor,
  :account::bigint, :at, :result, :hash);

-- name: steps(plan_id, after, most)
SELECT plan_id AS plan, seq, kind, edit, inverse, touched, is_outer, undoes, ended_by, person, actor, account, at,
  result, hash
FROM plan_step WHERE plan_id = :plan_id AND seq > :after ORDER BY seq LIMIT :most::bigint;

-- name: newest_steps(plan_id, before, most)
SELECT plan_id AS plan, seq, kind, edit, inverse, touched, is_outer, undoes, ended_by, person, actor, account, at,
  result, hash
FROM plan_step WHERE plan_id = :plan_id AND (:before::integer IS NULL OR seq < :before::integer)
ORDER BY seq DESC LIMIT :most;

-- name: to_undo(plan_id, person)^
-- Somebody's newest step in force.
SELECT plan_id AS plan, seq, kind, edit, inverse, touched, is_outer, undoes, ended_by, person, actor, account, at,
  result, hash
FROM plan_step
WHERE plan_id = :plan_id AND person = :person AND ended_by IS NULL AND kind IN ('edit', 'redo', 'replace')
ORDER BY seq DESC LIMIT 1;

-- name: to_redo(plan_id, person)^
-- Somebody's newest undo that was not taken back, unless they made an edit since.
SELECT plan_id AS plan, seq, kind, edit, inverse, touched, is_outer, undoes, ended_by, person, actor, account, at,
  result, hash
FROM plan_step u
WHERE plan_id = :plan_id AND person = :person AND ended_by IS NULL AND kind = 'undo'
  AND NOT EXISTS (
    SELECT FROM plan_step e
    WHERE e.plan_id = u.plan_id AND e.person = u.person AND e.kind IN ('edit', 'replace') AND e.seq > u.seq
  )
ORDER BY seq DESC LIMIT 1;

-- name: is_used(city_id, codes)
-- Codes that were given to a cell once, by a release.
SELECT code, retired_release IS NOT NULL AS is_retired FROM code_registry
WHERE city_id = :city_id AND code = ANY(:codes);

-- name: codes_like(city_id, beginning)
-- Every code that begins so and was ever given, by a release or in a plan.
SELECT code FROM code_registry WHERE city_id = :city_id AND starts_with(code, :beginning)
UNION
SELECT c.code FROM plan_cell c JOIN plan p ON p.id = c.plan_id
WHERE p.city_id = :city_id AND p.state <> 'withdrawn' AND starts_with(c.code, :beginning);

-- name: locks(plan_id)
SELECT kind, code, person, actor, at FROM plan_lock WHERE plan_id = :plan_id ORDER BY kind, code;

-- name: authors(plan_id)
-- Who drew a plan or what it was copied from, by account and name, each once, with who made it.
WITH RECURSIVE source AS (
  SELECT id, copied_from, actor, account FROM plan WHERE id = :plan_id
  UNION
  SELECT p.id, p.copied_from, p.actor, p.account FROM plan p JOIN source s ON p.id = s.copied_from
)
SELECT DISTINCT actor, account FROM (
  SELECT actor, account FROM source
  UNION ALL
  SELECT s.actor, s.account FROM plan_step s JOIN source p ON p.id = s.plan_id
) found ORDER BY actor;

-- name: given(plan_id, seq)
-- The cells that a step of kind replace brought; without geometry those it took away.
SELECT code, seq, name, community, geometry FROM plan_given
WHERE plan_id = :plan_id AND seq = :seq::integer ORDER BY code;

-- name: approvals(plan_id, round)
SELECT account, actor, head, note, at FROM plan_approval WHERE plan_id = :plan_id AND round = :round ORDER BY at;

-- name: was_rebased(plan_id, seq)$
-- Whether a plan got another base after a step.
SELECT EXISTS (SELECT FROM plan_step WHERE plan_id = :plan_id AND seq > :seq::integer AND kind = 'rebase');

-- name: add_rebase(plan_id, seq, edit, touched, person, actor, account, at, result, hash, base_id, base_revision, left_out)!
-- Adds the step that puts a plan on another release; the cells are written anew beside it.
WITH moved AS (
  UPDATE plan SET seq = :seq, head = :hash, base_id = :base_id, base_revision = :base_revision WHERE id = :plan_id
), ended AS (
  UPDATE plan_step SET ended_by = :seq WHERE plan_id = :plan_id AND seq = ANY(:left_out::integer[])
), cleared AS (
  DELETE FROM plan_cell WHERE plan_id = :plan_id
)
INSERT INTO plan_step (plan_id, seq, kind, edit, inverse, touched, is_outer, person, actor, account, at, result, hash)
VALUES (:plan_id, :seq, 'rebase', :edit::jsonb, NULL, :touched, false, :person, :actor, :account::bigint, :at, :result,
  :hash);

-- name: cells(plan_id)
SELECT code, seq, name, community, geometry FROM plan_cell WHERE plan_id = :plan_id ORDER BY code;

-- name: move(plan_id, was, state, round, release_id)$
-- Moves a plan on unless somebody did meanwhile.
UPDATE plan SET state = :state, round = round + :round::integer, release_id = :release_id::bigint
WHERE id = :plan_id AND state = :was RETURNING id;

-- name: approve(plan_id, round, account, actor, head, note, at)!
INSERT INTO plan_approval (plan_id, round, account, actor, head, note, at)
VALUES (:plan_id, :round, :account, :actor, :head, :note, :at) ON CONFLICT DO NOTHING;

-- name: put_lock(plan_id, kind, code, person, actor, at)!
INSERT INTO plan_lock (plan_id, kind, code, person, actor, at)
VALUES (:plan_id, :kind, :code, :person, :actor, :at) ON CONFLICT DO NOTHING;

-- name: take_lock(plan_id, kind, code)!
DELETE FROM plan_lock WHERE plan_id = :plan_id AND kind = :kind AND code = :code;

-- name: comments(plan_id)
SELECT id, cell, text, seq, actor, at FROM plan_comment WHERE plan_id = :plan_id ORDER BY id LIMIT 1000;

-- name: add_comment(plan_id, cell, text, seq, actor, account, at)^
INSERT INTO plan_comment (plan_id, cell, text, seq, actor, account, at)
VALUES (:plan_id, :cell::text, :text, :seq, :actor, :account::bigint, :at)
RETURNING id, cell, text, seq, actor, at;

-- name: open_in(city_id, area)
-- Open placements in an area: what, where, and the cell they lie in this moment.
SELECT p.subject_kind AS kind, p.subject_id AS id, p.point, p.cell_id
FROM placement_now p
WHERE p.city_id = :city_id AND p.is_open AND p.point && :area::geometry
  AND ST_Intersects(:area::geometry, ST_ForceCollection(p.point))
ORDER BY p.id;

-- name: answerable(city_id, codes)
-- Who answers for these cells: the cell's id and code, and the responder, one a row; no responder where nobody does.
SELECT g.code, g.cell_id, r.responder_id AS responder
FROM code_registry g LEFT JOIN responder_cell r ON r.cell_id = g.cell_id
WHERE g.city_id = :city_id AND g.code = ANY(:codes) ORDER BY g.code, r.responder_id;

-- name: names(responders)
SELECT id, name FROM responder WHERE id = ANY(:responders) ORDER BY id;
