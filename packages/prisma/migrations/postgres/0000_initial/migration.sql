CREATE TABLE "auth_accounts" (
	"provider" text collate "C" NOT NULL,
	"subject" text collate "C" NOT NULL,
	"user_id" text collate "C" NOT NULL,
	"email" text,
	"created_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "auth_accounts_provider_subject_pk" PRIMARY KEY("provider","subject")
);

CREATE TABLE "auth_codes" (
	"id" text collate "C" PRIMARY KEY NOT NULL,
	"purpose" text collate "C" NOT NULL,
	"subject" text collate "C" NOT NULL,
	"user_id" text collate "C",
	"secret_hash" text collate "C" NOT NULL,
	"attempts_left" integer NOT NULL,
	"payload" jsonb NOT NULL,
	"expires_at" timestamp (3) with time zone NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL
);

CREATE TABLE "auth_events" (
	"id" text collate "C" PRIMARY KEY NOT NULL,
	"type" text collate "C" NOT NULL,
	"user_id" text collate "C",
	"session_id" text collate "C",
	"ip_address" text,
	"user_agent" text,
	"metadata" jsonb NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL
);

CREATE TABLE "auth_outbox" (
	"id" text collate "C" PRIMARY KEY NOT NULL,
	"template" text NOT NULL,
	"sealed_payload" text NOT NULL,
	"expires_at" timestamp (3) with time zone,
	"attempts" integer NOT NULL,
	"available_at" timestamp (3) with time zone,
	"lease_id" text collate "C",
	"leased_until" timestamp (3) with time zone,
	"sent_at" timestamp (3) with time zone,
	"failed_at" timestamp (3) with time zone,
	"last_error" text,
	"created_at" timestamp (3) with time zone NOT NULL
);

CREATE TABLE "auth_rate_limits" (
	"key" text collate "C" PRIMARY KEY NOT NULL,
	"hits" integer NOT NULL,
	"resets_at" timestamp (3) with time zone NOT NULL
);

CREATE TABLE "auth_sessions" (
	"id" text collate "C" PRIMARY KEY NOT NULL,
	"user_id" text collate "C" NOT NULL,
	"refresh_salt" text NOT NULL,
	"refresh_generation" integer NOT NULL,
	"rotated_at" timestamp (3) with time zone NOT NULL,
	"expires_at" timestamp (3) with time zone NOT NULL,
	"last_used_at" timestamp (3) with time zone NOT NULL,
	"revoked_at" timestamp (3) with time zone,
	"revoke_reason" text,
	"ip_address" text,
	"user_agent" text,
	"auth_methods" jsonb NOT NULL,
	"authenticated_at" timestamp (3) with time zone NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL
);

CREATE TABLE "users" (
	"id" text collate "C" PRIMARY KEY NOT NULL,
	"email" text collate "C" NOT NULL,
	"display_email" text NOT NULL,
	"password_hash" text,
	"password_version" integer DEFAULT 0 NOT NULL,
	"email_verified_at" timestamp (3) with time zone,
	"blocked_at" timestamp (3) with time zone,
	"blocked_reason" text,
	"last_signed_in_at" timestamp (3) with time zone,
	"created_at" timestamp (3) with time zone NOT NULL,
	"updated_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "users_email_unique" UNIQUE("email")
);

CREATE INDEX "auth_accounts_user_id" ON "auth_accounts" USING btree ("user_id");

CREATE UNIQUE INDEX "auth_codes_purpose_subject" ON "auth_codes" USING btree ("purpose","subject");

CREATE INDEX "auth_codes_secret_hash" ON "auth_codes" USING btree ("secret_hash");

CREATE INDEX "auth_codes_user_id" ON "auth_codes" USING btree ("user_id");

CREATE INDEX "auth_codes_expires_at" ON "auth_codes" USING btree ("expires_at");

CREATE INDEX "auth_events_user_id" ON "auth_events" USING btree ("user_id","id");

CREATE INDEX "auth_events_type" ON "auth_events" USING btree ("type","id");

CREATE INDEX "auth_outbox_available_at" ON "auth_outbox" USING btree ("available_at");

CREATE INDEX "auth_outbox_lease_id" ON "auth_outbox" USING btree ("lease_id");

CREATE INDEX "auth_outbox_sent_at" ON "auth_outbox" USING btree ("sent_at");

CREATE INDEX "auth_outbox_failed_at" ON "auth_outbox" USING btree ("failed_at");

CREATE INDEX "auth_rate_limits_resets_at" ON "auth_rate_limits" USING btree ("resets_at");

CREATE INDEX "auth_sessions_user_id" ON "auth_sessions" USING btree ("user_id","id");

CREATE INDEX "auth_sessions_expires_at" ON "auth_sessions" USING btree ("expires_at");

CREATE INDEX "auth_sessions_revoked_at" ON "auth_sessions" USING btree ("revoked_at");
