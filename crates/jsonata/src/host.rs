//! What surrounds an evaluation: the input, variables and functions of the caller, the time, entropy and limits.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use crate::error::Error;
use crate::limits::Limits;
use crate::signature::Signature;
use crate::value::Value;

/// Variables of the caller, asked for by name when an expression reads them.
pub trait Bindings {
    /// The value of `$name`; the name comes without its dollar sign.
    fn get(&self, name: &str) -> Option<Value>;
}

/// No variables.
impl Bindings for () {
    fn get(&self, _name: &str) -> Option<Value> {
        None
    }
}

impl Bindings for BTreeMap<String, Value> {
    fn get(&self, name: &str) -> Option<Value> {
        BTreeMap::get(self, name).cloned()
    }
}

/// A few variables; the last of a name counts.
impl Bindings for [(&str, Value)] {
    fn get(&self, name: &str) -> Option<Value> {
        self.iter().rev().find(|(it, _)| *it == name).map(|(_, value)| value.clone())
    }
}

impl<const N: usize> Bindings for [(&str, Value); N] {
    fn get(&self, name: &str) -> Option<Value> {
        Bindings::get(self.as_slice(), name)
    }
}

/// Everything outside the expression that an evaluation can see. It reads no clock and draws no randomness of its own.
pub struct Environment<'a> {
    /// The context of the expression, `$` and `$$` in it.
    pub input: Option<Value>,
    /// Variables.
    pub bindings: &'a dyn Bindings,
    /// Functions beside those of the library; one of the same name hides the library's.
    pub functions: &'a Functions,
    /// What `$now` and `$millis` give: milliseconds since the Unix epoch.
    pub now_unix_ms: i64,
    /// 64 random bits for each call; `$random`, `$shuffle` and `$uuid` draw from it.
    pub entropy: &'a mut dyn FnMut() -> u64,
    /// Bounds on the evaluation.
    pub limits: Limits,
}

impl fmt::Debug for Environment<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut out = f.debug_struct("Environment");
        out.field("input", &self.input).field("functions", self.functions);
        out.field("now_unix_ms", &self.now_unix_ms).field("limits", &self.limits).finish_non_exhaustive()
    }
}

/// What a function of the caller may use while it runs.
pub trait Call {
    /// 64 random bits.
    fn entropy(&mut self) -> u64;
    /// Milliseconds since the Unix epoch.
    fn now_unix_ms(&self) -> i64;
    /// The bounds of the evaluation.
    fn limits(&self) -> Limits;
    /// Takes `count` steps off what is left; U1001 when nothing is.
    fn charge_steps(&mut self, count: usize) -> Result<(), Error>;
    /// Takes `count` bytes off what may still be made; U1004 when nothing is.
    fn charge_bytes(&mut self, count: usize) -> Result<(), Error>;
}

/// The body of a function of the caller. Arguments have been checked; `None` is nothing.
pub type HostBody = dyn Fn(&mut dyn Call, &[Option<Value>]) -> Result<Option<Value>, Error> + Send + Sync;

/// A function of the caller.
pub struct HostFunction {
    name: &'static str,
    signature: Signature,
    arity: usize,
    body: Box<HostBody>,
}

impl HostFunction {
    /// The function `$name` with a signature such as `<a<n>n?:n>`; fails with S0401 to S0403 if that cannot be read.
    ///
    /// `arity` is how many arguments higher-order functions pass to it.
    pub fn new(
        name: &'static str,
        signature: &str,
        arity: usize,
        body: impl Fn(&mut dyn Call, &[Option<Value>]) -> Result<Option<Value>, Error> + Send + Sync + 'static,
    ) -> Result<Self, Error> {
        Ok(Self { name, signature: Signature::parse(signature)?, arity, body: Box::new(body) })
    }

    /// Its name without the dollar sign.
    pub fn name(&self) -> &'static str {
        self.name
    }

    pub(crate) fn arity(&self) -> usize {
        self.arity
    }

    pub(crate) fn signature(&self) -> &Signature {
        &self.signature
    }

    pub(crate) fn run(
        &self,
        call: &mut dyn Call,
        arguments: &[Option<Value>],
    ) -> Result<Option<Value>, Error> {
        (self.body)(call, arguments)
    }
}

impl fmt::Debug for HostFunction {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HostFunction").field("name", &self.name).finish_non_exhaustive()
    }
}

/// Functions of the caller by name.
#[derive(Clone, Debug, Default)]
pub struct Functions(BTreeMap<&'static str, Arc<HostFunction>>);

impl Functions {
    /// No functions.
    pub const fn none() -> Self {
        Self(BTreeMap::new())
    }

    /// Adds one; it hides an earlier one and the library's of the same name.
    #[must_use]
    pub fn with(mut self, function: HostFunction) -> Self {
        self.0.insert(function.name, Arc::new(function));
        self
    }

    /// The function called `name`.
    pub fn get(&self, name: &str) -> Option<&Arc<HostFunction>> {
        self.0.get(name)
    }

    /// All names, sorted.
    pub fn names(&self) -> impl Iterator<Item = &'static str> + '_ {
        self.0.keys().copied()
    }
}
