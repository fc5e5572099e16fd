//! The engine's thread: wait, take what queued up, make a turn, let out what it released.

use std::sync::Arc;
use std::time::Duration;

use asl::Timestamp;
use crossbeam_channel::{Receiver, RecvTimeoutError};

use crate::clock::Clock;
use crate::engine::handle::{Line, Message};
use crate::engine::observers::Observers;
use crate::engine::tasks::TaskPool;
use crate::limits::{BACKOFF_MAX, BACKOFF_MIN, DRAIN_MAX, SLEEP_MAX};
use crate::seed_source::SharedSeeds;
use crate::shard::arrival::Arrival;
use crate::shard::release::{Notice, Order, Release};
use crate::shard::{Pace, Shard};

/// Who is told of notices.
type OnNotice = Option<Box<dyn Fn(&Notice) + Send>>;

pub(crate) struct Worker {
    shard: Shard,
    arrivals: Receiver<Message>,
    clock: Arc<dyn Clock>,
    seeds: SharedSeeds,
    tasks: TaskPool,
    observers: Observers,
    on_notice: OnNotice,
    line: Line,
    backoff: Duration,
    is_closing: bool,
    /// A stop or a wait has arrived, which is tried even while the store has no room.
    is_urgent: bool,
}

impl Worker {
    pub(crate) fn new(
        shard: Shard,
        arrivals: Receiver<Message>,
        clock: Arc<dyn Clock>,
        seeds: SharedSeeds,
        tasks: TaskPool,
        on_notice: OnNotice,
        line: Line,
    ) -> Self {
        Self {
            shard,
            arrivals,
            clock,
            seeds,
            tasks,
            observers: Observers::default(),
            on_notice,
            line,
            backoff: BACKOFF_MIN,
            is_closing: false,
            is_urgent: false,
        }
    }

    /// Runs until it is closed or the store is lost. What is owed then is owed by whoever opens the store next.
    pub(crate) fn run(&mut self, recovered: Vec<Release>) {
        self.let_out(recovered);
        let mut pace = Pace::Again;
        while !self.is_closing {
            self.await_arrival(&pace);
            self.drain();
            if self.is_closing {
                return;
            }
            let turn = self.shard.turn(self.clock.now(), &mut self.seeds);
            pace = turn.pace;
            self.let_out(turn.released);
            if let Pace::Stopped { message } = &pace {
                return self.line.stop(message.clone());
            }
        }
    }

    /// Waits until a turn is due.
    fn await_arrival(&mut self, pace: &Pace) {
        match pace {
            Pace::Again => self.backoff = BACKOFF_MIN,
            Pace::Idle { next_due: None } => {
                self.backoff = BACKOFF_MIN;
                // Every sender is gone: nobody can ask for anything any more.
                match self.arrivals.recv() {
                    Ok(message) => self.take(message),
                    Err(_) => self.is_closing = true,
                }
            }
            Pace::Idle { next_due: Some(due) } => {
                self.backoff = BACKOFF_MIN;
                self.receive_within(until(self.clock.now(), *due));
            }
            Pace::Blocked => self.sit_out(),
            Pace::Stopped { .. } => self.is_closing = true,
        }
    }

    /// A pause, which a stop, a wait or the end may cut short.
    fn sit_out(&mut self) {
        self.is_urgent = false;
        let deadline = std::time::Instant::now() + self.backoff;
        while !self.is_urgent && !self.is_closing {
            let left = deadline.saturating_duration_since(std::time::Instant::now());
            if !self.receive_within(left) {
                self.backoff = (self.backoff * 2).min(BACKOFF_MAX);
                return;
            }
        }
    }

    /// Takes one arrival, if one comes in time.
    fn receive_within(&mut self, patience: Duration) -> bool {
        match self.arrivals.recv_timeout(patience) {
            Ok(message) => {
                self.take(message);
                true
            }
            Err(RecvTimeoutError::Timeout) => false,
            Err(RecvTimeoutError::Disconnected) => {
                self.is_closing = true;
                false
            }
        }
    }

    /// Takes what has queued up, without waiting for more.
    fn drain(&mut self) {
        for _ in 0..DRAIN_MAX {
            match self.arrivals.try_recv() {
                Ok(message) => self.take(message),
                Err(_) => return,
            }
        }
    }

    fn take(&mut self, message: Message) {
        match message {
            Message::Arrival(arrival) => {
                self.is_urgent |= matches!(arrival, Arrival::Stop { .. } | Arrival::Wait { .. });
                self.shard.submit(arrival);
            }
            Message::Task(report) => {
                if let Some(arrival) = self.tasks.done(report) {
                    self.shard.submit(arrival);
                }
            }
            Message::Observe(observer) => {
                self.observers.add(observer);
                self.shard.show(true);
            }
            Message::Read(ask) => ask(self.shard.store()),
            Message::Count(reply) => reply.send(self.shard.counters()),
            Message::Close => self.is_closing = true,
        }
    }

    fn let_out(&mut self, released: Vec<Release>) {
        for release in released {
            match release.order {
                Order::RunTask(job) => self.tasks.run(job),
                Order::AbandonTask(job) => self.tasks.abandon(job),
                Order::AnswerStart { reply, answer } => reply.send(answer),
                Order::AnswerStop { reply, answer } => reply.send(answer),
                Order::AnswerCall { reply, answer } => reply.send(answer),
                Order::AnswerRedrive { reply, answer } => reply.send(answer),
                Order::AnswerWait { reply, answer } => reply.send(answer),
                Order::Show(committed) => {
                    self.observers.show(&committed);
                    if self.observers.is_empty() {
                        self.shard.show(false);
                    }
                }
                Order::Notify(notice) => {
                    if let Some(tell) = &self.on_notice {
                        tell(&notice);
                    }
                }
            }
        }
    }
}

/// How long to sleep: not past `due`, and not so long that a clock that jumps goes unnoticed.
fn until(now: Timestamp, due: Timestamp) -> Duration {
    let ms = due.unix_ms.saturating_sub(now.unix_ms);
    Duration::from_millis(u64::try_from(ms).unwrap_or_default()).min(SLEEP_MAX)
}
