ALTER TABLE metrics DROP COLUMN rated_at;
ALTER TABLE metrics DROP COLUMN rated_reach;
ALTER TABLE metrics DROP COLUMN rated_interactions;
