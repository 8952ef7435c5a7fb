DROP INDEX container_account;
DROP TABLE account_rest;
ALTER TABLE connection DROP COLUMN refresh_after;
