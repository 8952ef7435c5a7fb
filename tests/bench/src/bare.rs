//! The least that answers the same question: an actix-web handler, a pool of diesel-async connections, the product's query, JSON.

use actix_web::{
    App, HttpResponse, HttpServer,
    error::ErrorInternalServerError,
    web::{self, Data, Path},
};
use diesel::{
    BoolExpressionMethods as _, ExpressionMethods as _, JoinOnDsl as _, NullableExpressionMethods as _, QueryDsl as _,
    allow_tables_to_appear_in_same_query, table,
};
use diesel_async::{
    AsyncPgConnection, RunQueryDsl as _,
    pooled_connection::{
        AsyncDieselConnectionManager, ManagerConfig, RecyclingMethod,
        deadpool::{Object, Pool},
    },
};
use rats_tests::{seed::user, world::listen};
use serde::Serialize;

use crate::{Outcome, report::say};

/// The word by which this program is told to be it.
pub(crate) const ROLE: &str = "bare";

/// Connections to PostgreSQL, as many as the product has by default.
const CONNECTIONS: usize = 16;

table! {
    post (id) {
        id -> Text,
        user_id -> Text,
        event_id -> Nullable<Text>,
        caption -> Text,
        picture_id -> Text,
        origin -> Text,
        scheduled_for -> Nullable<BigInt>,
        created_at -> BigInt,
        updated_at -> BigInt,
    }
}

table! {
    publication (post_id) {
        post_id -> Text,
        account -> Nullable<Text>,
        stage -> Text,
        epoch -> BigInt,
        due_at -> Nullable<BigInt>,
        publish_at -> Nullable<BigInt>,
        useless_after -> Nullable<BigInt>,
        container_id -> Nullable<Text>,
        attempt -> BigInt,
        version -> BigInt,
        attention -> Nullable<Text>,
        lane -> Nullable<Text>,
    }
}

table! {
    receipt (post_id) {
        post_id -> Text,
        container_id -> Text,
        media -> Nullable<Text>,
        permalink -> Nullable<Text>,
        sent_at -> BigInt,
        confirmed_at -> BigInt,
        confirmed_by -> Text,
    }
}

table! {
    metrics (post_id) {
        post_id -> Text,
        likes -> Nullable<BigInt>,
        comments -> Nullable<BigInt>,
        shares -> Nullable<BigInt>,
        views -> Nullable<BigInt>,
        reach -> Nullable<BigInt>,
        saved -> Nullable<BigInt>,
        measured_at -> Nullable<BigInt>,
    }
}

table! {
    event (id) {
        id -> Text,
        title -> Text,
    }
}

allow_tables_to_appear_in_same_query!(post, publication, receipt, metrics, event);

diesel::alias!(
    const HOLDER: Alias<Holder> = publication as holder;
);

#[derive(Serialize, diesel::Queryable)]
struct Post {
    id: String,
    user: String,
    event: Option<String>,
    caption: String,
    picture: String,
    origin: String,
    scheduled_for: Option<i64>,
    created_at: i64,
    updated_at: i64,
}

#[derive(Serialize, diesel::Queryable)]
struct Publication {
    post: String,
    account: Option<String>,
    stage: String,
    epoch: i64,
    due_at: Option<i64>,
    publish_at: Option<i64>,
    useless_after: Option<i64>,
    container: Option<String>,
    attempt: i64,
    version: i64,
    attention: Option<String>,
    lane: Option<String>,
}

#[derive(Serialize, diesel::Queryable)]
struct Receipt {
    post: String,
    container: String,
    media: Option<String>,
    permalink: Option<String>,
    sent_at: i64,
    confirmed_at: i64,
    confirmed_by: String,
}

#[derive(Serialize, diesel::Queryable)]
struct Metrics {
    post: String,
    likes: Option<i64>,
    comments: Option<i64>,
    shares: Option<i64>,
    views: Option<i64>,
    reach: Option<i64>,
    saved: Option<i64>,
    measured_at: Option<i64>,
}

type Found = (Post, Publication, Option<Receipt>, Option<Metrics>, Option<String>, Option<String>);

/// The product's query for posts, as `crates/storage` has it.
macro_rules! posts {
    () => {
        post::table
            .inner_join(publication::table.on(publication::post_id.eq(post::id)))
            .left_join(receipt::table.on(receipt::post_id.eq(post::id)))
            .left_join(metrics::table.on(metrics::post_id.eq(post::id)))
            .left_join(event::table.on(event::id.nullable().eq(post::event_id)))
            .left_join(HOLDER.on(HOLDER.field(publication::lane).eq(publication::account)))
            .select((
                post::all_columns,
                publication::all_columns,
                receipt::all_columns.nullable(),
                metrics::all_columns.nullable(),
                event::title.nullable(),
                HOLDER.field(publication::post_id).nullable(),
            ))
    };
}

/// What this program does in that role, until it is ended.
pub(crate) async fn run(database: &str) -> Outcome {
    let mut config = ManagerConfig::<AsyncPgConnection>::default();
    config.recycling_method = RecyclingMethod::Fast;
    let pool =
        Pool::builder(AsyncDieselConnectionManager::new_with_config(database, config)).max_size(CONNECTIONS).build()?;
    let listener = listen();
    let address = listener.local_addr()?;
    let server = HttpServer::new(move || {
        App::new()
            .app_data(Data::new(pool.clone()))
            .route("/posts/{id}", web::get().to(show))
            .route("/posts", web::get().to(list))
    })
    .listen(listener)?
    .run();
    say(&format!("{address}\n"));
    Ok(server.await?)
}

async fn show(pool: Data<Pool<AsyncPgConnection>>, id: Path<String>) -> actix_web::Result<HttpResponse> {
    let mut conn = connection(&pool).await?;
    let owner = user(0).as_str().to_owned();
    let query = posts!().filter(post::id.eq(id.into_inner()).and(post::user_id.eq(owner)));
    let found: Found = query.first(&mut conn).await.map_err(ErrorInternalServerError)?;
    Ok(HttpResponse::Ok().json(found))
}

async fn list(pool: Data<Pool<AsyncPgConnection>>) -> actix_web::Result<HttpResponse> {
    let mut conn = connection(&pool).await?;
    let query = posts!().filter(post::user_id.eq(user(0).as_str().to_owned())).order(post::id.desc()).limit(50);
    let found: Vec<Found> = query.load(&mut conn).await.map_err(ErrorInternalServerError)?;
    Ok(HttpResponse::Ok().json(found))
}

async fn connection(pool: &Pool<AsyncPgConnection>) -> actix_web::Result<Object<AsyncPgConnection>> {
    pool.get().await.map_err(ErrorInternalServerError)
}
