//! The HTTP API: `rats-api`, `rats-api --with-scheduler`, `rats-api check`.

fn main() -> std::process::ExitCode {
    rats_runtime::api()
}
