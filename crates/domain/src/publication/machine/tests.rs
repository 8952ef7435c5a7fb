use std::collections::BTreeSet;

use time::{Duration, macros::datetime};

use super::*;

const T: OffsetDateTime = datetime!(2026-12-04 9:00 UTC);

fn note() -> Attention {
    Attention::new(AttentionKind::Moved, "later")
}

fn schedule() -> Step {
    Step::Scheduled {
        connection: ConnectionId::new("c"),
        account: AccountId::new("1784"),
        publish_at: T,
        due_at: T - Duration::minutes(15),
        useless_after: T + Duration::hours(12),
        content_changed: false,
    }
}

fn moved(keep_container: bool) -> Step {
    Step::Moved {
        publish_at: T + Duration::hours(1),
        due_at: T,
        useless_after: T + Duration::hours(13),
        keep_container,
    }
}

fn intend() -> Step {
    Step::Intended { at: T, may_send_until: T + Duration::minutes(1) }
}

fn unclear() -> Step {
    Step::Unclear { at: T, look_at: T, attention: note() }
}

fn doubt() -> Step {
    Step::Doubted { since: T, may_send_until: T + Duration::minutes(9), at: T }
}

fn made() -> Step {
    Step::ContainerCreated { id: ContainerId::new("17"), at: T, look_at: T }
}

fn after(steps: &[Step]) -> Publication {
    let draft = Publication::draft(PostId::new("p"), UserId::new("u"));
    steps.iter().fold(draft, |publication, step| publication.after(step.clone()).unwrap())
}

fn requested() -> Publication {
    after(&[schedule(), made(), Step::ContainerReady, intend()])
}

/// Every step there is.
fn steps() -> Vec<Step> {
    vec![
        Step::Drafted,
        schedule(),
        moved(true),
        Step::Edited,
        Step::Cancelled,
        made(),
        Step::ContainerPending { look_at: T },
        Step::ContainerReady,
        Step::ContainerDiscarded { retry_at: T },
        Step::NotYet { due_at: T },
        Step::TryAgain { at: T, attention: None },
        intend(),
        Step::NotPublished { retry_at: T, attention: None },
        Step::Wait { until: T, attention: note() },
        Step::Held { attention: note() },
        Step::Fail { attention: note() },
        unclear(),
        Step::StillUnclear { look_at: T, attention: note() },
        Step::Review { look_at: T, attention: note() },
        Step::SendAgain { at: T, may_send_until: T },
        doubt(),
        Step::Cleared { at: T },
        Step::Published { attention: None },
        Step::Republished { publish_at: T, useless_after: T },
        Step::Reconnected { at: T },
        Step::Disconnected { at: T },
    ]
}

/// Every publication that legal steps lead to, without counting tries and versions.
fn reachable() -> Vec<Publication> {
    let mut seen: BTreeSet<String> = BTreeSet::new();
    let mut open = vec![after(&[])];
    let mut found = Vec::new();
    while let Some(mut publication) = open.pop() {
        publication.0.attempt = 0;
        publication.0.version = 0;
        if !seen.insert(format!("{publication:?}")) {
            continue;
        }
        open.extend(steps().into_iter().filter_map(|step| publication.after(step).ok()));
        found.push(publication);
    }
    found
}

#[test]
fn the_whole_way_leads_to_published() {
    let live = requested().after(Step::Published { attention: None }).unwrap();
    assert_eq!((live.stage, live.due_at, live.lane()), (Stage::Published, None, None));
}

#[test]
fn every_reachable_publication_is_consistent() {
    let all = reachable();
    assert!(all.len() > 20, "{}", all.len());
    for publication in all {
        Publication::restore(publication.0.clone()).unwrap();
    }
}

#[test]
fn an_unsettled_request_never_ends_without_a_fact_or_a_person() {
    for publication in
        reachable().into_iter().filter(|publication| publication.stage.is_unsettled() && publication.was_unclear())
    {
        for step in steps() {
            let person_or_fact = match step {
                Step::Published { .. } | Step::Republished { .. } => true,
                Step::Cleared { .. } => publication.is_in_doubt(),
                _ => false,
            };
            if let Ok(next) = publication.after(step.clone())
                && !person_or_fact
            {
                assert!(
                    next.stage.is_unsettled() && next.was_unclear(),
                    "{:?} by {step:?} became {:?}",
                    publication.stage,
                    next.stage
                );
                assert_eq!(next.container.as_ref().map(|c| &c.id), publication.container.as_ref().map(|c| &c.id));
            }
        }
    }
}

#[test]
fn a_person_cannot_race_a_request() {
    let closed = |publication: &Publication| publication.stage.is_unsettled() || publication.stage == Stage::Published;
    for publication in reachable().into_iter().filter(closed) {
        for step in [Step::Drafted, schedule(), moved(true), Step::Edited, Step::Cancelled] {
            assert!(publication.after(step.clone()).is_err(), "{step:?} while {:?}", publication.stage);
        }
    }
}

#[test]
fn nothing_is_sent_without_a_ready_container() {
    assert!(after(&[schedule()]).after(intend()).is_err());
    assert!(after(&[schedule(), made()]).after(intend()).is_err());
    let refused = requested().after(Step::NotPublished { retry_at: T, attention: None }).unwrap();
    assert_eq!(refused.stage, Stage::Staged);
    assert!(refused.after(intend()).is_err(), "its status must be read first");
    assert!(refused.after(Step::ContainerReady).unwrap().after(intend()).is_ok());
}

#[test]
fn nothing_is_meant_to_be_sent_long_before_its_time_or_once_it_is_useless() {
    let staged = after(&[schedule(), made(), Step::ContainerReady]);
    let intend_at = |at| Step::Intended { at, may_send_until: at + Duration::minutes(1) };
    assert!(staged.after(intend_at(T - INTENT_AHEAD - Duration::MICROSECOND)).is_err());
    assert!(staged.after(intend_at(T - INTENT_AHEAD)).is_ok());
    assert!(staged.after(intend_at(T + Duration::hours(12) - Duration::MICROSECOND)).is_ok());
    assert!(staged.after(intend_at(T + Duration::hours(12))).is_err());
    let again_at = |at| Step::SendAgain { at, may_send_until: at + Duration::minutes(1) };
    let reconciling = requested().after(unclear()).unwrap();
    assert!(reconciling.after(again_at(T + Duration::hours(11))).is_ok());
    assert!(reconciling.after(again_at(T + Duration::hours(12))).is_err());
}

#[test]
fn a_refusal_after_an_unclear_request_settles_nothing() {
    let again = requested().after(unclear()).unwrap().after(Step::SendAgain { at: T, may_send_until: T }).unwrap();
    for refusal in [
        Step::NotPublished { retry_at: T, attention: None },
        Step::Wait { until: T, attention: note() },
        Step::Held { attention: note() },
        Step::Fail { attention: note() },
    ] {
        assert_eq!(again.after(refusal).unwrap().stage, Stage::Reconciling);
    }
}

#[test]
fn the_lane_is_held_while_a_request_may_be_in_flight() {
    let reconciling = requested().after(unclear()).unwrap();
    assert!(requested().lane().is_some() && reconciling.lane().is_some());
    let review = reconciling.after(Step::Review { look_at: T, attention: note() }).unwrap();
    assert_eq!(review.lane(), None);
}

#[test]
fn what_a_lost_database_may_have_sent_is_unsettled_until_it_is_cleared() {
    let held = after(&[schedule(), Step::Held { attention: note() }]);
    for open in
        [after(&[schedule()]), after(&[schedule(), made()]), after(&[schedule(), made(), Step::ContainerReady]), held]
    {
        let doubted = open.after(doubt()).unwrap();
        assert!(doubted.is_in_doubt() && doubted.stage == Stage::Reconciling);
        assert_eq!(doubted.lane(), None, "several of one account are in doubt at once");
        assert!(doubted.after(Step::SendAgain { at: T, may_send_until: T }).is_err());
        let cleared = doubted.after(Step::Cleared { at: T }).unwrap();
        assert_eq!((cleared.stage, &cleared.request), (Stage::Waiting, &None));
        assert_eq!(cleared.container.is_some(), open.container.is_some());
        assert!(cleared.container.as_ref().is_none_or(|container| !container.ready), "its status is read first");
    }
    for ended in [
        after(&[]),
        after(&[schedule(), Step::Cancelled]),
        requested().after(Step::Published { attention: None }).unwrap(),
    ] {
        assert!(ended.after(doubt()).is_err());
    }
}

#[test]
fn a_request_that_is_known_stays_known_in_doubt_and_is_waited_for_longer() {
    let doubted = requested().after(doubt()).unwrap();
    assert!(!doubted.is_in_doubt() && doubted.lane().is_some());
    assert_eq!(doubted.request.as_ref().unwrap().may_send_until, T + Duration::minutes(9));
    assert!(doubted.after(Step::Cleared { at: T }).is_err(), "the witnesses of a request decide");
    assert!(doubted.after(Step::SendAgain { at: T, may_send_until: T }).is_ok());
}

#[test]
fn disconnecting_holds_what_was_not_requested() {
    let staged = after(&[schedule(), made(), Step::ContainerReady]).after(Step::Disconnected { at: T }).unwrap();
    assert_eq!((staged.stage, staged.due_at), (Stage::Held, staged.useless_after));
    assert_eq!(requested().after(Step::Disconnected { at: T }).unwrap().stage, Stage::Reconciling);
}

#[test]
fn a_move_keeps_the_container_and_an_edit_throws_it_away() {
    let staged = after(&[schedule(), made(), Step::ContainerReady]);
    assert!(staged.after(schedule()).unwrap().container.is_some());
    let Step::Scheduled { connection, account, publish_at, due_at, useless_after, .. } = schedule() else {
        unreachable!()
    };
    let edited = Step::Scheduled { connection, account, publish_at, due_at, useless_after, content_changed: true };
    assert!(staged.after(edited).unwrap().container.is_none());
    assert!(staged.after(moved(true)).unwrap().container.is_some());
    assert!(staged.after(moved(false)).unwrap().container.is_none());
}

#[test]
fn a_moved_post_is_not_sent_before_its_new_time() {
    let moved = after(&[schedule(), made(), Step::ContainerReady, moved(true)]);
    assert_eq!((moved.stage, moved.due_at), (Stage::Waiting, Some(T)));
    let ready = moved.after(Step::ContainerReady).unwrap();
    assert_eq!(ready.due_at, Some(T + Duration::hours(1) - STAND_READY));
    assert!(ready.after(intend()).is_err(), "its old time");
}

#[test]
fn a_held_post_that_is_moved_waits_on_for_its_account() {
    let held = after(&[schedule(), Step::Disconnected { at: T }]).after(moved(true)).unwrap();
    assert_eq!((held.stage, held.due_at), (Stage::Held, Some(T + Duration::hours(13))));
    assert!(held.attention.is_some(), "and says so still");
}

#[test]
fn what_was_refused_after_an_unclear_request_waits_for_the_account_to_be_connected_again() {
    let sent_again = requested().after(unclear()).unwrap().after(Step::SendAgain { at: T, may_send_until: T }).unwrap();
    let tried = sent_again.after(Step::NotPublished { retry_at: T, attention: None }).unwrap();
    assert_eq!(tried.attempt, sent_again.attempt + 1, "each try waits longer");
    let refused = sent_again.after(Step::Held { attention: note() }).unwrap();
    let kind = |publication: &Publication| publication.attention.as_ref().map(|attention| attention.kind);
    assert_eq!((refused.stage, kind(&refused)), (Stage::Reconciling, Some(AttentionKind::UnconfirmedReconnect)));
    let connected = refused.after(Step::Reconnected { at: T }).unwrap();
    assert_eq!((connected.stage, kind(&connected)), (Stage::Reconciling, Some(AttentionKind::Unconfirmed)));
}

#[test]
fn a_draft_again_has_no_time_but_is_still_known_to_its_account() {
    let draft = after(&[schedule(), made(), Step::Drafted]);
    assert_eq!((draft.stage, draft.due_at, draft.publish_at, &draft.container), (Stage::Draft, None, None, &None));
    assert!(draft.account.is_some(), "a fact that arrives late must find it");
}

#[test]
fn the_version_moves_when_a_person_may_decide_otherwise_and_not_while_a_worker_works() {
    assert_eq!(after(&[schedule()]).version, 1);
    assert_eq!(after(&[Step::Drafted]).version, 1);
    assert_eq!(after(&[Step::Drafted, Step::Edited, schedule(), moved(true), Step::Cancelled]).version, 5);
    let refused = Step::NotPublished { retry_at: T, attention: Some(note()) };
    let worked = requested().after(refused).unwrap().after(Step::Wait { until: T, attention: note() }).unwrap();
    assert_eq!(worked.version, 1, "it is still on its way");
    for (end, version) in [
        (worked.after(Step::Held { attention: note() }), 2),
        (worked.after(Step::Fail { attention: note() }), 2),
        (requested().after(Step::Published { attention: None }), 2),
        (requested().after(unclear()).unwrap().after(Step::Review { look_at: T, attention: note() }), 3),
        (worked.after(Step::Disconnected { at: T }).unwrap().after(Step::Reconnected { at: T }), 3),
    ] {
        assert_eq!(end.unwrap().version, version);
    }
    let live = requested().after(Step::Published { attention: None }).unwrap();
    assert_eq!(live.after(Step::Published { attention: None }).unwrap().version, live.version, "the same fact again");
}
