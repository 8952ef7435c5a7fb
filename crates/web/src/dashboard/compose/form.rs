use actix_multipart::{Field, Multipart};
use actix_web::{
    FromRequest as _, HttpRequest,
    web::{Bytes, Payload},
};
use futures_util::{StreamExt as _, TryStreamExt as _};

use crate::{
    Api,
    dashboard::form::Form,
    http::{
        body::{MAX_BYTES, in_time, refuse_compressed},
        problem::Problem,
    },
};

/// The form's text fields, and the file that came with it.
pub(super) struct Sent {
    pub(super) form: Form,
    pub(super) file: Option<Bytes>,
}

/// Reads the form while it arrives; no text is larger than a JSON body may be, and no file than an upload.
pub(super) async fn read(api: &Api, request: &HttpRequest, payload: Payload) -> Result<Sent, Problem> {
    refuse_compressed(request)?;
    let mut payload = payload.into_inner();
    let mut parts = Multipart::from_request(request, &mut payload).await.map_err(|_| unreadable())?;
    let (mut fields, mut file) = (Vec::new(), None);
    let mut room = MAX_BYTES;
    while let Some(mut field) = in_time(request, parts.try_next()).await?.map_err(|_| unreadable())? {
        let name = field.name().unwrap_or_default().to_owned();
        if name == "file" {
            let bytes = bytes(request, &mut field, api.settings().upload_bytes).await?;
            // A browser sends an empty file where none was chosen.
            file = (!bytes.is_empty()).then_some(bytes);
        } else {
            let bytes = bytes(request, &mut field, room).await?;
            room -= bytes.len();
            fields.push((name, String::from_utf8_lossy(&bytes).into_owned()));
        }
    }
    Ok(Sent { form: Form::from(fields), file })
}

async fn bytes(request: &HttpRequest, field: &mut Field, most: usize) -> Result<Bytes, Problem> {
    let mut bytes = Vec::new();
    while let Some(chunk) = in_time(request, field.next()).await? {
        let chunk = chunk.map_err(|_| unreadable())?;
        if bytes.len() + chunk.len() > most {
            return Err(Problem::too_large(most));
        }
        bytes.extend_from_slice(&chunk);
    }
    Ok(bytes.into())
}

fn unreadable() -> Problem {
    Problem::bad_request("The form did not arrive whole. Go back, what you wrote is still there, and send it again.")
}
