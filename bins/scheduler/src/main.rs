//! The background loops: publishing, token refresh, metrics.

fn main() -> std::process::ExitCode {
    rats_runtime::scheduler()
}
