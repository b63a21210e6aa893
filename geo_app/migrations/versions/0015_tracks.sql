-- Positions of whole shifts in days of their own, stretches off duty, and what stays when positions are past their term.

-- tracks: one row a position, in partitions of a day (UTC) -------------------------------------------------
-- No foreign keys: they would lock the responder and the city with every position; triggers do their work.
CREATE TABLE track_position (
  responder_id bigint NOT NULL,
  at timestamptz NOT NULL,
  city_id integer NOT NULL,
  jurisdiction text NOT NULL,
  point geometry(Point, 4326) NOT NULL,
  accuracy double precision,
  PRIMARY KEY (responder_id, at)
) PARTITION BY RANGE (at);

-- The net below the days: an insert never fails for want of a partition.
CREATE TABLE track_rest PARTITION OF track_position DEFAULT;

-- Stretches in which a responder had signed off; until is null while it lasts.
CREATE TABLE responder_off (
  responder_id bigint NOT NULL REFERENCES responder ON DELETE CASCADE,
  since timestamptz NOT NULL,
  until timestamptz CHECK (until >= since),
  PRIMARY KEY (responder_id, since)
);
CREATE UNIQUE INDEX responder_off_now ON responder_off (responder_id) WHERE until IS NULL;
CREATE INDEX responder_off_over ON responder_off (until);

-- What stays: how long people were in an area on a day of the city, three of them at least. What lay in areas with
-- fewer counts for the unit above, without the areas that stand for themselves. area_id: of a cell, a unit or the city.
CREATE TABLE presence (
  city_id integer NOT NULL REFERENCES city ON DELETE CASCADE,
  jurisdiction text NOT NULL,
  day date NOT NULL,
  level text NOT NULL CHECK (level IN ('cell', 'community', 'street', 'district', 'city')),
  area_id bigint NOT NULL,
  seconds bigint NOT NULL CHECK (seconds >= 0),
  responders integer NOT NULL CHECK (responders >= 3),
  PRIMARY KEY (city_id, day, level, area_id)
);

-- days: made ahead and dropped when empty, by the owner, asked by the application role ---------------------
-- Makes the days (UTC) from the one of `moment` on, `ahead` more, and every day that rows wait for in track_rest;
-- gives those that were missing.
CREATE FUNCTION make_track_days(moment timestamptz, ahead integer) RETURNS SETOF date
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp SET timezone = 'UTC' SET lock_timeout = '2s' AS $$
DECLARE
  one date;
  made text;
BEGIN
  PERFORM pg_advisory_xact_lock(hashtext('wangge track days'));
  FOR one IN
    SELECT moment::date + number FROM generate_series(0, least(ahead, 30)) number
    UNION SELECT r.at::date FROM public.track_rest r ORDER BY 1
  LOOP
    made := 'track_position_' || to_char(one, 'YYYY_MM_DD');
    CONTINUE WHEN to_regclass(format('public.%I', made)) IS NOT NULL;
    -- Nobody may be on the way into track_rest: their rows would no longer belong there.
    LOCK TABLE public.track_position IN SHARE ROW EXCLUSIVE MODE;
    EXECUTE format('CREATE TABLE public.%I (LIKE public.track_position INCLUDING DEFAULTS)', made);
    LOCK TABLE public.track_rest IN ACCESS EXCLUSIVE MODE;
    EXECUTE format('WITH moved AS (DELETE FROM public.track_rest WHERE at >= $1 AND at < $2 RETURNING track_rest.*)'
      ' INSERT INTO public.%I SELECT moved.* FROM moved', made)
      USING one::timestamptz, (one + 1)::timestamptz;
    EXECUTE format('ALTER TABLE public.track_position ATTACH PARTITION public.%I FOR VALUES FROM (%L) TO (%L)',
      made, one::timestamptz, (one + 1)::timestamptz);
    RETURN NEXT one;
  END LOOP;
END $$;

-- Drops the days that ended before a moment and are empty, and tells how many; one that is in use waits for next time.
CREATE FUNCTION drop_track_days(before timestamptz) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp SET timezone = 'UTC' SET lock_timeout = '500ms' AS $$
DECLARE
  name text;
  is_used boolean;
  dropped integer := 0;
BEGIN
  PERFORM pg_advisory_xact_lock(hashtext('wangge track days'));
  FOR name IN
    SELECT c.relname FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
    WHERE i.inhparent = 'public.track_position'::regclass AND c.relname ~ '^track_position_\d{4}_\d\d_\d\d$'
      AND (to_date(right(c.relname, 10), 'YYYY_MM_DD') + 1)::timestamptz <= least(before, now() - interval '1 day')
    ORDER BY 1
  LOOP
    BEGIN
      EXECUTE format('LOCK TABLE public.%I IN ACCESS EXCLUSIVE MODE', name);
      EXECUTE format('SELECT EXISTS (SELECT FROM public.%I)', name) INTO is_used;
      IF NOT is_used THEN
        EXECUTE format('DROP TABLE public.%I', name);
        dropped := dropped + 1;
      END IF;
    EXCEPTION WHEN lock_not_available OR deadlock_detected THEN
      EXIT;
    END;
  END LOOP;
  RETURN dropped;
END $$;

-- what follows from what -----------------------------------------------------------------------------------
CREATE FUNCTION note_off() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  IF NEW.status = 'off' THEN
    INSERT INTO public.responder_off (responder_id, since) VALUES (NEW.id, clock_timestamp()) ON CONFLICT DO NOTHING;
  ELSE
    UPDATE public.responder_off SET until = greatest(since, clock_timestamp())
    WHERE responder_id = NEW.id AND until IS NULL;
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER responder_goes_off AFTER UPDATE OF status ON responder FOR EACH ROW
  WHEN (OLD.status <> NEW.status AND 'off' IN (OLD.status, NEW.status)) EXECUTE FUNCTION note_off();
CREATE TRIGGER responder_begins_off AFTER INSERT ON responder FOR EACH ROW
  WHEN (NEW.status = 'off') EXECUTE FUNCTION note_off();
INSERT INTO responder_off (responder_id, since) SELECT id, clock_timestamp() FROM responder WHERE status = 'off';

CREATE FUNCTION forget_tracks() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  DELETE FROM public.track_position WHERE responder_id = ANY (array(SELECT id FROM gone));
  RETURN NULL;
END $$;
CREATE TRIGGER track_goes_with_responder AFTER DELETE ON responder
  REFERENCING OLD TABLE AS gone FOR EACH STATEMENT EXECUTE FUNCTION forget_tracks();

-- who sees whose track -------------------------------------------------------------------------------------
-- whether the actor may read the tracks of others at all
CREATE FUNCTION scope_tracks() RETURNS boolean LANGUAGE sql STABLE PARALLEL SAFE
  AS $$ SELECT coalesce(current_setting('geo.tracks', true), '') = 'yes' $$;

-- Those who answer for a cell of the actor's units, and those of the actor's departments; not who was only sent there.
CREATE FUNCTION scope_people() RETURNS SETOF bigint LANGUAGE plpgsql STABLE SECURITY DEFINER ROWS 20
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  IF public.scope_departments() <> '{}' THEN
    RETURN QUERY SELECT r.id FROM public.responder r WHERE r.department_id = ANY (public.scope_departments());
  END IF;
  IF public.scope_units() <> '{}' THEN
    RETURN QUERY SELECT c.responder_id FROM public.cell_version v
      JOIN public.responder_cell c ON c.cell_id = v.cell_id
      WHERE v.community_id = ANY (public.scope_units()) AND upper_inf(v.recorded) AND v.valid @> now();
  END IF;
END $$;

ALTER TABLE track_position ENABLE ROW LEVEL SECURITY;
CREATE POLICY seen ON track_position FOR SELECT USING (
  (SELECT scope_everything()) OR responder_id = (SELECT scope_responder())
  OR (SELECT scope_tracks()) AND (
    city_id = ANY ((SELECT scope_cities())::integer[]) OR responder_id IN (SELECT scope_people())
  )
);
CREATE POLICY left_behind ON track_position FOR INSERT
  WITH CHECK ((SELECT scope_everything()) OR city_id = ANY ((SELECT scope_reach())::integer[]));
CREATE POLICY erased ON track_position FOR DELETE USING ((SELECT scope_everything()));

ALTER TABLE responder_off ENABLE ROW LEVEL SECURITY;
CREATE POLICY scope ON responder_off USING (
  (SELECT scope_everything()) OR responder_id IN (SELECT r.id FROM responder r)
);

REVOKE ALL ON FUNCTION make_track_days(timestamptz, integer), drop_track_days(timestamptz), scope_people() FROM PUBLIC;
DO $$
DECLARE app text := current_setting('geo.app_role');
BEGIN
  PERFORM make_track_days(now(), 7);
  EXECUTE format('GRANT SELECT, INSERT, DELETE ON track_position TO %I', app);
  EXECUTE format('GRANT SELECT, DELETE ON responder_off TO %I', app);
  EXECUTE format('GRANT SELECT, INSERT, UPDATE ON presence TO %I', app);
  EXECUTE format('GRANT EXECUTE ON FUNCTION make_track_days(timestamptz, integer), drop_track_days(timestamptz), '
    'scope_people() TO %I', app);
END $$;
