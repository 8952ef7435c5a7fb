//! What the kernel says of processes.

use std::time::Duration;

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

use crate::Outcome;

/// Files that a process may have open: a herd has a connection for each post, on either side.
const FILES: u64 = 65_536;

/// Raises the limit of open files for this process and all that it starts.
pub(crate) fn raise_limits() -> Outcome {
    let before = getrlimit(Resource::Nofile);
    let hard = before.maximum.map_or(FILES, |hard| hard.max(FILES));
    if setrlimit(Resource::Nofile, Rlimit { current: Some(FILES), maximum: Some(hard) }).is_err() {
        // Whoever may not raise the hard limit has what it allows.
        setrlimit(Resource::Nofile, Rlimit { current: before.maximum, maximum: before.maximum })?;
    }
    Ok(())
}

/// CPU time that a process has used.
pub(crate) fn cpu(pid: u32) -> Outcome<Duration> {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat"))?;
    // The name, in brackets, may hold anything; user and system time are the 14th and 15th field.
    let rest = stat.rsplit_once(')').ok_or("an unreadable /proc/…/stat")?.1;
    let ticks: Vec<u64> = rest.split_whitespace().skip(11).take(2).filter_map(|field| field.parse().ok()).collect();
    Ok(Duration::from_millis(ticks.iter().sum::<u64>() * 1_000 / rustix::param::clock_ticks_per_second()))
}

/// The most memory that a process ever had resident, in megabytes (10⁶ bytes).
pub(crate) fn peak_memory(pid: u32) -> Outcome<f64> {
    read(pid, "VmHWM:")
}

/// The memory that a process has resident, in megabytes.
pub(crate) fn memory(pid: u32) -> Outcome<f64> {
    read(pid, "VmRSS:")
}

#[expect(clippy::cast_precision_loss, reason = "kilobytes")]
fn read(pid: u32, what: &str) -> Outcome<f64> {
    let status = std::fs::read_to_string(format!("/proc/{pid}/status"))?;
    let line = status.lines().find_map(|line| line.strip_prefix(what)).ok_or("an unreadable /proc/…/status")?;
    let kib: u64 = line.trim().trim_end_matches(" kB").trim().parse()?;
    Ok(kib as f64 * 1.024 / 1_000.0)
}
