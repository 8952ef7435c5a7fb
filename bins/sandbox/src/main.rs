//! API, scheduler and simulated Instagram in one process.

fn main() {}
