CREATE TABLE `auth_accounts` (
	`provider` varchar(64) character set ascii collate ascii_bin NOT NULL,
	`subject` varchar(255) character set ascii collate ascii_bin NOT NULL,
	`user_id` varchar(36) character set ascii collate ascii_bin NOT NULL,
	`email` varchar(320) character set utf8mb4 collate utf8mb4_bin,
	`created_at` datetime(3) NOT NULL,
	CONSTRAINT `auth_accounts_provider_subject_pk` PRIMARY KEY(`provider`,`subject`)
);

CREATE TABLE `auth_codes` (
	`id` varchar(36) character set ascii collate ascii_bin NOT NULL,
	`purpose` varchar(64) character set ascii collate ascii_bin NOT NULL,
	`subject` varchar(128) character set ascii collate ascii_bin NOT NULL,
	`user_id` varchar(36) character set ascii collate ascii_bin,
	`secret_hash` varchar(64) character set ascii collate ascii_bin NOT NULL,
	`attempts_left` int NOT NULL,
	`payload` text character set utf8mb4 collate utf8mb4_bin NOT NULL,
	`expires_at` datetime(3) NOT NULL,
	`created_at` datetime(3) NOT NULL,
	CONSTRAINT `auth_codes_id` PRIMARY KEY(`id`),
	CONSTRAINT `auth_codes_purpose_subject` UNIQUE(`purpose`,`subject`)
);

CREATE TABLE `auth_events` (
	`id` varchar(36) character set ascii collate ascii_bin NOT NULL,
	`type` varchar(64) character set ascii collate ascii_bin NOT NULL,
	`user_id` varchar(36) character set ascii collate ascii_bin,
	`session_id` varchar(36) character set ascii collate ascii_bin,
	`ip_address` varchar(45) character set ascii collate ascii_bin,
	`user_agent` varchar(512) character set utf8mb4 collate utf8mb4_bin,
	`metadata` text character set utf8mb4 collate utf8mb4_bin NOT NULL,
	`created_at` datetime(3) NOT NULL,
	CONSTRAINT `auth_events_id` PRIMARY KEY(`id`)
);

CREATE TABLE `auth_outbox` (
	`id` varchar(36) character set ascii collate ascii_bin NOT NULL,
	`template` varchar(64) character set ascii collate ascii_bin NOT NULL,
	`sealed_payload` text character set utf8mb4 collate utf8mb4_bin NOT NULL,
	`expires_at` datetime(3),
	`attempts` int NOT NULL,
	`available_at` datetime(3),
	`lease_id` varchar(36) character set ascii collate ascii_bin,
	`leased_until` datetime(3),
	`sent_at` datetime(3),
	`failed_at` datetime(3),
	`last_error` varchar(255) character set utf8mb4 collate utf8mb4_bin,
	`created_at` datetime(3) NOT NULL,
	CONSTRAINT `auth_outbox_id` PRIMARY KEY(`id`)
);

CREATE TABLE `auth_rate_limits` (
	`key` varchar(128) character set ascii collate ascii_bin NOT NULL,
	`hits` int NOT NULL,
	`resets_at` datetime(3) NOT NULL,
	CONSTRAINT `auth_rate_limits_key` PRIMARY KEY(`key`)
);

CREATE TABLE `auth_sessions` (
	`id` varchar(36) character set ascii collate ascii_bin NOT NULL,
	`user_id` varchar(36) character set ascii collate ascii_bin NOT NULL,
	`refresh_salt` varchar(64) character set ascii collate ascii_bin NOT NULL,
	`refresh_generation` int NOT NULL,
	`rotated_at` datetime(3) NOT NULL,
	`expires_at` datetime(3) NOT NULL,
	`last_used_at` datetime(3) NOT NULL,
	`revoked_at` datetime(3),
	`revoke_reason` varchar(64) character set ascii collate ascii_bin,
	`ip_address` varchar(45) character set ascii collate ascii_bin,
	`user_agent` varchar(512) character set utf8mb4 collate utf8mb4_bin,
	`auth_methods` text character set utf8mb4 collate utf8mb4_bin NOT NULL,
	`authenticated_at` datetime(3) NOT NULL,
	`created_at` datetime(3) NOT NULL,
	CONSTRAINT `auth_sessions_id` PRIMARY KEY(`id`)
);

CREATE TABLE `users` (
	`id` varchar(36) character set ascii collate ascii_bin NOT NULL,
	`email` varchar(254) character set utf8mb4 collate utf8mb4_bin NOT NULL,
	`display_email` varchar(254) character set utf8mb4 collate utf8mb4_bin NOT NULL,
	`password_hash` varchar(255) character set ascii collate ascii_bin,
	`password_version` int NOT NULL DEFAULT 0,
	`email_verified_at` datetime(3),
	`blocked_at` datetime(3),
	`blocked_reason` varchar(500) character set utf8mb4 collate utf8mb4_bin,
	`last_signed_in_at` datetime(3),
	`created_at` datetime(3) NOT NULL,
	`updated_at` datetime(3) NOT NULL,
	CONSTRAINT `users_id` PRIMARY KEY(`id`),
	CONSTRAINT `users_email_unique` UNIQUE(`email`)
);

CREATE INDEX `auth_accounts_user_id` ON `auth_accounts` (`user_id`);

CREATE INDEX `auth_codes_secret_hash` ON `auth_codes` (`secret_hash`);

CREATE INDEX `auth_codes_user_id` ON `auth_codes` (`user_id`);

CREATE INDEX `auth_codes_expires_at` ON `auth_codes` (`expires_at`);

CREATE INDEX `auth_events_user_id` ON `auth_events` (`user_id`,`id`);

CREATE INDEX `auth_events_type` ON `auth_events` (`type`,`id`);

CREATE INDEX `auth_outbox_available_at` ON `auth_outbox` (`available_at`);

CREATE INDEX `auth_outbox_lease_id` ON `auth_outbox` (`lease_id`);

CREATE INDEX `auth_outbox_sent_at` ON `auth_outbox` (`sent_at`);

CREATE INDEX `auth_outbox_failed_at` ON `auth_outbox` (`failed_at`);

CREATE INDEX `auth_rate_limits_resets_at` ON `auth_rate_limits` (`resets_at`);

CREATE INDEX `auth_sessions_user_id` ON `auth_sessions` (`user_id`,`id`);

CREATE INDEX `auth_sessions_expires_at` ON `auth_sessions` (`expires_at`);

CREATE INDEX `auth_sessions_revoked_at` ON `auth_sessions` (`revoked_at`);
