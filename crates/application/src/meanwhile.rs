use std::future::Future;

use futures_util::{FutureExt as _, StreamExt as _, pin_mut, select_biased, stream::FuturesUnordered};

/// Makes a call while work goes on, and tells `done` of what is done meanwhile. Whoever only waited for the call would keep the work from going
/// on, and what the call waits for may be in the work's hands.
pub(crate) async fn meanwhile<T, W: Future>(
    call: impl Future<Output = T>,
    work: &mut FuturesUnordered<W>,
    mut done: impl FnMut(W::Output),
) -> T {
    let call = call.fuse();
    pin_mut!(call);
    loop {
        select_biased! { answer = call => return answer, one = work.select_next_some() => done(one) }
    }
}
