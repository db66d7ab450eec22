ALTER TABLE "node" ADD COLUMN "encoder_percent" integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "stream" ADD COLUMN "encoder_percent" integer DEFAULT 100 NOT NULL;