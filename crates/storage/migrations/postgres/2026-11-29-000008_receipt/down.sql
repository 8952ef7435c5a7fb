DELETE FROM receipt WHERE container_id IS NULL;
ALTER TABLE receipt ALTER COLUMN container_id SET NOT NULL;
