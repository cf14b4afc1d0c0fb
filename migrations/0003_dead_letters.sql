CREATE TABLE "failed_jobs" (
	"id" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "failed_jobs_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"name" text NOT NULL,
	"subject" text NOT NULL,
	"payload" jsonb NOT NULL,
	"error" text NOT NULL,
	"times" integer DEFAULT 1 NOT NULL,
	"first_failed_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"failed_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"counts_from" timestamp (3) with time zone NOT NULL,
	"retry_at" timestamp (3) with time zone,
	CONSTRAINT "failed_job_once" UNIQUE("name","subject")
);
--> statement-breakpoint
ALTER TABLE "inbox" ADD COLUMN "given_up_at" timestamp (3) with time zone;--> statement-breakpoint
ALTER TABLE "operations" ADD COLUMN "discarded_at" timestamp (3) with time zone;--> statement-breakpoint
ALTER TABLE "outbox" ADD COLUMN "discarded_at" timestamp (3) with time zone;--> statement-breakpoint
CREATE INDEX "inbox_given_up" ON "inbox" USING btree ("given_up_at") WHERE given_up_at is not null;--> statement-breakpoint
CREATE INDEX "operations_failed" ON "operations" USING btree ("finished_at") WHERE state = 'failed' and discarded_at is null;--> statement-breakpoint
CREATE INDEX "outbox_failed" ON "outbox" USING btree ("created_at") WHERE state = 'failed' and discarded_at is null;