CREATE TABLE "memory_entities" (
	"id" text PRIMARY KEY NOT NULL,
	"kind" text NOT NULL,
	"name" text NOT NULL,
	"account_id" text,
	"folded" text NOT NULL,
	"search" "tsvector" GENERATED ALWAYS AS (array_to_tsvector(string_to_array(folded, ' '))) STORED
);
--> statement-breakpoint
CREATE TABLE "memory_events" (
	"key" text PRIMARY KEY NOT NULL,
	"account_id" text NOT NULL,
	"owner_id" text,
	"contact_id" text,
	"deal_id" text,
	"kind" text NOT NULL,
	"source" text NOT NULL,
	"record_id" text NOT NULL,
	"at" timestamp (3) with time zone NOT NULL,
	"title" text NOT NULL,
	"text" text NOT NULL,
	"url" text,
	"by" text,
	"merged_into" text,
	"folded" text NOT NULL,
	"search" "tsvector" GENERATED ALWAYS AS (array_to_tsvector(string_to_array(folded, ' '))) STORED,
	"content_hash" text NOT NULL
);
--> statement-breakpoint
CREATE TABLE "memory_facts" (
	"key" text PRIMARY KEY NOT NULL,
	"account_id" text NOT NULL,
	"contact_id" text,
	"entity_id" text NOT NULL,
	"statement" text NOT NULL,
	"source" text NOT NULL,
	"record_id" text NOT NULL,
	"valid_from" timestamp (3) with time zone,
	"valid_to" timestamp (3) with time zone,
	"folded" text NOT NULL,
	"search" "tsvector" GENERATED ALWAYS AS (array_to_tsvector(string_to_array(folded, ' '))) STORED,
	"content_hash" text NOT NULL
);
--> statement-breakpoint
CREATE TABLE "memory_relations" (
	"from_id" text NOT NULL,
	"kind" text NOT NULL,
	"to_id" text NOT NULL,
	"account_id" text NOT NULL,
	"source_key" text NOT NULL,
	"at" timestamp (3) with time zone,
	CONSTRAINT "memory_relations_from_id_kind_to_id_source_key_pk" PRIMARY KEY("from_id","kind","to_id","source_key")
);
--> statement-breakpoint
ALTER TABLE "accounts" ADD COLUMN "memory_due_at" timestamp (3) with time zone DEFAULT now();--> statement-breakpoint
CREATE INDEX "memory_entities_account" ON "memory_entities" USING btree ("account_id");--> statement-breakpoint
CREATE INDEX "memory_entities_search" ON "memory_entities" USING gin ("search");--> statement-breakpoint
CREATE INDEX "memory_events_account" ON "memory_events" USING btree ("account_id","at");--> statement-breakpoint
CREATE INDEX "memory_events_at" ON "memory_events" USING btree ("at");--> statement-breakpoint
CREATE INDEX "memory_events_owner" ON "memory_events" USING btree ("owner_id","at");--> statement-breakpoint
CREATE INDEX "memory_events_search" ON "memory_events" USING gin ("search");--> statement-breakpoint
CREATE INDEX "memory_events_contact" ON "memory_events" USING btree ("contact_id","at") WHERE contact_id is not null;--> statement-breakpoint
CREATE INDEX "memory_events_deal" ON "memory_events" USING btree ("deal_id","at") WHERE deal_id is not null;--> statement-breakpoint
CREATE INDEX "memory_facts_account" ON "memory_facts" USING btree ("account_id");--> statement-breakpoint
CREATE INDEX "memory_facts_entity" ON "memory_facts" USING btree ("entity_id","valid_from");--> statement-breakpoint
CREATE INDEX "memory_facts_search" ON "memory_facts" USING gin ("search");--> statement-breakpoint
CREATE INDEX "memory_relations_to" ON "memory_relations" USING btree ("to_id","kind");--> statement-breakpoint
CREATE INDEX "memory_relations_account" ON "memory_relations" USING btree ("account_id");--> statement-breakpoint
CREATE INDEX "accounts_memory_due" ON "accounts" USING btree ("memory_due_at") WHERE memory_due_at is not null;--> statement-breakpoint
CREATE INDEX "approvals_decided" ON "approvals" USING btree ("decided_at");--> statement-breakpoint
CREATE INDEX "operations_finished" ON "operations" USING btree ("finished_at");
--> statement-breakpoint
-- Names are also found by how they are spelled, where the server has pg_trgm and lets this user make use of it. A
-- server that refuses costs that and nothing else. Tried at each migration, so that it may be allowed later.
CREATE FUNCTION memory_spelling() RETURNS boolean LANGUAGE plpgsql AS $$
BEGIN
  CREATE EXTENSION IF NOT EXISTS pg_trgm;
  CREATE INDEX IF NOT EXISTS memory_entities_spelling ON memory_entities USING gin (folded gin_trgm_ops);
  RETURN true;
EXCEPTION
  -- Not allowed, not installed, or installed where this user does not look.
  WHEN insufficient_privilege OR undefined_file OR feature_not_supported OR undefined_object THEN
    RAISE NOTICE 'memory finds names by their words only: %', SQLERRM;
    RETURN false;
END
$$;
