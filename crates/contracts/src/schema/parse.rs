//! From JSON to a table of nodes. Named types are table entries, so a recursive schema is a finite table.
//!
//! Spec: Avro 1.12, "Schema Declaration". Depth is bounded by the reader of the JSON text.

use std::collections::BTreeMap;
use std::sync::Arc;

use asl::Json;

use super::{Schema, SchemaError};

/// A node's number in its table.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct NodeId(pub(crate) u32);

/// A schema as a table; the first node that was asked for is the root.
#[derive(Debug)]
pub(crate) struct Nodes {
    pub(crate) table: Vec<Node>,
    pub(crate) root: NodeId,
}

/// One type.
#[derive(Clone, Debug)]
pub(crate) enum Node {
    Null,
    Boolean,
    Int(Option<Logical>),
    Long(Option<Logical>),
    Float,
    Double,
    Bytes(Option<Logical>),
    String(Option<Logical>),
    Record { name: Arc<str>, fields: Vec<FieldNode> },
    Enum { name: Arc<str>, symbols: Vec<Arc<str>> },
    Fixed { name: Arc<str>, size: usize, logical: Option<Logical> },
    Array(NodeId),
    Map(NodeId),
    Union(Vec<NodeId>),
    /// A named type that is being read; never left over.
    Open,
}

/// A field of a record.
#[derive(Clone, Debug)]
pub(crate) struct FieldNode {
    pub(crate) name: Arc<str>,
    pub(crate) node: NodeId,
    pub(crate) has_default: bool,
}

/// A logical type that fits its underlying type. Others are ignored, as the specification says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Logical {
    Decimal { precision: u32, scale: u32 },
    Uuid,
    Date,
    TimeMillis,
    TimeMicros,
    TimestampMillis,
    TimestampMicros,
    TimestampNanos,
    LocalTimestampMillis,
    LocalTimestampMicros,
    LocalTimestampNanos,
    Duration,
}

impl Nodes {
    pub(crate) fn node(&self, id: NodeId) -> &Node {
        &self.table[id.0 as usize]
    }
}

/// Characters of a name. (Ours.)
const NAME_CHARS_MAX: usize = 1_024;
/// Types of one schema. (Ours.)
const NODES_MAX: usize = 50_000;

pub(super) fn parse(value: &Json, lookup: &mut dyn FnMut(&str) -> Option<Arc<Schema>>) -> Result<Nodes, SchemaError> {
    let mut reader = Reader { table: Vec::new(), names: BTreeMap::new(), lookup };
    let root = reader.schema(value, "", &mut String::new())?;
    let nodes = Nodes { table: reader.table, root };
    Ok(nodes)
}

struct Reader<'l> {
    table: Vec<Node>,
    names: BTreeMap<String, NodeId>,
    lookup: &'l mut dyn FnMut(&str) -> Option<Arc<Schema>>,
}

type Read<T> = Result<T, SchemaError>;

impl Reader<'_> {
    fn schema(&mut self, value: &Json, namespace: &str, at: &mut String) -> Read<NodeId> {
        if self.table.len() > NODES_MAX {
            return fault(at, format!("a schema has at most {NODES_MAX} types"));
        }
        match value {
            Json::String(name) => self.named(name, namespace, at),
            Json::Array(branches) => self.union(branches, namespace, at),
            Json::Object(_) => self.object(value, namespace, at),
            other => fault(at, format!("a type is a name, an array (union) or an object, found {}", other.kind())),
        }
    }

    fn push(&mut self, node: Node) -> NodeId {
        let id = NodeId(u32::try_from(self.table.len()).expect("bounded far below 2^32"));
        self.table.push(node);
        id
    }

    fn named(&mut self, name: &str, namespace: &str, at: &mut String) -> Read<NodeId> {
        if let Some(node) = primitive(name, None) {
            return Ok(self.push(node));
        }
        let full = full_name(name, namespace);
        if let Some(id) = self.names.get(&full).or_else(|| self.names.get(name)) {
            return Ok(*id);
        }
        let found = (self.lookup)(&full);
        let found = if found.is_none() && full != name { (self.lookup)(name) } else { found };
        match found {
            Some(schema) => self.imported(&schema, at),
            None => fault(at, format!("`{full}` is neither a primitive type nor defined before this place")),
        }
    }

    /// Takes over the types of another subject's schema.
    fn imported(&mut self, schema: &Schema, at: &mut String) -> Read<NodeId> {
        let offset = u32::try_from(self.table.len()).expect("bounded far below 2^32");
        if self.table.len() + schema.nodes.table.len() > NODES_MAX {
            return fault(at, format!("a schema has at most {NODES_MAX} types"));
        }
        let moved = |id: NodeId| NodeId(id.0 + offset);
        for node in &schema.nodes.table {
            let id = NodeId(u32::try_from(self.table.len()).expect("bounded far below 2^32"));
            let node = match node {
                Node::Record { name, fields } => {
                    let fields = fields.iter().map(|field| FieldNode { node: moved(field.node), ..field.clone() });
                    Node::Record { name: name.clone(), fields: fields.collect() }
                }
                Node::Array(items) => Node::Array(moved(*items)),
                Node::Map(values) => Node::Map(moved(*values)),
                Node::Union(branches) => Node::Union(branches.iter().copied().map(moved).collect()),
                other => other.clone(),
            };
            if let Node::Record { name, .. } | Node::Enum { name, .. } | Node::Fixed { name, .. } = &node {
                self.names.entry(name.to_string()).or_insert(id);
            }
            self.table.push(node);
        }
        Ok(moved(schema.nodes.root))
    }

    fn union(&mut self, branches: &[Json], namespace: &str, at: &mut String) -> Read<NodeId> {
        let mut ids: Vec<NodeId> = Vec::with_capacity(branches.len());
        let mut kinds: Vec<String> = Vec::with_capacity(branches.len());
        for (index, branch) in branches.iter().enumerate() {
            let id = within(at, &index.to_string(), |at| {
                if branch.as_array().is_some() {
                    return fault(at, "a union does not stand directly inside a union");
                }
                let id = self.schema(branch, namespace, at)?;
                let kind = branch_kind(&self.table[id.0 as usize]);
                if kinds.contains(&kind) {
                    return fault(at, format!("a union has at most one branch of type `{kind}`"));
                }
                kinds.push(kind);
                Ok(id)
            })?;
            ids.push(id);
        }
        Ok(self.push(Node::Union(ids)))
    }

    fn object(&mut self, value: &Json, namespace: &str, at: &mut String) -> Read<NodeId> {
        let Some(kind) = value.get("type") else { return fault(at, "a type needs the field `type`") };
        let Some(kind) = kind.as_str() else {
            // `{"type": {…}}`: the inner type with attributes around it.
            return within(at, "type", |at| self.schema(kind, namespace, at));
        };
        match kind {
            "record" | "error" => self.record(value, namespace, at),
            "enum" => self.enumeration(value, namespace, at),
            "fixed" => self.fixed(value, namespace, at),
            "array" => {
                let items = self.member(value, "items", namespace, at)?;
                Ok(self.push(Node::Array(items)))
            }
            "map" => {
                let values = self.member(value, "values", namespace, at)?;
                Ok(self.push(Node::Map(values)))
            }
            name => match primitive(name, Some(value)) {
                Some(node) => Ok(self.push(node)),
                None => within(at, "type", |at| self.named(name, namespace, at)),
            },
        }
    }

    fn member(&mut self, value: &Json, name: &str, namespace: &str, at: &mut String) -> Read<NodeId> {
        let Some(member) = value.get(name) else { return fault(at, format!("the type needs the field `{name}`")) };
        within(at, name, |at| self.schema(member, namespace, at))
    }

    /// Reserves a named type's place; answers with its full name and its namespace.
    fn define(&mut self, value: &Json, namespace: &str, at: &mut String) -> Read<(NodeId, Arc<str>, String)> {
        let Some(name) = value.get("name").and_then(Json::as_str) else {
            return fault(at, "a named type needs the field `name`, a string");
        };
        let own = match value.get("namespace") {
            None => namespace,
            Some(Json::String(own)) => own,
            Some(_) => return within(at, "namespace", |at| fault(at, "a namespace is a string")),
        };
        let full = full_name(name, own);
        check_name(&full, at)?;
        if primitive(full.rsplit('.').next().unwrap_or(&full), None).is_some() && !full.contains('.') {
            return within(at, "name", |at| fault(at, format!("`{full}` is the name of a primitive type")));
        }
        aliases(value, at)?;
        let id = self.push(Node::Open);
        if self.names.insert(full.clone(), id).is_some() {
            return within(at, "name", |at| fault(at, format!("`{full}` is defined twice")));
        }
        let inner = full.rsplit_once('.').map_or(String::new(), |(namespace, _)| namespace.to_owned());
        Ok((id, full.into(), inner))
    }

    fn record(&mut self, value: &Json, namespace: &str, at: &mut String) -> Read<NodeId> {
        let (id, name, inner) = self.define(value, namespace, at)?;
        let Some(list) = value.get("fields").and_then(Json::as_array) else {
            return fault(at, "a record needs the field `fields`, an array");
        };
        let mut fields: Vec<FieldNode> = Vec::with_capacity(list.len());
        let mut seen = std::collections::BTreeSet::new();
        for (index, field) in list.iter().enumerate() {
            let read = within(at, &format!("fields/{index}"), |at| self.field(field, &inner, at))?;
            if !seen.insert(read.name.clone()) {
                return within(at, &format!("fields/{index}"), |at| fault(at, format!("the field `{}` is given twice", read.name)));
            }
            fields.push(read);
        }
        self.table[id.0 as usize] = Node::Record { name, fields };
        for (index, field) in list.iter().enumerate() {
            self.default(field, index, id, at)?;
        }
        Ok(id)
    }

    fn field(&mut self, field: &Json, namespace: &str, at: &mut String) -> Read<FieldNode> {
        let Some(name) = field.get("name").and_then(Json::as_str) else {
            return fault(at, "a field needs the field `name`, a string");
        };
        check_simple_name(name, at)?;
        aliases(field, at)?;
        if let Some(order) = field.get("order") {
            let known = order.as_str().is_some_and(|order| ["ascending", "descending", "ignore"].contains(&order));
            if !known {
                return within(at, "order", |at| fault(at, "`order` is `ascending`, `descending` or `ignore`"));
            }
        }
        let Some(kind) = field.get("type") else { return fault(at, format!("the field `{name}` needs a `type`")) };
        let node = within(at, "type", |at| self.schema(kind, namespace, at))?;
        Ok(FieldNode { name: name.into(), node, has_default: field.get("default").is_some() })
    }

    /// A default fits its field's type; of a union, any branch.
    fn default(&self, field: &Json, index: usize, record: NodeId, at: &mut String) -> Read<()> {
        let Some(default) = field.get("default") else { return Ok(()) };
        let Node::Record { fields, .. } = &self.table[record.0 as usize] else { return Ok(()) };
        if self.fits(default, fields[index].node, 0) {
            return Ok(());
        }
        let name = fields[index].name.clone();
        within(at, &format!("fields/{index}/default"), |at| fault(at, format!("the default of `{name}` does not fit its type")))
    }

    fn fits(&self, value: &Json, id: NodeId, depth: usize) -> bool {
        if depth > crate::limits::DEPTH_MAX {
            return false;
        }
        let integer = || value.as_number().filter(|number| number.is_integer_text()).and_then(asl::Number::as_i64);
        match &self.table[id.0 as usize] {
            Node::Null => value.is_null(),
            Node::Boolean => value.as_bool().is_some(),
            Node::Int(_) => integer().is_some_and(|value| i32::try_from(value).is_ok()),
            Node::Long(_) => integer().is_some(),
            // Defaults are written in Avro's own JSON: numbers for numbers, texts for bytes.
            Node::Float | Node::Double => value.as_number().is_some(),
            Node::Bytes(_) | Node::String(_) => value.as_str().is_some(),
            Node::Fixed { size, .. } => value.as_str().is_some_and(|text| text.chars().count() == *size),
            Node::Enum { symbols, .. } => value.as_str().is_some_and(|text| symbols.iter().any(|symbol| &**symbol == text)),
            Node::Array(items) => value.as_array().is_some_and(|list| list.iter().all(|item| self.fits(item, *items, depth + 1))),
            Node::Map(values) => value.as_object().is_some_and(|map| map.iter().all(|(_, value)| self.fits(value, *values, depth + 1))),
            Node::Union(branches) => branches.iter().any(|branch| self.fits(value, *branch, depth + 1)),
            Node::Record { fields, .. } => value.as_object().is_some_and(|object| {
                fields.iter().all(|field| match object.get(&field.name) {
                    Some(value) => self.fits(value, field.node, depth + 1),
                    None => field.has_default,
                })
            }),
            Node::Open => true,
        }
    }

    fn enumeration(&mut self, value: &Json, namespace: &str, at: &mut String) -> Read<NodeId> {
        let (id, name, _) = self.define(value, namespace, at)?;
        let Some(list) = value.get("symbols").and_then(Json::as_array) else {
            return fault(at, "an enum needs the field `symbols`, an array of names");
        };
        let mut symbols: Vec<Arc<str>> = Vec::with_capacity(list.len());
        let mut seen = std::collections::BTreeSet::new();
        for (index, symbol) in list.iter().enumerate() {
            within(at, &format!("symbols/{index}"), |at| {
                let Some(symbol) = symbol.as_str() else { return fault(at, "a symbol is a string") };
                check_simple_name(symbol, at)?;
                if !seen.insert(symbol.to_owned()) {
                    return fault(at, format!("the symbol `{symbol}` is given twice"));
                }
                symbols.push(symbol.into());
                Ok(())
            })?;
        }
        let default = value.get("default");
        let is_symbol = |default: &Json| default.as_str().is_some_and(|text| symbols.iter().any(|symbol| &**symbol == text));
        if default.is_some_and(|default| !is_symbol(default)) {
            return within(at, "default", |at| fault(at, "the default of an enum is one of its symbols"));
        }
        self.table[id.0 as usize] = Node::Enum { name, symbols };
        Ok(id)
    }

    fn fixed(&mut self, value: &Json, namespace: &str, at: &mut String) -> Read<NodeId> {
        let (id, name, _) = self.define(value, namespace, at)?;
        let size = value.get("size").and_then(Json::as_number).filter(|size| size.is_integer_text()).and_then(asl::Number::as_i64);
        let size = size.and_then(|size| usize::try_from(size).ok()).filter(|size| *size <= i32::MAX as usize);
        let Some(size) = size else { return fault(at, "a fixed needs the field `size`, a whole number of bytes") };
        let logical = logical(value, "fixed").filter(|logical| match logical {
            Logical::Decimal { precision, .. } => f64::from(*precision) <= decimal_digits(size),
            Logical::Duration => size == 12,
            Logical::Uuid => size == 16,
            _ => false,
        });
        self.table[id.0 as usize] = Node::Fixed { name, size, logical };
        Ok(id)
    }
}

/// Decimal digits that always fit into so many bytes.
fn decimal_digits(size: usize) -> f64 {
    let bits = u32::try_from(size.saturating_mul(8).saturating_sub(1)).unwrap_or(u32::MAX);
    (f64::from(bits) * std::f64::consts::LOG10_2).floor()
}

fn primitive(name: &str, attributes: Option<&Json>) -> Option<Node> {
    let logical = attributes.and_then(|attributes| logical(attributes, name));
    Some(match name {
        "null" => Node::Null,
        "boolean" => Node::Boolean,
        "int" => Node::Int(logical),
        "long" => Node::Long(logical),
        "float" => Node::Float,
        "double" => Node::Double,
        "bytes" => Node::Bytes(logical),
        "string" => Node::String(logical),
        _ => return None,
    })
}

/// The logical type of a declaration, if it is one that this underlying type can carry.
fn logical(value: &Json, kind: &str) -> Option<Logical> {
    Some(match (value.get("logicalType")?.as_str()?, kind) {
        ("decimal", "bytes" | "fixed") => {
            let digits = |name: &str| value.get(name).and_then(Json::as_number).and_then(asl::Number::as_i64);
            let precision = digits("precision").and_then(|digits| u32::try_from(digits).ok()).filter(|it| *it > 0)?;
            let scale = value.get("scale").map_or(Some(0), |_| digits("scale")).and_then(|it| u32::try_from(it).ok())?;
            (scale <= precision).then_some(Logical::Decimal { precision, scale })?
        }
        ("uuid", "string" | "fixed") => Logical::Uuid,
        ("date", "int") => Logical::Date,
        ("time-millis", "int") => Logical::TimeMillis,
        ("time-micros", "long") => Logical::TimeMicros,
        ("timestamp-millis", "long") => Logical::TimestampMillis,
        ("timestamp-micros", "long") => Logical::TimestampMicros,
        ("timestamp-nanos", "long") => Logical::TimestampNanos,
        ("local-timestamp-millis", "long") => Logical::LocalTimestampMillis,
        ("local-timestamp-micros", "long") => Logical::LocalTimestampMicros,
        ("local-timestamp-nanos", "long") => Logical::LocalTimestampNanos,
        ("duration", "fixed") => Logical::Duration,
        _ => return None,
    })
}

/// What tells the branches of a union apart: the type, or the name of a named one.
fn branch_kind(node: &Node) -> String {
    match node {
        Node::Null => "null",
        Node::Boolean => "boolean",
        Node::Int(_) => "int",
        Node::Long(_) => "long",
        Node::Float => "float",
        Node::Double => "double",
        Node::Bytes(_) => "bytes",
        Node::String(_) => "string",
        Node::Array(_) => "array",
        Node::Map(_) => "map",
        Node::Union(_) => "union",
        Node::Open => "a type that is being defined",
        Node::Record { name, .. } | Node::Enum { name, .. } | Node::Fixed { name, .. } => name,
    }
    .to_owned()
}

fn full_name(name: &str, namespace: &str) -> String {
    if name.contains('.') || namespace.is_empty() { name.to_owned() } else { format!("{namespace}.{name}") }
}

fn check_name(full: &str, at: &mut String) -> Read<()> {
    let is_name = full.len() <= NAME_CHARS_MAX && full.split('.').all(is_simple_name);
    if is_name { Ok(()) } else { within(at, "name", |at| fault(at, format!("`{full}` is not a name: letters, digits and `_`, not starting with a digit, joined by dots"))) }
}

fn check_simple_name(name: &str, at: &mut String) -> Read<()> {
    if is_simple_name(name) && name.len() <= NAME_CHARS_MAX { Ok(()) } else { fault(at, format!("`{name}` is not a name: letters, digits and `_`, not starting with a digit")) }
}

fn is_simple_name(name: &str) -> bool {
    let mut chars = name.chars();
    chars.next().is_some_and(|char| char.is_ascii_alphabetic() || char == '_')
        && chars.all(|char| char.is_ascii_alphanumeric() || char == '_')
}

fn aliases(value: &Json, at: &mut String) -> Read<()> {
    let Some(aliases) = value.get("aliases") else { return Ok(()) };
    let is_list = aliases.as_array().is_some_and(|list| list.iter().all(|alias| alias.as_str().is_some_and(|alias| alias.split('.').all(is_simple_name))));
    if is_list { Ok(()) } else { within(at, "aliases", |at| fault(at, "`aliases` is an array of names")) }
}

fn within<T>(at: &mut String, token: &str, read: impl FnOnce(&mut String) -> Read<T>) -> Read<T> {
    let length = at.len();
    at.push('/');
    at.push_str(token);
    let result = read(at);
    at.truncate(length);
    result
}

fn fault<T>(at: &str, message: impl Into<String>) -> Read<T> {
    Err(SchemaError { pointer: at.to_owned(), message: message.into() })
}
