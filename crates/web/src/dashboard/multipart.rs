//! Forms with a file.

use actix_multipart::{Field, Multipart};
use actix_web::{
    FromRequest as _, HttpRequest, ResponseError as _,
    http::StatusCode,
    web::{Bytes, Payload},
};
use futures_util::{StreamExt as _, TryStreamExt as _};
use rats_domain::id::UserId;

use super::{
    failure::Failure,
    form::{Form, SignedForm, TOKEN, unsent},
    visitor,
};
use crate::{
    Api,
    http::{
        body::{MAX_BYTES, in_time, refuse_compressed},
        origin,
        problem::Problem,
        upload::Upload,
    },
    picture::LONGEST_UPLOAD,
};

/// A form of a signed-in user, with the token of their session, and the file that came with it.
pub(super) struct FileForm {
    /// Who sent it, and its text fields.
    pub(super) sent: SignedForm,
    /// The file, if one was chosen.
    pub(super) file: Option<SentFile>,
}

/// A file, which counts among those under way for as long as it is held.
pub(super) struct SentFile {
    bytes: Bytes,
    _under_way: Upload,
}

/// What arrived.
struct Arrived {
    form: Form,
    file: Option<SentFile>,
    /// Whether one came, kept or not.
    had_file: bool,
}

/// The most parts that a form of ours has, and some.
const MOST_PARTS: usize = 32;

impl FileForm {
    /// Reads the form while it arrives, in as much time as an upload may take; no text is larger than a JSON body may be, and no file than an
    /// upload. The file is passed over where nobody is signed in, who would fill our memory.
    ///
    /// # Errors
    ///
    /// A form without its session's token is shown to who sent it, not done.
    pub(super) async fn read(api: &Api, request: &HttpRequest, payload: Payload) -> Result<Self, Failure> {
        if !origin::may_be_own(api, request) {
            return Err(Failure::foreign());
        }
        let visitor = visitor::find(request).await?;
        let user = visitor.as_ref().map(|visitor| &visitor.user);
        let arrived = tokio::time::timeout(LONGEST_UPLOAD, parts(api, request, payload, user)).await;
        let Arrived { form, file, had_file } = arrived.unwrap_or_else(|_| Err(unreadable()))?;
        match visitor {
            Some(visitor) if visitor.owns(&form) => {
                Ok(Self { sent: SignedForm { visitor, form: form.without(TOKEN) }, file })
            }
            visitor => Err(unsent(request, visitor.as_ref(), form, had_file)),
        }
    }
}

async fn parts(api: &Api, request: &HttpRequest, payload: Payload, user: Option<&UserId>) -> Result<Arrived, Problem> {
    refuse_compressed(request)?;
    let mut payload = payload.into_inner();
    let mut parts = Multipart::from_request(request, &mut payload).await.map_err(|_| unreadable())?;
    let (mut fields, mut file, mut had_file) = (Vec::new(), None, false);
    let (mut room, mut left) = (MAX_BYTES, MOST_PARTS);
    while let Some(mut field) = in_time(request, parts.try_next()).await?.map_err(|_| unreadable())? {
        let name = field.name().unwrap_or_default().to_owned();
        left = left.checked_sub(1).filter(|_| name != "file" || !had_file).ok_or_else(unreadable)?;
        if name == "file" {
            // A browser sends an empty file where none was chosen.
            let Some(first) = in_time(request, field.next()).await?.transpose().map_err(|_| unreadable())? else {
                continue;
            };
            had_file = true;
            let under_way = user.map(|user| api.uploads().begin(user)).transpose()?;
            let most = api.settings().upload_bytes;
            let bytes = bytes(request, &mut field, most, under_way.as_ref().map(|_| first));
            let bytes = bytes.await.map_err(|problem| smaller(problem, most))?;
            file = under_way.map(|under_way| SentFile { bytes, _under_way: under_way });
        } else {
            let bytes = bytes(request, &mut field, room, Some(Bytes::new())).await?;
            room = room.saturating_sub(bytes.len() + name.len());
            fields.push((name, String::from_utf8_lossy(&bytes).into_owned()));
        }
    }
    Ok(Arrived { form: Form::from(fields), file, had_file })
}

/// What a field holds after `first`; nothing is kept of it where that is none.
async fn bytes(request: &HttpRequest, field: &mut Field, most: usize, first: Option<Bytes>) -> Result<Bytes, Problem> {
    let (mut length, keeps) = (first.as_ref().map_or(0, Bytes::len), first.is_some());
    let mut bytes = first.map(Vec::from).unwrap_or_default();
    while let Some(chunk) = in_time(request, field.next()).await? {
        let chunk = chunk.map_err(|_| unreadable())?;
        length += chunk.len();
        if length > most {
            return Err(Problem::too_large(most));
        }
        if keeps {
            bytes.extend_from_slice(&chunk);
        }
    }
    Ok(bytes.into())
}

impl AsRef<[u8]> for SentFile {
    fn as_ref(&self) -> &[u8] {
        &self.bytes
    }
}

/// What to do about a picture that is larger than `most` bytes.
fn smaller(problem: Problem, most: usize) -> Problem {
    if problem.status_code() != StatusCode::PAYLOAD_TOO_LARGE {
        return problem;
    }
    let message = format!(
        "Pictures have at most {} MB here. Go back, what you wrote is still there, and choose a smaller one.",
        most / 1_000_000
    );
    Problem::new(StatusCode::PAYLOAD_TOO_LARGE, "too-large", "The picture is too large", message)
}

fn unreadable() -> Problem {
    Problem::bad_request("The form did not arrive whole. Go back, what you wrote is still there, and send it again.")
}
