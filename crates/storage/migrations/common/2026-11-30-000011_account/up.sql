-- Until when a refresh of the token that has begun, or failed, is not begun again.
ALTER TABLE connection ADD COLUMN refresh_after BIGINT;
