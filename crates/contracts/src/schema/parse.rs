//! Reading schemas: from JSON to the node table, with every rule of the specification checked on the way.
//!
//! Spec (Avro 1.12): "Schema Declaration", "Names", "Aliases". Names may be used before they are defined, as in Java.
//! A parser of our own, because `apache-avro` 0.22 keeps `order` in canonical forms, takes duplicate names and
//! reserved names, refuses `error` types and forward references, recurses without a bound and gives no places.
//! Not here: names of other subjects (`schema/texts.rs`), defaults (`schema/default.rs`).

use std::collections::BTreeMap;
use std::sync::Arc;

use asl::{Json, Object};

use super::default;
use super::error::{SchemaError, SchemaProblem};
use super::logical::Logical;
use super::name::{PRIMITIVES, full_name, is_dotted_name, is_name, namespace_of};
use super::node::{Field, Kind, Node, NodeId, Record, Symbols, Union};
use super::place::{Place, Places};
use crate::limits::{DEFAULT_STEPS_MAX, DEPTH_MAX};

/// What is known while the texts of one schema are read.
#[derive(Debug)]
pub(crate) struct Parser {
    pub(crate) nodes: Vec<Node>,
    pub(crate) names: BTreeMap<Arc<str>, Named>,
    pub(crate) places: Places,
    /// The number of the text being read, and the subject of each text; the first is the schema itself.
    pub(crate) text: usize,
    pub(crate) subjects: Vec<Option<Arc<str>>>,
    /// Names that the present text used while nobody, or another text, had defined them.
    pub(crate) uses: Vec<(Arc<str>, Place)>,
    unions: Vec<(NodeId, Place)>,
    defaults: Vec<(NodeId, Json, Place)>,
}

/// A name: its node, which is empty until the definition is met.
#[derive(Debug)]
pub(crate) struct Named {
    pub(crate) node: NodeId,
    /// The number of the text that defines it.
    pub(crate) defined_in: Option<usize>,
    used_in: Option<usize>,
}

impl Parser {
    pub(crate) fn new() -> Self {
        let primitives = [
            Kind::Null,
            Kind::Boolean,
            Kind::Int,
            Kind::Long,
            Kind::Float,
            Kind::Double,
            Kind::Bytes,
            Kind::String,
        ];
        Self {
            nodes: primitives.map(Node::plain).into(),
            names: BTreeMap::new(),
            places: Places::default(),
            text: 0,
            subjects: Vec::new(),
            uses: Vec::new(),
            unions: Vec::new(),
            defaults: Vec::new(),
        }
    }

    /// Reads one schema; its names may still be undefined.
    pub(crate) fn schema(
        &mut self,
        json: &Json,
        namespace: &str,
        at: Place,
        depth: usize,
    ) -> Result<NodeId, SchemaError> {
        if depth > DEPTH_MAX {
            return Err(
                self.fault(at, SchemaProblem::TooMuch { what: "types inside each other", limit: DEPTH_MAX })
            );
        }
        match json {
            Json::String(name) => self.named(name, namespace, at),
            Json::Array(branches) => self.union(branches, namespace, at, depth),
            Json::Object(attributes) => self.object(attributes, namespace, at, depth),
            Json::Null | Json::Bool(_) | Json::Number(_) => Err(self.unexpected(
                at,
                json.kind(),
                "the name of a type, an object or an array of union branches",
            )),
        }
    }

    /// What can only be said when every name is defined: union branches and defaults.
    pub(crate) fn finish(&mut self) -> Result<(), SchemaError> {
        for (id, at) in std::mem::take(&mut self.unions) {
            self.seal_union(id, at)?;
        }
        let mut steps_left = DEFAULT_STEPS_MAX;
        for (id, value, at) in std::mem::take(&mut self.defaults) {
            default::check(&self.nodes, id, &value, &mut steps_left).map_err(|(found, expected)| {
                self.unexpected(at, &found, &format!("a default that is {expected}"))
            })?;
        }
        Ok(())
    }

    pub(crate) fn fault(&self, at: Place, problem: SchemaProblem) -> SchemaError {
        let (text, pointer) = self.places.pointer(at);
        let subject = if text == 0 { None } else { self.subjects[text].clone() };
        SchemaError { subject, pointer, problem }
    }

    fn unexpected(&self, at: Place, found: &str, expected: &str) -> SchemaError {
        self.fault(at, SchemaProblem::Unexpected { found: found.to_owned(), expected: expected.to_owned() })
    }

    fn named(&mut self, name: &str, namespace: &str, at: Place) -> Result<NodeId, SchemaError> {
        if let Some(id) = primitive(name) {
            return Ok(id);
        }
        if !is_dotted_name(name) {
            return Err(self.unexpected(at, &quoted(name), "the name of a type"));
        }
        let full = full_name(name, namespace);
        let text = self.text;
        let node = self.name_entry(&full);
        let entry = self.names.get_mut(&full).expect("the line above makes the entry");
        if entry.defined_in != Some(text) && entry.used_in != Some(text) {
            entry.used_in = Some(text);
            self.uses.push((full, at));
        }
        Ok(node)
    }

    /// The node of a name; an empty one when the name is new.
    fn name_entry(&mut self, full: &Arc<str>) -> NodeId {
        if let Some(entry) = self.names.get(full) {
            return entry.node;
        }
        let node = self.push(Node::plain(Kind::Null));
        self.names.insert(full.clone(), Named { node, defined_in: None, used_in: None });
        node
    }

    fn union(
        &mut self,
        branches: &[Json],
        namespace: &str,
        at: Place,
        depth: usize,
    ) -> Result<NodeId, SchemaError> {
        let mut ids = Vec::with_capacity(branches.len());
        for (index, branch) in branches.iter().enumerate() {
            let place = self.places.index(at, index);
            let id = self.schema(branch, namespace, place, depth + 1)?;
            if matches!(self.nodes[id.0 as usize].kind, Kind::Union(_)) {
                return Err(self.unexpected(place, "a union inside a union", "any other type"));
            }
            ids.push(id);
        }
        let union = Union { branches: ids.into(), ..Union::default() };
        let id = self.push(Node::plain(Kind::Union(union)));
        self.unions.push((id, at));
        Ok(id)
    }

    fn seal_union(&mut self, id: NodeId, at: Place) -> Result<(), SchemaError> {
        let Kind::Union(union) = &self.nodes[id.0 as usize].kind else { return Ok(()) };
        let branches = union.branches.clone();
        let mut seen = std::collections::BTreeSet::new();
        for (index, branch) in branches.iter().enumerate() {
            let node = &self.nodes[branch.0 as usize];
            let key = node.name().map_or(node.type_name(), |name| &**name);
            if !seen.insert(key) {
                let found = format!("a second branch {}", quoted(key));
                let place = self.places.index(at, index);
                return Err(self.unexpected(place, &found, "each type once in a union"));
            }
        }
        self.nodes[id.0 as usize].kind = Kind::Union(Union::sealed(branches, &self.nodes));
        Ok(())
    }

    fn object(
        &mut self,
        attributes: &Object,
        namespace: &str,
        at: Place,
        depth: usize,
    ) -> Result<NodeId, SchemaError> {
        let place = self.places.key(at, "type");
        let kind = match attributes.get("type") {
            Some(Json::String(kind)) => kind,
            Some(inner @ (Json::Object(_) | Json::Array(_))) => {
                return self.schema(inner, namespace, place, depth + 1);
            }
            Some(other) => return Err(self.unexpected(place, other.kind(), "the name of a type")),
            None => return Err(self.unexpected(at, "an object without `type`", "a `type`")),
        };
        match &**kind {
            "record" | "error" => self.record(attributes, namespace, at, depth),
            "enum" => self.enumeration(attributes, namespace, at),
            "fixed" => self.fixed(attributes, namespace, at),
            "array" => {
                let items = self.inner(attributes, "items", namespace, at, depth)?;
                Ok(self.push(Node::plain(Kind::Array(items))))
            }
            "map" => {
                let values = self.inner(attributes, "values", namespace, at, depth)?;
                Ok(self.push(Node::plain(Kind::Map(values))))
            }
            other => match primitive(other) {
                Some(id) => Ok(self.annotated(id, attributes)),
                None => Err(self.unexpected(
                    place,
                    &quoted(other),
                    "a primitive type, `record`, `enum`, `fixed`, `array` or `map`",
                )),
            },
        }
    }

    /// A primitive type with its logical type; without one all uses share a node.
    fn annotated(&mut self, id: NodeId, attributes: &Object) -> NodeId {
        let kind = self.nodes[id.0 as usize].kind.clone();
        match Logical::read(attributes, &kind) {
            Some(logical) => self.push(Node { logical: Some(logical), ..Node::plain(kind) }),
            None => id,
        }
    }

    fn inner(
        &mut self,
        attributes: &Object,
        key: &'static str,
        namespace: &str,
        at: Place,
        depth: usize,
    ) -> Result<NodeId, SchemaError> {
        let Some(inner) = attributes.get(key) else {
            let found = format!("an object without `{key}`");
            return Err(self.unexpected(at, &found, &format!("a schema in `{key}`")));
        };
        let place = self.places.key(at, key);
        self.schema(inner, namespace, place, depth + 1)
    }

    fn record(
        &mut self,
        attributes: &Object,
        namespace: &str,
        at: Place,
        depth: usize,
    ) -> Result<NodeId, SchemaError> {
        let (name, aliases, id) = self.define(attributes, namespace, at)?;
        let fields_at = self.places.key(at, "fields");
        let Some(list) = attributes.get("fields").and_then(Json::as_array) else {
            return Err(self.unexpected(at, "a record without an array `fields`", "its fields"));
        };
        let mut fields = Vec::with_capacity(list.len());
        for (index, field) in list.iter().enumerate() {
            let place = self.places.index(fields_at, index);
            fields.push(self.field(field, namespace_of(&name), place, depth)?);
        }
        let record = Record::new(name, fields);
        if let Some(index) = record.duplicate() {
            let place = self.places.index(fields_at, index);
            let found = format!("a second field {}", quoted(&record.fields[index].name));
            return Err(self.unexpected(place, &found, "each field name once in a record"));
        }
        self.nodes[id.0 as usize] = Node::plain(Kind::Record(record)).known_as(aliases);
        Ok(id)
    }

    fn field(&mut self, json: &Json, namespace: &str, at: Place, depth: usize) -> Result<Field, SchemaError> {
        let Json::Object(attributes) = json else {
            return Err(self.unexpected(at, json.kind(), "an object that describes a field"));
        };
        let name = match attributes.get("name").and_then(Json::as_str) {
            Some(name) if is_name(name) => Arc::<str>::from(name),
            Some(name) => return Err(self.unexpected(at, &quoted(name), NAME_EXPECTED)),
            None => return Err(self.unexpected(at, "a field without a text `name`", "a `name`")),
        };
        self.order(attributes, at)?;
        let aliases = self.aliases(attributes, at)?.into();
        let node = self.inner(attributes, "type", namespace, at, depth)?;
        let default = attributes.get("default").cloned();
        if let Some(value) = &default {
            let place = self.places.key(at, "default");
            self.defaults.push((node, value.clone(), place));
        }
        Ok(Field { name, node, default, aliases })
    }

    fn order(&mut self, attributes: &Object, at: Place) -> Result<(), SchemaError> {
        match attributes.get("order") {
            None => Ok(()),
            Some(Json::String(word)) if ["ascending", "descending", "ignore"].contains(&&**word) => Ok(()),
            Some(other) => {
                let place = self.places.key(at, "order");
                Err(self.unexpected(place, &shown(other), "`ascending`, `descending` or `ignore`"))
            }
        }
    }

    /// The aliases as they are written.
    fn aliases(&mut self, attributes: &Object, at: Place) -> Result<Vec<Arc<str>>, SchemaError> {
        let Some(aliases) = attributes.get("aliases") else { return Ok(Vec::new()) };
        let place = self.places.key(at, "aliases");
        let Some(aliases) = aliases.as_array() else {
            return Err(self.unexpected(place, aliases.kind(), "an array of names"));
        };
        let read = |alias: &Json| match alias {
            Json::String(name) if is_dotted_name(name) => Ok(name.clone()),
            other => Err(self.unexpected(place, &shown(other), NAME_EXPECTED)),
        };
        aliases.iter().map(read).collect()
    }

    fn enumeration(
        &mut self,
        attributes: &Object,
        namespace: &str,
        at: Place,
    ) -> Result<NodeId, SchemaError> {
        let (name, aliases, id) = self.define(attributes, namespace, at)?;
        let Some(list) = attributes.get("symbols").and_then(Json::as_array) else {
            return Err(self.unexpected(at, "an enum without an array `symbols`", "its symbols"));
        };
        let symbols_at = self.places.key(at, "symbols");
        let mut symbols = Vec::with_capacity(list.len());
        for (index, symbol) in list.iter().enumerate() {
            match symbol.as_str() {
                Some(text) if is_name(text) => symbols.push(Arc::from(text)),
                _ => {
                    let place = self.places.index(symbols_at, index);
                    return Err(self.unexpected(place, &shown(symbol), NAME_EXPECTED));
                }
            }
        }
        let symbols = Symbols::new(symbols);
        if let Some(index) = symbols.duplicate() {
            let place = self.places.index(symbols_at, index);
            let found = format!("a second symbol {}", quoted(&symbols.list[index]));
            return Err(self.unexpected(place, &found, "each symbol once in an enum"));
        }
        let written = attributes.get("default");
        let default = written.and_then(Json::as_str).and_then(|text| symbols.position(text));
        if let (Some(written), None) = (written, default) {
            let place = self.places.key(at, "default");
            return Err(self.unexpected(place, &shown(written), "one of the symbols"));
        }
        let kind = Kind::Enum { name, symbols, default };
        self.nodes[id.0 as usize] = Node::plain(kind).known_as(aliases);
        Ok(id)
    }

    fn fixed(&mut self, attributes: &Object, namespace: &str, at: Place) -> Result<NodeId, SchemaError> {
        let (name, aliases, id) = self.define(attributes, namespace, at)?;
        let size = attributes.get("size").and_then(Json::as_number).and_then(asl::Number::as_i64);
        let size = size.filter(|size| i32::try_from(*size).is_ok()).and_then(|size| u64::try_from(size).ok());
        let Some(size) = size else {
            return Err(self.unexpected(at, "a fixed without a number of bytes in `size`", "its `size`"));
        };
        let kind = Kind::Fixed { name, size };
        let logical = Logical::read(attributes, &kind);
        self.nodes[id.0 as usize] = Node { logical, ..Node::plain(kind).known_as(aliases) };
        Ok(id)
    }

    /// Reads name, namespace and aliases (made full) of a named type, and reserves its node.
    fn define(
        &mut self,
        attributes: &Object,
        namespace: &str,
        at: Place,
    ) -> Result<(Arc<str>, Vec<Arc<str>>, NodeId), SchemaError> {
        let name_at = self.places.key(at, "name");
        let name = match attributes.get("name").and_then(Json::as_str) {
            Some(name) if is_dotted_name(name) => name,
            Some(name) => return Err(self.unexpected(name_at, &quoted(name), NAME_EXPECTED)),
            None => return Err(self.unexpected(at, "a named type without a text `name`", "a `name`")),
        };
        let own = attributes.get("namespace").and_then(Json::as_str);
        if let Some(own) = own
            && !own.is_empty()
            && !is_dotted_name(own)
        {
            let place = self.places.key(at, "namespace");
            return Err(self.unexpected(place, &quoted(own), "names joined by dots"));
        }
        let full = full_name(name, own.unwrap_or(namespace));
        if PRIMITIVES.contains(&&*full) {
            return Err(self.unexpected(name_at, &quoted(&full), "a name that is not a primitive type's"));
        }
        let aliases = self.aliases(attributes, at)?;
        let aliases = aliases.iter().map(|alias| full_name(alias, namespace_of(&full))).collect();
        let id = self.name_entry(&full);
        let entry = self.names.get_mut(&full).expect("the line above makes the entry");
        if entry.defined_in.replace(self.text).is_some() {
            let found = format!("a second definition of {}", quoted(&full));
            return Err(self.unexpected(name_at, &found, "each name defined once"));
        }
        Ok((full, aliases, id))
    }

    fn push(&mut self, node: Node) -> NodeId {
        let id = u32::try_from(self.nodes.len()).expect("schema texts are bounded far below 2^32 types");
        self.nodes.push(node);
        NodeId(id)
    }
}

const NAME_EXPECTED: &str = "a name: letters, digits and `_`, not starting with a digit";

fn primitive(name: &str) -> Option<NodeId> {
    let at = PRIMITIVES.iter().position(|candidate| *candidate == name)?;
    Some(NodeId(u32::try_from(at).expect("there are eight of them")))
}

/// The user's text in backticks, cut to a readable length.
pub(crate) fn quoted(text: &str) -> String {
    format!("`{}`", crate::check::found::cut(text, crate::limits::FOUND_CHARS_MAX))
}

fn shown(value: &Json) -> String {
    value.as_str().map_or_else(|| value.kind().to_owned(), quoted)
}
