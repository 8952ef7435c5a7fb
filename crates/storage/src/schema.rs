//! The tables, as both backends have them. Their reasons stand in `migrations/`.

use diesel::{allow_tables_to_appear_in_same_query, joinable, table};

table! {
    person (id) {
        id -> Text,
        email -> Text,
        email_key -> Text,
        username -> Text,
        username_key -> Text,
        password_hash -> Text,
        created_at -> BigInt,
    }
}

table! {
    connect_flow (state_hash) {
        state_hash -> Text,
        user_id -> Text,
        begun_at -> BigInt,
        address -> Text,
        browser -> Text,
        expires_at -> BigInt,
    }
}

table! {
    pending_connection (name_hash) {
        name_hash -> Text,
        user_id -> Text,
        account -> Text,
        app_scoped_id -> Text,
        username -> Text,
        features -> Text,
        token_key -> Text,
        token -> Text,
        token_issued_at -> BigInt,
        token_expires_at -> BigInt,
        begun_at -> BigInt,
        address -> Text,
        browser -> Text,
        expires_at -> BigInt,
    }
}

table! {
    connection (id) {
        id -> Text,
        user_id -> Text,
        account -> Text,
        app_scoped_id -> Text,
        username -> Text,
        features -> Text,
        health -> Text,
        token_key -> Nullable<Text>,
        token -> Nullable<Text>,
        token_issued_at -> Nullable<BigInt>,
        token_expires_at -> Nullable<BigInt>,
        refresh_begun_at -> Nullable<BigInt>,
        connected_at -> BigInt,
        linked_account -> Nullable<Text>,
        linked_user -> Nullable<Text>,
    }
}

table! {
    event (id) {
        id -> Text,
        user_id -> Text,
        title -> Text,
        julian_day -> BigInt,
        details -> Text,
        message -> Nullable<Text>,
        plan -> Nullable<Text>,
        last_message_sent -> Nullable<BigInt>,
        created_at -> BigInt,
        updated_at -> BigInt,
    }
}

table! {
    preference (user_id) {
        user_id -> Text,
        time_zone -> Text,
        post_at -> BigInt,
        changed_at -> BigInt,
        card_look -> Nullable<Text>,
    }
}

table! {
    event_agenda (event_id) {
        event_id -> Text,
        user_id -> Text,
        look_at -> Nullable<BigInt>,
        problem_code -> Nullable<Text>,
        problem -> Nullable<Text>,
    }
}

table! {
    occurrence (user_id, event_id, year) {
        user_id -> Text,
        event_id -> Text,
        year -> BigInt,
        post_id -> Text,
        julian_day -> BigInt,
        caption -> Text,
        picture_id -> Text,
        shows -> Text,
        publish_at -> BigInt,
        is_withdrawn -> Bool,
        is_settled -> Bool,
    }
}

table! {
    picture (id) {
        id -> Text,
        user_id -> Text,
        source -> Text,
        original -> Nullable<Text>,
        fit -> Text,
        width -> BigInt,
        height -> BigInt,
        bytes -> BigInt,
        changes -> Text,
        created_at -> BigInt,
    }
}

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
        user_id -> Text,
        connection_id -> Nullable<Text>,
        account -> Nullable<Text>,
        stage -> Text,
        epoch -> BigInt,
        version -> BigInt,
        due_at -> Nullable<BigInt>,
        publish_at -> Nullable<BigInt>,
        useless_after -> Nullable<BigInt>,
        container_id -> Nullable<Text>,
        container_created_at -> Nullable<BigInt>,
        container_ready -> Bool,
        intent_at -> Nullable<BigInt>,
        first_intent_at -> Nullable<BigInt>,
        may_send_until -> Nullable<BigInt>,
        first_unclear_at -> Nullable<BigInt>,
        attempt -> BigInt,
        attention -> Nullable<Text>,
        lease_until -> Nullable<BigInt>,
        lane -> Nullable<Text>,
        test_of -> Nullable<Text>,
        caption_hash -> BigInt,
    }
}

table! {
    container (post_id, container_id) {
        post_id -> Text,
        container_id -> Text,
        account -> Text,
        created_at -> BigInt,
    }
}

table! {
    receipt (post_id) {
        post_id -> Text,
        account -> Text,
        container_id -> Nullable<Text>,
        media -> Nullable<Text>,
        permalink -> Nullable<Text>,
        sent_at -> BigInt,
        confirmed_at -> BigInt,
        confirmed_by -> Text,
    }
}

table! {
    account_rest (account) {
        account -> Text,
        until -> BigInt,
        cause -> Text,
    }
}

table! {
    account_quota (account) {
        account -> Text,
        total -> BigInt,
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
        total_interactions -> Nullable<BigInt>,
        impressions -> Nullable<BigInt>,
        measured_at -> Nullable<BigInt>,
        next_at -> Nullable<BigInt>,
        failures -> BigInt,
        missing_since -> Nullable<BigInt>,
        gone_at -> Nullable<BigInt>,
        user_id -> Nullable<Text>,
        sent_at -> Nullable<BigInt>,
        picture -> Nullable<Text>,
        event_kind -> Nullable<Text>,
        rated_interactions -> Nullable<BigInt>,
        rated_reach -> Nullable<BigInt>,
        rated_at -> Nullable<BigInt>,
        oldest_at -> Nullable<BigInt>,
    }
}

table! {
    session (id_hash) {
        id_hash -> Text,
        user_id -> Text,
        begun_at -> BigInt,
        expires_at -> BigInt,
    }
}

table! {
    snapshot (user_id, slot, post_id) {
        post_id -> Text,
        slot -> BigInt,
        user_id -> Text,
    }
}

table! {
    timeline_entry (id) {
        seq -> BigInt,
        id -> Text,
        post_id -> Text,
        at -> BigInt,
        step -> Text,
        attempt -> BigInt,
        message -> Text,
        code -> Nullable<BigInt>,
        subcode -> Nullable<BigInt>,
        trace_id -> Nullable<Text>,
    }
}

table! {
    idempotency (user_id, route, key) {
        user_id -> Text,
        route -> Text,
        key -> Text,
        fingerprint -> Text,
        resource_id -> Text,
        snapshot -> Text,
        created_at -> BigInt,
    }
}

table! {
    installation (id) {
        id -> BigInt,
        place -> Text,
        generation -> BigInt,
        heartbeat_at -> BigInt,
        worker_at -> Nullable<BigInt>,
    }
}

table! {
    downtime (since) {
        since -> BigInt,
        until -> BigInt,
    }
}

joinable!(publication -> post (post_id));
joinable!(receipt -> post (post_id));
joinable!(metrics -> post (post_id));
joinable!(post -> event (event_id));
joinable!(publication -> connection (connection_id));

joinable!(timeline_entry -> post (post_id));

allow_tables_to_appear_in_same_query!(
    connection,
    event,
    event_agenda,
    metrics,
    post,
    publication,
    receipt,
    timeline_entry
);
