//! Pictures: a photo of 12 megapixels made to fit, an event card. Each in a process of its own, whose memory is then known.

use std::process::Command;

use jpeg_encoder::{ColorType, Encoder, SamplingFactor};
use rats_domain::clock::Clock as _;
use rats_media::{
    card::{CardBrief, CardLook, CardPress, Kind, bundled_fonts},
    fit::{Fit, Limits, fit},
};
use rats_runtime::SystemClock;
use serde::Deserialize;
use serde_json::json;

use crate::{
    Outcome,
    arguments::Arguments,
    measure,
    report::{Figures, Report, percentile, say},
    saga::ratio,
};

/// The words by which this program is told to be who makes them.
pub(crate) const PHOTO_ROLE: &str = "photo-maker";
pub(crate) const CARD_ROLE: &str = "card-maker";

/// How often each is made.
const TIMES: usize = 10;
/// The photo's pixels across and down, as a phone held upright stores them: lying, to be turned.
const SIZE: (u16, u16) = (4_000, 3_000);
/// An EXIF block that says nothing but "turn me by 90°".
const TURNED: &[u8] = b"Exif\0\0MM\0\x2a\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0\x06\0\0\0\0\0\0";

const SPAN: &str = "median, ms";
const MEMORY: &str = "peak memory, MB";

/// What a maker prints.
#[derive(Deserialize)]
struct Told {
    ms: f64,
    memory_mb: f64,
}

/// A photo, turned, cut to 4:5, at 1,440 pixels across, beside the peer.
pub(crate) fn photo(arguments: &Arguments) -> Outcome<Report> {
    let mut report = Report::new(
        "photo: 12 megapixels (JPEG, to be turned) made to fit: 1,440 × 1,800, cut",
        &[(SPAN, "≤ 0.8 × sharp"), (MEMORY, "≤ 40")],
    );
    let dir = tempfile::tempdir()?;
    let file = dir.path().join("photo.jpg");
    std::fs::write(&file, photo_file()?)?;
    let file = file.display().to_string();
    let (mut ours, mut theirs) = (Vec::new(), Vec::new());
    for _ in 0..arguments.runs {
        ours.push(told(Command::new(std::env::current_exe()?).args([PHOTO_ROLE, &file]))?);
        if let Some(command) = &arguments.peer {
            theirs.push(told(
                Command::new("sh").args(["-c", command]).env("PHOTO", &file).env("TIMES", TIMES.to_string()),
            )?);
        }
    }
    report.column("ours", &ours);
    if arguments.peer.is_some() {
        report.column("peer", &theirs);
        report.column("ratio", &[ratio(&ours, &theirs)]);
    }
    Ok(report)
}

/// An event card, fonts loaded.
pub(crate) fn card(arguments: &Arguments) -> Outcome<Report> {
    let mut report = Report::new("card: an event card drawn and encoded, fonts loaded", &[(SPAN, "≤ 60")]);
    let mut runs = Vec::new();
    for _ in 0..arguments.runs {
        runs.push(told(Command::new(std::env::current_exe()?).arg(CARD_ROLE))?);
    }
    report.column("ours", &runs);
    Ok(report)
}

fn told(command: &mut Command) -> Outcome<Figures> {
    let output = command.output()?;
    let text = String::from_utf8(output.stdout)?;
    if !output.status.success() {
        return Err(format!("a picture was not made: {text}{}", String::from_utf8_lossy(&output.stderr)).into());
    }
    let told: Told = serde_json::from_str(text.lines().last().unwrap_or_default())?;
    Ok(vec![(SPAN, told.ms), (MEMORY, told.memory_mb)])
}

/// What this program does as a maker of photos.
pub(crate) fn make_photos(file: &str) -> Outcome {
    make(|| {
        let photo = std::fs::read(file)?;
        let fitted = fit(&photo, Fit::Crop, &Limits::default())?;
        let (width, height) = (fitted.width, fitted.height);
        if width == 1_440 && height > width { Ok(()) } else { Err(format!("it became {width} × {height}").into()) }
    })
}

/// What this program does as a maker of cards.
pub(crate) fn make_cards() -> Outcome {
    let press = CardPress::new(bundled_fonts(), None);
    let mut seed = 0;
    make(|| {
        seed += 1;
        let kind = [Kind::Birthday, Kind::Anniversary, Kind::Holiday][seed % 3];
        let brief = CardBrief {
            look: CardLook::of(kind),
            kind,
            title: "Anna's birthday".into(),
            recipient: Some("Anna".into()),
            date: time::macros::date!(2026 - 12 - 04),
            seed: u64::try_from(seed)?,
        };
        press.render(&brief)?;
        Ok(())
    })
}

/// Makes one that does not count, then those that do, and says what they took.
fn make(mut one: impl FnMut() -> Outcome) -> Outcome {
    one()?;
    let clock = SystemClock::default();
    let mut spans = Vec::new();
    for _ in 0..TIMES {
        let begun = clock.monotonic();
        one()?;
        spans.push(clock.monotonic().since(begun).as_secs_f64() * 1e3);
    }
    let memory = measure::peak_memory(std::process::id())?;
    say(&format!("{}\n", json!({"ms": percentile(&mut spans, 50.0), "memory_mb": memory})));
    Ok(())
}

/// A picture with soft areas and fine grain, like a photo's.
fn photo_file() -> Outcome<Vec<u8>> {
    let (width, height) = SIZE;
    let mut pixels = Vec::with_capacity(usize::from(width) * usize::from(height) * 3);
    let mut grain = 1_u32;
    for y in 0..u32::from(height) {
        for x in 0..u32::from(width) {
            grain = grain.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            let noise = grain >> 28;
            let wave = ((x / 3) ^ (y / 5)) & 31;
            for part in [x * 180 / 4_000 + wave, y * 180 / 3_000 + wave, (x + y) * 150 / 7_000 + 40] {
                pixels.push(u8::try_from((part + noise).min(255))?);
            }
        }
    }
    let mut file = Vec::new();
    let mut encoder = Encoder::new(&mut file, 90);
    encoder.set_sampling_factor(SamplingFactor::F_2_2);
    encoder.add_app_segment(1, TURNED.to_vec())?;
    encoder.encode(&pixels, width, height, ColorType::Rgb)?;
    Ok(file)
}
