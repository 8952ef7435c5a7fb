-- Who is signed in on the dashboard. The id is in the browser alone; here is its SHA-256.
CREATE TABLE session (
    id_hash TEXT PRIMARY KEY NOT NULL,
    user_id TEXT NOT NULL,
    begun_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL
);
CREATE INDEX session_of_user ON session (user_id);
CREATE INDEX session_end ON session (expires_at);
