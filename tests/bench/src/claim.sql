-- Many posts stored; the words in capitals are filled in: how many, the moment in microseconds, `i` from 1 on, `i` in twelve digits.
-- One in twenty is to go out next year, the others are published, one a second until now.
INSERT INTO post (id, user_id, caption, picture_id, origin, scheduled_for, created_at, updated_at)
SELECT '0193f000-0002-7000-8000-' || HEX, '0193f000-0009-7000-8000-' || HEX, 'May your year be bright and your cake be tall.', 'card',
    'scheduled', at, at, at
FROM (SELECT i, NOW - (STORED - i) * 1000000 AS at FROM SERIES) AS stored;

INSERT INTO publication (post_id, user_id, connection_id, account, stage, epoch, due_at, publish_at, useless_after,
    container_id, container_created_at, container_ready, attempt, caption_hash)
SELECT '0193f000-0002-7000-8000-' || HEX, '0193f000-0009-7000-8000-' || HEX, 'c' || i, '1784140' || (i % 100000),
    CASE WHEN waits THEN 'waiting' ELSE 'published' END, 1, CASE WHEN waits THEN NOW + 31536000000000 + i END, at, NOW + 43200000000,
    CASE WHEN waits THEN NULL ELSE '179' || i END, CASE WHEN waits THEN NULL ELSE at END, NOT waits, 0, i
FROM (SELECT i, i % 20 = 0 AS waits, NOW - (STORED - i) * 1000000 AS at FROM SERIES) AS stored;

INSERT INTO container (post_id, container_id, account, created_at)
SELECT post_id, container_id, account, container_created_at FROM publication WHERE stage = 'published';

INSERT INTO receipt (post_id, account, container_id, media, sent_at, confirmed_at, confirmed_by)
SELECT post_id, account, container_id, 'm' || container_id, publish_at, publish_at, 'answer' FROM publication WHERE stage = 'published';

-- And for each linked account a post that is due.
INSERT INTO post (id, user_id, caption, picture_id, origin, scheduled_for, created_at, updated_at)
SELECT '0193f000-0005-7000-8000-' || substr(id, 25), user_id, 'May your cake be tall.', 'card', 'scheduled', NOW, NOW, NOW FROM connection;

INSERT INTO publication (post_id, user_id, connection_id, account, stage, epoch, due_at, publish_at, useless_after,
    container_ready, attempt, caption_hash)
SELECT '0193f000-0005-7000-8000-' || substr(id, 25), user_id, id, account, 'waiting', 1, NOW, NOW, NOW + 43200000000, FALSE, 0, 0
FROM connection;
