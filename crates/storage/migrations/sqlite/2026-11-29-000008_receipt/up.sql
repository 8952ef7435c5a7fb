-- Of a post that an adopted copy knows no container of, a person may still name the media.
CREATE TABLE receipt_of_any_container (
    post_id TEXT NOT NULL PRIMARY KEY,
    account TEXT NOT NULL,
    container_id TEXT,
    media TEXT UNIQUE,
    permalink TEXT,
    sent_at BIGINT NOT NULL,
    confirmed_at BIGINT NOT NULL,
    confirmed_by TEXT NOT NULL
);
INSERT INTO receipt_of_any_container
SELECT post_id, account, container_id, media, permalink, sent_at, confirmed_at, confirmed_by FROM receipt;
DROP TABLE receipt;
ALTER TABLE receipt_of_any_container RENAME TO receipt;
CREATE INDEX receipt_account ON receipt (account, sent_at);
