CREATE TABLE "author_answers" (
	"account_id" text PRIMARY KEY NOT NULL,
	"question_hash" text NOT NULL,
	"drafts" json NOT NULL,
	"answered_at" timestamp (3) with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "llm_usage" (
	"id" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "llm_usage_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"role" text NOT NULL,
	"model" text NOT NULL,
	"review_id" text,
	"account_id" text,
	"input_tokens" integer NOT NULL,
	"output_tokens" integer NOT NULL,
	"cache_read_tokens" integer NOT NULL,
	"cache_write_tokens" integer NOT NULL,
	"cost_usd" double precision NOT NULL,
	"took_ms" integer NOT NULL,
	"result" text NOT NULL
);
--> statement-breakpoint
CREATE TABLE "questions" (
	"id" text PRIMARY KEY NOT NULL,
	"team_id" text NOT NULL,
	"owner_id" text NOT NULL,
	"channel" text NOT NULL,
	"text" text NOT NULL,
	"asked_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"answered_at" timestamp (3) with time zone
);
--> statement-breakpoint
ALTER TABLE "recommendations" ADD COLUMN "author" text NOT NULL DEFAULT 'rules';--> statement-breakpoint
ALTER TABLE "recommendations" ADD COLUMN "author_note" text;--> statement-breakpoint
CREATE INDEX "llm_usage_at" ON "llm_usage" USING btree ("at");--> statement-breakpoint
CREATE INDEX "questions_open" ON "questions" USING btree ("asked_at") WHERE answered_at is null;