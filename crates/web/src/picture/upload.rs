use std::time::Duration;

use actix_multipart::{Field, Multipart};
use actix_web::{
    FromRequest as _, HttpRequest, HttpResponse,
    http::{StatusCode, header},
    web::{Data, Payload},
};
use futures_util::{StreamExt as _, TryStreamExt as _};
use rats_application::picture::UploadPicture;
use rats_domain::picture::{Fit, Picture};
use serde::Serialize;
use utoipa::ToSchema;

use crate::{
    Api,
    http::{
        body::{in_time, refuse_compressed},
        idempotency,
        problem::{Fault, Problem},
        user::CurrentUser,
    },
};

/// How long a whole upload may take: 30 MB at half a megabit a second.
pub(crate) const LONGEST_UPLOAD: Duration = Duration::from_mins(8);

/// A picture to be uploaded.
#[derive(ToSchema)]
pub(crate) struct UploadRequest {
    /// JPEG, PNG, WebP or GIF.
    #[schema(format = Binary, value_type = String)]
    file: Vec<u8>,
    /// `pad` (the default) or `crop`.
    #[schema(pattern = "^(pad|crop)$", value_type = String, required = false)]
    fit: Option<Fit>,
}

/// A picture that fits Instagram.
#[derive(Serialize, ToSchema)]
pub(crate) struct MediaView {
    /// For a post's `mediaId`.
    #[serde(rename = "_id")]
    id: String,
    url: String,
    width: u32,
    height: u32,
    bytes: u64,
    /// What was done to make it fit, in words.
    changes: Vec<String>,
}

/// A picture was taken in.
#[derive(Serialize, ToSchema)]
pub(crate) struct MediaAnswer {
    success: bool,
    media: MediaView,
}

/// Takes in a picture and makes it fit Instagram.
#[utoipa::path(post, path = "/api/media", tag = "pictures", security(("bearer" = [])),
    request_body(content = UploadRequest, content_type = "multipart/form-data"), responses((status = 201, body = MediaAnswer)))]
pub(crate) async fn upload_picture(
    user: CurrentUser,
    api: Data<Api>,
    request: HttpRequest,
    payload: Payload,
) -> Result<HttpResponse, Problem> {
    refuse_compressed(&request)?;
    let kind = request.headers().get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or("");
    if !kind.trim_start().to_ascii_lowercase().starts_with("multipart/form-data") {
        return Err(Problem::unsupported_media_type("multipart/form-data"));
    }
    let mut payload = payload.into_inner();
    let form = Multipart::from_request(&request, &mut payload).await.map_err(|_| unreadable())?;
    let _under_way = api.uploads().begin(&user.0)?;
    let UploadRequest { file, fit } =
        tokio::time::timeout(LONGEST_UPLOAD, read(&request, form, api.settings().upload_bytes))
            .await
            .map_err(|_| late())??;
    let fit = fit.unwrap_or_default();
    let key = idempotency::key(&request, &[file.as_slice(), fit.as_str().as_bytes()].concat())?;
    let picture = UploadPicture(api.ports().clone()).run(&user.0, file.into(), fit, key.as_ref()).await?;
    Ok(HttpResponse::Created().json(answer(&api, picture)))
}

fn answer(api: &Api, picture: Picture) -> MediaAnswer {
    let media = MediaView {
        url: api.ports().picture_url(picture.id.as_str()).into(),
        id: picture.id.to_string(),
        width: picture.width,
        height: picture.height,
        bytes: picture.bytes,
        changes: picture.changes,
    };
    MediaAnswer { success: true, media }
}

/// Reads the form's two fields, counting bytes while they arrive.
async fn read(request: &HttpRequest, mut form: Multipart, most: usize) -> Result<UploadRequest, Problem> {
    let (mut file, mut fit) = (None, None);
    while let Some(mut field) = in_time(request, form.try_next()).await?.map_err(|_| unreadable())? {
        let name = field.name().unwrap_or_default().to_owned();
        match name.as_str() {
            "file" if file.is_none() => file = Some(bytes(request, &mut field, most).await?),
            "fit" if fit.is_none() => fit = Some(parse_fit(&bytes(request, &mut field, 16).await?)?),
            _ => return Err(unknown(&name)),
        }
    }
    let missing = || Problem::invalid(vec![Fault::new("file", "The field `file` is missing. Send the picture in it.")]);
    Ok(UploadRequest { file: file.filter(|file| !file.is_empty()).ok_or_else(missing)?, fit })
}

fn unknown(name: &str) -> Problem {
    let name: String = name.chars().take(60).collect();
    let message = format!("`{name}` is not known here, or given twice. Send `file` once, and `fit` at most once.");
    Problem::invalid(vec![Fault::new(name, message)])
}

fn parse_fit(bytes: &[u8]) -> Result<Fit, Problem> {
    let wrong = || Problem::invalid(vec![Fault::new("fit", "`fit` must be pad or crop.")]);
    std::str::from_utf8(bytes).ok().and_then(Fit::parse).ok_or_else(wrong)
}

async fn bytes(request: &HttpRequest, field: &mut Field, most: usize) -> Result<Vec<u8>, Problem> {
    let mut bytes = Vec::new();
    while let Some(chunk) = in_time(request, field.next()).await? {
        let chunk = chunk.map_err(|_| unreadable())?;
        if bytes.len() + chunk.len() > most {
            return Err(Problem::too_large(most));
        }
        bytes.extend_from_slice(&chunk);
    }
    Ok(bytes)
}

fn late() -> Problem {
    Problem::bad_request("The upload took too long. Send a smaller picture, or send it over a faster connection.")
        .with_status(StatusCode::REQUEST_TIMEOUT)
}

fn unreadable() -> Problem {
    Problem::bad_request(
        "The form cannot be read. Send it as multipart/form-data with the fields `file` and, if wanted, `fit`.",
    )
}
