//! Opening PostgreSQL, with rustls where the address asks for TLS.

use std::{sync::Arc, time::Duration};

use diesel::{
    ConnectionError, ConnectionResult, QueryableByName, sql_query,
    sql_types::{Bool, Text},
};
use diesel_async::{
    AsyncMigrationHarness, AsyncPgConnection, RunQueryDsl as _, SimpleAsyncConnection as _,
    pooled_connection::{
        AsyncDieselConnectionManager, ManagerConfig, RecyclingMethod,
        deadpool::{Object, Pool},
    },
};
use diesel_migrations::MigrationHarness as _;
use futures_util::FutureExt as _;
use rats_domain::secret::Secret;
use rustls_platform_verifier::BuilderVerifierExt as _;
use tokio::runtime::Handle;
use tokio_postgres_rustls::MakeRustlsConnect;

use crate::{backend::Pg, migration, options::OpenError};

/// The advisory lock under which one process at a time brings the tables up to date. ("RATS" in ASCII.)
const MIGRATION_LOCK: i64 = 0x5241_5453;

/// How long a connection may take to be made; twice that for one to be found dead or to become free.
const PATIENCE: Duration = Duration::from_secs(5);

/// A silent connection is probed so often, and so many times.
const PROBE: Duration = Duration::from_secs(1);
const PROBES: u32 = 5;

/// A pool of connections to a database that was checked and brought up to date.
pub(crate) async fn open(url: &Secret, size: usize, runtime: &Handle) -> Result<Pool<Pg>, OpenError> {
    let pool = pool(url, size)?;
    let prepared = pool.clone();
    runtime
        .spawn(async move {
            check(&mut *connection(&prepared).await?).await?;
            migrate(connection(&prepared).await?).await
        })
        .await
        .map_err(|error| OpenError::Unreachable(Box::new(error)))??;
    Ok(pool)
}

async fn connection(pool: &Pool<Pg>) -> Result<Object<Pg>, OpenError> {
    pool.get().await.map_err(|error| OpenError::Unreachable(Box::new(error)))
}

fn pool(url: &Secret, size: usize) -> Result<Pool<Pg>, OpenError> {
    let tls = MakeRustlsConnect::new(tls()?);
    let mut config = ManagerConfig::<Pg>::default();
    // A round trip to check a connection costs a third of the throughput; one known to be closed is dropped all the same.
    config.recycling_method = RecyclingMethod::Fast;
    config.custom_setup = Box::new(move |url| connect(url.to_owned(), tls.clone()).boxed());
    Pool::builder(AsyncDieselConnectionManager::new_with_config(url.expose(), config))
        .max_size(size.max(2))
        .runtime(deadpool::Runtime::Tokio1)
        .wait_timeout(Some(PATIENCE * 2))
        .create_timeout(Some(PATIENCE * 2))
        .build()
        .map_err(|error| OpenError::Unreachable(Box::new(error)))
}

fn tls() -> Result<rustls::ClientConfig, OpenError> {
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let config = rustls::ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .and_then(rustls::ConfigBuilder::with_platform_verifier)
        .map_err(|error| OpenError::Unreachable(Box::new(error)))?;
    Ok(config.with_no_client_auth())
}

async fn connect(url: String, tls: MakeRustlsConnect) -> ConnectionResult<AsyncPgConnection> {
    // The driver's message may repeat the address, and with it the password.
    let told = |error: tokio_postgres::Error| {
        let told = error
            .as_db_error()
            .map_or_else(|| "PostgreSQL cannot be reached".to_owned(), |told| told.message().to_owned());
        ConnectionError::BadConnection(told)
    };
    let config: tokio_postgres::Config = url.parse().map_err(told)?;
    let (client, connection) = impatient(config).connect(tls).await.map_err(told)?;
    // A client that died in the middle of a transaction must not keep its locks.
    let mut connection = AsyncPgConnection::try_from_client_and_connection(client, connection).await?;
    let set = connection.batch_execute("SET idle_in_transaction_session_timeout = '15s'").await;
    set.map_err(ConnectionError::CouldntSetupConfiguration)?;
    Ok(connection)
}

/// A host that is gone is noticed while a request to it is not acknowledged, and while its answer is awaited: by the probes of an idle connection.
fn impatient(mut config: tokio_postgres::Config) -> tokio_postgres::Config {
    config
        .connect_timeout(PATIENCE)
        .tcp_user_timeout(PATIENCE * 2)
        .keepalives_idle(PATIENCE)
        // By default 75 s go by before the system looks whether the first probe was answered.
        .keepalives_interval(PROBE)
        .keepalives_retries(PROBES);
    config
}

/// A database that forgets would publish twice.
async fn check(conn: &mut Pg) -> Result<(), OpenError> {
    #[derive(QueryableByName)]
    struct Settings {
        #[diesel(sql_type = Text)]
        fsync: String,
        #[diesel(sql_type = Text)]
        synchronous_commit: String,
        #[diesel(sql_type = Bool)]
        standby: bool,
    }

    let settings: Settings = sql_query(
        "SELECT current_setting('fsync') AS fsync, current_setting('synchronous_commit') AS synchronous_commit, \
         pg_is_in_recovery() AS standby",
    )
    .get_result(conn)
    .await
    .map_err(|error| OpenError::Unreachable(Box::new(error)))?;
    let forgets = if settings.standby {
        "it is a standby; use the primary's address"
    } else if settings.fsync != "on" {
        "fsync is off; set fsync = on"
    } else if settings.synchronous_commit == "off" {
        "synchronous_commit is off; set it to on"
    } else {
        return Ok(());
    };
    Err(OpenError::Forgetful(forgets.into()))
}

async fn migrate(mut conn: Object<Pg>) -> Result<(), OpenError> {
    let failed = |error: diesel::result::Error| OpenError::Migration(Box::new(error));
    conn.batch_execute(&format!("SELECT pg_advisory_lock({MIGRATION_LOCK})")).await.map_err(failed)?;
    let mut harness = AsyncMigrationHarness::new(conn);
    let applied = harness.run_pending_migrations(migration::POSTGRES).map(|_| ());
    harness
        .into_inner()
        .batch_execute(&format!("SELECT pg_advisory_unlock({MIGRATION_LOCK})"))
        .await
        .map_err(failed)?;
    applied.map_err(OpenError::Migration)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_dead_host_is_noticed_in_twice_the_time_to_connect() {
        let config = impatient("postgres://user@host/database".parse().unwrap());

        let interval = config.get_keepalives_interval().expect("the system's own is 75 s");
        let retries = config.get_keepalives_retries().expect("the system's own is 9");
        assert!(config.get_keepalives_idle() + interval * retries <= PATIENCE * 2);
        assert_eq!(config.get_tcp_user_timeout(), Some(&(PATIENCE * 2)));
    }
}
