CREATE TABLE "audit_pending" (
	"id" bigserial PRIMARY KEY NOT NULL,
	"before_time" text NOT NULL,
	"after_time" text NOT NULL,
	"ciphertext" "bytea" NOT NULL
);
--> statement-breakpoint
CREATE INDEX "outbox_cards" ON "outbox" USING btree (("body" ->> 'card')) WHERE action = 'post';
--> statement-breakpoint
-- The head's lock is taken while the transaction commits and not before, so that nobody waits for statements on their way.
CREATE FUNCTION audit_take_up() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  PERFORM audit_append(NEW.before_time, NEW.after_time, NEW.ciphertext);
  DELETE FROM audit_pending WHERE id = NEW.id;
  RETURN NULL;
END
$$;
--> statement-breakpoint
CREATE CONSTRAINT TRIGGER audit_taken_up AFTER INSERT ON audit_pending
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION audit_take_up();
