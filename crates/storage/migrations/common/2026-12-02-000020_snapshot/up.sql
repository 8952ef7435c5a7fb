-- Told only of media made until July 2024; of others `views` take its place.
ALTER TABLE metrics ADD COLUMN impressions BIGINT;

-- Where the reading of a post's numbers stands.
ALTER TABLE metrics ADD COLUMN failures BIGINT NOT NULL DEFAULT 0;
ALTER TABLE metrics ADD COLUMN missing_since BIGINT;
ALTER TABLE metrics ADD COLUMN gone_at BIGINT;

-- Whose it is and when it went out: by these a user's posts of a period are found, whatever else the user has.
ALTER TABLE metrics ADD COLUMN user_id TEXT;
ALTER TABLE metrics ADD COLUMN sent_at BIGINT;
UPDATE metrics SET
    user_id = (SELECT user_id FROM post WHERE post.id = metrics.post_id),
    sent_at = (SELECT sent_at FROM receipt WHERE receipt.post_id = metrics.post_id);
CREATE INDEX metrics_user ON metrics (user_id, sent_at, post_id);

-- Every reading. `slot` is the age for which it was planned, `age` the post's when Instagram answered; both in microseconds.
CREATE TABLE snapshot (
    post_id TEXT NOT NULL,
    slot BIGINT NOT NULL,
    user_id TEXT NOT NULL,
    taken_at BIGINT NOT NULL,
    age BIGINT NOT NULL,
    likes BIGINT,
    comments BIGINT,
    shares BIGINT,
    impressions BIGINT,
    views BIGINT,
    reach BIGINT,
    saved BIGINT,
    total_interactions BIGINT,
    PRIMARY KEY (post_id, slot)
);

-- Accounts' own numbers by the day (UTC, as a Julian day number), for who had the account connected then.
CREATE TABLE account_day (
    user_id TEXT NOT NULL,
    account TEXT NOT NULL,
    day BIGINT NOT NULL,
    followers BIGINT,
    reach BIGINT,
    views BIGINT,
    measured_at BIGINT NOT NULL,
    PRIMARY KEY (user_id, account, day)
);

-- When the account's own numbers are read next.
ALTER TABLE connection ADD COLUMN insights_at BIGINT NOT NULL DEFAULT 0;
CREATE INDEX connection_insights ON connection (insights_at, id) WHERE health = 'working';
