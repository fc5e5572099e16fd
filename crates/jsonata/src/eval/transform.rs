//! `| location | update, delete |`: a copy of a value in which the objects at a location are changed.
//!
//! Values are immutable, so the copy is made with objects of its own first; the location finds some of them, and the
//! changes to each are noted under its address. Then the copy is built again with the changes.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::{Evaluator, FrameId, Outcome, function};
use crate::ast::Transform;
use crate::error::Error;
use crate::stack::grow;
use crate::value::{Entries, Flags, FunctionKind, Items, Kind, ObjectBuilder, TransformClosure, Value};

/// Changes by the address of the object in the copy, which lives as long as they do.
type Edits = BTreeMap<usize, Vec<Edit>>;

struct Edit {
    update: Option<Value>,
    delete: Vec<Arc<str>>,
}

impl Evaluator<'_, '_> {
    pub(super) fn transformer(&mut self, code: &Arc<Transform>, frame: FrameId) -> Outcome {
        self.frames.capture(frame);
        self.charge_bytes(128)?;
        let closure = TransformClosure { code: Arc::clone(code), frame, owner: self.owner() };
        self.checked(function(FunctionKind::Transform(closure)))
    }

    pub(super) fn run_transform(&mut self, closure: &TransformClosure, argument: Option<Value>) -> Outcome {
        if !self.is_owner(&closure.owner) {
            return Err(Error::new("U1010"));
        }
        let Some(value) = argument else { return Ok(None) };
        if !matches!(value.kind(), Kind::Array | Kind::Object) {
            return Err(Error::new("T0410").value(Some(&value)).with("index", 1).about("transform"));
        }
        let copy = self.copy(&value, 0)?;
        let mut edits = Edits::new();
        let places = self.eval(&closure.code.location, Some(&copy), closure.frame)?;
        if let Some(places) = places {
            let mut all = Vec::new();
            self.extend(&mut all, &places)?;
            for place in &all {
                self.edit(&closure.code, closure.frame, place, &mut edits)?;
            }
        }
        let result = self.rebuild(&copy, &edits)?;
        self.checked(result)
    }

    fn edit(
        &mut self,
        code: &Transform,
        frame: FrameId,
        place: &Value,
        edits: &mut Edits,
    ) -> Result<(), Error> {
        let current = self.rebuild(place, edits)?;
        let update = self.eval(&code.update, Some(&current), frame)?;
        if let Some(wrong) = update.as_ref().filter(|it| it.kind() != Kind::Object) {
            return Err(Error::new("T2011").value(Some(wrong)).at(code.update.position));
        }
        let delete = match &code.delete {
            Some(node) => self.eval(node, Some(&current), frame)?,
            None => None,
        };
        let delete = names(delete.as_ref(), code)?;
        if let Value::Object(object) = place {
            edits.entry(Arc::as_ptr(object) as usize).or_default().push(Edit { update, delete });
        }
        Ok(())
    }

    /// The value with objects and arrays of its own, each at an address of its own.
    fn copy(&mut self, value: &Value, depth: usize) -> Result<Value, Error> {
        crate::json::check_walk(depth)?;
        if let Some(items) = value.items() {
            let mut out = Vec::with_capacity(items.len());
            for item in items.iter() {
                let item = grow(|| self.copy(&item, depth + 1))?;
                self.push(&mut out, item)?;
            }
            return self.array_of(out, Flags::PLAIN);
        }
        let Some(entries) = value.entries() else { return Ok(value.clone()) };
        let mut out = ObjectBuilder::with_capacity(entries.len());
        for (key, member) in entries.iter() {
            self.reserve(out.len(), 1)?;
            out.insert(key, grow(|| self.copy(&member, depth + 1))?);
        }
        let copy = out.finish();
        self.checked(copy).map(|it| it.unwrap_or(Value::Null))
    }

    /// The value with all changes noted so far.
    fn rebuild(&mut self, value: &Value, edits: &Edits) -> Result<Value, Error> {
        if edits.is_empty() {
            return Ok(value.clone());
        }
        match value {
            Value::Array(array) => {
                let mut out = Vec::with_capacity(array.items().len());
                for item in array.items() {
                    let item = grow(|| self.rebuild(item, edits))?;
                    self.push(&mut out, item)?;
                }
                self.array_of(out, Flags::PLAIN)
            }
            Value::Object(object) => {
                let mut out = ObjectBuilder::with_capacity(object.len());
                for (key, member) in object.entries() {
                    self.reserve(out.len(), 1)?;
                    out.insert(Arc::clone(key), grow(|| self.rebuild(member, edits))?);
                }
                for edit in edits.get(&(Arc::as_ptr(object) as usize)).into_iter().flatten() {
                    self.change(&mut out, edit)?;
                }
                let result = out.finish();
                self.checked(result).map(|it| it.unwrap_or(Value::Null))
            }
            other => Ok(other.clone()),
        }
    }

    fn change(&mut self, out: &mut ObjectBuilder, edit: &Edit) -> Result<(), Error> {
        for (key, value) in edit.update.iter().filter_map(Value::entries).flat_map(Entries::iter) {
            self.reserve(out.len(), 1)?;
            out.insert(key, value);
        }
        self.charge_steps(edit.delete.len() * out.len())?;
        edit.delete.iter().for_each(|key| out.remove(key));
        Ok(())
    }
}

/// The keys to delete: a string or an array of strings.
fn names(value: Option<&Value>, code: &Transform) -> Result<Vec<Arc<str>>, Error> {
    let Some(value) = value else { return Ok(Vec::new()) };
    let items = value.items().map_or_else(|| vec![value.clone()], Items::to_vec);
    let names: Option<Vec<Arc<str>>> = items
        .into_iter()
        .map(|it| match it {
            Value::String(name) => Some(name),
            _ => None,
        })
        .collect();
    let at = code.delete.as_ref().map_or(0, |it| it.position);
    names.ok_or_else(|| Error::new("T2012").value(Some(value)).at(at))
}
