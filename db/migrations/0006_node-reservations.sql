CREATE TABLE "node_reservation" (
	"node_id" text PRIMARY KEY NOT NULL,
	"placed" bigint DEFAULT 0 NOT NULL,
	"counted" integer DEFAULT 0 NOT NULL,
	"placed_then" bigint DEFAULT 0 NOT NULL
);
--> statement-breakpoint
DROP INDEX "stream_reserved";--> statement-breakpoint
ALTER TABLE "node_reservation" ADD CONSTRAINT "node_reservation_node_id_node_id_fk" FOREIGN KEY ("node_id") REFERENCES "public"."node"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "stream_reserved" ON "stream" USING btree ("node_id","assigned_at") WHERE "stream"."state" in ('created', 'interrupted');