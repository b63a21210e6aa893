-- name: try_seal_lock(key)$
-- Whether this transaction is the only one that seals.
SELECT pg_try_advisory_xact_lock(:key::bigint);

-- name: last_link()^
SELECT seq, xid::text AS xid, fact_id, month, encode(content, 'hex') AS content, encode(hash, 'hex') AS hash
FROM fact_link ORDER BY seq DESC LIMIT 1;

-- name: last_seal()^
SELECT number, first_seq, last_seq, first_xid::text AS first_xid, first_id, last_xid::text AS last_xid, last_id,
  encode(hash, 'hex') AS hash
FROM fact_seal ORDER BY number DESC LIMIT 1;

-- name: unsealed(xid, id, most)
-- Settled facts behind a position, under the names of the canonical form.
SELECT actor_account AS account, actor, address, to_char(at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') AS at,
  changes::text AS changes, data::text AS data, id, jurisdiction, kind, reason, subject, xid::text AS xid,
  at::text AS moment
FROM fact
WHERE (fact.xid, fact.id) > (:xid::text::xid8, :id::bigint)
  AND fact.xid < pg_snapshot_xmin(pg_current_snapshot())
ORDER BY fact.xid, fact.id
LIMIT :most;

-- name: add_seal(number, first_seq, last_seq, first_xid, first_id, last_xid, last_id, hash)!
INSERT INTO fact_seal (number, first_seq, last_seq, first_xid, first_id, last_xid, last_id, hash)
VALUES (
  :number, :first_seq, :last_seq, :first_xid::text::xid8, :first_id, :last_xid::text::xid8, :last_id,
  decode(:hash, 'hex')
);

-- name: records(xid, id, moment, last_xid, last_id, most)
-- Facts behind one of them and up to a position; two with one id and transaction are both read.
SELECT actor_account AS account, actor, address, to_char(at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') AS at,
  changes::text AS changes, data::text AS data, id, jurisdiction, kind, reason, subject, xid::text AS xid,
  at::text AS moment
FROM fact
WHERE (fact.xid, fact.id, fact.at) > (:xid::text::xid8, :id::bigint, :moment::timestamptz)
  AND (fact.xid, fact.id) <= (:last_xid::text::xid8, :last_id::bigint)
ORDER BY fact.xid, fact.id, fact.at
LIMIT :most;

-- name: links(seq, most)
SELECT seq, xid::text AS xid, fact_id, month, encode(content, 'hex') AS content, encode(hash, 'hex') AS hash
FROM fact_link WHERE seq > :seq ORDER BY seq LIMIT :most;

-- name: link_at(seq)^
SELECT seq, xid::text AS xid, fact_id, month, encode(content, 'hex') AS content, encode(hash, 'hex') AS hash
FROM fact_link WHERE seq = :seq;

-- name: seals(number, most)
SELECT number, first_seq, last_seq, first_xid::text AS first_xid, first_id, last_xid::text AS last_xid, last_id,
  encode(hash, 'hex') AS hash
FROM fact_seal WHERE number > :number ORDER BY number LIMIT :most;

-- name: link_of(fact_id)^
-- The first link of a fact.
SELECT seq, xid::text AS xid, fact_id, month, encode(content, 'hex') AS content, encode(hash, 'hex') AS hash
FROM fact_link WHERE fact_id = :fact_id ORDER BY seq LIMIT 1;

-- name: places_of(fact_id)
-- The transactions under which a fact stands.
SELECT xid::text AS xid, id FROM fact WHERE id = :fact_id ORDER BY fact.xid;

-- name: count_behind(xid, id)$
SELECT count(*) FROM fact WHERE (xid, id) > (:xid::text::xid8, :id::bigint);

-- name: count_resting()$
SELECT count(*) FROM fact_rest;

-- name: anchors_noted()
-- What facts say about anchor files, oldest first.
SELECT data->>'date' AS date, data->>'sha256' AS sha256
FROM fact WHERE kind = 'audit.anchored' ORDER BY fact.xid, fact.id;

-- name: retired()
-- Dropped months that were older than the law's six months when they were dropped, and of which a fact says so
-- (or said so: it was dropped later with its own month).
SELECT month, facts FROM fact_retired
WHERE month ~ '^\d{4}-(0[1-9]|1[0-2])$'
  AND to_date(month, 'YYYY-MM') + interval '7 months' <= least(retired_at, clock_timestamp()) AT TIME ZONE 'UTC'
  AND (
    EXISTS (SELECT FROM fact WHERE kind = 'audit.retired' AND data->>'month' = fact_retired.month)
    OR EXISTS (
      SELECT FROM fact_retired later WHERE later.month = to_char(fact_retired.retired_at AT TIME ZONE 'UTC', 'YYYY-MM')
    )
  )
ORDER BY month;

-- name: months()
-- Months that have a partition of their own, as 2026-11.
SELECT replace(substr(part.relname, 6), '_', '-') AS month
FROM pg_inherits JOIN pg_class part ON part.oid = inhrelid
WHERE inhparent = 'fact'::regclass AND part.relname ~ '^fact_\d{4}_\d{2}$'
ORDER BY part.relname;

-- name: make_month(moment)$
SELECT make_fact_month(:moment::timestamptz);

-- name: retire_month(moment, anchored)$
SELECT retire_fact_month(:moment::timestamptz, :anchored::bigint);

-- name: search(since, until, actor, kind, subject, jurisdiction, xid, id, most)
-- Facts before a position, newest first.
SELECT id, xid::text AS xid, kind, subject, jurisdiction, actor, actor_account, address, reason, at, data, changes
FROM fact
WHERE (:since::timestamptz IS NULL OR at >= :since) AND (:until::timestamptz IS NULL OR at < :until)
  AND (:actor::text IS NULL OR actor = :actor) AND (:kind::text IS NULL OR kind = :kind)
  AND (:subject::bigint IS NULL OR subject = :subject)
  AND (:jurisdiction::text IS NULL OR jurisdiction = :jurisdiction)
  AND (fact.xid, fact.id) < (:xid::text::xid8, :id::bigint)
ORDER BY fact.xid DESC, fact.id DESC
LIMIT :most;
