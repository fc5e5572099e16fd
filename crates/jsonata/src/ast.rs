//! The syntax tree, as the evaluator walks it.
//!
//! Built by `parser.rs`; what the parser knows about paths (steps, stages, ancestors) is already worked in.

use std::sync::{Arc, OnceLock};

use crate::functions::Builtin;
use crate::regex::Pattern;
use crate::signature::Signature;
use crate::value::Value;

/// One expression.
#[derive(Debug)]
pub(crate) struct Node {
    pub(crate) kind: Kind,
    /// Bytes from the start of the text.
    pub(crate) position: usize,
    /// Levels of nodes inside each other, this one included.
    pub(crate) height: usize,
    /// `[]` was written after it: one result stays an array.
    pub(crate) keep_array: bool,
    /// An array constructor at either end of a path: one result, not flattened.
    pub(crate) is_constructed: bool,
    /// Its results carry bindings (`@`, `#`, `%`) to what follows.
    pub(crate) is_tuple: bool,
    /// Filters on an expression that is no path.
    pub(crate) predicates: Vec<Stage>,
    /// `{ key: value }` after it.
    pub(crate) group: Option<Box<Group>>,
    /// What it has as a step of a path, if anything.
    pub(crate) step: Option<Box<Step>>,
    /// Slots of `%` inside it that are still looking for the step they stand for; used while parsing only.
    pub(crate) seeking: Vec<Arc<Slot>>,
}

/// What can follow a step of a path.
#[derive(Debug, Default)]
pub(crate) struct Step {
    pub(crate) stages: Vec<Stage>,
    /// `@$name`
    pub(crate) focus: Option<Arc<str>>,
    /// `#$name` directly after the step.
    pub(crate) index: Option<Arc<str>>,
    /// What the step is applied to is somebody's `%`.
    pub(crate) ancestor: Option<Arc<Slot>>,
}

/// A `%` in the text, and the step whose input it stands for: both sides share it.
#[derive(Debug, Default)]
pub(crate) struct Slot {
    /// Which `%` of the text it is.
    pub(crate) id: usize,
    /// Its name among the bindings; set when all of the text is read.
    label: OnceLock<Arc<str>>,
}

impl Slot {
    pub(crate) fn new(id: usize) -> Self {
        Self { id, label: OnceLock::new() }
    }

    pub(crate) fn set_label(&self, label: Arc<str>) {
        let _ = self.label.set(label);
    }

    /// The name under which the parent is bound. No variable of the text can have it.
    pub(crate) fn label(&self) -> &Arc<str> {
        self.label.get_or_init(|| Arc::from("%"))
    }
}

/// A filter or an index binding after a step.
#[derive(Debug)]
pub(crate) enum Stage {
    Filter(Node),
    Index(Arc<str>),
}

/// `{ key: value, … }` after an expression.
#[derive(Debug)]
pub(crate) struct Group {
    pub(crate) pairs: Vec<(Node, Node)>,
    pub(crate) position: usize,
}

/// What an expression is.
#[derive(Debug)]
pub(crate) enum Kind {
    Literal(Value),
    /// A field; only as a step.
    Name(Arc<str>),
    /// `$name`, `$` (empty), `$$` (`$`); with the function of the library that it means if nothing hides it.
    Variable(Arc<str>, Option<&'static Builtin>),
    Wildcard,
    Descendants,
    Parent(Arc<Slot>),
    Regex(Arc<Pattern>),
    Path {
        steps: Vec<Node>,
        keep_singleton: bool,
    },
    Block(Vec<Node>),
    Condition {
        condition: Box<Node>,
        then: Box<Node>,
        otherwise: Option<Box<Node>>,
    },
    /// `a ?: b`
    Elvis(Box<Node>, Box<Node>),
    /// `a ?? b`
    Coalesce(Box<Node>, Box<Node>),
    Bind {
        name: Arc<str>,
        value: Box<Node>,
    },
    Call {
        procedure: Box<Node>,
        arguments: Vec<Node>,
    },
    /// A call with `?` in some places.
    Partial {
        procedure: Box<Node>,
        arguments: Vec<Option<Node>>,
    },
    Lambda(Arc<Lambda>),
    /// `a ~> b`
    Apply(Box<Node>, Box<Node>),
    Binary(Operator, Box<Node>, Box<Node>),
    Negate(Box<Node>),
    Array(Vec<Node>),
    Object(Group),
    Transform(Arc<Transform>),
    /// `^(…)`; only as a step.
    Sort(Vec<SortTerm>),
}

/// Operators with two sides that are always or nearly always evaluated.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Operator {
    Add,
    Subtract,
    Multiply,
    Divide,
    Remainder,
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
    And,
    Or,
    In,
    Concat,
    Range,
}

impl Operator {
    pub(crate) fn text(self) -> &'static str {
        match self {
            Self::Add => "+",
            Self::Subtract => "-",
            Self::Multiply => "*",
            Self::Divide => "/",
            Self::Remainder => "%",
            Self::Equal => "=",
            Self::NotEqual => "!=",
            Self::Less => "<",
            Self::LessOrEqual => "<=",
            Self::Greater => ">",
            Self::GreaterOrEqual => ">=",
            Self::And => "and",
            Self::Or => "or",
            Self::In => "in",
            Self::Concat => "&",
            Self::Range => "..",
        }
    }
}

/// `function($a, $b)<signature>{ body }`
#[derive(Debug)]
pub(crate) struct Lambda {
    pub(crate) parameters: Vec<Arc<str>>,
    pub(crate) signature: Option<Signature>,
    pub(crate) body: Node,
}

/// `| location | update, delete |`
#[derive(Debug)]
pub(crate) struct Transform {
    pub(crate) location: Node,
    pub(crate) update: Node,
    pub(crate) delete: Option<Node>,
}

/// One key of an order-by.
#[derive(Debug)]
pub(crate) struct SortTerm {
    pub(crate) is_descending: bool,
    pub(crate) expression: Node,
}

impl Node {
    pub(crate) fn new(kind: Kind, position: usize) -> Self {
        let mut node = Self {
            kind,
            position,
            height: 0,
            keep_array: false,
            is_constructed: false,
            is_tuple: false,
            predicates: Vec::new(),
            group: None,
            step: None,
            seeking: Vec::new(),
        };
        let mut height = 0;
        node.children(&mut |child| height = height.max(child.height));
        node.height = height + 1;
        node
    }

    /// The part that it has as a step, made if it has none.
    pub(crate) fn step_mut(&mut self) -> &mut Step {
        self.step.get_or_insert_default()
    }

    /// Whether evaluating it is all there is to do: nothing filters, groups or keeps.
    pub(crate) fn is_bare(&self) -> bool {
        self.predicates.is_empty() && self.group.is_none() && !self.keep_array
    }

    /// Visits each part directly below, without filters and groups.
    pub(crate) fn kind_children<'a>(&'a self, visit: &mut dyn FnMut(&'a Self)) {
        self.kind.children(visit);
    }

    /// Visits each part directly below.
    pub(crate) fn children<'a>(&'a self, visit: &mut dyn FnMut(&'a Self)) {
        self.kind.children(visit);
        let step = self.step.iter().flat_map(|it| &it.stages);
        for stage in self.predicates.iter().chain(step) {
            if let Stage::Filter(filter) = stage {
                visit(filter);
            }
        }
        self.group.iter().for_each(|it| it.children(visit));
    }
}

impl Group {
    fn children<'a>(&'a self, visit: &mut dyn FnMut(&'a Node)) {
        for (key, value) in &self.pairs {
            visit(key);
            visit(value);
        }
    }
}

impl Kind {
    fn children<'a>(&'a self, visit: &mut dyn FnMut(&'a Node)) {
        match self {
            Self::Literal(_) | Self::Name(_) | Self::Variable(..) | Self::Wildcard | Self::Descendants => {}
            Self::Parent(_) | Self::Regex(_) => {}
            Self::Path { steps: nodes, .. } | Self::Block(nodes) | Self::Array(nodes) => {
                nodes.iter().for_each(visit);
            }
            Self::Condition { condition, then, otherwise } => {
                visit(condition);
                visit(then);
                otherwise.iter().for_each(|it| visit(it));
            }
            Self::Elvis(left, right)
            | Self::Coalesce(left, right)
            | Self::Apply(left, right)
            | Self::Binary(_, left, right) => {
                visit(left);
                visit(right);
            }
            Self::Bind { value: only, .. } | Self::Negate(only) => visit(only),
            Self::Call { procedure, arguments } => {
                visit(procedure);
                arguments.iter().for_each(visit);
            }
            Self::Partial { procedure, arguments } => {
                visit(procedure);
                arguments.iter().flatten().for_each(visit);
            }
            Self::Lambda(lambda) => visit(&lambda.body),
            Self::Object(group) => group.children(visit),
            Self::Transform(transform) => {
                visit(&transform.location);
                visit(&transform.update);
                transform.delete.iter().for_each(visit);
            }
            Self::Sort(terms) => terms.iter().for_each(|it| visit(&it.expression)),
        }
    }
}
