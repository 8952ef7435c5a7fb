-- `seq` keeps entries of one moment in the order in which they were written.
CREATE TABLE timeline_entry (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE,
    post_id TEXT NOT NULL,
    at BIGINT NOT NULL,
    step TEXT NOT NULL,
    attempt BIGINT NOT NULL,
    message TEXT NOT NULL,
    code BIGINT,
    subcode BIGINT,
    trace_id TEXT
);
CREATE INDEX timeline_entry_post ON timeline_entry (post_id, at, seq);
