ALTER TABLE connection DROP COLUMN refresh_begun_at;
