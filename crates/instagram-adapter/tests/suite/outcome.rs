//! What a publish request's answer proves.

use rats_domain::instagram::{Advice, PlatformError, PublishAnswer};

use crate::{
    fixture::{error_body, publish},
    server::{Script, Server, answer, headed},
};

async fn answered(status: u16, body: &str) -> PublishAnswer {
    let server = Server::answering(status, body);
    let answer = publish(&server.base).await;
    assert!(server.next().starts_with("POST /v25.0/17841400000000001/media_publish HTTP/1.1\r\n"));
    assert_eq!(server.rest(), Vec::<String>::new(), "it was sent twice");
    answer
}

fn assert_unclear(answer: PublishAnswer) -> PlatformError {
    match answer {
        PublishAnswer::Unclear(error) => {
            assert_eq!(error.advice, Advice::Verify);
            assert!(error.message.contains("may be live"), "{}", error.message);
            error
        }
        other => panic!("{other:?}"),
    }
}

macro_rules! refused {
    ($($name:ident: $code:literal / $subcode:expr => $advice:ident;)+) => {$(
        #[tokio::test]
        async fn $name() {
            let subcode: Option<i64> = $subcode.into();
            match answered(400, &error_body($code, subcode)).await {
                PublishAnswer::Refused(error) => {
                    assert_eq!((error.code, error.subcode), (Some($code), subcode));
                    assert_eq!(error.advice, Advice::$advice);
                }
                other => panic!("{other:?}"),
            }
        }
    )+};
}

macro_rules! unclear {
    ($($name:ident: $code:literal / $subcode:expr;)+) => {$(
        #[tokio::test]
        async fn $name() {
            let subcode: Option<i64> = $subcode.into();
            for status in [400, 403] {
                let error = assert_unclear(answered(status, &error_body($code, subcode)).await);
                assert_eq!((error.code, error.subcode), (Some($code), subcode));
            }
        }
    )+};
}

refused! {
    f8_3_21_a_container_that_is_not_ready_is_refused: 9007 / 2_207_027 => NotReady;
    f8_3_10_a_used_up_quota_is_refused: 9 / 2_207_042 => WaitForQuota;
    f8_3_13_a_restricted_account_is_refused: 25 / 2_207_050 => ActInApp;
    f8_2_1_an_invalid_token_is_refused: 190 / None => Refresh;
    f8_2_3_a_checkpoint_is_refused: 190 / 459 => ActInApp;
    f8_2_5_an_expired_token_is_refused: 190 / 463 => Reconnect;
    f8_2_5_an_unknown_token_error_is_refused: 190 / 999 => Refresh;
    f8_2_10_a_missing_permission_is_refused: 10 / None => Reconnect;
    f8_2_11_a_permission_error_is_refused: 200 / None => Reconnect;
    f8_2_11_so_is_the_last_of_them: 299 / 5 => Reconnect;
    f8_3_14_a_wrong_parameter_with_a_subcode_is_refused: 100 / 2_207_023 => Stop;
    f8_3_17_too_many_mentions_are_refused: 100 / 2_207_040 => Fix;
}

unclear! {
    f8_2_13_a_wrong_parameter_without_subcode_is_unclear: 100 / None;
    f8_2_14_an_object_not_found_is_unclear: 100 / 33;
    f8_3_21_not_ready_without_its_subcode_is_unclear: 9007 / None;
    f8_3_10_a_quota_without_its_subcode_is_unclear: 9 / None;
    f8_3_13_a_restriction_without_its_subcode_is_unclear: 25 / None;
    f8_3_9_a_spam_block_is_unclear: 4 / 2_207_051;
    f8_3_11_a_container_not_found_is_unclear: 24 / 2_207_006;
    f8_3_12_a_missing_builder_is_unclear: 24 / 2_207_008;
    f8_3_2_an_expired_container_is_unclear: -2 / 2_207_020;
    f8_3_3_a_server_error_is_unclear: -1 / 2_207_001;
    f8_3_7_an_unknown_error_is_unclear: 1 / None;
    f8_3_8_a_service_that_is_down_is_unclear: 2 / None;
    f7_6_an_app_limit_is_unclear: 4 / None;
    f7_7_a_user_limit_is_unclear: 17 / None;
    f7_8_a_page_limit_is_unclear: 32 / None;
    f7_9_a_custom_limit_is_unclear: 613 / None;
    f7_10_an_account_limit_is_unclear: 80_002 / None;
    f7_11_a_system_user_limit_is_unclear: 80_001 / None;
    f8_2_17_an_application_limit_is_unclear: 341 / None;
    f8_2_16_a_policy_block_is_unclear: 368 / None;
    f8_2_9_a_session_error_is_unclear: 102 / None;
    f8_2_12_a_missing_capability_is_unclear: 3 / None;
    f8_2_18_a_duplicate_is_unclear: 506 / None;
    f8_3_25_a_caption_too_long_is_unclear_here: 36_004 / 2_207_010;
    just_outside_the_permissions_is_unclear: 300 / None;
    just_below_the_permissions_is_unclear: 199 / None;
}

#[tokio::test]
async fn an_id_is_live_as_text_or_number() {
    for body in [r#"{"id":"17920000000000001"}"#, r#"{"id":17920000000000001}"#] {
        match answered(200, body).await {
            PublishAnswer::Live(media) => assert_eq!(media.as_str(), "17920000000000001"),
            other => panic!("{other:?}"),
        }
    }
}

#[tokio::test]
async fn f8_1_zero_is_no_subcode() {
    assert_unclear(answered(400, r#"{"error":{"message":"x","code":100,"error_subcode":0}}"#).await);
}

#[tokio::test]
async fn an_answer_without_an_id_is_unclear() {
    for body in ["", "{}", r#"{"id":""}"#, r#"{"id":null}"#, "<html></html>", r#"{"success":true}"#] {
        assert_unclear(answered(200, body).await);
    }
}

#[tokio::test]
async fn a_refusal_counts_only_with_a_status_of_its_kind() {
    for status in [200, 302, 307, 408, 500, 502, 503] {
        assert_unclear(answered(status, &error_body(190, Some(463))).await);
    }
    for status in [400, 401, 403] {
        let answer = answered(status, &error_body(190, Some(463))).await;
        assert!(matches!(answer, PublishAnswer::Refused(_)), "{status} {answer:?}");
    }
}

#[tokio::test]
async fn an_id_with_another_status_is_unclear() {
    for status in [302, 400, 500] {
        assert_unclear(answered(status, r#"{"id":"17920000000000001"}"#).await);
    }
}

#[tokio::test]
async fn a_redirect_is_not_followed() {
    let elsewhere = Server::bodies(&[r#"{"id":"1"}"#]);
    for status in [301, 302, 307, 308] {
        let server =
            Server::start(vec![Script::Answer(headed(status, &format!("location: {}\r\n", elsewhere.base), ""))]);
        assert_unclear(publish(&server.base).await);
        server.next();
        assert!(server.rest().is_empty());
    }
    assert!(elsewhere.rest().is_empty());
}

#[tokio::test]
async fn half_an_answer_is_unclear() {
    let whole = answer(200, r#"{"id":"17920000000000001"}"#);
    for cut in [0, 5, 40, whole.len() - 3] {
        let server = Server::start(vec![Script::Answer(whole[..cut].to_owned())]);
        assert_unclear(publish(&server.base).await);
        server.next();
        assert!(server.rest().is_empty(), "it was sent twice");
    }
}
