-- `seq` keeps entries of one moment in the order in which they were written.
CREATE TABLE timeline_entry (
    seq BIGINT GENERATED ALWAYS AS IDENTITY,
    id TEXT NOT NULL PRIMARY KEY,
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

-- The store's clock. STABLE, so that it may stand in an index condition.
CREATE FUNCTION clock_us(plus BIGINT) RETURNS BIGINT LANGUAGE sql STABLE AS
$$ SELECT (extract(epoch FROM statement_timestamp()) * 1000000)::BIGINT + plus $$;
