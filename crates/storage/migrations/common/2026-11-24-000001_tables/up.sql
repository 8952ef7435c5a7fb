-- Times are microseconds since 1970 UTC, ids are opaque text, JSON is text: the same on SQLite and PostgreSQL.

CREATE TABLE person (
    id TEXT NOT NULL PRIMARY KEY,
    email TEXT NOT NULL,
    email_key TEXT NOT NULL UNIQUE,
    username TEXT NOT NULL,
    username_key TEXT NOT NULL UNIQUE,
    password_hash TEXT NOT NULL,
    created_at BIGINT NOT NULL
);

-- State and name are SHA-256 hashes: what is stored cannot be used to finish a flow.
CREATE TABLE connect_flow (
    state_hash TEXT NOT NULL PRIMARY KEY,
    user_id TEXT NOT NULL,
    begun_at BIGINT NOT NULL,
    address TEXT NOT NULL,
    browser TEXT NOT NULL,
    expires_at BIGINT NOT NULL
);
CREATE INDEX connect_flow_expires ON connect_flow (expires_at);

CREATE TABLE pending_connection (
    name_hash TEXT NOT NULL PRIMARY KEY,
    user_id TEXT NOT NULL,
    account TEXT NOT NULL,
    app_scoped_id TEXT NOT NULL,
    username TEXT NOT NULL,
    features TEXT NOT NULL,
    token_key TEXT NOT NULL,
    token TEXT NOT NULL,
    token_issued_at BIGINT NOT NULL,
    token_expires_at BIGINT NOT NULL,
    begun_at BIGINT NOT NULL,
    address TEXT NOT NULL,
    browser TEXT NOT NULL,
    expires_at BIGINT NOT NULL
);
CREATE INDEX pending_connection_expires ON pending_connection (expires_at);

-- `linked_account` and `linked_user` are set while the link lasts: the database keeps "one user per account, one account per user".
CREATE TABLE connection (
    id TEXT NOT NULL PRIMARY KEY,
    user_id TEXT NOT NULL,
    account TEXT NOT NULL,
    app_scoped_id TEXT NOT NULL,
    username TEXT NOT NULL,
    features TEXT NOT NULL,
    health TEXT NOT NULL,
    token_key TEXT,
    token TEXT,
    token_issued_at BIGINT,
    token_expires_at BIGINT,
    connected_at BIGINT NOT NULL,
    linked_account TEXT UNIQUE,
    linked_user TEXT UNIQUE,
    UNIQUE (user_id, account)
);
CREATE INDEX connection_account ON connection (account);
CREATE INDEX connection_refresh ON connection (token_expires_at) WHERE health = 'working';

CREATE TABLE event (
    id TEXT NOT NULL PRIMARY KEY,
    user_id TEXT NOT NULL,
    title TEXT NOT NULL,
    julian_day BIGINT NOT NULL,
    details TEXT NOT NULL,
    message TEXT,
    plan TEXT,
    last_message_sent BIGINT,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL
);
CREATE INDEX event_user ON event (user_id, julian_day, created_at, id);

CREATE TABLE picture (
    id TEXT NOT NULL PRIMARY KEY,
    user_id TEXT NOT NULL,
    source TEXT NOT NULL,
    original TEXT,
    fit TEXT NOT NULL,
    width BIGINT NOT NULL,
    height BIGINT NOT NULL,
    bytes BIGINT NOT NULL,
    changes TEXT NOT NULL,
    created_at BIGINT NOT NULL
);
CREATE INDEX picture_original ON picture (user_id, original) WHERE original IS NOT NULL;

CREATE TABLE post (
    id TEXT NOT NULL PRIMARY KEY,
    user_id TEXT NOT NULL,
    event_id TEXT,
    caption TEXT NOT NULL,
    picture_id TEXT NOT NULL,
    origin TEXT NOT NULL,
    scheduled_for BIGINT,
    version BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL
);
CREATE INDEX post_user ON post (user_id, id);
CREATE INDEX post_event ON post (event_id) WHERE event_id IS NOT NULL;

-- What is hot is small: a claim reads and writes this table alone.
CREATE TABLE publication (
    post_id TEXT NOT NULL PRIMARY KEY,
    user_id TEXT NOT NULL,
    connection_id TEXT,
    account TEXT,
    stage TEXT NOT NULL,
    epoch BIGINT NOT NULL,
    due_at BIGINT,
    publish_at BIGINT,
    useless_after BIGINT,
    container_id TEXT,
    container_created_at BIGINT,
    container_ready BOOLEAN NOT NULL,
    intent_at BIGINT,
    first_intent_at BIGINT,
    may_send_until BIGINT,
    first_unclear_at BIGINT,
    attempt BIGINT NOT NULL,
    attention TEXT,
    lease_until BIGINT,
    -- The account while a publish request may be in flight: at most one publication per account.
    lane TEXT UNIQUE,
    -- The event while this is its open test post: at most one per event.
    test_of TEXT UNIQUE,
    caption_hash BIGINT NOT NULL
);
-- Only what is open has a due time, so these indexes stay as small as what is open.
CREATE INDEX publication_due ON publication (due_at, post_id) WHERE due_at IS NOT NULL;
CREATE INDEX publication_account_due ON publication (account, due_at, post_id) WHERE due_at IS NOT NULL;
CREATE INDEX publication_lease ON publication (account, lease_until) WHERE lease_until IS NOT NULL;
CREATE INDEX publication_connection ON publication (connection_id) WHERE due_at IS NOT NULL;
CREATE INDEX publication_caption ON publication (account, caption_hash) WHERE account IS NOT NULL;

CREATE TABLE container (
    post_id TEXT NOT NULL,
    container_id TEXT NOT NULL,
    account TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (post_id, container_id)
);

CREATE TABLE receipt (
    post_id TEXT NOT NULL PRIMARY KEY,
    account TEXT NOT NULL,
    container_id TEXT NOT NULL,
    media TEXT UNIQUE,
    permalink TEXT,
    sent_at BIGINT NOT NULL,
    confirmed_at BIGINT NOT NULL,
    confirmed_by TEXT NOT NULL
);
CREATE INDEX receipt_account ON receipt (account, sent_at);

CREATE TABLE metrics (
    post_id TEXT NOT NULL PRIMARY KEY,
    likes BIGINT,
    comments BIGINT,
    shares BIGINT,
    views BIGINT,
    reach BIGINT,
    saved BIGINT,
    total_interactions BIGINT,
    measured_at BIGINT,
    next_at BIGINT
);
CREATE INDEX metrics_next ON metrics (next_at, post_id) WHERE next_at IS NOT NULL;

CREATE TABLE idempotency (
    user_id TEXT NOT NULL,
    route TEXT NOT NULL,
    key TEXT NOT NULL,
    fingerprint TEXT NOT NULL,
    resource_id TEXT NOT NULL,
    snapshot TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (user_id, route, key)
);
CREATE INDEX idempotency_created ON idempotency (created_at);

-- One row: where this database lived when it was last written to, and when.
CREATE TABLE installation (
    id BIGINT NOT NULL PRIMARY KEY,
    place TEXT NOT NULL,
    generation BIGINT NOT NULL,
    heartbeat_at BIGINT NOT NULL
);
