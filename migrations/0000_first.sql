CREATE TABLE "accounts" (
	"id" text PRIMARY KEY NOT NULL,
	"owner_id" text,
	"raw" jsonb NOT NULL,
	"content_hash" text NOT NULL,
	"crm_created_at" timestamp (3) with time zone,
	"crm_modified_at" timestamp (3) with time zone,
	"deleted_at" timestamp (3) with time zone,
	"name" text NOT NULL,
	"status" text NOT NULL,
	"status_text" text,
	"industry" text,
	"annual_revenue" double precision,
	"health_score" integer,
	"renewal_date" text,
	"payment_status" text NOT NULL,
	"website" text,
	"last_activity_at" timestamp (3) with time zone,
	"review_due_at" timestamp (3) with time zone
);
--> statement-breakpoint
CREATE TABLE "activities" (
	"id" text PRIMARY KEY NOT NULL,
	"owner_id" text,
	"raw" jsonb NOT NULL,
	"content_hash" text NOT NULL,
	"crm_created_at" timestamp (3) with time zone,
	"crm_modified_at" timestamp (3) with time zone,
	"deleted_at" timestamp (3) with time zone,
	"module" text NOT NULL,
	"account_id" text,
	"deal_id" text,
	"contact_id" text,
	"type" text NOT NULL,
	"subject" text NOT NULL,
	"body" text,
	"at" timestamp (3) with time zone,
	"completed" boolean
);
--> statement-breakpoint
CREATE TABLE "approval_versions" (
	"approval_id" text NOT NULL,
	"version" integer NOT NULL,
	"change" json NOT NULL,
	"hash" text NOT NULL,
	"edited_by" text,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "approval_versions_approval_id_version_pk" PRIMARY KEY("approval_id","version")
);
--> statement-breakpoint
CREATE TABLE "approvals" (
	"id" text PRIMARY KEY NOT NULL,
	"team_id" text NOT NULL,
	"recommendation_id" text NOT NULL,
	"kind" text NOT NULL,
	"undo_of" text,
	"state" text NOT NULL,
	"account_id" text NOT NULL,
	"action_class" text NOT NULL,
	"asked_owner_id" text NOT NULL,
	"required_deciders" integer DEFAULT 1 NOT NULL,
	"version" integer DEFAULT 1 NOT NULL,
	"change_hash" text NOT NULL,
	"opened_at" timestamp (3) with time zone NOT NULL,
	"expires_at" timestamp (3) with time zone NOT NULL,
	"decided_at" timestamp (3) with time zone,
	"decided_by" text,
	"reason" text,
	"replaced_by" text,
	"reminded_at" timestamp (3) with time zone,
	CONSTRAINT "approvals_id_state" UNIQUE("id","state"),
	CONSTRAINT "approved_in_time" CHECK (state <> 'approved' or decided_at < expires_at),
	CONSTRAINT "decided_has_a_time" CHECK (state = 'pending' or decided_at is not null)
);
--> statement-breakpoint
CREATE TABLE "audit_events" (
	"seq" bigint PRIMARY KEY NOT NULL,
	"envelope" text NOT NULL,
	"prev_hash" "bytea" NOT NULL,
	"hash" "bytea" NOT NULL,
	CONSTRAINT "audit_events_prev_hash_unique" UNIQUE("prev_hash"),
	CONSTRAINT "audit_events_hash_unique" UNIQUE("hash")
);
--> statement-breakpoint
CREATE TABLE "audit_head" (
	"id" integer PRIMARY KEY NOT NULL,
	"seq" bigint NOT NULL,
	"hash" "bytea" NOT NULL
);
--> statement-breakpoint
CREATE TABLE "audit_payloads" (
	"seq" bigint PRIMARY KEY NOT NULL,
	"ciphertext" "bytea" NOT NULL
);
--> statement-breakpoint
CREATE TABLE "changes" (
	"id" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "changes_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"module" text NOT NULL,
	"record_id" text NOT NULL,
	"account_id" text,
	"field" text NOT NULL,
	"old" text,
	"new" text,
	"at" timestamp (3) with time zone NOT NULL,
	"source" text NOT NULL
);
--> statement-breakpoint
CREATE TABLE "contacts" (
	"id" text PRIMARY KEY NOT NULL,
	"owner_id" text,
	"raw" jsonb NOT NULL,
	"content_hash" text NOT NULL,
	"crm_created_at" timestamp (3) with time zone,
	"crm_modified_at" timestamp (3) with time zone,
	"deleted_at" timestamp (3) with time zone,
	"account_id" text,
	"name" text NOT NULL,
	"email" text,
	"phone" text,
	"title" text
);
--> statement-breakpoint
CREATE TABLE "crm_channels" (
	"channel_id" text PRIMARY KEY NOT NULL,
	"token_hash" text NOT NULL,
	"modules" jsonb NOT NULL,
	"expires_at" timestamp (3) with time zone NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "crm_tokens" (
	"connection" text PRIMARY KEY NOT NULL,
	"access_token" "bytea",
	"api_domain" text,
	"expires_at" timestamp (3) with time zone,
	"refresh_lease" text,
	"refresh_lease_until" timestamp (3) with time zone,
	"error" text
);
--> statement-breakpoint
CREATE TABLE "deals" (
	"id" text PRIMARY KEY NOT NULL,
	"owner_id" text,
	"raw" jsonb NOT NULL,
	"content_hash" text NOT NULL,
	"crm_created_at" timestamp (3) with time zone,
	"crm_modified_at" timestamp (3) with time zone,
	"deleted_at" timestamp (3) with time zone,
	"account_id" text,
	"contact_id" text,
	"name" text NOT NULL,
	"stage" text,
	"outcome" text NOT NULL,
	"amount" double precision,
	"closing_date" text,
	"probability" double precision,
	"next_step" text,
	"pipeline" text,
	"stage_changed_at" timestamp (3) with time zone
);
--> statement-breakpoint
CREATE TABLE "decisions" (
	"approval_id" text NOT NULL,
	"version" integer NOT NULL,
	"person" text NOT NULL,
	"decision" text NOT NULL,
	"change_hash" text NOT NULL,
	"reason" text,
	"interaction_id" text,
	"at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "decisions_approval_id_version_person_decision_pk" PRIMARY KEY("approval_id","version","person","decision")
);
--> statement-breakpoint
CREATE TABLE "digests" (
	"id" text PRIMARY KEY NOT NULL,
	"team_id" text NOT NULL,
	"recipient" text NOT NULL,
	"kind" text NOT NULL,
	"local_date" text NOT NULL,
	"state" text NOT NULL,
	"recommendation_ids" jsonb DEFAULT '[]'::jsonb NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "digest_once" UNIQUE("team_id","recipient","local_date","kind")
);
--> statement-breakpoint
CREATE TABLE "inbox" (
	"source" text NOT NULL,
	"event_key" text NOT NULL,
	"body" jsonb NOT NULL,
	"received_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"processed_at" timestamp (3) with time zone,
	"error" text,
	CONSTRAINT "inbox_source_event_key_pk" PRIMARY KEY("source","event_key")
);
--> statement-breakpoint
CREATE TABLE "interactions" (
	"id" text PRIMARY KEY NOT NULL,
	"team_id" text NOT NULL,
	"user_id" text NOT NULL,
	"kind" text NOT NULL,
	"signature" text NOT NULL,
	"body" jsonb NOT NULL,
	"state" text NOT NULL,
	"outcome" text,
	"received_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"finished_at" timestamp (3) with time zone,
	CONSTRAINT "interactions_signature_unique" UNIQUE("signature")
);
--> statement-breakpoint
CREATE TABLE "limits" (
	"key" text PRIMARY KEY NOT NULL,
	"tokens" double precision NOT NULL,
	"refilled_at" timestamp (3) with time zone NOT NULL,
	"blocked_until" timestamp (3) with time zone
);
--> statement-breakpoint
CREATE TABLE "operations" (
	"id" text PRIMARY KEY NOT NULL,
	"approval_id" text NOT NULL,
	"approval_state" text DEFAULT 'approved' NOT NULL,
	"version" integer NOT NULL,
	"change_hash" text NOT NULL,
	"state" text NOT NULL,
	"attempt" integer DEFAULT 0 NOT NULL,
	"lease" text,
	"lease_until" timestamp (3) with time zone,
	"next_attempt_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"sent_at" timestamp (3) with time zone,
	"sent_if_unmodified_since" text,
	"precondition" text,
	"receipt" jsonb,
	"found" jsonb,
	"error" text,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"finished_at" timestamp (3) with time zone,
	CONSTRAINT "operations_approval_id_unique" UNIQUE("approval_id"),
	CONSTRAINT "operation_is_approved" CHECK (approval_state = 'approved')
);
--> statement-breakpoint
CREATE TABLE "outbox" (
	"id" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "outbox_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"team_id" text NOT NULL,
	"channel" text NOT NULL,
	"message_key" text NOT NULL,
	"action" text NOT NULL,
	"thread_key" text,
	"for_user" text,
	"dedupe_key" text NOT NULL,
	"body" jsonb NOT NULL,
	"state" text DEFAULT 'pending' NOT NULL,
	"attempt" integer DEFAULT 0 NOT NULL,
	"next_attempt_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"lease" text,
	"lease_until" timestamp (3) with time zone,
	"sent_channel" text,
	"ts" text,
	"error" text,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"sent_at" timestamp (3) with time zone,
	CONSTRAINT "outbox_dedupe_key_unique" UNIQUE("dedupe_key")
);
--> statement-breakpoint
CREATE TABLE "owners" (
	"id" text PRIMARY KEY NOT NULL,
	"team_id" text NOT NULL,
	"slack_user_id" text,
	"email" text NOT NULL,
	"name" text NOT NULL,
	"role" text NOT NULL,
	"linked_by_hand" boolean DEFAULT false NOT NULL,
	"manager_id" text,
	"crm_zone" text,
	"slack_zone" text,
	"active" boolean DEFAULT true NOT NULL,
	"preferences" jsonb DEFAULT '{}'::jsonb NOT NULL,
	"home_stale" boolean DEFAULT false NOT NULL,
	"home_seen_at" timestamp (3) with time zone,
	CONSTRAINT "owners_slack_user" UNIQUE("team_id","slack_user_id")
);
--> statement-breakpoint
CREATE TABLE "recommendations" (
	"id" text PRIMARY KEY NOT NULL,
	"team_id" text NOT NULL,
	"review_id" text NOT NULL,
	"account_id" text NOT NULL,
	"owner_id" text,
	"kind" text NOT NULL,
	"subject_module" text NOT NULL,
	"subject_id" text NOT NULL,
	"title" text NOT NULL,
	"rationale" jsonb NOT NULL,
	"evidence" jsonb NOT NULL,
	"priority" text NOT NULL,
	"urgency" double precision NOT NULL,
	"confidence" jsonb NOT NULL,
	"draft" jsonb,
	"change" json NOT NULL,
	"action_class" text NOT NULL,
	"pii_kinds" jsonb DEFAULT '[]'::jsonb NOT NULL,
	"dedupe_key" text NOT NULL,
	"state" text NOT NULL,
	"state_reason" text,
	"snoozed_until" timestamp (3) with time zone,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"decided_at" timestamp (3) with time zone,
	"expires_at" timestamp (3) with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "reviews" (
	"id" text PRIMARY KEY NOT NULL,
	"account_id" text NOT NULL,
	"owner_id" text,
	"trigger" text NOT NULL,
	"state" text NOT NULL,
	"input_hash" text,
	"same_as" text,
	"stages" jsonb DEFAULT '{}'::jsonb NOT NULL,
	"standing" jsonb,
	"refusals" jsonb DEFAULT '[]'::jsonb NOT NULL,
	"degraded" jsonb DEFAULT '[]'::jsonb NOT NULL,
	"requested_by" text,
	"started_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"finished_at" timestamp (3) with time zone,
	"error" text
);
--> statement-breakpoint
CREATE TABLE "schedule_runs" (
	"schedule" text NOT NULL,
	"slot" timestamp (3) with time zone NOT NULL,
	"started_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"enqueued_at" timestamp (3) with time zone,
	CONSTRAINT "schedule_runs_schedule_slot_pk" PRIMARY KEY("schedule","slot")
);
--> statement-breakpoint
CREATE TABLE "settings" (
	"key" text PRIMARY KEY NOT NULL,
	"value" jsonb NOT NULL,
	"updated_by" text,
	"updated_at" timestamp (3) with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "slack_installations" (
	"team_id" text PRIMARY KEY NOT NULL,
	"name" text NOT NULL,
	"bot_user_id" text NOT NULL,
	"url" text NOT NULL,
	"installed_at" timestamp (3) with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "suppressions" (
	"account_id" text NOT NULL,
	"kind" text NOT NULL,
	"by_owner_id" text NOT NULL,
	"reason" text,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"until" timestamp (3) with time zone,
	CONSTRAINT "suppressions_account_id_kind_pk" PRIMARY KEY("account_id","kind")
);
--> statement-breakpoint
CREATE TABLE "sync_state" (
	"module" text PRIMARY KEY NOT NULL,
	"modified_at" timestamp (3) with time zone,
	"last_id" text,
	"full_at" timestamp (3) with time zone,
	"delta_at" timestamp (3) with time zone,
	"deleted_at" timestamp (3) with time zone,
	"error" text
);
--> statement-breakpoint
ALTER TABLE "approval_versions" ADD CONSTRAINT "approval_versions_approval_id_approvals_id_fk" FOREIGN KEY ("approval_id") REFERENCES "public"."approvals"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "approvals" ADD CONSTRAINT "approvals_recommendation_id_recommendations_id_fk" FOREIGN KEY ("recommendation_id") REFERENCES "public"."recommendations"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "audit_payloads" ADD CONSTRAINT "audit_payloads_seq_audit_events_seq_fk" FOREIGN KEY ("seq") REFERENCES "public"."audit_events"("seq") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "decisions" ADD CONSTRAINT "decisions_approval_id_version_approval_versions_approval_id_version_fk" FOREIGN KEY ("approval_id","version") REFERENCES "public"."approval_versions"("approval_id","version") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "operations" ADD CONSTRAINT "operation_needs_approval" FOREIGN KEY ("approval_id","approval_state") REFERENCES "public"."approvals"("id","state") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "operations" ADD CONSTRAINT "operation_writes_a_shown_version" FOREIGN KEY ("approval_id","version") REFERENCES "public"."approval_versions"("approval_id","version") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "accounts_owner" ON "accounts" USING btree ("owner_id");--> statement-breakpoint
CREATE INDEX "accounts_review_due" ON "accounts" USING btree ("review_due_at") WHERE review_due_at is not null;--> statement-breakpoint
CREATE INDEX "activities_account_at" ON "activities" USING btree ("account_id","at");--> statement-breakpoint
CREATE UNIQUE INDEX "approvals_pending_once" ON "approvals" USING btree ("recommendation_id","kind") WHERE state = 'pending';--> statement-breakpoint
CREATE UNIQUE INDEX "approvals_undo_once" ON "approvals" USING btree ("undo_of") WHERE kind = 'undo' and state = 'approved';--> statement-breakpoint
CREATE INDEX "approvals_pending_expiry" ON "approvals" USING btree ("expires_at") WHERE state = 'pending';--> statement-breakpoint
CREATE INDEX "approvals_asked" ON "approvals" USING btree ("asked_owner_id","state");--> statement-breakpoint
CREATE INDEX "approvals_undo_of" ON "approvals" USING btree ("undo_of");--> statement-breakpoint
CREATE INDEX "approvals_recommendation" ON "approvals" USING btree ("recommendation_id");--> statement-breakpoint
CREATE INDEX "changes_account_at" ON "changes" USING btree ("account_id","at");--> statement-breakpoint
CREATE INDEX "contacts_account" ON "contacts" USING btree ("account_id");--> statement-breakpoint
CREATE INDEX "deals_account" ON "deals" USING btree ("account_id");--> statement-breakpoint
CREATE INDEX "digests_last" ON "digests" USING btree ("recipient","created_at");--> statement-breakpoint
CREATE INDEX "inbox_unprocessed" ON "inbox" USING btree ("received_at") WHERE processed_at is null;--> statement-breakpoint
CREATE INDEX "interactions_received" ON "interactions" USING btree ("received_at");--> statement-breakpoint
CREATE INDEX "operations_due" ON "operations" USING btree ("next_attempt_at") WHERE state in ('planned', 'writing', 'unknown');--> statement-breakpoint
CREATE INDEX "outbox_pending" ON "outbox" USING btree ("channel","id") WHERE state = 'pending';--> statement-breakpoint
CREATE INDEX "outbox_message" ON "outbox" USING btree ("message_key");--> statement-breakpoint
CREATE UNIQUE INDEX "recommendations_open_once" ON "recommendations" USING btree ("dedupe_key") WHERE state in ('open', 'shown');--> statement-breakpoint
CREATE INDEX "recommendations_owner_state" ON "recommendations" USING btree ("owner_id","state");--> statement-breakpoint
CREATE INDEX "recommendations_open_expiry" ON "recommendations" USING btree ("expires_at") WHERE state = 'open';--> statement-breakpoint
CREATE INDEX "recommendations_snoozed" ON "recommendations" USING btree ("snoozed_until") WHERE snoozed_until is not null;--> statement-breakpoint
CREATE INDEX "recommendations_account" ON "recommendations" USING btree ("account_id","created_at");--> statement-breakpoint
CREATE INDEX "reviews_account" ON "reviews" USING btree ("account_id","started_at");--> statement-breakpoint
CREATE INDEX "reviews_unfinished" ON "reviews" USING btree ("started_at") WHERE finished_at is null;