-- The version counts what a person may decide upon: their own changes and how a worker ended, held or failed it. It stands where a worker
-- writes anyway, so that telling people costs no second row.
ALTER TABLE publication ADD COLUMN version BIGINT NOT NULL DEFAULT 1;
UPDATE publication SET version = (SELECT version FROM post WHERE post.id = publication.post_id);
ALTER TABLE post DROP COLUMN version;

-- How many posts in 24 h Instagram last allowed an account.
CREATE TABLE account_quota (
    account TEXT NOT NULL PRIMARY KEY,
    total BIGINT NOT NULL
);
