CREATE TABLE "chat_message" (
	"id" text PRIMARY KEY NOT NULL,
	"event_id" text NOT NULL,
	"sequence" bigint NOT NULL,
	"author_id" text NOT NULL,
	"client_message_id" text NOT NULL,
	"text" text NOT NULL,
	"stream_id" text,
	"happened_at" timestamp (3) with time zone NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "event" (
	"id" text PRIMARY KEY NOT NULL,
	"key" serial NOT NULL,
	"owner_id" text NOT NULL,
	"name" text NOT NULL,
	"description" text DEFAULT '' NOT NULL,
	"starts_at" timestamp with time zone,
	"ends_at" timestamp with time zone,
	"running_now" boolean DEFAULT false NOT NULL,
	"match_id" text DEFAULT '' NOT NULL,
	"match_url" text DEFAULT '' NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "node" (
	"id" text PRIMARY KEY NOT NULL,
	"key" serial NOT NULL,
	"boot_id" text DEFAULT '' NOT NULL,
	"name" text NOT NULL,
	"host_name" text DEFAULT '' NOT NULL,
	"internal_address" text DEFAULT '' NOT NULL,
	"external_address" text DEFAULT '' NOT NULL,
	"public_url" text DEFAULT '' NOT NULL,
	"control_url" text DEFAULT '' NOT NULL,
	"encoder_slots" integer DEFAULT 0 NOT NULL,
	"viewer_capacity" integer DEFAULT 0 NOT NULL,
	"publishers" integer DEFAULT 0 NOT NULL,
	"viewers" integer DEFAULT 0 NOT NULL,
	"draining" boolean DEFAULT false NOT NULL,
	"last_seen_at" timestamp with time zone,
	"snapshot" jsonb,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "presence" (
	"web_process_id" text NOT NULL,
	"stream_id" text NOT NULL,
	"viewers" integer NOT NULL,
	"updated_at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "stream" (
	"id" text PRIMARY KEY NOT NULL,
	"key" serial NOT NULL,
	"event_id" text NOT NULL,
	"owner_id" text NOT NULL,
	"node_id" text,
	"epoch" integer DEFAULT 1 NOT NULL,
	"name" text NOT NULL,
	"description" text DEFAULT '' NOT NULL,
	"kind" text NOT NULL,
	"language" text DEFAULT 'en' NOT NULL,
	"record" boolean DEFAULT true NOT NULL,
	"visibility" text DEFAULT 'public' NOT NULL,
	"profile" text DEFAULT 'balanced' NOT NULL,
	"state" text DEFAULT 'created' NOT NULL,
	"reason" text,
	"grace_seconds" integer DEFAULT 120 NOT NULL,
	"dvr_window_seconds" integer DEFAULT 600 NOT NULL,
	"observed" jsonb,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"started_at" timestamp with time zone,
	"ended_at" timestamp with time zone
);
--> statement-breakpoint
CREATE TABLE "subscription" (
	"user_id" text NOT NULL,
	"stream_id" text NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "take" (
	"id" text PRIMARY KEY NOT NULL,
	"stream_id" text NOT NULL,
	"node_id" text NOT NULL,
	"epoch" integer NOT NULL,
	"started_at" timestamp with time zone NOT NULL,
	"duration_seconds" double precision DEFAULT 0 NOT NULL,
	"bytes" bigint DEFAULT 0 NOT NULL,
	"closed" boolean DEFAULT false NOT NULL
);
--> statement-breakpoint
CREATE TABLE "account" (
	"user_id" text NOT NULL,
	"type" text NOT NULL,
	"provider" text NOT NULL,
	"provider_account_id" text NOT NULL,
	"refresh_token" text,
	"access_token" text,
	"expires_at" integer,
	"token_type" text,
	"scope" text,
	"id_token" text,
	"session_state" text,
	CONSTRAINT "account_provider_provider_account_id_pk" PRIMARY KEY("provider","provider_account_id")
);
--> statement-breakpoint
CREATE TABLE "session" (
	"session_token" text PRIMARY KEY NOT NULL,
	"user_id" text NOT NULL,
	"expires" timestamp with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "user" (
	"id" text PRIMARY KEY NOT NULL,
	"key" serial NOT NULL,
	"name" text,
	"email" text,
	"email_verified" timestamp with time zone,
	"image" text,
	"description" text DEFAULT '' NOT NULL,
	"language" text DEFAULT 'en' NOT NULL,
	"role" text DEFAULT 'member' NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "verification_token" (
	"identifier" text NOT NULL,
	"token" text NOT NULL,
	"expires" timestamp with time zone NOT NULL,
	CONSTRAINT "verification_token_identifier_token_pk" PRIMARY KEY("identifier","token")
);
--> statement-breakpoint
ALTER TABLE "chat_message" ADD CONSTRAINT "chat_message_event_id_event_id_fk" FOREIGN KEY ("event_id") REFERENCES "public"."event"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "chat_message" ADD CONSTRAINT "chat_message_author_id_user_id_fk" FOREIGN KEY ("author_id") REFERENCES "public"."user"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "chat_message" ADD CONSTRAINT "chat_message_stream_id_stream_id_fk" FOREIGN KEY ("stream_id") REFERENCES "public"."stream"("id") ON DELETE set null ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "event" ADD CONSTRAINT "event_owner_id_user_id_fk" FOREIGN KEY ("owner_id") REFERENCES "public"."user"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "presence" ADD CONSTRAINT "presence_stream_id_stream_id_fk" FOREIGN KEY ("stream_id") REFERENCES "public"."stream"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "stream" ADD CONSTRAINT "stream_event_id_event_id_fk" FOREIGN KEY ("event_id") REFERENCES "public"."event"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "stream" ADD CONSTRAINT "stream_owner_id_user_id_fk" FOREIGN KEY ("owner_id") REFERENCES "public"."user"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "stream" ADD CONSTRAINT "stream_node_id_node_id_fk" FOREIGN KEY ("node_id") REFERENCES "public"."node"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "subscription" ADD CONSTRAINT "subscription_user_id_user_id_fk" FOREIGN KEY ("user_id") REFERENCES "public"."user"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "subscription" ADD CONSTRAINT "subscription_stream_id_stream_id_fk" FOREIGN KEY ("stream_id") REFERENCES "public"."stream"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "take" ADD CONSTRAINT "take_stream_id_stream_id_fk" FOREIGN KEY ("stream_id") REFERENCES "public"."stream"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "take" ADD CONSTRAINT "take_node_id_node_id_fk" FOREIGN KEY ("node_id") REFERENCES "public"."node"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "account" ADD CONSTRAINT "account_user_id_user_id_fk" FOREIGN KEY ("user_id") REFERENCES "public"."user"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "session" ADD CONSTRAINT "session_user_id_user_id_fk" FOREIGN KEY ("user_id") REFERENCES "public"."user"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE UNIQUE INDEX "chat_event_sequence" ON "chat_message" USING btree ("event_id","sequence");--> statement-breakpoint
CREATE UNIQUE INDEX "chat_author_client_message" ON "chat_message" USING btree ("author_id","client_message_id");--> statement-breakpoint
CREATE INDEX "chat_event_happened" ON "chat_message" USING btree ("event_id","happened_at");--> statement-breakpoint
CREATE UNIQUE INDEX "event_key_unique" ON "event" USING btree ("key");--> statement-breakpoint
CREATE INDEX "event_starts_at" ON "event" USING btree ("starts_at");--> statement-breakpoint
CREATE INDEX "event_owner" ON "event" USING btree ("owner_id","created_at");--> statement-breakpoint
CREATE UNIQUE INDEX "node_key_unique" ON "node" USING btree ("key");--> statement-breakpoint
CREATE UNIQUE INDEX "presence_process_stream" ON "presence" USING btree ("web_process_id","stream_id");--> statement-breakpoint
CREATE INDEX "presence_stream" ON "presence" USING btree ("stream_id");--> statement-breakpoint
CREATE UNIQUE INDEX "stream_key_unique" ON "stream" USING btree ("key");--> statement-breakpoint
CREATE INDEX "stream_event_state" ON "stream" USING btree ("event_id","state");--> statement-breakpoint
CREATE INDEX "stream_owner" ON "stream" USING btree ("owner_id","created_at");--> statement-breakpoint
CREATE INDEX "stream_node_state" ON "stream" USING btree ("node_id","state");--> statement-breakpoint
CREATE UNIQUE INDEX "subscription_user_stream" ON "subscription" USING btree ("user_id","stream_id");--> statement-breakpoint
CREATE INDEX "take_stream" ON "take" USING btree ("stream_id","started_at");--> statement-breakpoint
CREATE UNIQUE INDEX "user_key_unique" ON "user" USING btree ("key");--> statement-breakpoint
CREATE UNIQUE INDEX "user_email_unique" ON "user" USING btree ("email");