//! What becomes of "publish now" when its process is told to stop.

use std::{sync::Arc, time::Duration};

use async_trait::async_trait;
use futures_util::FutureExt as _;
use rats_application::Ports;
use rats_domain::{
    clock::Monotonic,
    id::{ContainerId, MediaId},
    instagram::{Access, ContainerStatus, Dated, PlatformError, PublishAnswer, Publisher},
};
use serde_json::{Value, json};
use tokio::sync::Semaphore;
use url::Url;

use crate::world::World;

/// An Instagram that answers a publish request when it is let.
struct Slow {
    asked: Semaphore,
    answers: Semaphore,
    status: ContainerStatus,
}

impl Slow {
    fn saying(status: ContainerStatus) -> Arc<Self> {
        Arc::new(Self { asked: Semaphore::new(0), answers: Semaphore::new(0), status })
    }
}

#[async_trait]
impl Publisher for Slow {
    async fn create_image(&self, _: &Access, _: &Url, _: &str) -> Result<ContainerId, PlatformError> {
        Ok(ContainerId::new("container"))
    }

    async fn status(&self, _: &Access, _: &ContainerId) -> Result<Dated<ContainerStatus>, PlatformError> {
        Ok(Dated { value: self.status.clone(), date: Some(crate::fake::T) })
    }

    async fn prepare(&self) {}

    async fn publish(&self, _: &Access, _: &ContainerId, _: Monotonic) -> PublishAnswer {
        self.asked.add_permits(1);
        let _permit = self.answers.acquire().await;
        PublishAnswer::Live(MediaId::new("1790"))
    }
}

/// A post that is to be published now, by `instagram`; answers its address.
async fn published_now(instagram: &Arc<Slow>) -> (World, String) {
    let world = World::over(|ports| Ports { publisher: instagram.clone(), ..ports }).await;
    let event = world.event("u1").await;
    world.connect("u1").await;
    let body = json!({ "platform": "instagram", "eventId": event });
    let post = world.post("u1", "/api/social-media/post", body).await.json();
    let path = format!("/api/social-media/posts/{}", post["post"]["_id"].as_str().unwrap());
    (world, path)
}

async fn stage(world: &World, path: &str) -> Value {
    world.get("u1", path).await.json()["post"]["stage"].clone()
}

#[actix_web::test]
async fn a_request_in_flight_gets_its_answer() {
    let instagram = Slow::saying(ContainerStatus::Finished);
    let (world, path) = published_now(&instagram).await;
    let _asked = instagram.asked.acquire().await.unwrap();

    let mut finished = Box::pin(world.api.finish(Duration::from_mins(1)));
    assert!((&mut finished).now_or_never().is_none(), "it is waited for");
    instagram.answers.add_permits(1);
    finished.await;

    assert_eq!(stage(&world, &path).await, "published");
}

#[actix_web::test]
async fn what_is_in_flight_for_too_long_is_left() {
    let instagram = Slow::saying(ContainerStatus::Finished);
    let (world, path) = published_now(&instagram).await;
    let _asked = instagram.asked.acquire().await.unwrap();

    world.api.finish(Duration::ZERO).await;

    assert_eq!(stage(&world, &path).await, "publish_requested");
}

#[actix_web::test]
async fn what_is_not_in_flight_is_left_to_whoever_comes_next() {
    let instagram = Slow::saying(ContainerStatus::InProgress);
    let (world, path) = published_now(&instagram).await;

    world.api.finish(Duration::from_mins(1)).await;

    let stage = stage(&world, &path).await;
    assert!(stage == "waiting" || stage == "staging", "{stage}");
}
