-- Where a user lives and when their events go out; who never said has no row. `post_at` is in minutes since local midnight.
CREATE TABLE preference (
    user_id TEXT NOT NULL PRIMARY KEY,
    time_zone TEXT NOT NULL,
    post_at BIGINT NOT NULL,
    changed_at BIGINT NOT NULL
);

-- When each event is looked at next, and what is in its way. A row outlives its event until the posts of it are seen to.
CREATE TABLE event_agenda (
    event_id TEXT NOT NULL PRIMARY KEY,
    user_id TEXT NOT NULL,
    look_at BIGINT,
    problem_code TEXT,
    problem TEXT
);
CREATE INDEX event_agenda_look ON event_agenda (look_at, event_id) WHERE look_at IS NOT NULL;
CREATE INDEX event_agenda_user ON event_agenda (user_id);
INSERT INTO event_agenda (event_id, user_id, look_at) SELECT id, user_id, 0 FROM event;

-- An event in one year and the post that it became: the key is what keeps it from being posted twice. It outlives post and event.
CREATE TABLE occurrence (
    user_id TEXT NOT NULL,
    event_id TEXT NOT NULL,
    year BIGINT NOT NULL,
    post_id TEXT NOT NULL,
    julian_day BIGINT NOT NULL,
    caption TEXT NOT NULL,
    picture_id TEXT NOT NULL,
    shows TEXT NOT NULL,
    publish_at BIGINT NOT NULL,
    is_withdrawn BOOLEAN NOT NULL,
    is_settled BOOLEAN NOT NULL,
    PRIMARY KEY (user_id, event_id, year)
);
CREATE UNIQUE INDEX occurrence_post ON occurrence (post_id);
