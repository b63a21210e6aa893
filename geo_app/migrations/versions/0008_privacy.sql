-- Personal values of reports are sealed; what everybody sees is masked; a report has a code for who told it.

-- *_sealed: AES-256-GCM (core/secrecy.py); *_index: keyed, for exact search; key_id: the key of the newest of them
-- description, address: masked; their *_sealed hold what was told, word for word, where masking hid something
-- is_masked: false on rows from before, until `geo privacy seal` (part of `geo db migrate`) has been there
ALTER TABLE report
  ADD COLUMN is_masked boolean NOT NULL DEFAULT false,
  ADD COLUMN name_sealed bytea,
  ADD COLUMN phone_sealed bytea,
  ADD COLUMN description_sealed bytea,
  ADD COLUMN address_sealed bytea,
  ADD COLUMN name_index bytea,
  ADD COLUMN phone_index bytea,
  ADD COLUMN key_id bytea,
  ADD COLUMN code_hash bytea,
  ADD COLUMN erased_at timestamptz,
  ADD CONSTRAINT report_key_known CHECK (
    num_nonnulls(name_sealed, phone_sealed, description_sealed, address_sealed) = 0 OR key_id IS NOT NULL
  );
ALTER TABLE report ALTER COLUMN is_masked SET DEFAULT true;
-- The plain columns take nothing any more; what they hold goes when it is sealed.
ALTER TABLE report ADD CONSTRAINT report_holds_no_plain_person
  CHECK (reporter_name IS NULL AND reporter_phone IS NULL) NOT VALID;
CREATE INDEX report_by_name ON report (name_index) WHERE name_index IS NOT NULL;
CREATE INDEX report_by_phone ON report (phone_index) WHERE phone_index IS NOT NULL;
CREATE UNIQUE INDEX report_by_code ON report (code_hash) WHERE code_hash IS NOT NULL;
CREATE INDEX report_to_mask ON report (id) WHERE NOT is_masked;
CREATE INDEX report_by_key ON report (key_id, id) WHERE key_id IS NOT NULL;

ALTER TABLE incident ADD COLUMN is_masked boolean NOT NULL DEFAULT false;
ALTER TABLE incident ALTER COLUMN is_masked SET DEFAULT true;
CREATE INDEX incident_to_mask ON incident (id) WHERE NOT is_masked;
CREATE INDEX incident_by_closing ON incident (closed_at) WHERE closed_at IS NOT NULL;

-- Answers kept for idempotency keys were not masked.
DELETE FROM idempotency;
