//! The embedded migrations: what both backends share, and what each has of its own.

use diesel::{
    backend::Backend,
    migration::{Migration, MigrationSource, Result},
};
use diesel_migrations::{EmbeddedMigrations, embed_migrations};

/// All of SQLite's.
pub(crate) const SQLITE: Joined = Joined(COMMON, embed_migrations!("migrations/sqlite"));

/// All of PostgreSQL's.
pub(crate) const POSTGRES: Joined = Joined(COMMON, embed_migrations!("migrations/postgres"));

const COMMON: EmbeddedMigrations = embed_migrations!("migrations/common");

/// Two folders as one; the harness sorts by version.
pub(crate) struct Joined(EmbeddedMigrations, EmbeddedMigrations);

impl<DB: Backend> MigrationSource<DB> for Joined {
    fn migrations(&self) -> Result<Vec<Box<dyn Migration<DB>>>> {
        let mut all = MigrationSource::<DB>::migrations(&self.0)?;
        all.extend(MigrationSource::<DB>::migrations(&self.1)?);
        Ok(all)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use diesel::{pg::Pg, sqlite::Sqlite};

    use super::*;

    fn versions<DB: Backend>(all: &Joined) -> Vec<String> {
        let migrations = MigrationSource::<DB>::migrations(all).unwrap();
        migrations.iter().map(|migration| migration.name().version().to_string()).collect()
    }

    #[test]
    fn no_two_migrations_have_one_number_or_the_second_would_never_run() {
        for versions in [versions::<Sqlite>(&SQLITE), versions::<Pg>(&POSTGRES)] {
            assert_eq!(versions.iter().collect::<BTreeSet<_>>().len(), versions.len(), "{versions:?}");
        }
    }
}
