//! Makes a person's picture fit Instagram.
//!
//! [`fit`] is a pure function from bytes to a baseline JPEG. It looks at headers before it decodes anything, keeps nothing of the
//! file's metadata, and says in words what it did. Two paths lead to the JPEG: nearly every phone's photo stays in its YCbCr planes
//! from decoding to encoding (quick, little memory); everything else goes through RGB.

mod chunk;
mod colour;
mod encode;
mod error;
mod exif;
mod gif;
mod interleaved;
mod jpeg;
mod kind;
mod limits;
mod make;
mod planar;
mod png;
mod scan;
mod shape;
mod small;
mod source;
mod turn;
mod webp;

pub use error::FitError;
pub use limits::Limits;
pub use make::{Fitted, fit};
pub use rats_domain::picture::Fit;
pub use small::small;
