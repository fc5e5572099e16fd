//! `%`: finds, for each parent operator, the step whose input it stands for.
//!
//! A `%` starts one level up. Going back over the steps of the path it stands in, each name or wildcard takes a level
//! off and each other `%` adds one; the step that takes the last one off binds what it is applied to.

use std::sync::Arc;

use super::Parser;
use super::path::steps_of;
use crate::ast::{Kind, Node, Slot};
use crate::error::Error;

/// The slots that `node` leaves open to what holds it; it no longer has them.
pub(super) fn take_seeking(node: &mut Node) -> Vec<Arc<Slot>> {
    let mut slots = std::mem::take(&mut node.seeking);
    if let Kind::Parent(slot) = &node.kind {
        slots.push(Arc::clone(slot));
    }
    slots
}

/// The slots that `node` leaves open.
pub(super) fn slots_of(node: &Node) -> Vec<Arc<Slot>> {
    let mut slots = node.seeking.clone();
    if let Kind::Parent(slot) = &node.kind {
        slots.push(Arc::clone(slot));
    }
    slots
}

impl Parser<'_> {
    /// Looks, for each slot that the last step leaves open, through the steps before it.
    pub(super) fn resolve_ancestry(&mut self, path: &mut Node) -> Result<(), Error> {
        let steps = steps_of(path);
        let Some(last) = steps.last() else { return Ok(()) };
        let slots = slots_of(last);
        let mut open = Vec::new();
        for slot in slots {
            if !self.seek_back(steps, &slot)? {
                open.push(slot);
            }
        }
        path.seeking.extend(open);
        Ok(())
    }

    /// Whether the slot found its step among all but the last of `steps`.
    fn seek_back(&mut self, steps: &mut [Node], slot: &Arc<Slot>) -> Result<bool, Error> {
        let mut at = steps.len() - 1;
        while self.slots[slot.id].level > 0 {
            if at == 0 {
                return Ok(false);
            }
            at -= 1;
            // Steps in a row that bind the focus are all applied to the same item.
            while at > 0 && has_focus(&steps[at]) && has_focus(&steps[at - 1]) {
                at -= 1;
            }
            self.seek(&mut steps[at], slot)?;
        }
        Ok(true)
    }

    /// Slots of a filter on `step`: those one level up are about the step itself. The rest stays open.
    pub(super) fn seek_from_filter(
        &mut self,
        step: &mut Node,
        slots: Vec<Arc<Slot>>,
    ) -> Result<Vec<Arc<Slot>>, Error> {
        for slot in &slots {
            if self.slots[slot.id].level == 1 {
                self.seek(step, slot)?;
            } else {
                // One that has found its step inside the filter stays found.
                self.slots[slot.id].level = self.slots[slot.id].level.saturating_sub(1);
            }
        }
        Ok(slots)
    }

    /// Those of `slots` that have not found their step.
    pub(super) fn unresolved(&self, mut slots: Vec<Arc<Slot>>) -> Vec<Arc<Slot>> {
        slots.retain(|it| self.slots[it.id].level > 0);
        slots
    }

    /// Goes back over one step.
    fn seek(&mut self, node: &mut Node, slot: &Arc<Slot>) -> Result<(), Error> {
        match &mut node.kind {
            Kind::Name(_) | Kind::Wildcard => {
                self.slots[slot.id].level -= 1;
                if self.slots[slot.id].level == 0 {
                    self.settle(node, slot);
                }
                Ok(())
            }
            Kind::Parent(_) => {
                self.slots[slot.id].level += 1;
                Ok(())
            }
            Kind::Sort(_) => Ok(()),
            Kind::Block(expressions) => {
                let Some(last) = expressions.last_mut() else { return Ok(()) };
                node.is_tuple = true;
                self.seek(last, slot)
            }
            Kind::Path { steps, .. } => {
                node.is_tuple = true;
                let mut at = steps.len();
                loop {
                    at -= 1;
                    self.seek(&mut steps[at], slot)?;
                    if at == 0 || self.slots[slot.id].level == 0 {
                        return Ok(());
                    }
                }
            }
            _ => Err(Error::new("S0217").at(node.position)),
        }
    }

    /// `node` is what the slot stands for. A second slot of one step shares the name of the first.
    fn settle(&mut self, node: &mut Node, slot: &Arc<Slot>) {
        node.is_tuple = true;
        let part = node.step_mut();
        match &part.ancestor {
            Some(first) => self.slots[slot.id].label = self.slots[first.id].label,
            None => part.ancestor = Some(Arc::clone(slot)),
        }
    }
}

fn has_focus(step: &Node) -> bool {
    step.step.as_ref().is_some_and(|it| it.focus.is_some())
}
