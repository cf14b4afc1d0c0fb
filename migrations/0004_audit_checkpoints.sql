CREATE TABLE "audit_checkpoints" (
	"size" bigint PRIMARY KEY NOT NULL,
	"root" "bytea" NOT NULL,
	"frontier" "bytea" NOT NULL,
	"note" text NOT NULL,
	"published_at" timestamp (3) with time zone
);
--> statement-breakpoint
CREATE TABLE "audit_keys" (
	"id" uuid PRIMARY KEY NOT NULL,
	"about" text NOT NULL,
	"wrapped" "bytea" NOT NULL
);
--> statement-breakpoint
CREATE INDEX "audit_keys_about" ON "audit_keys" USING btree ("about");
--> statement-breakpoint
-- A checkpoint only ever comes to be published.
CREATE FUNCTION audit_refuse_other_checkpoint() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF OLD.published_at IS NOT NULL OR
    (NEW.size, NEW.root, NEW.frontier, NEW.note) IS DISTINCT FROM (OLD.size, OLD.root, OLD.frontier, OLD.note) THEN
    RAISE EXCEPTION 'The audit trail is append-only: % on % refused', TG_OP, TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END
$$;
--> statement-breakpoint
CREATE TRIGGER audit_checkpoints_published BEFORE UPDATE ON audit_checkpoints
  FOR EACH ROW EXECUTE FUNCTION audit_refuse_other_checkpoint();
--> statement-breakpoint
CREATE TRIGGER audit_checkpoints_append_only BEFORE DELETE OR TRUNCATE ON audit_checkpoints
  FOR EACH STATEMENT EXECUTE FUNCTION audit_refuse_change();
--> statement-breakpoint
-- A key goes with its erasure, and never becomes another.
CREATE TRIGGER audit_keys_stay BEFORE UPDATE OR TRUNCATE ON audit_keys
  FOR EACH STATEMENT EXECUTE FUNCTION audit_refuse_change();
--> statement-breakpoint
-- Only the trigger that takes up what is pending appends: it runs as the owner.
REVOKE EXECUTE ON FUNCTION audit_append(text, text, bytea) FROM PUBLIC;
--> statement-breakpoint
-- What the application needs when it runs as a role that owns nothing: a member of sergas_app. Called after every
-- migration, ours and the queue's, so that it covers whatever they made.
CREATE FUNCTION grant_application() RETURNS void LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'sergas_app') THEN
    BEGIN
      CREATE ROLE sergas_app NOLOGIN;
    EXCEPTION
      WHEN insufficient_privilege THEN
        RAISE NOTICE 'sergas_app was not made: this user may not make roles; make it, and migrate again';
        RETURN;
      -- Another database of this server is being migrated at this moment.
      WHEN duplicate_object OR unique_violation THEN NULL;
    END;
  END IF;
  GRANT USAGE ON SCHEMA public TO sergas_app;
  GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO sergas_app;
  GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO sergas_app;
  REVOKE INSERT, UPDATE, DELETE ON
    audit_events, audit_payloads, audit_head, audit_pending, audit_checkpoints, audit_keys FROM sergas_app;
  GRANT INSERT ON audit_pending TO sergas_app;
  GRANT INSERT, UPDATE (published_at) ON audit_checkpoints TO sergas_app;
  GRANT INSERT, DELETE ON audit_keys TO sergas_app;
  GRANT USAGE ON SCHEMA drizzle TO sergas_app;
  GRANT SELECT ON ALL TABLES IN SCHEMA drizzle TO sergas_app;
  IF EXISTS (SELECT FROM pg_namespace WHERE nspname = 'bullmq') THEN
    -- It makes a sequence for each queue at its first use.
    GRANT USAGE, CREATE ON SCHEMA bullmq TO sergas_app;
    GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA bullmq TO sergas_app;
    GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA bullmq TO sergas_app;
  END IF;
END
$$;
