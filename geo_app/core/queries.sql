-- name: record_fact(kind, subject, jurisdiction, actor, account, address, reason, data, changes)$
-- Appends a fact and tells listeners its id only; who remembers accounts hears which one it is about. The number comes first: who leaves a fact may not read it back.
WITH numbered AS MATERIALIZED (
  SELECT nextval('fact_id_seq') AS id
), written AS (
  INSERT INTO fact (id, kind, subject, jurisdiction, actor, actor_account, address, reason, data, changes)
  OVERRIDING SYSTEM VALUE
  SELECT id, :kind, :subject::bigint, :jurisdiction, :actor, :account::bigint, :address::text, :reason::text, :data::jsonb,
    :changes::jsonb
  FROM numbered
)
SELECT id, pg_notify('fact', id::text),
  CASE WHEN split_part(:kind::text, '.', 1) IN ('account', 'device', 'role', 'token')
    THEN pg_notify('account', coalesce(:subject::bigint::text, '')) END
FROM numbered;

-- name: record_facts(kind, subjects, jurisdiction, actor, account, address, data)$
-- Appends facts of one kind that nobody remembers accounts by; listeners are told of the last, and read them all.
WITH given AS MATERIALIZED (
  SELECT nextval('fact_id_seq') AS id, subject, data
  FROM unnest(:subjects::bigint[], :data::text[]) WITH ORDINALITY AS one (subject, data, place) ORDER BY place
), written AS (
  INSERT INTO fact (id, kind, subject, jurisdiction, actor, actor_account, address, data)
  OVERRIDING SYSTEM VALUE
  SELECT id, :kind, subject, :jurisdiction, :actor, :account::bigint, :address::text, data::jsonb FROM given
)
SELECT pg_notify('fact', max(id)::text) FROM given;

-- name: has_fact(kind, subject, since, data)$
SELECT EXISTS (
  SELECT FROM fact
  WHERE subject = :subject AND kind = :kind AND at > :since::timestamptz AND data @> :data::jsonb
);

-- name: facts_after(xid, id, most)
-- Facts after a position, below the oldest running transaction: nothing can still appear before them.
SELECT id, xid::text AS xid, kind, subject, jurisdiction, at, data
FROM fact
WHERE (xid, id) > (:xid::text::xid8, :id::bigint)
  AND xid < pg_snapshot_xmin(pg_current_snapshot())
ORDER BY fact.xid, fact.id  -- the column, not the text of the same name: "10" stands before "9"
LIMIT :most;

-- name: facts_end()^
-- The position from which a new reader follows: everything below the oldest running transaction is behind it.
SELECT pg_snapshot_xmin(pg_current_snapshot())::text AS xid, 0::bigint AS id;

-- name: defer_job(queue, task, args, lock, at)$
-- Enqueues a job inside this transaction, by procrastinate's own function; for `at` or, for NULL, at once.
SELECT procrastinate_defer_jobs_v1(ARRAY[ROW(
  :queue, :task, 0, :lock::text, NULL, :args::jsonb, :at::timestamptz
)::procrastinate_job_to_defer_v1]);

-- name: take_position(reader)^
-- The reader's position, locked so that only one process reads on.
SELECT xid::text AS xid, last_id AS id FROM fact_reader WHERE reader = :reader FOR UPDATE SKIP LOCKED;

-- name: move_position(reader, xid, id)!
UPDATE fact_reader SET xid = :xid::text::xid8, last_id = :id WHERE reader = :reader;

-- name: answered(key, actor)^
-- What was answered to this idempotency key before.
SELECT request_hash, status, body FROM idempotency WHERE key = :key AND actor = :actor;

-- name: claim_key(key, actor, request_hash)!
-- Claims an idempotency key; waits for a transaction that holds it, touches no row when it is taken.
INSERT INTO idempotency (key, actor, request_hash) VALUES (:key, :actor, :request_hash)
ON CONFLICT (key, actor) DO NOTHING;

-- name: keep_answer(key, actor, status, body)!
UPDATE idempotency SET status = :status, body = :body WHERE key = :key AND actor = :actor;

-- name: forget_answers(before)!
DELETE FROM idempotency WHERE claimed_at < :before;

-- name: worker_beat()$
-- Seconds since the job worker was last heard of.
SELECT extract(epoch FROM clock_timestamp() - max(last_heartbeat))::float8 FROM procrastinate_workers;

-- name: versions()^
SELECT current_setting('server_version') AS server, postgis_lib_version() AS postgis,
  (SELECT version_num FROM alembic_version) AS migration;
