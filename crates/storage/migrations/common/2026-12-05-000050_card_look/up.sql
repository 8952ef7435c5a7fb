-- How the cards of a user's events look; NULL for the look of each kind of event.
ALTER TABLE preference ADD COLUMN card_look TEXT;
