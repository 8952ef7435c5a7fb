//! One request and its answer.

use std::{error::Error, pin::pin, time::Duration};

use bytes::Bytes;
use http_body_util::{BodyExt, Full, Limited};
use hyper::{Request, client::conn::http1};
use hyper_util::rt::TokioIo;
use rats_domain::clock::Monotonic;

use super::{
    Reply, SendError, Sent,
    connect::{Stream, Warm},
};
use crate::request::MAX_ANSWER_BYTES;

type Failure = Box<dyn Error + Send + Sync>;

impl Warm {
    /// Sends `request`, reads its answer to the end. Dropping this future says nothing about what was sent.
    pub(super) async fn send(
        self,
        request: Request<Full<Bytes>>,
        deadline: Monotonic,
        timeout: Duration,
    ) -> Result<Reply, SendError> {
        let Self { stream, wire } = self;
        wire.arm(deadline);
        let outcome = tokio::time::timeout(timeout, exchange(stream, request)).await;
        let failed = |reason, cause| SendError {
            sent: if wire.accepted() == 0 { Sent::Nothing } else { Sent::Perhaps },
            reason,
            cause,
        };
        match outcome {
            // An answer before a byte of ours left cannot be to our request.
            Ok(Ok(_)) if wire.accepted() == 0 => Err(failed("an answer that was not asked for", None)),
            Ok(Ok(reply)) => Ok(reply),
            Ok(Err(error)) => Err(failed("the exchange broke off", Some(error))),
            Err(_) => Err(failed("no answer in time", None)),
        }
    }
}

/// Drives the connection and reads the answer in one place: nothing is spawned, so nothing goes on after this future.
async fn exchange(stream: Box<dyn Stream>, request: Request<Full<Bytes>>) -> Result<Reply, Failure> {
    let (mut sender, connection) = http1::handshake(TokioIo::new(stream)).await?;
    let mut connection = pin!(connection);
    let mut answer = pin!(async move {
        let (parts, body) = sender.send_request(request).await?.into_parts();
        let body = Limited::new(body, MAX_ANSWER_BYTES).collect().await?.to_bytes();
        Ok::<_, Failure>(Reply { status: parts.status.as_u16(), headers: parts.headers, body })
    });
    tokio::select! {
        biased;
        reply = &mut answer => reply,
        // The connection may end first, with the whole answer or with its failure handed over already.
        _ = &mut connection => answer.await,
    }
}
