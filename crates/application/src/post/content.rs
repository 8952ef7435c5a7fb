//! A post's text, picture and event: from what a person says, and after a change.

use rats_domain::{
    caption::Caption,
    event::Event,
    id::{EventId, PictureId, UserId},
    picture::Fit,
    post::Post,
    text::is_blank,
};

use crate::{
    FieldProblem, Ports, Refusal,
    picture::{self, PictureChoice},
};

/// What a person says about a post.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PostRequest {
    /// The text; without one, the event's message.
    pub content: Option<String>,
    /// The event it celebrates.
    pub event: Option<EventId>,
    /// Its picture.
    pub picture: PictureChoice,
    /// How the picture is brought into Instagram's range; without one, as it was uploaded.
    pub fit: Option<Fit>,
}

/// What becomes of one member of a post.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Change<T> {
    /// It stays as it is.
    #[default]
    Keep,
    /// It is as if it had never been given.
    Clear,
    /// It is this.
    Set(T),
}

/// What a person wants to be different about a post.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PostChanges {
    /// The text; cleared, the event's message.
    pub content: Change<String>,
    /// The event it celebrates. Another event alone changes neither text nor picture.
    pub event: Change<EventId>,
    /// Another picture.
    pub picture: Option<PictureChoice>,
    /// Another way in which the picture is brought into Instagram's range.
    pub fit: Option<Fit>,
}

/// What a post shows and celebrates.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Content {
    pub(super) event: Option<EventId>,
    pub(super) caption: Caption,
    pub(super) picture: PictureId,
}

impl Content {
    /// Of a new post.
    pub(super) async fn new(ports: &Ports, user: &UserId, request: &PostRequest) -> Result<Self, Refusal> {
        let event = find_event(ports, user, request.event.as_ref()).await?;
        let caption = caption(ports, request.content.as_deref(), event.as_ref())?;
        let picture = picture::choose(ports, user, &request.picture, request.fit, event.as_ref()).await?;
        Ok(Self { event: event.map(|event| event.id), caption, picture: picture.id })
    }

    /// Of a post that is changed.
    pub(super) async fn changed(ports: &Ports, post: &Post, changes: &PostChanges) -> Result<Self, Refusal> {
        let id = match &changes.event {
            Change::Keep => post.event.as_ref(),
            Change::Clear => None,
            Change::Set(id) => Some(id),
        };
        let event = find_event(ports, &post.user, id).await?;
        let caption = match &changes.content {
            Change::Keep => post.caption.clone(),
            Change::Clear => caption(ports, None, event.as_ref())?,
            Change::Set(text) => caption(ports, Some(text), event.as_ref())?,
        };
        let picture = match (&changes.picture, changes.fit) {
            (None, None) => post.picture.clone(),
            (choice, fit) => {
                let same = PictureChoice::Uploaded(post.picture.clone());
                let choice = choice.as_ref().unwrap_or(&same);
                picture::choose(ports, &post.user, choice, fit, event.as_ref()).await?.id
            }
        };
        Ok(Self { event: event.map(|event| event.id), caption, picture })
    }

    /// Whether a container of `post` would show something else.
    pub(super) fn shows_other_than(&self, post: &Post) -> bool {
        self.caption != post.caption || self.picture != post.picture
    }

    /// What is different from `post`, for a person; nothing if nothing is.
    pub(super) fn differences(&self, post: &Post) -> Option<String> {
        let event = match &self.event {
            None => "It celebrates no event any more.",
            Some(_) => "It celebrates another event.",
        };
        let differences = [
            (self.caption != post.caption).then_some("Text changed."),
            (self.picture != post.picture).then_some("Picture changed."),
            (self.event != post.event).then_some(event),
        ];
        let told: Vec<&str> = differences.into_iter().flatten().collect();
        (!told.is_empty()).then(|| told.join(" "))
    }

    /// Puts it in the place of `post`'s.
    pub(super) fn put(&self, post: &mut Post) {
        post.event.clone_from(&self.event);
        post.caption.clone_from(&self.caption);
        post.picture.clone_from(&self.picture);
    }
}

async fn find_event(ports: &Ports, user: &UserId, id: Option<&EventId>) -> Result<Option<Event>, Refusal> {
    let Some(id) = id else { return Ok(None) };
    Ok(Some(ports.events.find(user, id).await?.ok_or(Refusal::NotFound("event"))?))
}

/// What is asked of a post without a text whose event has no message either.
pub(super) const NO_MESSAGE: &str =
    "This event has no message yet. Have one written first, or write a text of your own.";

/// What is asked of a post without a text and without an event.
pub(super) const NO_TEXT: &str = "Write a text, or choose an event whose message is posted.";

/// The person's text, or the event's message. A person's text is checked, never cut.
fn caption(ports: &Ports, content: Option<&str>, event: Option<&Event>) -> Result<Caption, Refusal> {
    let limits = &ports.settings.caption;
    // RATS' frontend sends empty texts for what was not given.
    if let Some(content) = content.filter(|content| event.is_none() || !is_blank(content)) {
        return Caption::parse(content, limits).map_err(|broken| {
            let problem = |rule: String| FieldProblem { field: "content", message: sentence(&rule) };
            Refusal::Invalid(broken.0.iter().map(|rule| problem(rule.to_string())).collect())
        });
    }
    match event {
        None => Err(Refusal::field("content", NO_TEXT)),
        Some(Event { message: None, .. }) => Err(Refusal::field("eventId", NO_MESSAGE)),
        Some(Event { message: Some(message), .. }) => Ok(Caption::fit(message, &[], limits)),
    }
}

fn sentence(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map(|first| first.to_uppercase().collect::<String>() + chars.as_str() + ".").unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use futures_util::FutureExt as _;
    use time::macros::date;

    use super::*;
    use crate::mock::{Mocks, post};

    fn event(id: &str) -> Event {
        let event = Event::example(id, "u", date!(2026 - 12 - 04));
        Event { message: Some(format!("The message of {id}.")), ..event }
    }

    /// The example post, which celebrates event `e`, after these changes.
    fn changed(changes: &PostChanges) -> Result<(Post, Content), Refusal> {
        let mut mocks = Mocks::default();
        mocks.events.expect_find().returning(|_, id| Ok((id.as_str() != "gone").then(|| event(id.as_str()))));
        let mut post = post().post;
        post.event = Some(EventId::new("e"));
        let content = Content::changed(&mocks.ports(), &post, changes).now_or_never().unwrap()?;
        Ok((post, content))
    }

    #[test]
    fn what_is_not_named_stays() {
        let (post, content) = changed(&PostChanges::default()).unwrap();
        assert_eq!(content.differences(&post), None);
        let another = PostChanges { event: Change::Set(EventId::new("f")), ..PostChanges::default() };
        let (post, content) = changed(&another).unwrap();
        assert_eq!(content.differences(&post).unwrap(), "It celebrates another event.");
        assert!(!content.shows_other_than(&post));
    }

    #[test]
    fn a_text_that_is_cleared_or_empty_is_the_events_message() {
        for content in [Change::Clear, Change::Set(" ".into())] {
            let (_, content) = changed(&PostChanges { content, ..PostChanges::default() }).unwrap();
            assert_eq!(content.caption.as_str(), "The message of e.");
        }
        let without = PostChanges { content: Change::Clear, event: Change::Clear, ..PostChanges::default() };
        assert!(matches!(changed(&without), Err(Refusal::Invalid(problems)) if problems[0].field == "content"));
    }

    #[test]
    fn a_text_is_checked_and_an_event_must_be_there() {
        let long = PostChanges { content: Change::Set("x".repeat(2_201)), ..PostChanges::default() };
        assert!(matches!(changed(&long), Err(Refusal::Invalid(problems)) if problems[0].field == "content"));
        let gone = PostChanges { event: Change::Set(EventId::new("gone")), ..PostChanges::default() };
        assert!(matches!(changed(&gone), Err(Refusal::NotFound("event"))));
    }

    #[test]
    fn a_picture_that_is_cleared_needs_an_event() {
        let card =
            PostChanges { picture: Some(PictureChoice::Card(None)), event: Change::Clear, ..PostChanges::default() };
        assert!(matches!(changed(&card), Err(Refusal::Invalid(problems)) if problems[0].field == "mediaId"));
    }
}
