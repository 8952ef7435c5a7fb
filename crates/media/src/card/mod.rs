//! Event cards: a picture rendered from an event that has no photo.
