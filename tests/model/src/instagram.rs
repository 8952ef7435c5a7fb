//! What Instagram does with a request.

use crate::{
    setting::{Event, Setting},
    world::{Answer, Phase, Worker, World},
};

/// What becomes of a request on its way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Landing {
    /// It never arrives.
    Lost,
    /// It arrives; whether it publishes, and the answer.
    Arrived {
        /// Whether it publishes.
        publishes: bool,
        /// What is answered.
        answer: Answer,
    },
}

impl World {
    /// What may become of the request.
    pub(crate) fn landings(&self, setting: &Setting, flight: usize, landings: &mut Vec<Landing>) {
        let Some(request) = self.flights[flight] else { return };
        let container = self.containers[usize::from(request.post)][usize::from(request.container)];
        let arrived = |publishes, answer| Landing::Arrived { publishes, answer };
        landings.push(Landing::Lost);
        let is_live = container.live > 0;
        if !is_live || setting.may(Event::PublishedTwice) {
            // With "unclear", its answer may just as well have been lost.
            landings.extend([arrived(true, Answer::Id), arrived(true, Answer::Unclear)]);
        }
        if is_live {
            // The same id again, or an error.
            landings.extend([arrived(false, Answer::Id), arrived(false, Answer::Unclear)]);
        } else if setting.may(Event::WrongAnswer) {
            landings.push(arrived(false, Answer::Unclear));
        }
        if setting.may(Event::Refusal) {
            landings.extend([Answer::Retry, Answer::Reconnect, Answer::Fix].map(|answer| arrived(false, answer)));
        }
    }

    /// Lets it happen.
    pub(crate) fn land(&mut self, setting: &Setting, flight: usize, landing: Landing) -> bool {
        let Some(request) = self.flights[flight].take() else { return false };
        let (publishes, answer) = match landing {
            Landing::Lost => (false, Answer::Unclear),
            Landing::Arrived { publishes, answer } => (publishes, answer),
        };
        let post = usize::from(request.post);
        if publishes {
            let container = &mut self.containers[post][usize::from(request.container)];
            if container.live == 2 {
                return false;
            }
            container.live += 1;
            container.lag = request.left;
            let wanted = self.posts[post];
            self.stale_is_live |= container.content < wanted.content || wanted.excused;
        }
        let waits = |worker: &Worker| {
            worker.phase == Phase::Sent
                && worker.post == request.post
                && worker.view.container == Some(request.container)
        };
        if let Some(worker) = self.workers.iter().position(waits) {
            self.hear(setting, worker, answer);
        }
        true
    }
}
