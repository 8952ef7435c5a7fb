//! The project's own commands: test, advisories.

fn main() {}
