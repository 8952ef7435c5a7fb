ALTER TABLE connection DROP COLUMN refresh_after;
