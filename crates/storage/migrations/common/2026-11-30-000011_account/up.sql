-- Until when a refresh of the token that has begun, or failed, is not begun again.
ALTER TABLE connection ADD COLUMN refresh_after BIGINT;

-- Accounts that publish nothing for some hours, and why.
CREATE TABLE account_rest (
    account TEXT NOT NULL PRIMARY KEY,
    until BIGINT NOT NULL,
    cause TEXT NOT NULL
);

-- How many containers an account made in a day.
CREATE INDEX container_account ON container (account, created_at);
