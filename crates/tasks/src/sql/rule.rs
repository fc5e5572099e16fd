//! The rule that makes an effect happen once: claim, statements, check, outcome, COMMIT; and the tombstone.
//!
//! One try on one session, for every dialect. Key and attempt are those of the state entry; the claim comes first and its row
//! count is awaited before anything else is sent. An ambiguous COMMIT is never settled by reading, only by claiming again.
//! Not here: how often to try and how long to wait (`database.rs`).

#[cfg(test)]
mod tests;

use std::sync::Arc;

use asl::{ErrorName, Failure, JsonLimits, Payload, json};
use runtime::{AbandonOutcome, TaskOutcome, TaskRequest};
use sha2::{Digest, Sha256};

use super::claim::{Claim, Found};
use super::control::Control;
use super::fault::{Class, Fault, Treatment};
use super::session::{Answer, CommitOutcome, Isolation, Session};
use super::work::Work;

/// Which claim is made. Anything but `Standard` is broken on purpose: it shows that the tests can tell.
#[doc(hidden)]
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ClaimRule {
    #[default]
    Standard,
    None,
    KeyedByAttempt,
}

/// One attempt, ready to be tried.
pub(crate) struct Attempt {
    pub(crate) request: TaskRequest,
    pub(crate) work: Work,
    pub(crate) rule: ClaimRule,
    pub(crate) control: Arc<Control>,
}

/// What one try came to.
#[derive(Debug)]
pub(crate) enum Tried {
    /// It is settled.
    Done(TaskOutcome),
    /// It surely did not happen in this try; another may do better.
    Again { fault: Fault, statement: Option<usize>, has_claimed: bool },
    /// COMMIT was sent, and nobody knows.
    Unsettled,
}

impl Attempt {
    /// Tries once.
    pub(crate) fn try_once(&self, session: &mut dyn Session) -> Tried {
        let claim = self.claim();
        match self.claim_key(session, &claim) {
            Ok(true) => self.carry_out(session, &claim),
            Ok(false) => {
                session.rollback();
                self.settled_by_another(session, &claim)
            }
            Err(fault) => self.claim_failed(session, &claim, fault),
        }
    }

    /// The error of a try that was the last one.
    pub(crate) fn failure(&self, fault: &Fault, statement: Option<usize>) -> Failure {
        self.work.form.failure(fault, &self.work.database, statement)
    }

    fn claim(&self) -> Claim {
        claim_of(&self.request, self.work.sql_hash(), self.rule)
    }

    fn claim_key(&self, session: &mut dyn Session, claim: &Claim) -> Result<bool, Fault> {
        session.begin(self.work.isolation)?;
        match self.rule {
            ClaimRule::None => Ok(true),
            ClaimRule::Standard | ClaimRule::KeyedByAttempt => {
                let claimed = self.control.guarded(|| claim.insert(session));
                claimed.map_err(|fault| match fault.class {
                    Class::StatementTimeout => Fault::new(Class::LockTimeout, fault.message),
                    _ => fault,
                })
            }
        }
    }

    /// No answer to the claim. What is recorded may still be seen, and is true; that nothing is seen settles nothing.
    fn claim_failed(&self, session: &mut dyn Session, claim: &Claim, fault: Fault) -> Tried {
        session.rollback();
        if self.rule == ClaimRule::Standard
            && !session.in_transaction()
            && let Ok(Found::Committed { sql_hash, outcome }) = claim.read(session)
        {
            return self.recorded(claim, &sql_hash, &outcome);
        }
        self.give_up(session, fault, None, false)
    }

    fn carry_out(&self, session: &mut dyn Session, claim: &Claim) -> Tried {
        let answers = match self.statements(session) {
            Ok(answers) => answers,
            Err((fault, statement)) => return self.give_up(session, fault, Some(statement), true),
        };
        let output = match self.work.form.output(answers) {
            Ok(output) => Payload::new(output),
            Err(fault) => return self.give_up(session, fault, None, true),
        };
        if let Err(failure) = self.check(&output) {
            session.rollback();
            return Tried::Done(TaskOutcome::Failed { failure });
        }
        match self.conclude(session, claim, &output) {
            Ok(CommitOutcome::Committed) => Tried::Done(TaskOutcome::Succeeded { output }),
            Ok(CommitOutcome::RolledBack(fault)) | Err(fault) => self.give_up(session, fault, None, true),
            Ok(CommitOutcome::Ambiguous) => Tried::Unsettled,
        }
    }

    fn statements(&self, session: &mut dyn Session) -> Result<Vec<Answer>, (Fault, usize)> {
        let mut answers = Vec::with_capacity(self.work.statements.len());
        let bytes_max = self.request.result_bytes_max;
        for (at, step) in self.work.statements.iter().enumerate() {
            let ran = self.control.guarded(|| session.execute(&step.statement, bytes_max));
            let answer = ran.map_err(|fault| (fault, at + 1))?;
            if !session.in_transaction() {
                session.poison();
                let problem = "the statement left the transaction, which belongs to the engine";
                return Err((Fault::new(Class::TransactionControlNotAllowed, problem), at + 1));
            }
            expected(&answer, step.expect_rows).map_err(|fault| (fault, at + 1))?;
            answers.push(answer);
        }
        Ok(answers)
    }

    fn check(&self, output: &Payload) -> Result<(), Failure> {
        let bytes = output.text().len();
        let bytes_max = self.request.result_bytes_max;
        if bytes > bytes_max {
            let problem = format!(
                "the answer has {bytes} bytes, at most {bytes_max} are accepted; nothing was changed"
            );
            return Err(Failure::new(ErrorName::DATA_LIMIT_EXCEEDED, problem));
        }
        (self.request.check)(output.value())
    }

    /// Records the outcome and commits. An error came before COMMIT, which was not carried out.
    fn conclude(
        &self,
        session: &mut dyn Session,
        claim: &Claim,
        output: &Payload,
    ) -> Result<CommitOutcome, Fault> {
        if self.control.is_abandoned() {
            return Err(Fault::new(Class::Cancelled, "the attempt was abandoned"));
        }
        if self.rule == ClaimRule::None {
            return Ok(session.commit());
        }
        claim.conclude(session, output.text())?.ok_or_else(|| {
            let problem =
                "the claim of this transaction is gone; a statement or a trigger has changed `baton_claim`";
            Fault::new(Class::IntegrityIncident, problem)
        })
    }

    /// The key is somebody else's: what that one wrote decides.
    fn settled_by_another(&self, session: &mut dyn Session, claim: &Claim) -> Tried {
        let found = match claim.read(session) {
            Ok(found) => found,
            Err(fault) => return self.give_up(session, fault, None, false),
        };
        match found {
            Found::Committed { sql_hash, outcome } => self.recorded(claim, &sql_hash, &outcome),
            Found::Aborted { attempt } if attempt >= claim.attempt => Tried::Done(TaskOutcome::Barred),
            Found::Broken => self.incident(&broken(claim)),
            // Between the claim and the reading the row was taken away or grew older: the next claim will tell.
            Found::Nothing | Found::Aborted { .. } => Tried::Again {
                fault: Fault::new(Class::SerializationFailure, "the claim changed while it was read"),
                statement: None,
                has_claimed: false,
            },
        }
    }

    fn recorded(&self, claim: &Claim, sql_hash: &[u8], outcome: &str) -> Tried {
        if sql_hash != claim.sql_hash {
            return self.incident(&Fault::new(Class::IntegrityIncident, format!(
                "this state entry has committed other SQL than it asks for now, and nothing was run; restore the \
                 definition it was started with, or end the execution; the row of `baton_claim` is of `{}`, state `{}`",
                claim.execution_arn, claim.state
            )));
        }
        match recorded_output(outcome) {
            Some(output) => Tried::Done(TaskOutcome::Succeeded { output }),
            None => self.incident(&broken(claim)),
        }
    }

    fn incident(&self, fault: &Fault) -> Tried {
        Tried::Done(TaskOutcome::Failed { failure: self.failure(fault, None) })
    }

    fn give_up(
        &self,
        session: &mut dyn Session,
        fault: Fault,
        statement: Option<usize>,
        has_claimed: bool,
    ) -> Tried {
        session.rollback();
        if fault.class == Class::Cancelled && self.control.is_abandoned() {
            return Tried::Done(TaskOutcome::Barred);
        }
        match fault.class.treatment() {
            Treatment::Retry => Tried::Again { fault, statement, has_claimed },
            Treatment::Reconnect => {
                session.poison();
                Tried::Again { fault, statement, has_claimed }
            }
            // Without an answer to the claim an earlier COMMIT may still be unsettled: the caller decides.
            Treatment::Report if !has_claimed => Tried::Again { fault, statement, has_claimed },
            Treatment::Report => {
                Tried::Done(TaskOutcome::Failed { failure: self.failure(&fault, statement) })
            }
        }
    }
}

/// Tries once to bar an attempt; `None` if it cannot be said yet.
pub(crate) fn abandon_once(
    request: &TaskRequest,
    sql_hash: [u8; 32],
    rule: ClaimRule,
    session: &mut dyn Session,
) -> Option<AbandonOutcome> {
    let claim = claim_of(request, sql_hash, rule);
    let barred = session.begin(Isolation::default()).and_then(|()| claim.entomb(session));
    let outcome = match barred {
        Ok(true) => match session.commit() {
            CommitOutcome::Committed => Some(AbandonOutcome::Barred),
            CommitOutcome::RolledBack(_) | CommitOutcome::Ambiguous => None,
        },
        Ok(false) => {
            session.rollback();
            fate(claim.read(session), claim.attempt)
        }
        Err(_) => {
            session.poison();
            None
        }
    };
    session.rollback();
    outcome
}

fn fate(found: Result<Found, Fault>, attempt: u32) -> Option<AbandonOutcome> {
    match found {
        Ok(Found::Committed { outcome, .. }) => {
            recorded_output(&outcome).map(|output| AbandonOutcome::Committed { output })
        }
        Ok(Found::Aborted { attempt: barred }) if barred >= attempt => Some(AbandonOutcome::Barred),
        // A broken row is somebody's to repair; until then the effect stays visibly unresolved.
        Ok(Found::Aborted { .. } | Found::Nothing | Found::Broken) | Err(_) => None,
    }
}

fn claim_of(request: &TaskRequest, sql_hash: [u8; 32], rule: ClaimRule) -> Claim {
    let key = match rule {
        ClaimRule::Standard | ClaimRule::None => request.key,
        ClaimRule::KeyedByAttempt => Sha256::new()
            .chain_update(request.key)
            .chain_update(request.attempt.to_be_bytes())
            .finalize()
            .into(),
    };
    Claim {
        key,
        attempt: request.attempt,
        sql_hash,
        execution_arn: Arc::clone(&request.execution_arn),
        state: Arc::clone(&request.state),
    }
}

fn recorded_output(outcome: &str) -> Option<Payload> {
    // It was bounded when it was written; the limit may have been another one then.
    let limits = JsonLimits {
        bytes_max: outcome.len(),
        depth_max: 128,
        keys_max: usize::MAX,
        number_chars_max: 1_100,
    };
    json::parse(outcome, limits).ok().map(Payload::new)
}

fn broken(claim: &Claim) -> Fault {
    Fault::new(
        Class::IntegrityIncident,
        format!(
            "the row of `baton_claim` for `{}`, state `{}`, has no outcome; something has written to the table or ended \
         the engine's transaction; find out whether the effect happened, then set `state` and `outcome`, or delete the row",
            claim.execution_arn, claim.state
        ),
    )
}

fn expected(answer: &Answer, expect_rows: Option<u64>) -> Result<(), Fault> {
    let found = if answer.columns.is_empty() { answer.updated } else { answer.rows.len() as u64 };
    match expect_rows {
        Some(wanted) if wanted != found => {
            let problem =
                format!("the statement met {found} rows, `ExpectRows` is {wanted}; nothing was changed");
            Err(Fault::new(Class::UnexpectedRowCount, problem))
        }
        Some(_) | None => Ok(()),
    }
}
