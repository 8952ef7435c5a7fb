//! What templates promise, over every kind, relation and odd name.

use std::collections::HashSet;

use rats_captions::{Style, Templates};
use rats_domain::{
    caption::{Caption, CaptionLimits},
    event::{Author, Event, EventDetails, EventKind, MessageWriter as _, Written},
    id::EventId,
};

use crate::example::{RELATIONS, event};

fn style() -> Style {
    Style { hashtags: vec!["rats".into(), "#celebrate".into()], limits: CaptionLimits::default() }
}

async fn write(event: &Event, variant: u32) -> Written {
    Templates::new(style()).write(event, variant).await
}

fn every_kind_and_relation() -> impl Iterator<Item = Event> {
    EventKind::ALL.into_iter().flat_map(|kind| {
        RELATIONS.map(|relation| {
            let mut event = event();
            event.details.kind = kind;
            event.details.recipient_relation = relation.into();
            event
        })
    })
}

fn assert_publishable(written: &Written) {
    let parsed = Caption::parse(&written.message, &CaptionLimits::default());
    assert!(parsed.is_ok(), "{parsed:?}");
    assert!(written.message.chars().any(char::is_alphabetic));
    assert!(written.plan.chars().any(char::is_alphabetic));
}

#[tokio::test]
async fn every_kind_and_relation_is_written_for() {
    for event in every_kind_and_relation() {
        for variant in 0..6 {
            let written = write(&event, variant).await;

            assert_publishable(&written);
            assert!(written.message.contains("Anna Müller"), "{}", written.message);
            assert!(written.message.ends_with("\n\n#rats #celebrate"), "{}", written.message);
            assert!(!format!("{}{}", written.message, written.plan).contains(['{', '}']));
            assert_eq!(written.by, Author::Templates);
        }
    }
}

#[tokio::test]
async fn the_same_event_and_variant_give_the_same_texts() {
    for event in every_kind_and_relation() {
        assert_eq!(write(&event, 3).await, write(&event, 3).await);
    }
}

#[tokio::test]
async fn the_next_variant_gives_other_texts() {
    for event in every_kind_and_relation() {
        for variant in 0..10 {
            let (one, next) = (write(&event, variant).await, write(&event, variant + 1).await);
            assert_ne!(one.message, next.message);
            assert_ne!(one.plan, next.plan);
        }
    }
}

#[tokio::test]
async fn the_message_that_the_event_has_is_not_written_again() {
    for mut event in every_kind_and_relation() {
        for _ in 0..5 {
            let message = write(&event, 1).await.message;
            assert_ne!(event.message.as_ref(), Some(&message));
            event.message = Some(message);
        }
    }
}

#[tokio::test]
async fn events_get_different_texts() {
    let mut messages = HashSet::new();
    for id in 0..50 {
        let event = Event { id: EventId::new(format!("{id:024x}")), ..event() };
        messages.insert(write(&event, 0).await.message);
    }
    assert!(messages.len() >= 4, "{}", messages.len());
}

#[tokio::test]
async fn odd_names_titles_and_notes_do_no_harm() {
    let odd = [
        String::new(),
        " \n\t ".into(),
        "{name}".into(),
        "{title} {handle} {{}} }{".into(),
        "Line\nbreak\r\n\r\n\r\nname".into(),
        "שרה כהן".into(),
        "\u{202E}reversed\u{202C}".into(),
        "👨‍👩‍👧‍👦".repeat(200),
        "x".repeat(5_000),
        "word ".repeat(1_000),
        "@a ".repeat(100),
        "#a ".repeat(100),
        "@#@#".repeat(500),
        "\0\u{7}\u{1B}[31m".into(),
        "e\u{301}".repeat(1_000),
    ];
    for text in &odd {
        for event in every_kind_and_relation() {
            let details = EventDetails {
                title: text.clone(),
                recipient_name: text.clone(),
                recipient_relation: format!("{} {text}", event.details.recipient_relation),
                notes: Some(text.clone()),
                ..event.details.clone()
            };
            let written = write(&Event { details, ..event }, 0).await;

            assert_publishable(&written);
            assert!(!written.message.contains(['\0', '\u{1B}', '\u{202E}', '\r']));
            assert!(written.plan.lines().count() <= 6, "{}", written.plan);
        }
    }
}

#[tokio::test]
async fn braces_in_a_name_stand_as_given() {
    let mut event = event();
    event.details.recipient_name = "{title}".into();
    assert!(write(&event, 0).await.message.contains("{title}"));
}

#[tokio::test]
async fn the_title_stands_in_the_message_of_another_kind() {
    for mut event in every_kind_and_relation() {
        event.details.kind = EventKind::Other;
        event.details.title = "Graduation day".into();
        for variant in 0..4 {
            assert!(write(&event, variant).await.message.contains("Graduation day"));
        }
    }
}

#[tokio::test]
async fn notes_stand_in_the_plan_and_never_in_the_message() {
    for mut event in every_kind_and_relation() {
        event.details.notes = Some("allergic to nuts".into());
        let written = write(&event, 0).await;
        assert!(written.plan.ends_with("Keep in mind: allergic to nuts"), "{}", written.plan);
        assert!(!written.message.contains("nuts"));
    }
}

#[tokio::test]
async fn the_recipient_is_mentioned_where_the_handle_can_be_one() {
    for (handle, mention) in
        [("@anna.k", Some("@anna.k")), ("anna_k", Some("@anna_k")), ("not a name", None), ("", None)]
    {
        let mut event = event();
        event.details.handles.instagram = Some(handle.into());
        for variant in 0..4 {
            let message = write(&event, variant).await.message;
            match mention {
                Some(mention) => assert_eq!(message.matches(mention).count(), 1, "{message}"),
                None => assert!(!message.contains('@'), "{message}"),
            }
        }
    }
}

#[tokio::test]
async fn tight_limits_are_kept() {
    for units in [12, 20, 40, 100] {
        let limits = CaptionLimits { utf16_units: units, mentions: 0, hashtags: 1, ..CaptionLimits::default() };
        for mut event in every_kind_and_relation() {
            event.details.title = "@title".into();
            event.details.recipient_name = "@anna".into();
            event.details.handles.instagram = Some("anna".into());
            let templates = Templates::new(Style { limits: limits.clone(), ..style() });
            let written = templates.write(&event, 0).await;
            assert!(Caption::parse(&written.message, &limits).is_ok(), "{}", written.message);
            assert!(!written.message.is_empty() && !written.plan.is_empty());
        }
    }
}
