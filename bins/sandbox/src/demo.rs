//! Some weeks of history for the demo user, so that every page has something to show.
//!
//! It is made the way history is made: by the product's own use cases, beside the simulated Instagram, by a clock that begins in the past and
//! is turned on to the present. Nothing is put into the database past them. It is made in a directory of its own, which becomes the sandbox's
//! when all is done: a start that was interrupted leaves nothing half done.

mod life;
mod past;
mod plan;

use std::{
    error::Error,
    fs,
    net::{Ipv4Addr, TcpListener},
    path::{Path, PathBuf},
    time::Duration,
};

use rats_instagram_sim::Simulator;
use rats_runtime::{Assembly, Server};
use tokio::{sync::watch, task::JoinHandle};

use self::{life::Life, past::Past};
use crate::{home::Home, settings, world};

/// Done, or why not.
type Outcome<T = ()> = Result<T, Box<dyn Error + Send + Sync>>;

/// Where the program may find fonts: all that is taken from the environment, so that the history is the same whatever else is set.
const FONTS: [&str; 2] = ["FONT_DIR", "BUNDLED_FONTS"];

/// Makes the directory `dir`, which does not exist or is empty, of a sandbox that will be at `address`, its simulated Instagram on `instagram`.
pub(crate) async fn make(dir: &Path, address: &str, instagram: &TcpListener) -> Outcome {
    let making = beside(dir);
    if making.exists() {
        // What a start that was interrupted has left.
        fs::remove_dir_all(&making)?;
    }
    let made = Box::pin(live(&making, address, instagram.try_clone()?)).await;
    let kept = made.and_then(|()| Ok(fs::rename(&making, dir)?));
    if kept.is_err() {
        fs::remove_dir_all(&making)?;
    }
    kept
}

fn beside(dir: &Path) -> PathBuf {
    let mut name = dir.file_name().unwrap_or_default().to_owned();
    name.push(".making");
    dir.with_file_name(name)
}

async fn live(dir: &Path, address: &str, instagram: TcpListener) -> Outcome {
    let home = Home::open(dir)?;
    let mut past = Past::begin(Duration::from_hours(24 * plan::DAYS.unsigned_abs()));
    let simulator =
        rats_instagram_sim::start(settings::simulator(&home, address, Duration::ZERO)?, past.simulated(), instagram)
            .await?;
    let world = World::start(&home, address, &simulator, &past).await?;
    let lived = Box::pin(async {
        let mut life = Life::begin(&world.assembly, simulator.state(), &mut past).await?;
        life.run().await
    })
    .await;
    world.stop().await?;
    simulator.stop().await;
    lived
}

/// The product in the past. It serves pictures to the simulated Instagram, at an address that nobody else knows.
struct World {
    assembly: Assembly,
    stop: watch::Sender<bool>,
    serving: JoinHandle<std::io::Result<()>>,
}

impl World {
    async fn start(home: &Home, address: &str, simulator: &Simulator, past: &Past) -> Outcome<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
        let pictures = format!("http://localhost:{}", listener.local_addr()?.port());
        let fonts = FONTS.into_iter().filter_map(|name| Some((name.to_owned(), settings::given(name)?)));
        let outside = fonts.chain([("PUBLIC_BASE_URL".to_owned(), pictures)]);
        let instagram = simulator.base_url();
        let config = settings::product(home, address, instagram.as_str().trim_end_matches('/'), outside)?;
        let assembly = Assembly::new(&config, past.clock()).await?;
        world::register_demo(&assembly).await;
        let (stop, signal) = watch::channel(false);
        let server = Server::new(&config, assembly.ports.clone(), assembly.store.clone());
        let serving = tokio::spawn(async move { server.run(listener, signal, |_| {}).await });
        Ok(Self { assembly, stop, serving })
    }

    /// Ends it and closes its database.
    async fn stop(self) -> Outcome {
        let _ = self.stop.send(true);
        Ok(self.serving.await??)
    }
}
