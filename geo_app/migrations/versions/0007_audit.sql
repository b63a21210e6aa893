-- Facts by month with who, from where and why; the chain that shows whether one of them was touched.

-- facts, partitioned by the month (UTC) of `at` ------------------------------------------------------------
ALTER TABLE fact RENAME TO fact_before;
ALTER INDEX fact_pkey RENAME TO fact_before_pkey;
DROP INDEX fact_in_order;
ALTER SEQUENCE fact_id_seq RENAME TO fact_before_id_seq;

-- changes: old and new by reference, {"state": ["reported", "closed"]}; never a person's data
CREATE TABLE fact (
  id bigint GENERATED ALWAYS AS IDENTITY,
  xid xid8 NOT NULL DEFAULT pg_current_xact_id(),
  kind text NOT NULL,
  subject bigint,
  jurisdiction text,
  actor text NOT NULL,
  actor_account bigint,
  address text,
  reason text,
  at timestamptz NOT NULL DEFAULT clock_timestamp(),
  data jsonb NOT NULL,
  changes jsonb,
  PRIMARY KEY (id, at)
) PARTITION BY RANGE (at);
CREATE INDEX fact_in_order ON fact (xid, id);
CREATE INDEX fact_by_kind ON fact (kind, xid, id);
CREATE INDEX fact_by_actor ON fact (actor, xid, id);
CREATE INDEX fact_by_subject ON fact (subject, xid, id) WHERE subject IS NOT NULL;

-- The net below the months: an insert never fails for want of a partition. Checked to be empty.
CREATE TABLE fact_rest PARTITION OF fact DEFAULT;

-- the chain: one link a fact, one seal a batch of links ----------------------------------------------------
-- content: SHA-256 of the fact's canonical form; hash: SHA-256 over the hash before and this link (audit/chain.py)
CREATE TABLE fact_link (
  seq bigint PRIMARY KEY,
  xid xid8 NOT NULL,
  fact_id bigint NOT NULL,
  month text NOT NULL,
  content bytea NOT NULL,
  hash bytea NOT NULL
);
CREATE INDEX fact_link_of ON fact_link (fact_id);

CREATE TABLE fact_seal (
  number bigint PRIMARY KEY,
  first_seq bigint NOT NULL,
  last_seq bigint NOT NULL,
  first_xid xid8 NOT NULL,
  first_id bigint NOT NULL,
  last_xid xid8 NOT NULL,
  last_id bigint NOT NULL,
  hash bytea NOT NULL,
  sealed_at timestamptz NOT NULL DEFAULT clock_timestamp()
);

-- Months whose facts were dropped after their time; their links stay.
CREATE TABLE fact_retired (
  month text PRIMARY KEY,
  facts bigint NOT NULL,
  retired_at timestamptz NOT NULL DEFAULT clock_timestamp()
);

-- what only the owner may do, and the application role asks for --------------------------------------------
-- Makes the partition of the month `moment` lies in and moves there what waited in fact_rest; false: it is there.
CREATE FUNCTION make_fact_month(moment timestamptz) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp SET timezone = 'UTC' SET lock_timeout = '2s' AS $$
DECLARE
  first timestamptz := date_trunc('month', moment);
  next timestamptz := first + interval '1 month';
  month text := 'fact_' || to_char(first, 'YYYY_MM');
BEGIN
  IF NOT moment BETWEEN '2000-01-01' AND '2999-12-31' THEN
    RAISE EXCEPTION 'no month for %', moment USING ERRCODE = 'datetime_field_overflow';
  END IF;
  PERFORM pg_advisory_xact_lock(hashtext('wangge fact months'));
  IF to_regclass(format('public.%I', month)) IS NOT NULL THEN
    RETURN false;
  END IF;
  -- Nobody may be on the way into fact_rest: their rows would no longer belong there.
  LOCK TABLE public.fact IN SHARE ROW EXCLUSIVE MODE;
  EXECUTE format('CREATE TABLE public.%I (LIKE public.fact INCLUDING DEFAULTS)', month);
  LOCK TABLE public.fact_rest IN ACCESS EXCLUSIVE MODE;
  EXECUTE format('WITH moved AS (DELETE FROM public.fact_rest WHERE at >= $1 AND at < $2 RETURNING fact_rest.*)'
    ' INSERT INTO public.%I SELECT moved.* FROM moved', month) USING first, next;
  EXECUTE format('ALTER TABLE public.fact ATTACH PARTITION public.%I FOR VALUES FROM (%L) TO (%L)', month, first, next);
  RETURN true;
END $$;

-- Drops the facts of a month and returns their number; NULL when one of them is not sealed up to `anchored`.
-- Facts of the last six months stay whatever is asked (网络安全法 21).
CREATE FUNCTION retire_fact_month(month_start timestamptz, anchored bigint) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp SET timezone = 'UTC' SET lock_timeout = '2s' AS $$
DECLARE
  first timestamptz := date_trunc('month', month_start);
  month text := 'fact_' || to_char(first, 'YYYY_MM');
  facts bigint;
  sealed bigint;
BEGIN
  IF first + interval '1 month' > clock_timestamp() - interval '6 months' THEN
    RAISE EXCEPTION 'facts are kept for six months at least' USING ERRCODE = 'insufficient_privilege';
  END IF;
  IF anchored > coalesce((SELECT max((f.data->>'seq')::bigint) FROM public.fact f WHERE f.kind = 'audit.anchored'), 0)
  THEN
    RAISE EXCEPTION 'no anchor was noted at %', anchored USING ERRCODE = 'insufficient_privilege';
  END IF;
  EXECUTE format('SELECT count(*), count(*) FILTER (WHERE EXISTS (SELECT FROM public.fact_link l'
    ' WHERE l.fact_id = f.id AND l.xid = f.xid AND l.seq <= $1)) FROM public.%I f', month)
    INTO facts, sealed USING anchored;
  IF facts <> sealed THEN
    RETURN NULL;
  END IF;
  INSERT INTO public.fact_retired (month, facts) VALUES (to_char(first, 'YYYY-MM'), facts);
  EXECUTE format('DROP TABLE public.%I', month);
  RETURN facts;
END $$;

-- rows there were, with their ids; numbers go on ------------------------------------------------------------
DO $$
DECLARE moment timestamptz;
BEGIN
  FOR moment IN
    SELECT DISTINCT date_trunc('month', at AT TIME ZONE 'UTC') AT TIME ZONE 'UTC' FROM fact_before
    WHERE at BETWEEN '2000-01-01' AND '2999-12-31'
    UNION SELECT clock_timestamp() + ahead * interval '28 days' FROM generate_series(0, 4) ahead
  LOOP
    PERFORM make_fact_month(moment);
  END LOOP;
END $$;
INSERT INTO fact (id, xid, kind, subject, jurisdiction, actor, at, data) OVERRIDING SYSTEM VALUE
SELECT id, xid, kind, subject, jurisdiction, actor, at, data FROM fact_before;
SELECT setval('fact_id_seq', last_value, is_called) FROM fact_before_id_seq;
DROP TABLE fact_before;

-- Facts, links and seals may be read and appended to, through the whole table only; nobody has a right on a month.
REVOKE ALL ON FUNCTION make_fact_month(timestamptz), retire_fact_month(timestamptz, bigint) FROM PUBLIC;
DO $$
DECLARE app text := current_setting('geo.app_role');
BEGIN
  EXECUTE format('GRANT SELECT, INSERT ON fact, fact_link, fact_seal TO %I', app);
  EXECUTE format('GRANT SELECT ON fact_retired, fact_rest TO %I', app);
  EXECUTE format('GRANT USAGE ON SEQUENCE fact_id_seq TO %I', app);
  EXECUTE format(
    'GRANT EXECUTE ON FUNCTION make_fact_month(timestamptz), retire_fact_month(timestamptz, bigint) TO %I', app
  );
END $$;
