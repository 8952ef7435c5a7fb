DROP TABLE downtime;
ALTER TABLE installation DROP COLUMN worker_at;
