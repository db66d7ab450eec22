ALTER TABLE "node" ADD COLUMN "registered_as" text;--> statement-breakpoint
ALTER TABLE "node" ADD CONSTRAINT "node_registered_as_unique" UNIQUE("registered_as");