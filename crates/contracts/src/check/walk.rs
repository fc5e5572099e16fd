//! The walk over a value beside its schema: the mapping between plain JSON and Avro.
//!
//! Recursion is bounded by `DEPTH_MAX` levels of the value. Where a union has several branches of the value's shape they
//! are tried in silence, in the fixed order; how often and how long is bounded for the whole value.
//! INVARIANT: nothing is allocated while no violation is found.

use asl::contract::Unknown;
use asl::json::same_text;
use asl::{Json, Number, Object};

use super::path::Path;
use super::{Violation, Violations, bytes, decimal, expected, found, time, uuid};
use crate::limits::{DEPTH_MAX, EXPECTED_CHARS_MAX, UNION_ATTEMPTS_MAX, UNION_STEPS_MAX, VIOLATIONS_MAX};
use crate::schema::logical::{Logical, Unit};
use crate::schema::node::{Kind, Node, NodeId, Record, Shape, Union};

/// Checks `value` against node `root`.
pub(crate) fn check(nodes: &[Node], root: NodeId, unknown: Unknown, value: &Json) -> Result<(), Violations> {
    let mut walk = Walk::new(nodes, unknown);
    if walk.value(root, value, &Path::Root, 0) {
        return Ok(());
    }
    Err(Violations { list: walk.list, more: walk.more })
}

/// Tries whether values fit nodes; what all the attempts may cost is bounded together.
pub(crate) struct Attempts<'a>(Walk<'a>);

impl<'a> Attempts<'a> {
    pub(crate) fn new(nodes: &'a [Node], unknown: Unknown) -> Self {
        Self(Walk { silent: true, ..Walk::new(nodes, unknown) })
    }

    /// Whether `value` fits node `id`; `false` as well when there have been too many attempts.
    pub(crate) fn fits(&mut self, id: NodeId, value: &Json) -> bool {
        self.0.value(id, value, &Path::Root, 0)
    }
}

struct Walk<'a> {
    nodes: &'a [Node],
    unknown: Unknown,
    /// Whether a branch is being tried: then nothing is reported, and the first violation ends the attempt.
    silent: bool,
    attempts_left: usize,
    steps_left: usize,
    list: Vec<Violation>,
    more: usize,
}

impl<'a> Walk<'a> {
    fn new(nodes: &'a [Node], unknown: Unknown) -> Self {
        Self {
            nodes,
            unknown,
            silent: false,
            attempts_left: UNION_ATTEMPTS_MAX,
            steps_left: UNION_STEPS_MAX,
            list: Vec::new(),
            more: 0,
        }
    }

    #[inline]
    fn value(&mut self, id: NodeId, value: &Json, at: &Path<'_>, depth: usize) -> bool {
        if self.silent && !self.take_step() {
            return false;
        }
        let node = &self.nodes[id.0 as usize];
        match scalar_fits(node, value) {
            Some(fits) => fits || self.mismatch(id, value, at),
            None => self.container(id, node, value, at, depth),
        }
    }

    /// Whether a value fits without being walked into; most do, and a call for each would be most of the work.
    #[inline]
    fn fits_at_once(&self, id: NodeId, value: &Json) -> bool {
        !self.silent && scalar_fits(&self.nodes[id.0 as usize], value) == Some(true)
    }

    /// The part that recurses.
    fn container(&mut self, id: NodeId, node: &Node, value: &Json, at: &Path<'_>, depth: usize) -> bool {
        match (&node.kind, value) {
            (Kind::Array(items), Json::Array(list)) => self.array(*items, list, value, at, depth),
            (Kind::Map(values), Json::Object(object)) => self.map(*values, object, value, at, depth),
            (Kind::Record(record), Json::Object(object)) => self.record(record, object, value, at, depth),
            (Kind::Union(union), _) => self.union(id, union, value, at, depth),
            _ => self.mismatch(id, value, at),
        }
    }

    fn array(&mut self, items: NodeId, list: &[Json], value: &Json, at: &Path<'_>, depth: usize) -> bool {
        if depth >= DEPTH_MAX {
            return self.too_deep(value, at);
        }
        let mut fits = true;
        for (index, item) in list.iter().enumerate() {
            fits &=
                self.fits_at_once(items, item) || self.value(items, item, &Path::Item(at, index), depth + 1);
            if self.silent && !fits {
                return false;
            }
        }
        fits
    }

    fn map(&mut self, values: NodeId, object: &Object, value: &Json, at: &Path<'_>, depth: usize) -> bool {
        if depth >= DEPTH_MAX {
            return self.too_deep(value, at);
        }
        let mut fits = true;
        for (key, item) in object.iter() {
            fits &=
                self.fits_at_once(values, item) || self.value(values, item, &Path::Field(at, key), depth + 1);
            if self.silent && !fits {
                return false;
            }
        }
        fits
    }

    fn record(
        &mut self,
        record: &Record,
        object: &Object,
        value: &Json,
        at: &Path<'_>,
        depth: usize,
    ) -> bool {
        if depth >= DEPTH_MAX {
            return self.too_deep(value, at);
        }
        let mut fits = true;
        let mut required_seen = 0;
        // Values mostly come in the order of the schema: the field after the last one is looked at first.
        let mut next = 0;
        for (key, item) in object.iter() {
            let position = match record.fields.get(next) {
                Some(field) if same_text(&field.name, key) => Some(next),
                _ => record.position(key),
            };
            fits &= match position {
                Some(position) => {
                    let field = &record.fields[position];
                    next = position + 1;
                    required_seen += usize::from(field.default.is_none());
                    self.fits_at_once(field.node, item)
                        || self.value(field.node, item, &Path::Field(at, key), depth + 1)
                }
                None => {
                    self.unknown == Unknown::Allow
                        || self.unknown_field(record, key, item, &Path::Field(at, key))
                }
            };
            if self.silent && !fits {
                return false;
            }
        }
        // Keys of an object are distinct, so counting is enough.
        (required_seen == record.required || self.missing_fields(record, object, at)) && fits
    }

    fn union(&mut self, id: NodeId, union: &Union, value: &Json, at: &Path<'_>, depth: usize) -> bool {
        let shape = Shape::of(value);
        match &*union.candidates[shape as usize] {
            [] => self.mismatch(id, value, at),
            // Scalars are refused with all branches named; inside a record or an array the place says more.
            [only] if matches!(shape, Shape::Array | Shape::Object) || self.silent => {
                self.value(*only, value, at, depth)
            }
            [only] if scalar_fits(&self.nodes[only.0 as usize], value) == Some(true) => true,
            candidates => {
                candidates.iter().any(|branch| self.attempt(*branch, value, at, depth)) || {
                    self.no_branch(id, candidates, value, at, depth)
                }
            }
        }
    }

    fn attempt(&mut self, branch: NodeId, value: &Json, at: &Path<'_>, depth: usize) -> bool {
        if self.attempts_left == 0 {
            return false;
        }
        self.attempts_left -= 1;
        let silent = std::mem::replace(&mut self.silent, true);
        let fits = self.value(branch, value, at, depth);
        self.silent = silent;
        fits
    }

    /// Reports a value that fits none of `candidates`: with the violations of the one that comes closest.
    #[cold]
    fn no_branch(
        &mut self,
        id: NodeId,
        candidates: &[NodeId],
        value: &Json,
        at: &Path<'_>,
        depth: usize,
    ) -> bool {
        if self.silent {
            return false;
        }
        if self.attempts_left == 0 || self.steps_left == 0 {
            let words = "a union whose branch is found in fewer attempts";
            return self.report(at, words.to_owned(), found::describe(value));
        }
        let branches =
            candidates.iter().filter(|id| matches!(self.nodes[id.0 as usize].kind, Kind::Record(_)));
        match (Shape::of(value), value.as_object()) {
            (Shape::Object, Some(object)) => {
                let closest = branches.copied().max_by_key(|id| self.likeness(*id, object));
                let text = match closest {
                    Some(closest) if self.likeness(closest, object) > 0 => {
                        self.closest(closest, value, at, depth).unwrap_or_default()
                    }
                    _ => String::new(),
                };
                let words = expected::describe(self.nodes, id);
                let words = found::cut(&format!("{words}{text}"), EXPECTED_CHARS_MAX);
                self.report(at, words, found::describe(value))
            }
            _ => self.mismatch(id, value, at),
        }
    }

    /// How many fields of a record a value has: fewer foreign ones make it likelier still.
    fn likeness(&self, id: NodeId, object: &Object) -> usize {
        let Kind::Record(record) = &self.nodes[id.0 as usize].kind else { return 0 };
        object.iter().filter(|(key, _)| record.position(key).is_some()).count()
    }

    /// The first violation of the branch that comes closest, as words.
    fn closest(&mut self, branch: NodeId, value: &Json, at: &Path<'_>, depth: usize) -> Option<String> {
        let mut inner = Walk::new(self.nodes, self.unknown);
        inner.attempts_left = self.attempts_left;
        inner.steps_left = self.steps_left;
        inner.value(branch, value, at, depth);
        self.attempts_left = inner.attempts_left;
        self.steps_left = inner.steps_left;
        let first = inner.list.into_iter().next()?;
        let name = self.nodes[branch.0 as usize].name()?;
        Some(format!("; closest is {name}, which has {} at {}", first.expected, first.path))
    }

    fn take_step(&mut self) -> bool {
        if self.steps_left == 0 || self.attempts_left == 0 {
            return false;
        }
        self.steps_left -= 1;
        true
    }

    #[cold]
    fn missing_fields(&mut self, record: &Record, object: &Object, at: &Path<'_>) -> bool {
        if !self.silent {
            for field in record.fields.iter().filter(|field| field.default.is_none()) {
                if object.get(&field.name).is_none() {
                    let words = expected::describe(self.nodes, field.node);
                    self.report(&Path::Field(at, &field.name), words, "nothing".to_owned());
                }
            }
        }
        false
    }

    #[cold]
    fn unknown_field(&mut self, record: &Record, key: &str, value: &Json, at: &Path<'_>) -> bool {
        !self.silent && self.report(at, expected::no_field(record, key), found::describe(value))
    }

    #[cold]
    fn too_deep(&mut self, value: &Json, at: &Path<'_>) -> bool {
        let words = || format!("at most {DEPTH_MAX} levels of arrays and objects");
        !self.silent && self.report(at, words(), found::describe(value))
    }

    #[cold]
    fn mismatch(&mut self, id: NodeId, value: &Json, at: &Path<'_>) -> bool {
        !self.silent && self.report(at, expected::describe(self.nodes, id), found::describe(value))
    }

    /// Remembers one violation; always `false`, which is the answer of the walk.
    #[cold]
    fn report(&mut self, at: &Path<'_>, expected: String, found: String) -> bool {
        if self.list.len() < VIOLATIONS_MAX {
            self.list.push(Violation { path: at.text(), expected, found });
        } else {
            self.more += 1;
        }
        false
    }
}

/// Whether a value fits a type that holds no others; `None` for the others.
#[inline]
fn scalar_fits(node: &Node, value: &Json) -> Option<bool> {
    match node.logical {
        None => plain_scalar_fits(&node.kind, value),
        Some(logical) => Some(logical_fits(logical, node, value)),
    }
}

#[inline]
fn plain_scalar_fits(kind: &Kind, value: &Json) -> Option<bool> {
    Some(match (kind, value) {
        (Kind::String, Json::String(_)) | (Kind::Null, Json::Null) | (Kind::Boolean, Json::Bool(_)) => true,
        (Kind::Int, Json::Number(number)) => is_int(number),
        (Kind::Long, Json::Number(number)) => number.as_i64().is_some(),
        (Kind::Float, Json::Number(number)) => number.fits_f32(),
        (Kind::Double, Json::Number(number)) => number.fits_f64(),
        (Kind::Bytes, Json::String(text)) => bytes::base64_length(text).is_some(),
        (Kind::Fixed { size, .. }, Json::String(text)) => bytes::base64_length(text) == Some(*size),
        (Kind::Enum { symbols, .. }, Json::String(text)) => symbols.contains(text),
        (Kind::Array(_) | Kind::Map(_) | Kind::Record(_) | Kind::Union(_), _) => return None,
        (
            Kind::Null
            | Kind::Boolean
            | Kind::Int
            | Kind::Long
            | Kind::Float
            | Kind::Double
            | Kind::Bytes
            | Kind::String
            | Kind::Fixed { .. }
            | Kind::Enum { .. },
            _,
        ) => false,
    })
}

#[inline]
fn is_int(number: &Number) -> bool {
    number.as_i64().is_some_and(|value| i32::try_from(value).is_ok())
}

fn logical_fits(logical: Logical, node: &Node, value: &Json) -> bool {
    match value {
        Json::Number(number) => logical_number_fits(logical, node, number),
        Json::String(text) => match logical {
            Logical::Decimal { precision, scale } => decimal::text_fits(text, precision, scale),
            Logical::BigDecimal => decimal::is_number(text),
            Logical::Date => time::date(text).is_some(),
            Logical::Time(_) => time::time(text).is_some(),
            Logical::Timestamp(unit) => moment_fits(time::timestamp(text), unit),
            Logical::LocalTimestamp(unit) => moment_fits(time::local_timestamp(text), unit),
            Logical::Uuid => uuid::is_uuid(text),
            Logical::Duration => time::duration(text).is_some(),
        },
        Json::Null | Json::Bool(_) | Json::Array(_) | Json::Object(_) => false,
    }
}

fn moment_fits(moment: Option<time::Moment>, unit: Unit) -> bool {
    moment.is_some_and(|moment| unit != Unit::Nanos || time::fits_nanos(moment))
}

fn logical_number_fits(logical: Logical, node: &Node, number: &Number) -> bool {
    match logical {
        Logical::Decimal { precision, scale } => decimal::number_fits(number, precision, scale),
        Logical::BigDecimal => true,
        Logical::Time(unit) => number.as_i64().is_some_and(|value| (0..unit.per_day()).contains(&value)),
        Logical::Date | Logical::Timestamp(_) | Logical::LocalTimestamp(_) => match node.kind {
            Kind::Int => is_int(number),
            _ => number.as_i64().is_some(),
        },
        Logical::Uuid | Logical::Duration => false,
    }
}
