//! Real photos, through HTTP all the way to Instagram; and files that are none.

use image::ImageFormat;
use jpeg_encoder::ColorType;
use moxcms::ColorProfile;
use rats_media::fit::Fitted;
use rats_tests::{Database, World, files_in, postgres};
use reqwest::StatusCode;
use serde_json::json;

use crate::{
    look::{assert_colour, assert_fields, check},
    pictures::{
        CMYK_JPEG, FIELDS, camera_jpeg, encoded, jpeg, jpeg_of, jpeg_with_profile, rgb_image, transparent_image,
    },
};

const UPRIGHT: [usize; 4] = [0, 1, 2, 3];
const WHITE: [u8; 3] = [255; 3];

/// Uploads a photo, posts it, and answers what Instagram then has: one media, whose picture is one that Instagram takes.
async fn posted(photo: Vec<u8>, fit: &'static str) -> Fitted {
    let world = World::start(Database::Sqlite).await;
    let anna = world.person("anna").await;
    anna.connect("goldencrust").await;
    let (status, _, answer) = anna.upload(photo, fit).await;
    assert_eq!(status, StatusCode::CREATED, "{answer}");
    let media = &answer["media"];
    let body = json!({"platform": "instagram", "content": "Look!", "mediaId": media["_id"]});
    let (status, posted) = anna.post("/api/social-media/post", &body).await;
    assert_eq!(status, StatusCode::ACCEPTED, "{posted}");
    let id = posted["post"]["_id"].as_str().expect("an id");
    let post = anna.post_until(id, |post| post["status"] != "scheduled").await;
    assert_eq!(post["status"], "published", "{post:#}");

    let ledger = world.ledger();
    assert_eq!(ledger.media.len(), 1);
    let live = &ledger.media[0];
    let jpeg = world.simulator.state().jpeg(live.media_id).expect("its picture").to_vec();
    assert_eq!((&media["width"], &media["height"]), (&json!(live.width), &json!(live.height)));
    assert_eq!(media["bytes"], jpeg.len());
    assert_says_nothing_of_its_maker(&jpeg);
    for file in files_in(&world.dir.path().join("media")) {
        assert_says_nothing_of_its_maker(&std::fs::read(file).expect("bytes"));
    }
    let changes = serde_json::from_value(media["changes"].clone()).expect("texts");
    let fitted = Fitted { jpeg, width: live.width, height: live.height, changes, original: Vec::new() };
    check(&fitted);
    fitted
}

/// Neither where, with what nor by whom: nothing of what `camera_jpeg` writes.
#[track_caller]
fn assert_says_nothing_of_its_maker(file: &[u8]) {
    for trace in [&b"GPSLatitude"[..], b"Own\0", b"\x25\x88\x04", b"Photoshop", b"xmpmeta"] {
        let found = file.windows(trace.len()).any(|part| part == trace);
        assert!(!found, "{:?}", String::from_utf8_lossy(trace));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_phones_photo_of_12_megapixels_goes_live_upright_and_without_its_place() {
    let live = posted(camera_jpeg(4_000, 3_000, 6), "pad").await;
    assert_eq!((live.width, live.height), (1_440, 1_788));
    assert_fields(&live, [2, 0, 3, 1], 6);
    for told in ["turned upright", "scaled from 3000×4000 to 1341×1788", "location and camera data removed"] {
        assert!(live.changes.contains(&told.to_owned()), "{told}: {:?}", live.changes);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_transparent_png_goes_live_on_white() {
    let live = posted(encoded(transparent_image(640, 480), ImageFormat::Png), "pad").await;
    assert_colour(&live, (0.25, 0.25), FIELDS[0], 8);
    assert_colour(&live, (0.25, 0.75), WHITE, 3);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_webp_goes_live_as_a_jpeg() {
    let live = posted(encoded(rgb_image(640, 480), ImageFormat::WebP), "pad").await;
    assert_fields(&live, UPRIGHT, 8);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_panorama_goes_live_with_bars_or_without_its_sides() {
    let padded = posted(jpeg(3_000, 500), "pad").await;
    assert_eq!((padded.width, padded.height), (1_440, 756));
    assert_colour(&padded, (0.5, 0.05), WHITE, 2);
    assert_colour(&padded, (0.25, 0.4), FIELDS[0], 6);
    let cropped = posted(jpeg(3_000, 500), "crop").await;
    assert_eq!((cropped.width, cropped.height), (952, 500));
    assert_fields(&cropped, UPRIGHT, 6);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_photo_in_ink_goes_live_in_light() {
    assert_fields(&posted(CMYK_JPEG.to_vec(), "pad").await, UPRIGHT, 8);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_grey_photo_goes_live_in_its_grey() {
    let grey = jpeg_of(&vec![77; 640 * 480], (640, 480), ColorType::Luma, |_| {});
    assert_colour(&posted(grey, "pad").await, (0.5, 0.5), [77; 3], 3);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_photo_in_wide_colours_goes_live_in_srgb() {
    let live = posted(jpeg_with_profile(640, 480, &ColorProfile::new_display_p3()), "pad").await;
    // Display P3 (200, 60, 50) and (60, 160, 80) in sRGB, computed from the published matrices.
    assert_colour(&live, (0.25, 0.25), [217, 45, 38], 6);
    assert_colour(&live, (0.75, 0.25), [0, 162, 73], 6);
}

#[tokio::test(flavor = "multi_thread")]
async fn sec_35_what_is_no_sound_picture_is_refused_by_name_and_not_kept() {
    let world = World::start(Database::Postgres).await;
    let anna = world.person("anna").await;
    let whole = jpeg(640, 480);
    for (file, fault) in [
        (whole[..whole.len() / 2].to_vec(), "The picture is damaged ("),
        (bomb(), "The picture is 50000×50000; at most 50 megapixels are accepted."),
        (
            b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>".to_vec(),
            "This is an SVG drawing; please send",
        ),
        (b"Happy birthday to you".to_vec(), "This is a text; please send"),
    ] {
        let (status, kind, problem) = anna.upload(file, "pad").await;
        assert_eq!((status, kind.as_str()), (StatusCode::BAD_REQUEST, "application/problem+json"), "{problem}");
        assert_eq!((&problem["type"], &problem["success"]), (&json!("urn:rats:problem:invalid"), &json!(false)));
        let errors = problem["errors"].as_array().expect("errors");
        assert_eq!((errors.len(), &errors[0]["field"]), (1, &json!("file")), "{problem}");
        assert!(errors[0]["message"].as_str().expect("a text").starts_with(fault), "{fault}: {problem}");
        assert_eq!(problem["detail"], errors[0]["message"]);
    }
    assert_eq!(kept(&world).await, (0, 0));
    let (status, _, _) = anna.upload(whole, "pad").await;
    assert_eq!(status, StatusCode::CREATED);
    assert_eq!(kept(&world).await, (1, 2), "a sound one is, with its original");
}

/// How many pictures the database knows, and how many files there are.
async fn kept(world: &World) -> (i64, usize) {
    let database = postgres::client(&world.settings["DATABASE_URL"]).await.expect("the database");
    let row = database.query_one("SELECT count(*) FROM picture", &[]).await.expect("a count");
    (row.get(0), files_in(&world.dir.path().join("media")).len())
}

/// A PNG whose header, sound to the last bit, promises ten gigabytes.
fn bomb() -> Vec<u8> {
    let mut file = Vec::new();
    let mut info = png::Info::with_size(50_000, 50_000);
    (info.color_type, info.bit_depth) = (png::ColorType::Rgba, png::BitDepth::Eight);
    drop(png::Encoder::with_info(&mut file, info).expect("an encoder").write_header().expect("a header"));
    file
}
