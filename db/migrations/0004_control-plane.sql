CREATE TABLE "audit_entry" (
	"id" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "audit_entry_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"actor_alias" uuid,
	"via" text NOT NULL,
	"action" text NOT NULL,
	"subject_kind" text NOT NULL,
	"subject" text NOT NULL,
	"detail" jsonb DEFAULT '{}'::jsonb NOT NULL
);
--> statement-breakpoint
CREATE TABLE "data_deletion" (
	"code" text PRIMARY KEY NOT NULL,
	"requested_at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "idempotency_key" (
	"actor" text NOT NULL,
	"key_hash" text NOT NULL,
	"request_hash" text NOT NULL,
	"status" integer,
	"sealed_answer" text,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "idempotency_key_actor_key_hash_pk" PRIMARY KEY("actor","key_hash")
);
--> statement-breakpoint
CREATE TABLE "download" (
	"stream_id" text NOT NULL,
	"node_id" text NOT NULL,
	"rendition_id" text NOT NULL,
	"kind" text NOT NULL,
	"file" text NOT NULL,
	"version" text NOT NULL,
	"bytes" bigint NOT NULL,
	"duration_seconds" double precision NOT NULL,
	"width" integer,
	"height" integer,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "job" (
	"id" text PRIMARY KEY NOT NULL,
	"kind" text NOT NULL,
	"dedupe_key" text,
	"parent_id" text,
	"stream_id" text,
	"node_id" text,
	"input" jsonb NOT NULL,
	"state" text DEFAULT 'waiting' NOT NULL,
	"priority" integer DEFAULT 0 NOT NULL,
	"progress" double precision DEFAULT 0 NOT NULL,
	"ready_at" timestamp with time zone DEFAULT now() NOT NULL,
	"lease_until" timestamp with time zone,
	"lease_epoch" integer DEFAULT 0 NOT NULL,
	"leased_by" text,
	"attempts" integer DEFAULT 0 NOT NULL,
	"last_error" text,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"done_at" timestamp with time zone
);
--> statement-breakpoint
CREATE TABLE "poster" (
	"stream_id" text PRIMARY KEY NOT NULL,
	"node_id" text NOT NULL,
	"version" text NOT NULL,
	"bytes" integer NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "own_event" (
	"user_id" text PRIMARY KEY NOT NULL,
	"event_id" text NOT NULL
);
--> statement-breakpoint
CREATE TABLE "score_change" (
	"event_id" text NOT NULL,
	"sequence" bigint NOT NULL,
	"at" timestamp (3) with time zone NOT NULL,
	"sheet" jsonb NOT NULL
);
--> statement-breakpoint
CREATE TABLE "score" (
	"event_id" text PRIMARY KEY NOT NULL,
	"sheet" jsonb,
	"sequence" bigint DEFAULT 0 NOT NULL,
	"fetched_at" timestamp (3) with time zone,
	"stale" boolean DEFAULT false NOT NULL,
	"last_error" text
);
--> statement-breakpoint
CREATE TABLE "stream_move" (
	"stream_id" text NOT NULL,
	"epoch" integer NOT NULL,
	"node_id" text NOT NULL,
	"moved_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "stream_move_stream_id_epoch_pk" PRIMARY KEY("stream_id","epoch")
);
--> statement-breakpoint
ALTER TABLE "event" ADD COLUMN "is_unlisted" boolean DEFAULT false NOT NULL;--> statement-breakpoint
ALTER TABLE "event" ADD COLUMN "chat_sequence" bigint DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "node" ADD COLUMN "drain_requested" boolean DEFAULT false NOT NULL;--> statement-breakpoint
ALTER TABLE "presence" ADD COLUMN "delays_ms" integer[] DEFAULT '{}' NOT NULL;--> statement-breakpoint
ALTER TABLE "presence" ADD COLUMN "delay_players" integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "stream" ADD COLUMN "assigned_at" timestamp with time zone DEFAULT now() NOT NULL;--> statement-breakpoint
ALTER TABLE "stream" ADD COLUMN "media_node_id" text;--> statement-breakpoint
ALTER TABLE "stream" ADD COLUMN "spec" jsonb;--> statement-breakpoint
ALTER TABLE "stream" ADD COLUMN "earlier_totals" jsonb;--> statement-breakpoint
ALTER TABLE "stream" ADD COLUMN "record_refused" text;--> statement-breakpoint
ALTER TABLE "stream" ADD COLUMN "trim_starts_at" timestamp (3) with time zone;--> statement-breakpoint
ALTER TABLE "stream" ADD COLUMN "trim_ends_at" timestamp (3) with time zone;--> statement-breakpoint
ALTER TABLE "stream" ADD COLUMN "trimmed_at" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "stream" ADD COLUMN "expires_at" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "user" ADD COLUMN "audit_alias" uuid DEFAULT gen_random_uuid() NOT NULL;--> statement-breakpoint
ALTER TABLE "user" ADD COLUMN "recording_days_max" integer;--> statement-breakpoint
ALTER TABLE "user" ADD COLUMN "recording_bytes_max" bigint;--> statement-breakpoint
ALTER TABLE "download" ADD CONSTRAINT "download_stream_id_stream_id_fk" FOREIGN KEY ("stream_id") REFERENCES "public"."stream"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "download" ADD CONSTRAINT "download_node_id_node_id_fk" FOREIGN KEY ("node_id") REFERENCES "public"."node"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "job" ADD CONSTRAINT "job_stream_id_stream_id_fk" FOREIGN KEY ("stream_id") REFERENCES "public"."stream"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "job" ADD CONSTRAINT "job_node_id_node_id_fk" FOREIGN KEY ("node_id") REFERENCES "public"."node"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "poster" ADD CONSTRAINT "poster_stream_id_stream_id_fk" FOREIGN KEY ("stream_id") REFERENCES "public"."stream"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "poster" ADD CONSTRAINT "poster_node_id_node_id_fk" FOREIGN KEY ("node_id") REFERENCES "public"."node"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "own_event" ADD CONSTRAINT "own_event_user_id_user_id_fk" FOREIGN KEY ("user_id") REFERENCES "public"."user"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "own_event" ADD CONSTRAINT "own_event_event_id_event_id_fk" FOREIGN KEY ("event_id") REFERENCES "public"."event"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "score_change" ADD CONSTRAINT "score_change_event_id_event_id_fk" FOREIGN KEY ("event_id") REFERENCES "public"."event"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "score" ADD CONSTRAINT "score_event_id_event_id_fk" FOREIGN KEY ("event_id") REFERENCES "public"."event"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "stream_move" ADD CONSTRAINT "stream_move_stream_id_stream_id_fk" FOREIGN KEY ("stream_id") REFERENCES "public"."stream"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "stream_move" ADD CONSTRAINT "stream_move_node_id_node_id_fk" FOREIGN KEY ("node_id") REFERENCES "public"."node"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "audit_entry_subject" ON "audit_entry" USING btree ("subject_kind","subject");--> statement-breakpoint
CREATE INDEX "idempotency_key_created" ON "idempotency_key" USING btree ("created_at");--> statement-breakpoint
CREATE UNIQUE INDEX "download_stream_node_rendition" ON "download" USING btree ("stream_id","node_id","rendition_id");--> statement-breakpoint
CREATE UNIQUE INDEX "job_dedupe_key_unique" ON "job" USING btree ("dedupe_key");--> statement-breakpoint
CREATE INDEX "job_state_ready" ON "job" USING btree ("state","ready_at");--> statement-breakpoint
CREATE INDEX "job_stream_kind" ON "job" USING btree ("stream_id","kind");--> statement-breakpoint
CREATE UNIQUE INDEX "score_change_event_sequence" ON "score_change" USING btree ("event_id","sequence");--> statement-breakpoint
CREATE INDEX "score_change_event_at" ON "score_change" USING btree ("event_id","at");--> statement-breakpoint
CREATE INDEX "stream_move_node" ON "stream_move" USING btree ("node_id","moved_at");--> statement-breakpoint
ALTER TABLE "stream" ADD CONSTRAINT "stream_media_node_id_node_id_fk" FOREIGN KEY ("media_node_id") REFERENCES "public"."node"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "event_match_url" ON "event" USING btree ("match_url") WHERE "event"."match_url" <> '';--> statement-breakpoint
CREATE INDEX "stream_owner_on_air" ON "stream" USING btree ("owner_id") WHERE "stream"."state" in ('connecting', 'live', 'interrupted', 'paused');--> statement-breakpoint
CREATE INDEX "stream_owner_published" ON "stream" USING btree ("owner_id","key") WHERE "stream"."started_at" is not null;--> statement-breakpoint
CREATE INDEX "stream_live_job_owner" ON "stream" USING btree ("owner_id","key") WHERE "stream"."spec" is not null;--> statement-breakpoint
CREATE INDEX "stream_live_job" ON "stream" USING btree ("key") WHERE "stream"."spec" is not null;--> statement-breakpoint
CREATE INDEX "stream_trimmed_at" ON "stream" USING btree ("trimmed_at");--> statement-breakpoint
CREATE INDEX "stream_expires_at" ON "stream" USING btree ("expires_at");--> statement-breakpoint
CREATE INDEX "stream_reserved" ON "stream" USING btree ("assigned_at") WHERE "stream"."state" in ('created', 'interrupted');--> statement-breakpoint
CREATE UNIQUE INDEX "user_audit_alias_unique" ON "user" USING btree ("audit_alias");
--> statement-breakpoint
-- Lines that are there already keep their numbers, and the next one goes on from them.
UPDATE "event" SET "chat_sequence" = coalesce((SELECT max("sequence") FROM "chat_message" WHERE "chat_message"."event_id" = "event"."id"), 0);
