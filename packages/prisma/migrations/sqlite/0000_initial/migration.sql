CREATE TABLE `auth_accounts` (
	`provider` text NOT NULL,
	`subject` text NOT NULL,
	`user_id` text NOT NULL,
	`email` text,
	`created_at` integer NOT NULL,
	PRIMARY KEY(`provider`, `subject`)
);

CREATE INDEX `auth_accounts_user_id` ON `auth_accounts` (`user_id`);

CREATE TABLE `auth_codes` (
	`id` text PRIMARY KEY NOT NULL,
	`purpose` text NOT NULL,
	`subject` text NOT NULL,
	`user_id` text,
	`secret_hash` text NOT NULL,
	`attempts_left` integer NOT NULL,
	`payload` text NOT NULL,
	`expires_at` integer NOT NULL,
	`created_at` integer NOT NULL
);

CREATE UNIQUE INDEX `auth_codes_purpose_subject` ON `auth_codes` (`purpose`,`subject`);

CREATE INDEX `auth_codes_secret_hash` ON `auth_codes` (`secret_hash`);

CREATE INDEX `auth_codes_user_id` ON `auth_codes` (`user_id`);

CREATE INDEX `auth_codes_expires_at` ON `auth_codes` (`expires_at`);

CREATE TABLE `auth_events` (
	`id` text PRIMARY KEY NOT NULL,
	`type` text NOT NULL,
	`user_id` text,
	`session_id` text,
	`ip_address` text,
	`user_agent` text,
	`metadata` text NOT NULL,
	`created_at` integer NOT NULL
);

CREATE INDEX `auth_events_user_id` ON `auth_events` (`user_id`,`id`);

CREATE INDEX `auth_events_type` ON `auth_events` (`type`,`id`);

CREATE TABLE `auth_outbox` (
	`id` text PRIMARY KEY NOT NULL,
	`template` text NOT NULL,
	`sealed_payload` text NOT NULL,
	`expires_at` integer,
	`attempts` integer NOT NULL,
	`available_at` integer,
	`lease_id` text,
	`leased_until` integer,
	`sent_at` integer,
	`failed_at` integer,
	`last_error` text,
	`created_at` integer NOT NULL
);

CREATE INDEX `auth_outbox_available_at` ON `auth_outbox` (`available_at`);

CREATE INDEX `auth_outbox_lease_id` ON `auth_outbox` (`lease_id`);

CREATE INDEX `auth_outbox_sent_at` ON `auth_outbox` (`sent_at`);

CREATE INDEX `auth_outbox_failed_at` ON `auth_outbox` (`failed_at`);

CREATE TABLE `auth_rate_limits` (
	`key` text PRIMARY KEY NOT NULL,
	`hits` integer NOT NULL,
	`resets_at` integer NOT NULL
);

CREATE INDEX `auth_rate_limits_resets_at` ON `auth_rate_limits` (`resets_at`);

CREATE TABLE `auth_sessions` (
	`id` text PRIMARY KEY NOT NULL,
	`user_id` text NOT NULL,
	`refresh_salt` text NOT NULL,
	`refresh_generation` integer NOT NULL,
	`rotated_at` integer NOT NULL,
	`expires_at` integer NOT NULL,
	`last_used_at` integer NOT NULL,
	`revoked_at` integer,
	`revoke_reason` text,
	`ip_address` text,
	`user_agent` text,
	`auth_methods` text NOT NULL,
	`authenticated_at` integer NOT NULL,
	`created_at` integer NOT NULL
);

CREATE INDEX `auth_sessions_user_id` ON `auth_sessions` (`user_id`,`id`);

CREATE INDEX `auth_sessions_expires_at` ON `auth_sessions` (`expires_at`);

CREATE INDEX `auth_sessions_revoked_at` ON `auth_sessions` (`revoked_at`);

CREATE TABLE `users` (
	`id` text PRIMARY KEY NOT NULL,
	`email` text NOT NULL,
	`display_email` text NOT NULL,
	`password_hash` text,
	`password_version` integer DEFAULT 0 NOT NULL,
	`email_verified_at` integer,
	`blocked_at` integer,
	`blocked_reason` text,
	`last_signed_in_at` integer,
	`created_at` integer NOT NULL,
	`updated_at` integer NOT NULL
);

CREATE UNIQUE INDEX `users_email_unique` ON `users` (`email`);
