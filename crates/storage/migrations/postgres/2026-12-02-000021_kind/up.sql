-- What a post was when it went out, so that figures need no other table and its history stays as it was: what its picture is, and what
-- kind of event it celebrated.
ALTER TABLE metrics ADD COLUMN picture TEXT;
ALTER TABLE metrics ADD COLUMN event_kind TEXT;
UPDATE metrics SET
    picture = (SELECT picture.source FROM post JOIN picture ON picture.id = post.picture_id WHERE post.id = metrics.post_id),
    event_kind = (SELECT lower(event.details::json ->> 'kind') FROM post JOIN event ON event.id = post.event_id
                  WHERE post.id = metrics.post_id);
