use std::time::Duration;

use tokio::time::{Instant, sleep};

/// Waits until something holds, at most a minute.
pub async fn until<R: Future<Output = bool>>(holds: impl Fn() -> R) {
    let end = Instant::now() + Duration::from_mins(1);
    while !holds().await {
        assert!(Instant::now() < end, "it took too long");
        sleep(Duration::from_millis(10)).await;
    }
}
