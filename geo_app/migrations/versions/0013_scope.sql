-- Row policies: people and cases are seen by who is bound to where they lie, whose they are, or whom they concern.
-- They read what core.db.transaction sets for one transaction; whoever set nothing sees nothing.
-- The owner migrates and is not bound. A policy asks each of these functions once a statement, hence the (SELECT …).

-- what the transaction's actor may see ---------------------------------------------------------------------
CREATE FUNCTION scope_everything() RETURNS boolean LANGUAGE sql STABLE PARALLEL SAFE
  AS $$ SELECT coalesce(current_setting('geo.everything', true), '') = 'yes' $$;
CREATE FUNCTION scope_actor() RETURNS text LANGUAGE sql STABLE PARALLEL SAFE
  AS $$ SELECT nullif(current_setting('geo.actor', true), '') $$;
CREATE FUNCTION scope_account() RETURNS bigint LANGUAGE sql STABLE PARALLEL SAFE
  AS $$ SELECT nullif(current_setting('geo.account', true), '')::bigint $$;
CREATE FUNCTION scope_responder() RETURNS bigint LANGUAGE sql STABLE PARALLEL SAFE
  AS $$ SELECT nullif(current_setting('geo.responder', true), '')::bigint $$;
-- whole cities; units with everything below them; departments
CREATE FUNCTION scope_cities() RETURNS integer[] LANGUAGE sql STABLE PARALLEL SAFE
  AS $$ SELECT coalesce(nullif(current_setting('geo.cities', true), ''), '{}')::integer[] $$;
CREATE FUNCTION scope_units() RETURNS bigint[] LANGUAGE sql STABLE PARALLEL SAFE
  AS $$ SELECT coalesce(nullif(current_setting('geo.units', true), ''), '{}')::bigint[] $$;
CREATE FUNCTION scope_departments() RETURNS bigint[] LANGUAGE sql STABLE PARALLEL SAFE
  AS $$ SELECT coalesce(nullif(current_setting('geo.departments', true), ''), '{}')::bigint[] $$;
-- whether the actor reads the audit trail; whether the actor reads or keeps accounts (no, read, keep)
CREATE FUNCTION scope_audit() RETURNS boolean LANGUAGE sql STABLE PARALLEL SAFE
  AS $$ SELECT coalesce(current_setting('geo.audit', true), '') = 'yes' $$;
CREATE FUNCTION scope_accounts() RETURNS text LANGUAGE sql STABLE PARALLEL SAFE
  AS $$ SELECT coalesce(nullif(current_setting('geo.accounts', true), ''), 'no') $$;

-- Cities the actor has to do with in any way: a trouble may be reported everywhere in them.
CREATE FUNCTION scope_reach() RETURNS integer[] LANGUAGE sql STABLE PARALLEL SAFE SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
  SELECT array(
    SELECT unnest(public.scope_cities())
    UNION SELECT u.city_id FROM public.unit u WHERE u.id = ANY (public.scope_units())
    UNION SELECT d.city_id FROM public.department d WHERE d.id = ANY (public.scope_departments())
    UNION SELECT r.city_id FROM public.responder r WHERE r.id = public.scope_responder()
  )
$$;

-- where a case lies: its community, as it was matched ------------------------------------------------------
-- community_id follows the cell; taken_by: the account that took the incident in
ALTER TABLE placement ADD COLUMN community_id bigint;
ALTER TABLE report ADD COLUMN community_id bigint;
ALTER TABLE incident ADD COLUMN community_id bigint,
  ADD COLUMN taken_by bigint DEFAULT nullif(current_setting('geo.account', true), '')::bigint;
CREATE INDEX cell_version_of_cell ON cell_version (cell_id);

UPDATE placement p SET community_id = (
  SELECT v.community_id FROM cell_version v WHERE v.cell_id = p.cell_id AND upper_inf(v.recorded)
  ORDER BY v.valid @> p.matched_at DESC, lower(v.valid) DESC LIMIT 1
) WHERE p.cell_id IS NOT NULL;
UPDATE incident i SET community_id = p.community_id FROM placement p
WHERE p.subject_kind = 'incident' AND p.subject_id = i.id AND p.community_id IS NOT NULL;
UPDATE report r SET community_id = i.community_id FROM incident i
WHERE i.id = r.incident_id AND i.community_id IS NOT NULL;

CREATE FUNCTION write_community() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  NEW.community_id := (
    SELECT v.community_id FROM public.cell_version v WHERE v.cell_id = NEW.cell_id AND upper_inf(v.recorded)
    ORDER BY v.valid @> NEW.matched_at DESC, lower(v.valid) DESC LIMIT 1
  );
  RETURN NEW;
END $$;
CREATE TRIGGER placement_has_community BEFORE INSERT OR UPDATE OF cell_id, release_id, matched_at, community_id
  ON placement FOR EACH ROW WHEN (NEW.cell_id IS NOT NULL OR NEW.community_id IS NOT NULL)
  EXECUTE FUNCTION write_community();

-- Incidents and their reports follow the placement in the same transaction, whoever moves it; incidents in the order
-- of their ids, so that no two wait for each other.
CREATE FUNCTION follow_placement() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  UPDATE public.incident i SET community_id = moved.community_id
  FROM (
    SELECT one.id, c.community_id FROM changed c JOIN public.incident one ON one.id = c.subject_id
    WHERE c.subject_kind = 'incident' AND one.community_id IS DISTINCT FROM c.community_id
    ORDER BY one.id FOR NO KEY UPDATE OF one
  ) moved
  WHERE i.id = moved.id;
  UPDATE public.report r SET community_id = c.community_id FROM changed c
  WHERE c.subject_kind = 'incident' AND r.incident_id = c.subject_id AND r.community_id IS DISTINCT FROM c.community_id;
  RETURN NULL;
END $$;
CREATE TRIGGER incident_follows_new AFTER INSERT ON placement
  REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION follow_placement();
CREATE TRIGGER incident_follows AFTER UPDATE ON placement
  REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION follow_placement();

CREATE FUNCTION follow_incident() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  NEW.community_id := (SELECT i.community_id FROM public.incident i WHERE i.id = NEW.incident_id);
  RETURN NEW;
END $$;
CREATE TRIGGER report_follows BEFORE INSERT ON report FOR EACH ROW EXECUTE FUNCTION follow_incident();

CREATE INDEX incident_of_community ON incident (community_id) WHERE state <> 'closed';
CREATE INDEX incident_taken_by ON incident (taken_by) WHERE taken_by IS NOT NULL;
CREATE INDEX responder_of_department ON responder (department_id) WHERE department_id IS NOT NULL;

-- who and what is whose ------------------------------------------------------------------------------------
-- Incidents the actor took in, or to which the actor or somebody of their departments was sent.
CREATE FUNCTION scope_incidents() RETURNS SETOF bigint LANGUAGE plpgsql STABLE SECURITY DEFINER ROWS 20
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  IF public.scope_account() IS NOT NULL THEN
    RETURN QUERY SELECT i.id FROM public.incident i WHERE i.taken_by = public.scope_account();
  END IF;
  IF public.scope_responder() IS NOT NULL THEN
    RETURN QUERY SELECT a.incident_id FROM public.assignment a WHERE a.responder_id = public.scope_responder();
  END IF;
  IF public.scope_departments() <> '{}' THEN
    RETURN QUERY SELECT a.incident_id FROM public.responder r JOIN public.assignment a ON a.responder_id = r.id
      WHERE r.department_id = ANY (public.scope_departments());
  END IF;
END $$;

-- The actor, those of their departments, those who answer for a cell of their units, and those who were sent to an
-- open incident the actor sees: all of them, or (for where they are) only those who are still on it.
CREATE FUNCTION scope_responders(is_on_it boolean) RETURNS SETOF bigint LANGUAGE plpgsql STABLE SECURITY DEFINER
ROWS 20 SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  IF public.scope_responder() IS NOT NULL THEN
    RETURN NEXT public.scope_responder();
  END IF;
  IF public.scope_departments() <> '{}' THEN
    RETURN QUERY SELECT r.id FROM public.responder r WHERE r.department_id = ANY (public.scope_departments());
  END IF;
  IF public.scope_units() <> '{}' THEN
    RETURN QUERY SELECT c.responder_id FROM public.cell_version v
      JOIN public.responder_cell c ON c.cell_id = v.cell_id
      WHERE v.community_id = ANY (public.scope_units()) AND upper_inf(v.recorded) AND v.valid @> now();
    RETURN QUERY SELECT a.responder_id FROM public.incident i JOIN public.assignment a ON a.incident_id = i.id
      WHERE i.community_id = ANY (public.scope_units()) AND i.state <> 'closed'
        AND (a.is_active OR a.state = 'done' AND NOT is_on_it);
  END IF;
  RETURN QUERY SELECT a.responder_id FROM public.scope_incidents() mine (id)
    JOIN public.incident i ON i.id = mine.id JOIN public.assignment a ON a.incident_id = i.id
    WHERE i.state <> 'closed' AND (a.is_active OR a.state = 'done' AND NOT is_on_it);
END $$;

-- what must be right also beyond what the actor sees -------------------------------------------------------
-- Whether a responder is on duty at a moment of the city's own clock; none written means always.
CREATE OR REPLACE FUNCTION on_shift(responder bigint, local_time timestamp) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
  SELECT NOT EXISTS (SELECT 1 FROM public.shift s WHERE s.responder_id = responder) OR EXISTS (
    SELECT 1 FROM public.shift s WHERE s.responder_id = responder AND (
      (s.weekday = extract(isodow FROM local_time) - 1 AND s.starts <= local_time::time
        AND (s.ends <= s.starts OR local_time::time < s.ends))
      OR (s.ends <= s.starts AND local_time::time < s.ends
        AND s.weekday = extract(isodow FROM local_time - interval '1 day') - 1)
    )
  )
$$;

-- How many incidents each responder of a city is sent to now, and was sent to since a moment.
CREATE FUNCTION load_of_responders(city integer, since timestamptz)
RETURNS TABLE (responder_id bigint, active bigint, today bigint)
LANGUAGE sql STABLE SECURITY DEFINER ROWS 300 SET search_path = pg_catalog, public, pg_temp AS $$
  SELECT a.responder_id, count(*) FILTER (WHERE a.is_active),
    count(*) FILTER (WHERE a.offered_at >= since AND a.state NOT IN ('declined', 'cancelled'))
  FROM public.assignment a
  WHERE a.city_id = city AND (a.is_active OR a.offered_at >= since)
  GROUP BY a.responder_id
$$;

-- cases ----------------------------------------------------------------------------------------------------
ALTER TABLE incident ENABLE ROW LEVEL SECURITY;
CREATE POLICY scope ON incident USING (
  (SELECT scope_everything()) OR city_id = ANY ((SELECT scope_cities())::integer[])
  OR community_id = ANY ((SELECT scope_units())::bigint[]) OR id IN (SELECT scope_incidents())
) WITH CHECK ((SELECT scope_everything()) OR city_id = ANY ((SELECT scope_reach())::integer[]));

ALTER TABLE report ENABLE ROW LEVEL SECURITY;
CREATE POLICY scope ON report USING (
  (SELECT scope_everything()) OR city_id = ANY ((SELECT scope_cities())::integer[])
  OR community_id = ANY ((SELECT scope_units())::bigint[]) OR incident_id IN (SELECT scope_incidents())
);

ALTER TABLE assignment ENABLE ROW LEVEL SECURITY;
CREATE POLICY scope ON assignment USING (
  (SELECT scope_everything()) OR city_id = ANY ((SELECT scope_cities())::integer[])
  OR EXISTS (SELECT FROM incident i WHERE i.id = incident_id)
);

ALTER TABLE placement ENABLE ROW LEVEL SECURITY;
CREATE POLICY scope ON placement USING (
  (SELECT scope_everything()) OR city_id = ANY ((SELECT scope_cities())::integer[])
  OR community_id = ANY ((SELECT scope_units())::bigint[])
  OR subject_kind = 'incident' AND subject_id IN (SELECT scope_incidents())
) WITH CHECK ((SELECT scope_everything()) OR city_id = ANY ((SELECT scope_reach())::integer[]));

ALTER TABLE placement_history ENABLE ROW LEVEL SECURITY;
CREATE POLICY scope ON placement_history USING (
  (SELECT scope_everything()) OR EXISTS (SELECT FROM placement p WHERE p.id = placement_id)
);

-- people ---------------------------------------------------------------------------------------------------
ALTER TABLE responder ENABLE ROW LEVEL SECURITY;
CREATE POLICY scope ON responder USING (
  (SELECT scope_everything()) OR city_id = ANY ((SELECT scope_cities())::integer[])
  OR id IN (SELECT scope_responders(false))
);

ALTER TABLE responder_position ENABLE ROW LEVEL SECURITY;
CREATE POLICY scope ON responder_position USING (
  (SELECT scope_everything()) OR city_id = ANY ((SELECT scope_cities())::integer[])
  OR responder_id IN (SELECT scope_responders(true))
);

ALTER TABLE responder_cell ENABLE ROW LEVEL SECURITY;
CREATE POLICY scope ON responder_cell USING (
  (SELECT scope_everything()) OR responder_id IN (SELECT r.id FROM responder r)
);

ALTER TABLE shift ENABLE ROW LEVEL SECURITY;
CREATE POLICY scope ON shift USING (
  (SELECT scope_everything()) OR responder_id IN (SELECT r.id FROM responder r)
);

ALTER TABLE patrol_route ENABLE ROW LEVEL SECURITY;
CREATE POLICY scope ON patrol_route USING (
  (SELECT scope_everything()) OR city_id = ANY ((SELECT scope_cities())::integer[])
  OR responder_id IN (SELECT scope_responders(false))
);

ALTER TABLE route_cell ENABLE ROW LEVEL SECURITY;
CREATE POLICY scope ON route_cell USING (
  (SELECT scope_everything()) OR EXISTS (SELECT FROM patrol_route r WHERE r.id = route_id)
);

-- what was done --------------------------------------------------------------------------------------------
-- Everybody leaves facts; the audit administrator reads them. A month of its own is open to nobody.
ALTER TABLE fact ENABLE ROW LEVEL SECURITY;
CREATE POLICY seen ON fact FOR SELECT USING ((SELECT scope_everything()) OR (SELECT scope_audit()));
CREATE POLICY left_behind ON fact FOR INSERT WITH CHECK (true);
ALTER TABLE fact_rest ENABLE ROW LEVEL SECURITY;
CREATE POLICY seen ON fact_rest FOR SELECT USING ((SELECT scope_everything()) OR (SELECT scope_audit()));

ALTER TABLE fact_link ENABLE ROW LEVEL SECURITY;
CREATE POLICY seen ON fact_link FOR SELECT USING ((SELECT scope_everything()) OR (SELECT scope_audit()));
CREATE POLICY sealed ON fact_link FOR INSERT WITH CHECK ((SELECT scope_everything()));
ALTER TABLE fact_seal ENABLE ROW LEVEL SECURITY;
CREATE POLICY seen ON fact_seal FOR SELECT USING ((SELECT scope_everything()) OR (SELECT scope_audit()));
CREATE POLICY sealed ON fact_seal FOR INSERT WITH CHECK ((SELECT scope_everything()));

-- An answer that is kept for its key is whose it was.
ALTER TABLE idempotency ENABLE ROW LEVEL SECURITY;
CREATE POLICY scope ON idempotency USING ((SELECT scope_everything()) OR actor = (SELECT scope_actor()));

-- Which files left: who reads the audit sees all, others what they made themselves.
ALTER TABLE export ENABLE ROW LEVEL SECURITY;
CREATE POLICY scope ON export USING (
  (SELECT scope_everything()) OR (SELECT scope_audit()) OR actor = (SELECT scope_actor())
) WITH CHECK ((SELECT scope_everything()) OR actor = (SELECT scope_actor()));

-- accounts: seen by their owners and by who administers, kept by who administers ---------------------------
ALTER TABLE account ENABLE ROW LEVEL SECURITY;
CREATE POLICY seen ON account FOR SELECT USING (
  id = (SELECT scope_account()) OR (SELECT scope_accounts()) = 'read'
);
CREATE POLICY kept ON account USING ((SELECT scope_everything()) OR (SELECT scope_accounts()) = 'keep');
CREATE POLICY own ON account FOR UPDATE USING (id = (SELECT scope_account()));

ALTER TABLE account_role ENABLE ROW LEVEL SECURITY;
CREATE POLICY seen ON account_role FOR SELECT USING (
  account_id = (SELECT scope_account()) OR (SELECT scope_accounts()) = 'read'
);
CREATE POLICY kept ON account_role USING ((SELECT scope_everything()) OR (SELECT scope_accounts()) = 'keep');

ALTER TABLE account_binding ENABLE ROW LEVEL SECURITY;
CREATE POLICY seen ON account_binding FOR SELECT USING (
  account_id = (SELECT scope_account()) OR (SELECT scope_accounts()) = 'read'
);
CREATE POLICY kept ON account_binding USING ((SELECT scope_everything()) OR (SELECT scope_accounts()) = 'keep');

ALTER TABLE access_token ENABLE ROW LEVEL SECURITY;
CREATE POLICY seen ON access_token FOR SELECT USING (
  account_id = (SELECT scope_account()) OR (SELECT scope_accounts()) = 'read'
);
-- A phone one binds to oneself opens nothing by itself.
CREATE POLICY bound ON access_token FOR INSERT
  WITH CHECK (account_id = (SELECT scope_account()) AND kind = 'device' AND permissions = '{}');
CREATE POLICY own ON access_token FOR UPDATE USING (account_id = (SELECT scope_account()));
CREATE POLICY kept ON access_token USING ((SELECT scope_everything()) OR (SELECT scope_accounts()) = 'keep');

ALTER TABLE account_link ENABLE ROW LEVEL SECURITY;
CREATE POLICY kept ON account_link USING ((SELECT scope_everything()) OR (SELECT scope_accounts()) = 'keep');

-- Who tried to log in, and from where, is the system's own.
ALTER TABLE login_failure ENABLE ROW LEVEL SECURITY;
CREATE POLICY kept ON login_failure USING ((SELECT scope_everything()));

REVOKE ALL ON FUNCTION scope_reach(), scope_incidents(), scope_responders(boolean), on_shift(bigint, timestamp),
  load_of_responders(integer, timestamptz) FROM PUBLIC;
DO $$
DECLARE app text := current_setting('geo.app_role');
BEGIN
  EXECUTE format('GRANT EXECUTE ON FUNCTION scope_reach(), scope_incidents(), scope_responders(boolean), '
    'on_shift(bigint, timestamp), load_of_responders(integer, timestamptz) TO %I', app);
END $$;
