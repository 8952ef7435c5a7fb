//! Every row of Instagram's error tables gives the action that is to be taken. Names carry the row of our reference.

use rats_domain::instagram::{
    Advice, AuthorizeError, Authorizer, ContainerStatus, MediaReader, PlatformError, Publisher,
};
use rats_domain::secret::Secret;

use crate::{
    fixture::{CODE, TOKEN, access, container, error_body, everything, instagram, media},
    server::Server,
};

async fn create(body: &str, status: u16) -> PlatformError {
    let server = Server::answering(status, body);
    let image = "https://rats.example/p.jpg".parse().unwrap();
    instagram(&server.base).create_image(&access(), &image, "text").await.unwrap_err()
}

async fn read(body: &str, status: u16) -> PlatformError {
    let server = Server::answering(status, body);
    instagram(&server.base).status(&access(), &container()).await.unwrap_err()
}

async fn refresh(body: &str, status: u16) -> PlatformError {
    let server = Server::answering(status, body);
    instagram(&server.base).refresh(&Secret::new(TOKEN)).await.unwrap_err()
}

async fn exchange(body: &str, status: u16) -> PlatformError {
    let server = Server::answering(status, body);
    match instagram(&server.base).exchange(&Secret::new(CODE)).await.unwrap_err() {
        AuthorizeError::Refused(error) | AuthorizeError::Unavailable(error) => error,
    }
}

async fn insight(body: &str, status: u16) -> PlatformError {
    let server = Server::answering(status, body);
    instagram(&server.base).engagement(&access(), &media(), everything()).await.unwrap_err()
}

/// The error of a container whose status text names `subcode`.
async fn failed_container(subcode: i64) -> PlatformError {
    let text = format!("Error: Media upload has failed with error code {subcode}");
    let server = Server::answering(200, &format!(r#"{{"id":"1","status_code":"ERROR","status":"{text}"}}"#));
    match instagram(&server.base).status(&access(), &container()).await.unwrap().value {
        ContainerStatus::Error(error) => error,
        other => panic!("{other:?}"),
    }
}

fn assert_told(error: &PlatformError, code: i64, subcode: Option<i64>, advice: Advice) {
    assert_eq!(error.advice, advice, "{error:?}");
    assert_eq!((error.code, error.subcode), (Some(code), subcode));
    assert_eq!(error.trace_id.as_deref(), Some("AbC_d-1"));
    assert!(error.message.ends_with('.') && error.message.contains(". "), "{}", error.message);
    assert!(!error.message.contains(&code.abs().to_string()) || code < 100, "{}", error.message);
}

macro_rules! rows {
    ($($name:ident: $place:ident $code:literal / $subcode:expr => $advice:ident;)+) => {$(
        #[tokio::test]
        async fn $name() {
            let subcode: Option<i64> = $subcode.into();
            let error = $place(&error_body($code, subcode), 400).await;

            assert_told(&error, $code, subcode, Advice::$advice);
        }
    )+};
}

macro_rules! failed_containers {
    ($($name:ident: $subcode:literal => $advice:ident;)+) => {$(
        #[tokio::test]
        async fn $name() {
            let error = failed_container($subcode).await;

            assert_eq!((error.advice, error.subcode), (Advice::$advice, Some($subcode)), "{error:?}");
        }
    )+};
}

rows! {
    f8_2_1_an_invalid_token_is_refreshed: create 190 / None => Refresh;
    f8_2_1_a_refresh_that_is_refused_asks_for_a_new_connection: refresh 190 / None => Reconnect;
    f8_2_2_a_removed_app_asks_for_a_new_connection: create 190 / 458 => Reconnect;
    f8_2_3_a_checkpoint_is_for_the_app: create 190 / 459 => ActInApp;
    f8_2_4_a_changed_password_asks_for_a_new_connection: create 190 / 460 => Reconnect;
    f8_2_5_an_expired_token_asks_for_a_new_connection: create 190 / 463 => Reconnect;
    f8_2_6_an_unconfirmed_user_connects_again: create 190 / 464 => Reconnect;
    f8_2_7_a_dead_token_asks_for_a_new_connection: create 190 / 467 => Reconnect;
    f8_2_8_a_dead_session_asks_for_a_new_connection: create 190 / 492 => Reconnect;
    f8_2_9_a_session_error_is_like_a_token_error: create 102 / None => Refresh;
    f8_2_10_a_missing_permission_asks_for_a_new_connection: create 10 / None => Reconnect;
    f8_2_11_a_permission_error_asks_for_a_new_connection: create 200 / None => Reconnect;
    f8_2_11_up_to_its_last_code: create 299 / None => Reconnect;
    f8_2_12_a_missing_capability_stops: create 3 / None => Stop;
    f8_2_13_another_wrong_parameter_stops: create 100 / None => Stop;
    f8_2_14_an_object_that_may_not_be_read_is_looked_at_again: read 100 / 33 => Retry;
    f8_2_14_an_object_that_cannot_be_used_is_tried_for_a_while: create 100 / 33 => RetryThenStop;
    f8_2_14_insights_that_may_not_be_read_are_looked_at_again: insight 100 / 33 => Retry;
    f8_2_15_an_unknown_path_stops: create 2500 / None => Stop;
    f8_2_16_a_policy_block_is_for_the_app: create 368 / None => ActInApp;
    f8_2_17_an_application_limit_is_waited_for: create 341 / None => Wait;
    f8_2_18_a_duplicate_stops: create 506 / None => Stop;
    f8_3_1_a_slow_download_is_tried_again: create -2 / 2_207_003 => RetryThenFix;
    f8_3_2_an_expired_container_is_made_anew: create -2 / 2_207_020 => ContainerLost;
    f8_3_3_a_server_error_is_tried_again: create -1 / 2_207_001 => Retry;
    f8_3_4_a_failed_creation_is_tried_again: create -1 / 2_207_032 => Retry;
    f8_3_5_an_unknown_upload_error_is_tried_again: create -1 / 2_207_053 => RetryThenFix;
    f8_3_6_a_wrong_cover_is_to_be_fixed: create 1 / 2_207_057 => Fix;
    f8_3_7_an_unknown_error_is_tried_again: create 1 / None => Retry;
    f8_3_7_also_with_its_subcode: create 1 / 99 => Retry;
    f8_3_8_a_service_that_is_down_is_tried_again: create 2 / None => Retry;
    f8_3_9_a_spam_block_is_waited_for: create 4 / 2_207_051 => Wait;
    f8_3_10_a_used_up_quota_is_waited_for: create 9 / 2_207_042 => WaitForQuota;
    f8_3_11_a_container_not_found_is_looked_for_again: read 24 / 2_207_006 => Retry;
    f8_3_12_a_missing_builder_is_looked_for_again: read 24 / 2_207_008 => Retry;
    f8_3_13_a_restricted_account_is_for_the_app: create 25 / 2_207_050 => ActInApp;
    f8_3_14_an_unknown_media_type_stops: create 100 / 2_207_023 => Stop;
    f8_3_15_a_carousel_of_one_is_to_be_fixed: create 100 / 2_207_028 => Fix;
    f8_3_16_wrong_product_tags_are_to_be_fixed: create 100 / 2_207_036 => Fix;
    f8_3_17_too_many_mentions_are_to_be_fixed: create 100 / 2_207_040 => Fix;
    f8_3_18_an_unlisted_parameter_error_is_to_be_fixed: create 100 / 1_234_567 => Fix;
    f8_3_19_a_video_format_is_to_be_fixed: create 352 / 2_207_026 => Fix;
    f8_3_20_a_picture_that_cannot_be_fetched_is_tried_again: create 9004 / 2_207_052 => RetryThenFix;
    f8_3_21_a_container_not_ready_is_waited_for: create 9007 / 2_207_027 => NotReady;
    f8_3_22_a_picture_too_large_is_to_be_fixed: create 36_000 / 2_207_004 => Fix;
    f8_3_23_a_picture_format_is_to_be_fixed: create 36_001 / 2_207_005 => Fix;
    f8_3_24_a_picture_shape_is_to_be_fixed: create 36_003 / 2_207_009 => Fix;
    f8_3_25_a_caption_too_long_is_to_be_fixed: create 36_004 / 2_207_010 => Fix;
    f8_3_29_trial_reels_refused_are_to_be_fixed: create 100 / 2_207_081 => Fix;
    f8_3_32_an_unsupported_deletion_stops: create -1 / 2_207_073 => Stop;
    f8_3_36_an_undocumented_code_is_tried_again: create 36_002 / None => RetryThenFix;
    f8_3_36_an_undocumented_subcode_is_tried_again: create 100 / 2_207_067 => RetryThenFix;
    f8_3_37_an_unknown_code_is_to_be_fixed: create 9050 / None => Fix;
    f8_3_an_unknown_negative_code_is_tried_again: create -7 / None => Retry;
    f7_6_the_app_limit_is_waited_for: create 4 / None => Wait;
    f7_7_the_user_limit_is_waited_for: create 17 / None => Wait;
    f7_8_the_page_limit_is_waited_for: create 32 / None => Wait;
    f7_9_a_custom_limit_is_waited_for: create 613 / 1996 => Wait;
    f7_10_the_account_limit_is_waited_for: read 80_002 / None => Wait;
    f7_11_the_system_user_limit_is_waited_for: read 80_001 / None => Wait;
}

failed_containers! {
    f8_3_27_a_video_that_cannot_be_processed_is_tried_again: 2_207_076 => RetryThenFix;
    f8_3_28_a_download_that_failed_is_tried_again: 2_207_077 => RetryThenFix;
    f8_3_30_a_failed_upload_is_tried_again: 2_207_082 => RetryThenFix;
    f8_3_31_a_fatal_error_is_tried_again: 2_207_085 => RetryThenFix;
    f3_2_4_a_failed_video_is_to_be_fixed: 2_207_026 => Fix;
    f3_2_4_an_unknown_failure_is_tried_again: 2_209_999 => RetryThenFix;
}

#[tokio::test]
async fn f8_2_13_an_account_without_access_is_connected_again() {
    let body = r#"{"error":{"message":"Unsupported request - method type: post","type":"IGApiException","code":100}}"#;

    assert_eq!(create(body, 400).await.advice, Advice::Reconnect);
    assert_eq!(exchange(body, 400).await.advice, Advice::Reconnect);
}

#[tokio::test]
async fn f8_1_an_unknown_code_that_is_said_to_pass_is_tried_again() {
    let passing = r#"{"error":{"message":"x","type":"OAuthException","code":5000,"is_transient":true}}"#;

    assert_eq!(create(passing, 400).await.advice, Advice::Retry);
    assert_eq!(create(&error_body(5000, None), 503).await.advice, Advice::Retry);
}

#[tokio::test]
async fn f8_1_what_is_no_error_body_is_tried_again() {
    for (status, body) in
        [(500, "<html>sorry</html>"), (502, ""), (404, "not here"), (200, "{"), (302, "{}"), (200, "")]
    {
        let error = create(body, status).await;

        assert_eq!((error.advice, error.code), (Advice::Retry, None), "{status} {body}");
    }
}

#[tokio::test]
async fn f1_2_p6_a_used_code_is_refused_although_it_has_no_envelope() {
    let body = r#"{"error_type":"OAuthException","code":400,"error_message":"Matching code was not found or was already used"}"#;
    let server = Server::answering(400, body);
    let error = instagram(&server.base).exchange(&Secret::new(CODE)).await.unwrap_err();

    assert!(matches!(error, AuthorizeError::Refused(_)), "{error:?}");
}

#[tokio::test]
async fn an_exchange_that_meets_a_broken_server_was_not_refused() {
    let server = Server::answering(500, "oops");
    let error = instagram(&server.base).exchange(&Secret::new(CODE)).await.unwrap_err();

    assert!(matches!(error, AuthorizeError::Unavailable(_)), "{error:?}");
}
