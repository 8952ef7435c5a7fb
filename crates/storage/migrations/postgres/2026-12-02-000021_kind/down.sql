ALTER TABLE metrics DROP COLUMN event_kind;
ALTER TABLE metrics DROP COLUMN picture;
