use maud::{Markup, html};
use time::OffsetDateTime;
use time::macros::format_description;

use super::page;
use crate::{Account, MediaView};

/// The accounts to look at.
pub(super) fn home(accounts: &[Account]) -> Markup {
    let body = html! {
        section.card.narrow {
            h1 { "Accounts" }
            p.soft { "What was published shows on these profiles." }
            ul.people {
                @for account in accounts {
                    li { a href=(format!("/{}/", account.username)) {
                        (face(&account.username))
                        div { b { (account.username) } span { (posts(account.media.len())) } }
                    } }
                }
            }
        }
    };
    page("Accounts", &body)
}

/// An account's page with its grid.
pub(super) fn profile(account: &Account, media: &[MediaView]) -> Markup {
    let body = html! {
        section.top {
            (face(&account.username))
            div {
                h1 { (account.username) }
                ul.counts {
                    li { b { (account.media.len()) } @if account.media.len() == 1 { " post" } @else { " posts" } }
                    li { b { (grouped(account.followers.into())) } " followers" }
                    li { b { (grouped(account.follows.into())) } " following" }
                }
                div { b { (account.name) } }
                div.soft { (account.biography) }
            }
        }
        section.grid {
            @for post in media {
                a href=(format!("/p/{}/", post.shortcode)) {
                    img src=(picture(post)) alt=(post.alt_text.as_deref().unwrap_or("A post")) loading="lazy";
                    span { "♥ " (grouped(post.engagement.likes())) "  ·  " (grouped(post.engagement.comments())) " comments" }
                }
            }
            @if media.is_empty() { p.empty { "No posts yet. What is published to this account appears here." } }
        }
    };
    page(&format!("{} ({})", account.name, account.username), &body)
}

/// A post's page.
pub(super) fn post(media: &MediaView, now: OffsetDateTime) -> Markup {
    let (likes, comments) = (media.engagement.likes(), media.engagement.comments());
    let body = html! {
        article.post {
            div.shot {
                img.full src=(picture(media)) width=(media.size.0) height=(media.size.1) alt=(media.alt_text.as_deref().unwrap_or("The post's picture"));
            }
            div.side {
                div.who { (face(&media.username)) a href=(format!("/{}/", media.username)) { (media.username) } }
                div.caption { (media.caption) @if media.caption.is_empty() { span.soft { "No caption" } } }
                div.marks {
                    div { b { (grouped(likes)) } @if likes == 1 { " like" } @else { " likes" }
                        "  ·  " b { (grouped(comments)) } @if comments == 1 { " comment" } @else { " comments" } }
                    div.soft.small title=(full(media.timestamp)) { (age(media.timestamp, now)) }
                }
            }
        }
    };
    page(&format!("Post by {}", media.username), &body)
}

/// A round picture with the account's initial.
pub(super) fn avatar(account: &Account) -> String {
    let hue = account.username.bytes().fold(7_u32, |hue, byte| (hue * 31 + u32::from(byte)) % 360);
    let initial: String = account.name.chars().next().into_iter().flat_map(char::to_uppercase).collect();
    html! {
        svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 100 100" {
            defs { linearGradient id="g" x1="0" y1="0" x2="1" y2="1" {
                stop offset="0" stop-color=(format!("hsl({hue} 75% 62%)")) {}
                stop offset="1" stop-color=(format!("hsl({} 70% 45%)", (hue + 50) % 360)) {}
            } }
            rect width="100" height="100" fill="url(#g)" {}
            text x="50" y="52" font-family="system-ui, sans-serif" font-size="46" font-weight="700" fill="#fff"
                text-anchor="middle" dominant-baseline="central" { (initial) }
        }
    }
    .0
}

pub(super) fn full(moment: OffsetDateTime) -> String {
    moment.format(&format_description!("[year]-[month]-[day] [hour]:[minute]:[second] UTC")).unwrap_or_default()
}

fn face(username: &str) -> Markup {
    html! { img.face src=(format!("/_avatar/{username}.svg")) alt=""; }
}

fn picture(media: &MediaView) -> String {
    format!("/_media/{}.jpg", media.id)
}

fn posts(count: usize) -> String {
    match count {
        0 => "No posts yet".to_owned(),
        1 => "1 post".to_owned(),
        many => format!("{many} posts"),
    }
}

fn age(published: OffsetDateTime, now: OffsetDateTime) -> String {
    let minutes = (now - published).whole_minutes();
    let (count, unit) = match minutes {
        ..1 => return "just now".to_owned(),
        1..60 => (minutes, "minute"),
        60..1_440 => (minutes / 60, "hour"),
        _ => (minutes / 1_440, "day"),
    };
    let plural = if count == 1 { "" } else { "s" };
    format!("{count} {unit}{plural} ago")
}

/// `12,345`.
fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let from_end = |at: usize| digits.len() - at;
    digits.char_indices().fold(String::new(), |mut text, (at, digit)| {
        if at > 0 && from_end(at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
        text
    })
}
