use actix_web::{
    HttpRequest, HttpResponse,
    http::header,
    web::{Bytes, Data},
};
use futures_util::stream;
use rats_application::{
    Refusal,
    analytics::{ExportPosts, PeriodRequest, SheetPage},
};
use rats_domain::{analytics::PageEnd, id::UserId, zone::Zone};

use super::{
    query::Asked,
    sheet::{HEAD, push_line},
};
use crate::{
    Api,
    http::{problem::Problem, user::CurrentUser},
};

/// How long a line is, about: for the memory of a page.
const LINE: usize = 400;

/// Sends every post that went out with its last numbers as a CSV sheet, the newest first.
///
/// It is sent page by page. Where it breaks off the connection is closed without its proper end, so that a part is not taken for the whole.
#[utoipa::path(get, path = "/api/social-media/analytics/export.csv", tag = "analytics", security(("bearer" = [])), params(
    ("timeZone" = Option<String>, Query, description = "An IANA name, such as Europe/Lisbon, for `sentLocal`; the user's own (`/api/social-media/settings`) without it."),
), responses((status = 200, body = String, content_type = "text/csv")))]
pub(crate) async fn export(user: CurrentUser, api: Data<Api>, request: HttpRequest) -> Result<HttpResponse, Problem> {
    let mut asked = Asked::of(&request)?;
    let time_zone = asked.time_zone();
    asked.finish()?;
    let zone = PeriodRequest { time_zone, ..PeriodRequest::default() }.zone(api.ports(), &user.0).await?;
    Ok(send_sheet(&api, &user.0, zone).await?)
}

/// Sends the user's sheet.
pub(crate) async fn send_sheet(api: &Api, user: &UserId, zone: Zone) -> Result<HttpResponse, Refusal> {
    let posts = ExportPosts(api.ports().clone());
    // What can be refused is refused before anything is sent.
    let first = posts.page(user, None).await?;
    let user = user.clone();
    let pages = stream::try_unfold(Some(Next::First(first)), move |next| {
        let (posts, user, zone) = (ExportPosts(posts.0.clone()), user.clone(), zone.clone());
        async move {
            let (head, page) = match next {
                None => return Ok::<_, Refusal>(None),
                Some(Next::First(page)) => (HEAD, page),
                Some(Next::After(end)) => ("", posts.page(&user, Some(&end)).await?),
            };
            Ok(Some((lines(&page, head, &zone), page.next.map(Next::After))))
        }
    });
    Ok(HttpResponse::Ok()
        .content_type("text/csv; charset=utf-8; header=present")
        .insert_header((header::CONTENT_DISPOSITION, "attachment; filename=\"rats-posts.csv\""))
        .streaming(pages))
}

/// What is sent next.
enum Next {
    /// The first page, which is here.
    First(SheetPage),
    /// The one after this.
    After(PageEnd),
}

fn lines(page: &SheetPage, head: &str, zone: &Zone) -> Bytes {
    let mut sheet = String::with_capacity(head.len() + page.rows.len() * LINE);
    sheet.push_str(head);
    for row in &page.rows {
        push_line(&mut sheet, row, zone);
    }
    sheet.into()
}
