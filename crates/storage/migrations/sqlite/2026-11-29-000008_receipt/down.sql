DELETE FROM receipt WHERE container_id IS NULL;
