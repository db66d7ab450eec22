CREATE TABLE "stream_key" (
	"stream_id" text PRIMARY KEY NOT NULL,
	"key_hash" text NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"last_used_at" timestamp with time zone
);
--> statement-breakpoint
ALTER TABLE "node" ADD COLUMN "rtmp_url" text;--> statement-breakpoint
ALTER TABLE "stream_key" ADD CONSTRAINT "stream_key_stream_id_stream_id_fk" FOREIGN KEY ("stream_id") REFERENCES "public"."stream"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE UNIQUE INDEX "stream_key_hash_unique" ON "stream_key" USING btree ("key_hash");