//! The domain's picture ports over this crate's parts.

use std::sync::Arc;

use async_trait::async_trait;
use rats_domain::picture::{CardBrief, Fit, MadePicture, PictureError, PictureFetcher, PictureMaker};
use url::Url;

use crate::{
    card::{Card, CardError, CardPress},
    fetch::{FetchError, Fetcher},
    fit::{self, FitError, Fitted},
    workshop::Workshop,
};

/// Makes pictures: photos in a [`Workshop`], cards on a [`CardPress`] on the same bounded number of threads.
#[derive(Clone, Debug)]
pub struct Studio {
    workshop: Workshop,
    press: Arc<CardPress>,
}

impl Studio {
    /// A studio of these parts.
    #[must_use]
    pub fn new(workshop: Workshop, press: CardPress) -> Self {
        Self { workshop, press: Arc::new(press) }
    }
}

#[async_trait]
impl PictureMaker for Studio {
    async fn fit(&self, photo: Arc<[u8]>, fit: Fit) -> Result<MadePicture, PictureError> {
        let Fitted { jpeg, width, height, changes, original } = self.workshop.fit(photo, fit).await.map_err(unfit)?;
        Ok(MadePicture { jpeg, width, height, changes, original })
    }

    async fn small(&self, jpeg: Arc<[u8]>, width: u32) -> Result<Vec<u8>, PictureError> {
        let made = self.workshop.run(move || fit::small(&jpeg, width)).await;
        made.map_err(|lost| PictureError::Failed(Box::new(lost)))?.map_err(unfit)
    }

    async fn card(&self, brief: CardBrief) -> Result<MadePicture, PictureError> {
        let press = Arc::clone(&self.press);
        let drawn = self.workshop.run(move || press.render(&brief)).await;
        let Card { jpeg, width, height, notes } =
            drawn.map_err(|lost| PictureError::Failed(Box::new(lost)))?.map_err(undrawn)?;
        Ok(MadePicture { jpeg, width, height, changes: notes, original: Vec::new() })
    }
}

#[async_trait]
impl PictureFetcher for Fetcher {
    async fn fetch(&self, url: &Url) -> Result<Vec<u8>, PictureError> {
        Self::fetch(self, url).await.map_err(|error: FetchError| PictureError::Unusable(sentence(&error.to_string())))
    }
}

fn unfit(error: FitError) -> PictureError {
    match error {
        FitError::Failed(source) => PictureError::Failed(source),
        theirs => PictureError::Unusable(sentence(&theirs.to_string())),
    }
}

fn undrawn(error: CardError) -> PictureError {
    PictureError::Failed(Box::new(error))
}

/// An error's text as a sentence for a person.
fn sentence(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map(|first| format!("{}{}.", first.to_uppercase(), letters.as_str())).unwrap_or_default()
}
