ALTER TABLE metrics DROP COLUMN oldest_at;
