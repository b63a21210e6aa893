-- A position is checked and kept with less ado: stretches off duty by one call, the cheapest rule of writing first.

-- Stretches in which some responders had signed off; asked beyond what the actor sees, as on_shift is.
CREATE FUNCTION stretches_off(responders bigint[])
RETURNS TABLE (responder_id bigint, since timestamptz, until timestamptz)
LANGUAGE sql STABLE SECURITY DEFINER ROWS 1 SET search_path = pg_catalog, public, pg_temp AS $$
  SELECT o.responder_id, o.since, o.until FROM public.responder_off o WHERE o.responder_id = ANY (responders)
$$;

-- Who keeps a position is the responder, somebody of the whole city, else somebody with anything to do there.
ALTER POLICY left_behind ON track_position WITH CHECK (
  (SELECT scope_everything()) OR responder_id = (SELECT scope_responder())
  OR city_id = ANY ((SELECT scope_cities())::integer[]) OR city_id = ANY ((SELECT scope_reach())::integer[])
);

REVOKE ALL ON FUNCTION stretches_off(bigint[]) FROM PUBLIC;
DO $$
DECLARE app text := current_setting('geo.app_role');
BEGIN
  EXECUTE format('GRANT EXECUTE ON FUNCTION stretches_off(bigint[]) TO %I', app);
END $$;
