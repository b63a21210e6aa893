-- The gazetteer: names of places as people write them, made findable.

-- extent: metres around the point that the place fills; line: the middle of a road
ALTER TABLE place
  ADD COLUMN former text[] NOT NULL DEFAULT '{}',
  ADD COLUMN extent double precision NOT NULL DEFAULT 0 CHECK (extent >= 0),
  ADD COLUMN line geometry(Geometry, 4326),
  ADD COLUMN road_key text,
  ADD CONSTRAINT place_kind CHECK (
    kind IN ('region', 'street', 'community', 'road', 'number', 'compound', 'building', 'unit', 'poi')
  );
CREATE INDEX place_number ON place (city_id, road_key) WHERE kind = 'number';

-- one row for each way to name a place; grams: pairs of characters, neighbours and next but one
CREATE TABLE place_name (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  place_id bigint NOT NULL REFERENCES place ON DELETE CASCADE,
  city_id integer NOT NULL REFERENCES city ON DELETE CASCADE,
  how text NOT NULL CHECK (how IN ('name', 'alias', 'former', 'address')),
  key text NOT NULL,
  pinyin text NOT NULL,
  initials text NOT NULL,
  grams text[] NOT NULL
);
CREATE INDEX place_name_of ON place_name (place_id);
CREATE INDEX place_name_key ON place_name (city_id, key text_pattern_ops);
CREATE INDEX place_name_pinyin ON place_name (city_id, pinyin text_pattern_ops);
CREATE INDEX place_name_initials ON place_name (city_id, initials text_pattern_ops);
CREATE INDEX place_name_grams ON place_name USING gin (grams);
CREATE INDEX place_name_sound ON place_name USING gin (pinyin gin_trgm_ops);

-- how many names hold a pair: a search starts from the rarest
CREATE TABLE place_gram (
  city_id integer NOT NULL REFERENCES city ON DELETE CASCADE,
  gram text NOT NULL,
  names integer NOT NULL,
  PRIMARY KEY (city_id, gram)
);

DO $$
DECLARE app text := current_setting('geo.app_role');
BEGIN
  EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON place_name, place_gram TO %I', app);
  EXECUTE format('GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO %I', app);
END $$;
