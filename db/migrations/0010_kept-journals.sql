CREATE TABLE "kept_journal" (
	"node_id" text NOT NULL,
	"stream_id" text NOT NULL,
	"bytes" bigint NOT NULL,
	CONSTRAINT "kept_journal_stream_id_node_id_pk" PRIMARY KEY("stream_id","node_id")
);
--> statement-breakpoint
ALTER TABLE "kept_journal" ADD CONSTRAINT "kept_journal_node_id_node_id_fk" FOREIGN KEY ("node_id") REFERENCES "public"."node"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "kept_journal" ADD CONSTRAINT "kept_journal_stream_id_stream_id_fk" FOREIGN KEY ("stream_id") REFERENCES "public"."stream"("id") ON DELETE cascade ON UPDATE no action;