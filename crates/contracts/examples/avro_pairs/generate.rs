//! Random schemas, values of them in Avro's JSON, and readers that differ from a writer a little.
//!
//! Everything follows from one number, so a pair that matters can be made again.

use asl::{Json, Number};

/// A generator of numbers (`SplitMix64`).
#[derive(Clone, Debug)]
pub(crate) struct Random(pub(crate) u64);

impl Random {
    pub(crate) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// Below `count`.
    pub(crate) fn below(&mut self, count: usize) -> usize {
        usize::try_from(self.next() % count as u64).expect("below a usize")
    }

    pub(crate) fn one_in(&mut self, count: usize) -> bool {
        self.below(count) == 0
    }

    pub(crate) fn of<'a, T>(&mut self, list: &'a [T]) -> &'a T {
        &list[self.below(list.len())]
    }
}

/// A type as it is made up.
#[derive(Clone, Debug)]
pub(crate) enum Type {
    Primitive(&'static str),
    /// The type it stands on, the name, further attributes.
    Logical(&'static str, &'static str, &'static str),
    Fixed {
        name: String,
        size: usize,
        aliases: Vec<String>,
    },
    Enum {
        name: String,
        symbols: Vec<String>,
        default: Option<String>,
        aliases: Vec<String>,
    },
    Array(Box<Self>),
    Map(Box<Self>),
    Record {
        name: String,
        fields: Vec<Field>,
        aliases: Vec<String>,
    },
    Union(Vec<Self>),
    /// A named type that is being defined around this place, or was before it.
    Named(String),
}

#[derive(Clone, Debug)]
pub(crate) struct Field {
    pub(crate) name: String,
    pub(crate) of: Type,
    /// A default in the form of schemas.
    pub(crate) default: Option<Json>,
    pub(crate) aliases: Vec<String>,
}

pub(crate) const PRIMITIVES: [&str; 8] =
    ["null", "boolean", "int", "long", "float", "double", "bytes", "string"];

const LOGICAL: [(&str, &str, &str); 12] = [
    ("int", "date", ""),
    ("int", "time-millis", ""),
    ("long", "time-micros", ""),
    ("long", "timestamp-millis", ""),
    ("long", "timestamp-micros", ""),
    ("long", "local-timestamp-millis", ""),
    ("long", "local-timestamp-micros", ""),
    ("string", "uuid", ""),
    ("bytes", "decimal", ",\"precision\":9,\"scale\":2"),
    ("bytes", "decimal", ",\"precision\":30,\"scale\":10"),
    ("bytes", "decimal", ",\"precision\":5"),
    ("string", "no-such-type", ""),
];

/// Which types may be made up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Palette {
    All,
    /// Types whose plain JSON is also what a dynamic language holds: no bytes, no logical types.
    Plain,
}

/// Makes up one schema.
pub(crate) struct Schemas<'a> {
    pub(crate) random: &'a mut Random,
    pub(crate) palette: Palette,
    /// Names taken, and the types that can be named.
    names: usize,
    finished: Vec<String>,
    open: Vec<String>,
    namespace: &'static str,
}

impl<'a> Schemas<'a> {
    pub(crate) fn new(random: &'a mut Random, palette: Palette) -> Self {
        let namespace = ["", "", "a", "a.b"][random.below(4)];
        Self { random, palette, names: 0, finished: Vec::new(), open: Vec::new(), namespace }
    }

    pub(crate) fn schema(&mut self) -> Type {
        if self.random.one_in(3) { self.any(0) } else { self.record(0) }
    }

    fn any(&mut self, depth: usize) -> Type {
        let deep = depth > 3;
        match self.random.below(if deep { 10 } else { 20 }) {
            0..=6 => self.primitive(),
            7 => self.fixed(),
            8 => self.enumeration(),
            9 => self.logical(),
            10 | 11 => Type::Array(Box::new(self.any(depth + 1))),
            12 | 13 => Type::Map(Box::new(self.any(depth + 1))),
            14..=16 => self.record(depth),
            _ => self.union(depth),
        }
    }

    fn primitive(&mut self) -> Type {
        loop {
            let name = *self.random.of(&PRIMITIVES);
            if self.palette == Palette::All || name != "bytes" {
                return Type::Primitive(name);
            }
        }
    }

    fn logical(&mut self) -> Type {
        if self.palette == Palette::Plain {
            return self.primitive();
        }
        let (on, name, more) = *self.random.of(&LOGICAL);
        Type::Logical(on, name, more)
    }

    fn fixed(&mut self) -> Type {
        if self.palette == Palette::Plain {
            return self.primitive();
        }
        let name = self.name("F");
        self.finished.push(name.clone());
        Type::Fixed { name, size: self.random.below(9), aliases: Vec::new() }
    }

    fn enumeration(&mut self) -> Type {
        let name = self.name("E");
        self.finished.push(name.clone());
        let symbols: Vec<String> = (0..=self.random.below(5)).map(|at| format!("S{at}")).collect();
        let default = self.random.one_in(3).then(|| symbols[0].clone());
        Type::Enum { name, symbols, default, aliases: Vec::new() }
    }

    fn record(&mut self, depth: usize) -> Type {
        let name = self.name("R");
        self.open.push(name.clone());
        let fields: Vec<Field> = (0..self.random.below(6)).map(|at| self.field(at, depth + 1)).collect();
        self.open.pop();
        self.finished.push(name.clone());
        Type::Record { name, fields, aliases: Vec::new() }
    }

    fn field(&mut self, at: usize, depth: usize) -> Field {
        let of = self.any(depth);
        let default = if self.random.one_in(3) { default_of(&of, self.random) } else { None };
        Field { name: format!("f{at}"), of, default, aliases: Vec::new() }
    }

    fn union(&mut self, depth: usize) -> Type {
        let mut branches: Vec<Type> = Vec::new();
        for _ in 0..=self.random.below(4) {
            let finished = self.finished.len();
            let branch = match self.random.below(8) {
                0 if !self.open.is_empty() => Type::Named(self.random.of(&self.open).clone()),
                1 if !self.finished.is_empty() => Type::Named(self.random.of(&self.finished).clone()),
                2 => self.record(depth + 1),
                _ => self.any(depth + 1),
            };
            let taken = |other: &Type| other.key() == branch.key();
            if !matches!(branch, Type::Union(_)) && !branches.iter().any(taken) {
                branches.push(branch);
            } else {
                // What it defined is nowhere now.
                self.finished.truncate(finished);
            }
        }
        // A value must be able to end: null stands in every union that could go round.
        if branches.iter().any(|branch| matches!(branch, Type::Named(_)))
            && !branches.iter().any(|branch| branch.key() == "null")
        {
            branches.insert(0, Type::Primitive("null"));
        }
        if branches.is_empty() { Type::Primitive("int") } else { Type::Union(branches) }
    }

    fn name(&mut self, kind: &str) -> String {
        self.names += 1;
        let name = format!("{kind}{}", self.names);
        if self.namespace.is_empty() { name } else { format!("{}.{name}", self.namespace) }
    }
}

impl Type {
    /// What tells branches of a union apart: the name of a type, full where it has one.
    pub(crate) fn key(&self) -> &str {
        match self {
            Self::Primitive(name) | Self::Logical(name, ..) => name,
            Self::Fixed { name, .. }
            | Self::Enum { name, .. }
            | Self::Record { name, .. }
            | Self::Named(name) => name,
            Self::Array(_) => "array",
            Self::Map(_) => "map",
            Self::Union(_) => "union",
        }
    }

    /// The schema's text; `namespace` is the one around.
    pub(crate) fn text(&self, namespace: &str) -> String {
        match self {
            Self::Primitive(name) => format!("\"{name}\""),
            Self::Logical(on, name, more) => {
                format!("{{\"type\":\"{on}\",\"logicalType\":\"{name}\"{more}}}")
            }
            Self::Fixed { name, size, aliases } => {
                format!("{{\"type\":\"fixed\",{},\"size\":{size}}}", head(name, aliases, namespace))
            }
            Self::Enum { name, symbols, default, aliases } => {
                let default =
                    default.as_ref().map_or(String::new(), |text| format!(",\"default\":\"{text}\""));
                let head = head(name, aliases, namespace);
                format!("{{\"type\":\"enum\",{head},\"symbols\":[\"{}\"]{default}}}", symbols.join("\",\""))
            }
            Self::Array(items) => format!("{{\"type\":\"array\",\"items\":{}}}", items.text(namespace)),
            Self::Map(values) => format!("{{\"type\":\"map\",\"values\":{}}}", values.text(namespace)),
            Self::Record { name, fields, aliases } => {
                let inner = name.rsplit_once('.').map_or("", |(namespace, _)| namespace);
                let fields: Vec<String> = fields.iter().map(|field| field.text(inner)).collect();
                let head = head(name, aliases, namespace);
                format!("{{\"type\":\"record\",{head},\"fields\":[{}]}}", fields.join(","))
            }
            Self::Union(branches) => {
                let branches: Vec<String> = branches.iter().map(|branch| branch.text(namespace)).collect();
                format!("[{}]", branches.join(","))
            }
            Self::Named(name) => format!("\"{name}\""),
        }
    }

    /// Calls `visit` on this type and all inside it.
    pub(crate) fn visit<'a>(&'a self, visit: &mut dyn FnMut(&'a Self)) {
        visit(self);
        match self {
            Self::Array(inner) | Self::Map(inner) => inner.visit(visit),
            Self::Record { fields, .. } => fields.iter().for_each(|field| field.of.visit(visit)),
            Self::Union(branches) => branches.iter().for_each(|branch| branch.visit(visit)),
            Self::Primitive(_)
            | Self::Logical(..)
            | Self::Fixed { .. }
            | Self::Enum { .. }
            | Self::Named(_) => {}
        }
    }
}

impl Field {
    fn text(&self, namespace: &str) -> String {
        let default =
            self.default.as_ref().map_or(String::new(), |json| format!(",\"default\":{}", json.to_text()));
        let aliases = if self.aliases.is_empty() {
            String::new()
        } else {
            format!(",\"aliases\":[\"{}\"]", self.aliases.join("\",\""))
        };
        format!("{{\"name\":\"{}\",\"type\":{}{default}{aliases}}}", self.name, self.of.text(namespace))
    }
}

/// Name and aliases: dotted, with a namespace of its own, or as inherited, by turns.
fn head(name: &str, aliases: &[String], namespace: &str) -> String {
    let aliases = if aliases.is_empty() {
        String::new()
    } else {
        format!(",\"aliases\":[\"{}\"]", aliases.join("\",\""))
    };
    match name.rsplit_once('.') {
        Some((own, last)) if own == namespace && name.len().is_multiple_of(2) => {
            format!("\"name\":\"{last}\"{aliases}")
        }
        Some((own, last)) if name.len().is_multiple_of(3) => {
            format!("\"name\":\"{last}\",\"namespace\":\"{own}\"{aliases}")
        }
        _ => format!("\"name\":\"{name}\"{aliases}"),
    }
}

/// A default for a field of a type, if a simple one exists.
pub(crate) fn default_of(of: &Type, random: &mut Random) -> Option<Json> {
    Some(match of {
        Type::Primitive("null") => Json::Null,
        Type::Primitive("boolean") => Json::from(random.one_in(2)),
        Type::Primitive("int" | "long") => Json::from(i64::try_from(random.below(100)).ok()?),
        Type::Primitive("float" | "double") => Json::Number(Number::from_f64(1.5)?),
        Type::Primitive("bytes") => Json::from("\u{ff}a"),
        Type::Primitive("string") => Json::from("text"),
        Type::Enum { symbols, .. } => Json::from(symbols[0].as_str()),
        Type::Fixed { size, .. } => Json::from("\u{e9}".repeat(*size)),
        Type::Array(_) => Json::array([]),
        Type::Map(_) => Json::empty_object(),
        Type::Union(branches) => default_of(&branches[0], random)?,
        Type::Primitive(_) | Type::Logical(..) | Type::Record { .. } | Type::Named(_) => return None,
    })
}

/// Makes up values in Avro's JSON.
pub(crate) struct Values<'a> {
    pub(crate) random: &'a mut Random,
    root: &'a Type,
}

impl<'a> Values<'a> {
    pub(crate) fn new(random: &'a mut Random, root: &'a Type) -> Self {
        Self { random, root }
    }

    pub(crate) fn value(&mut self) -> Json {
        self.of(self.root, 0)
    }

    fn of(&mut self, of: &'a Type, depth: usize) -> Json {
        match of {
            Type::Primitive(name) => self.primitive(name),
            Type::Logical(on, name, more) => self.logical(on, name, more),
            Type::Fixed { size, .. } => self.bytes(*size),
            Type::Enum { symbols, .. } => Json::from(self.random.of(symbols).as_str()),
            Type::Array(items) => {
                let count = self.count(depth);
                Json::array((0..count).map(|_| self.of(items, depth + 1)).collect::<Vec<_>>())
            }
            Type::Map(values) => {
                let count = self.count(depth);
                let entry = |at: usize| (format!("k{at}"), self.of(values, depth + 1));
                Json::object((0..count).map(entry).collect::<Vec<_>>())
            }
            Type::Record { fields, .. } => {
                let entry = |field: &'a Field| (field.name.clone(), self.of(&field.of, depth + 1));
                Json::object(fields.iter().map(entry).collect::<Vec<_>>())
            }
            Type::Union(branches) => self.union(branches, depth),
            Type::Named(name) => match definition(self.root, name) {
                Some(named) => self.of(named, depth + 1),
                None => Json::Null,
            },
        }
    }

    fn union(&mut self, branches: &'a [Type], depth: usize) -> Json {
        let null = branches.iter().find(|branch| branch.key() == "null");
        let branch = match null {
            Some(null) if depth > 6 => null,
            _ => self.random.of(branches),
        };
        if branch.key() == "null" {
            return Json::Null;
        }
        Json::object([(branch.key(), self.of(branch, depth))])
    }

    fn count(&mut self, depth: usize) -> usize {
        if depth > 5 { 0 } else { self.random.below(4) }
    }

    fn primitive(&mut self, name: &str) -> Json {
        match name {
            "boolean" => Json::from(self.random.one_in(2)),
            "int" => Json::from(self.int(32)),
            "long" => Json::from(self.int(64)),
            "float" => {
                let bits = u32::try_from(self.random.next() >> 32).expect("32 bits");
                float(Number::from_f32(f32::from_bits(bits)), f64::from(f32::from_bits(bits)))
            }
            "double" => {
                let value = f64::from_bits(self.random.next());
                float(Number::from_f64(value), value)
            }
            "bytes" => {
                let length = self.random.below(12);
                self.bytes(length)
            }
            "string" => Json::from(self.string()),
            _ => Json::Null,
        }
    }

    /// An integer of up to `bits` bits, small ones as often as large ones.
    fn int(&mut self, bits: u32) -> i64 {
        let keep = 1 + u32::try_from(self.random.below(bits as usize)).expect("at most 64");
        self.random.next().cast_signed() >> (64 - keep)
    }

    fn string(&mut self) -> String {
        const CHARACTERS: [char; 12] = ['a', 'b', 'Z', '0', ' ', '"', '\\', '\n', 'é', '€', '😀', '\u{7f}'];
        (0..self.random.below(10)).map(|_| *self.random.of(&CHARACTERS)).collect()
    }

    fn bytes(&mut self, length: usize) -> Json {
        let bytes = (0..length).map(|_| char::from(self.random.next().to_le_bytes()[0]));
        Json::from(bytes.collect::<String>())
    }

    /// Within what every implementation can show: years 1 to 9999, numbers within their precision.
    fn logical(&mut self, on: &str, name: &str, more: &str) -> Json {
        const DAY_FIRST: i64 = -719_162;
        const DAYS: usize = 3_652_058;
        let day = DAY_FIRST + i64::try_from(self.random.below(DAYS)).expect("days are few");
        let micros = i64::try_from(self.random.below(86_400_000_000)).expect("a day has few");
        Json::from(match name {
            "date" => day,
            "time-millis" => micros / 1_000,
            "time-micros" => micros,
            "timestamp-millis" | "local-timestamp-millis" => day * 86_400_000 + micros / 1_000,
            "timestamp-micros" | "local-timestamp-micros" => day * 86_400_000_000 + micros,
            "uuid" => {
                let (a, b) = (self.random.next(), self.random.next());
                let digits = format!("{a:016x}{b:016x}");
                let parts = [&digits[..8], &digits[8..12], &digits[12..16], &digits[16..20], &digits[20..]];
                return Json::from(parts.join("-"));
            }
            "decimal" => return self.decimal(more),
            _ => return self.primitive(on),
        })
    }

    /// The shortest two's complement of an integer of at most as many digits as the precision.
    fn decimal(&mut self, more: &str) -> Json {
        let digits_max = if more.contains(":30") {
            30
        } else if more.contains(":9,") {
            9
        } else {
            5
        };
        let digits = 1 + self.random.below(digits_max);
        let wide = (u128::from(self.random.next()) << 64 | u128::from(self.random.next())).cast_signed();
        let value = wide % 10_i128.pow(u32::try_from(digits).expect("at most 30"));
        let bytes = value.to_be_bytes();
        let sign = if value < 0 { 0xff } else { 0 };
        let cut = bytes.windows(2).take_while(|pair| pair[0] == sign && (pair[1] ^ sign) < 0x80).count();
        Json::from(bytes[cut..].iter().map(|byte| char::from(*byte)).collect::<String>())
    }
}

fn float(number: Option<Number>, value: f64) -> Json {
    match number {
        Some(number) => Json::Number(number),
        None if value.is_nan() => Json::from("NaN"),
        None if value > 0.0 => Json::from("Infinity"),
        None => Json::from("-Infinity"),
    }
}

/// The definition of a named type.
pub(crate) fn definition<'a>(root: &'a Type, name: &str) -> Option<&'a Type> {
    let mut found = None;
    root.visit(&mut |of| {
        if !matches!(of, Type::Named(_)) && of.key() == name {
            found = Some(of);
        }
    });
    found
}
