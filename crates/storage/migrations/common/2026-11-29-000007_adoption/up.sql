-- What was stored so far has another form; a store that is opened writes it anew.
DELETE FROM installation;
-- The last heartbeat of a process that publishes what is due; `heartbeat_at` is that of any process that can publish.
ALTER TABLE installation ADD COLUMN worker_at BIGINT;
-- When no such process ran.
CREATE TABLE downtime (
    since BIGINT NOT NULL PRIMARY KEY,
    until BIGINT NOT NULL
);
