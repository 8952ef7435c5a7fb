//! Forms with a file.

use actix_multipart::{Field, Multipart};
use actix_web::{
    FromRequest as _, HttpRequest,
    web::{Bytes, Payload},
};
use futures_util::{StreamExt as _, TryStreamExt as _};

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
    },
    picture::LONGEST_UPLOAD,
};

/// A form of a signed-in user, with the token of their session, and the file that came with it.
pub(super) struct FileForm {
    /// Who sent it, and its text fields.
    pub(super) sent: SignedForm,
    /// The file, if one was chosen.
    pub(super) file: Option<Bytes>,
}

/// What arrived.
struct Arrived {
    form: Form,
    file: Option<Bytes>,
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
        let arrived = tokio::time::timeout(LONGEST_UPLOAD, parts(api, request, payload, visitor.is_some())).await;
        let Arrived { form, file, had_file } = arrived.unwrap_or_else(|_| Err(unreadable()))?;
        match visitor {
            Some(visitor) if visitor.owns(&form) => {
                Ok(Self { sent: SignedForm { visitor, form: form.without(TOKEN) }, file })
            }
            visitor => Err(unsent(request, visitor.as_ref(), form, had_file)),
        }
    }
}

async fn parts(api: &Api, request: &HttpRequest, payload: Payload, keeps_file: bool) -> Result<Arrived, Problem> {
    refuse_compressed(request)?;
    let mut payload = payload.into_inner();
    let mut parts = Multipart::from_request(request, &mut payload).await.map_err(|_| unreadable())?;
    let (mut fields, mut file, mut had_file) = (Vec::new(), None, false);
    let (mut room, mut left) = (MAX_BYTES, MOST_PARTS);
    while let Some(mut field) = in_time(request, parts.try_next()).await?.map_err(|_| unreadable())? {
        let name = field.name().unwrap_or_default().to_owned();
        left = left.checked_sub(1).filter(|_| name != "file" || !had_file).ok_or_else(unreadable)?;
        if name == "file" {
            let (length, bytes) = bytes(request, &mut field, api.settings().upload_bytes, keeps_file).await?;
            // A browser sends an empty file where none was chosen.
            had_file = length > 0;
            file = (!bytes.is_empty()).then_some(bytes);
        } else {
            let (_, bytes) = bytes(request, &mut field, room, true).await?;
            room = room.saturating_sub(bytes.len() + name.len());
            fields.push((name, String::from_utf8_lossy(&bytes).into_owned()));
        }
    }
    Ok(Arrived { form: Form::from(fields), file, had_file })
}

/// How much a field holds, and what, if it is kept.
async fn bytes(request: &HttpRequest, field: &mut Field, most: usize, keeps: bool) -> Result<(usize, Bytes), Problem> {
    let (mut length, mut bytes) = (0, Vec::new());
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
    Ok((length, bytes.into()))
}

fn unreadable() -> Problem {
    Problem::bad_request("The form did not arrive whole. Go back, what you wrote is still there, and send it again.")
}
