//! The background loops: publishing, token refresh, metrics.

fn main() {}
