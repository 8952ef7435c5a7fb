#![doc = include_str!("../README.md")]

mod adopt;
mod assembly;
mod check;
mod clock;
mod command;
pub mod config;
mod content;
mod home;
mod loops;
mod metrics;
mod process;
mod telemetry;

pub use assembly::{Assembly, StartError};
pub use clock::{SystemClock, SystemRandom};
pub use command::{api, scheduler};
pub use loops::{LoopEnded, StopSignal, run as run_loops, stopped};
pub use metrics::{Metrics, listen as listen_for_metrics};
pub use process::{Server, bind, block_on, report, stop_signal};
