//! What is open, resting and connected, in numbers, for who watches the service.

use std::time::Duration;

use diesel::{
    QueryableByName, sql_query,
    sql_types::{BigInt, Nullable, Text},
};
use diesel_async::RunQueryDsl as _;
use rats_domain::{
    connection::Health,
    publication::{RestCause, Stage},
    store::StoreError,
};

use crate::{
    Store,
    backend::{read, statements},
    fixed::Fixed,
    queue::free,
    trouble::Trouble,
};

/// How things stand by the store's clock. Nothing of it names anybody.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Standing {
    /// How many posts are open, by their stage; a stage without any is left out.
    pub open: Vec<(Stage, u64)>,
    /// How many are due, under no lease, and would be handed out now.
    pub claimable: u64,
    /// How many are due and under no lease, but wait for another post of their account.
    pub behind: u64,
    /// For how long the first of those that would be handed out has been due; `None` if there is none.
    pub oldest_due: Option<Duration>,
    /// How many accounts rest, by why.
    pub resting: Vec<(RestCause, u64)>,
    /// How many connections there are, by their health.
    pub connections: Vec<(Health, u64)>,
}

impl Store {
    /// Counts what is open, due, resting and connected. What was published long ago is not looked at: the indexes used hold only what is open.
    pub async fn standing(&self) -> Result<Standing, StoreError> {
        let clock = self.clock();
        let standing: Result<Standing, Trouble> = read!(self, |conn| {
            let now = clock.now(conn).await?;
            let due = conn.count_due(now).await?;
            Ok(Standing {
                open: understood(conn.count_open().await?, Stage::parse)?,
                claimable: count(due.claimable),
                behind: count(due.all - due.claimable),
                oldest_due: due.oldest.map(|at| Duration::from_micros(count(now - at))),
                resting: understood(conn.count_resting(now).await?, RestCause::parse)?,
                connections: understood(conn.count_connections().await?, Health::parse)?,
            })
        });
        Ok(standing?)
    }
}

/// How many there are of what is called so.
#[derive(QueryableByName)]
struct Counted {
    #[diesel(sql_type = Text)]
    word: String,
    #[diesel(sql_type = BigInt)]
    number: i64,
}

#[derive(QueryableByName)]
struct Due {
    #[diesel(sql_type = BigInt)]
    all: i64,
    #[diesel(sql_type = BigInt)]
    claimable: i64,
    #[diesel(sql_type = Nullable<BigInt>)]
    oldest: Option<i64>,
}

fn understood<T>(counted: Vec<Counted>, parse: impl Fn(&str) -> Option<T>) -> Result<Vec<(T, u64)>, Trouble> {
    let known = |Counted { word, number }| match parse(&word) {
        Some(known) => Ok((known, count(number))),
        None => Err(Trouble::damaged("a count", format!("the word {word} is unknown"))),
    };
    counted.into_iter().map(known).collect()
}

fn count(number: i64) -> u64 {
    u64::try_from(number).unwrap_or(0)
}

statements! {
    /// What is counted.
    trait Counts {
        /// What is open has a due time, and an index of its own.
        async fn count_open(conn) -> Result<Vec<Counted>, Trouble> {
            let open = "SELECT stage AS word, COUNT(*) AS number FROM publication WHERE due_at IS NOT NULL GROUP BY stage";
            Ok(Fixed(sql_query(open)).load(conn).await?)
        }

        /// What a claim would take, and what it would pass over.
        async fn count_due(conn, now: i64) -> Result<Due, Trouble> {
            Ok(Fixed(sql_query(format!(
                "SELECT COUNT(*) AS \"all\", COUNT(free) AS claimable, MIN(free) AS oldest FROM (\
                 SELECT CASE WHEN {} THEN p.due_at END AS free FROM publication p WHERE p.due_at <= $1 \
                 AND (p.lease_until IS NULL OR p.lease_until <= $1)) due",
                free::<Self>()
            ))
            .bind::<BigInt, _>(now))
            .get_result(conn)
            .await?)
        }

        /// Accounts whose rest is not over.
        async fn count_resting(conn, now: i64) -> Result<Vec<Counted>, Trouble> {
            let resting = "SELECT cause AS word, COUNT(*) AS number FROM account_rest WHERE until > $1 GROUP BY cause";
            Ok(Fixed(sql_query(resting).bind::<BigInt, _>(now)).load(conn).await?)
        }

        /// Every connection there ever was, one row a user and account.
        async fn count_connections(conn) -> Result<Vec<Counted>, Trouble> {
            let connections = "SELECT health AS word, COUNT(*) AS number FROM connection GROUP BY health";
            Ok(Fixed(sql_query(connections)).load(conn).await?)
        }
    }
}
