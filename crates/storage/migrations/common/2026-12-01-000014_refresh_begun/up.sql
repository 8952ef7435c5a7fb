-- When a refresh of the token was last begun. It takes the place of refresh_after, which processes of the version before still use.
ALTER TABLE connection ADD COLUMN refresh_begun_at BIGINT;
