//! Pictures of pages, small enough for a README.

use base64::{Engine as _, prelude::BASE64_STANDARD};
use color_quant::NeuQuant;
use serde_json::json;

use crate::page::Page;

/// How large a picture is beside its page.
const SCALE: f64 = 0.75;

impl Page {
    /// A PNG of what can be seen, once all pictures on it are there.
    pub(crate) async fn picture(&self) -> Vec<u8> {
        self.until(
            "Promise.all([...document.images].map((it) => (it.loading = 'eager', it.decode()))).then(() => true)",
        )
        .await;
        let size = self.value("[innerWidth, innerHeight]").await;
        let clip = json!({"x": 0, "y": 0, "width": size[0], "height": size[1], "scale": SCALE});
        let taken = self.call("Page.captureScreenshot", json!({"format": "png", "clip": clip})).await;
        BASE64_STANDARD.decode(taken["data"].as_str().expect("a picture")).expect("base64")
    }
}

/// The same picture in 256 colours.
pub(crate) fn small(png: &[u8]) -> Vec<u8> {
    let picture = image::load_from_memory(png).expect("a PNG").into_rgba8();
    let colours = NeuQuant::new(1, 256, &picture);
    let indexes: Vec<u8> =
        picture.pixels().map(|pixel| u8::try_from(colours.index_of(&pixel.0)).expect("of 256")).collect();
    let mut small = Vec::new();
    let mut encoder = png::Encoder::new(&mut small, picture.width(), picture.height());
    encoder.set_color(png::ColorType::Indexed);
    encoder.set_palette(colours.color_map_rgb());
    encoder.set_compression(png::Compression::High);
    encoder.write_header().and_then(|mut writer| writer.write_image_data(&indexes)).expect("a PNG");
    small
}
