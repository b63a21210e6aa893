-- What has begun and was not taken over yet is what is left of placement_ahead before now: nearly always nothing.
CREATE INDEX placement_ahead_begins ON placement_ahead (lower(valid));

-- As before, and the open incidents that lie in the actor's units since a release began, though no timer has come yet.
CREATE OR REPLACE FUNCTION scope_incidents() RETURNS SETOF bigint LANGUAGE plpgsql STABLE SECURITY DEFINER ROWS 20
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
  IF public.scope_units() <> '{}' THEN
    RETURN QUERY SELECT p.subject_id FROM public.placement_ahead a JOIN public.placement p ON p.id = a.placement_id
      WHERE lower(a.valid) <= statement_timestamp() AND a.valid @> statement_timestamp()
        AND a.community_id = ANY (public.scope_units()::bigint[]) AND p.subject_kind = 'incident' AND p.is_open;
  END IF;
END $$;
