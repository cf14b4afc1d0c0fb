-- The chain is appended by one function, under the lock of the head row, and never changed afterwards.
INSERT INTO audit_head (id, seq, hash) VALUES (1, 0, decode(repeat('00', 32), 'hex'));
--> statement-breakpoint
CREATE FUNCTION audit_append(envelope_before_time text, envelope_after_time text, payload bytea) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  head audit_head%ROWTYPE;
  next_seq bigint;
  full_envelope text;
  next_hash bytea;
BEGIN
  SELECT * INTO STRICT head FROM audit_head WHERE id = 1 FOR UPDATE;
  next_seq := head.seq + 1;
  full_envelope := envelope_before_time
    || to_char(clock_timestamp() AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')
    || envelope_after_time;
  next_hash := sha256('\x01'::bytea || head.hash || int8send(next_seq) || sha256(convert_to(full_envelope, 'UTF8')));
  INSERT INTO audit_events (seq, envelope, prev_hash, hash) VALUES (next_seq, full_envelope, head.hash, next_hash);
  INSERT INTO audit_payloads (seq, ciphertext) VALUES (next_seq, payload);
  UPDATE audit_head SET seq = next_seq, hash = next_hash WHERE id = 1;
  RETURN next_seq;
END
$$;
--> statement-breakpoint
CREATE FUNCTION audit_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'The audit trail is append-only: % on % refused', TG_OP, TG_TABLE_NAME;
END
$$;
--> statement-breakpoint
CREATE TRIGGER audit_events_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_events
  FOR EACH STATEMENT EXECUTE FUNCTION audit_refuse_change();
--> statement-breakpoint
CREATE TRIGGER audit_payloads_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_payloads
  FOR EACH STATEMENT EXECUTE FUNCTION audit_refuse_change();
--> statement-breakpoint
CREATE TRIGGER audit_head_stays BEFORE DELETE OR TRUNCATE ON audit_head
  FOR EACH STATEMENT EXECUTE FUNCTION audit_refuse_change();
