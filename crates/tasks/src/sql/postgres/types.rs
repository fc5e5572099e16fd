//! What a type of PostgreSQL is to JSON: the built-in ones by their fixed numbers, the others as the catalogue says.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::limits::TYPES_MAX;
use crate::sql::session::{ColumnType, Hint};

/// The number of a type. Fixed for the built-in ones.
pub(crate) type Oid = u32;

/// How the text of a value is understood.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Bool,
    Integer,
    Float,
    Numeric,
    Bytes,
    Json,
    /// With a time zone or without.
    Timestamp,
    /// Of elements of this type.
    Array(Oid),
    /// Its text is what it is: text, uuid, date, time, interval, inet, ranges, enums, composites, …
    Text,
}

/// A type.
#[derive(Clone, Debug)]
pub(crate) struct Type {
    pub(crate) name: Arc<str>,
    pub(crate) kind: Kind,
}

/// Number, name, number of the array, kind.
const BUILT_IN: &[(Oid, &str, Oid, Kind)] = &[
    (16, "bool", 1000, Kind::Bool),
    (17, "bytea", 1001, Kind::Bytes),
    (18, "char", 1002, Kind::Text),
    (19, "name", 1003, Kind::Text),
    (20, "int8", 1016, Kind::Integer),
    (21, "int2", 1005, Kind::Integer),
    (23, "int4", 1007, Kind::Integer),
    (25, "text", 1009, Kind::Text),
    (26, "oid", 1028, Kind::Integer),
    (114, "json", 199, Kind::Json),
    (142, "xml", 143, Kind::Text),
    (650, "cidr", 651, Kind::Text),
    (700, "float4", 1021, Kind::Float),
    (701, "float8", 1022, Kind::Float),
    (790, "money", 791, Kind::Text),
    (829, "macaddr", 1040, Kind::Text),
    (869, "inet", 1041, Kind::Text),
    (1042, "bpchar", 1014, Kind::Text),
    (1043, "varchar", 1015, Kind::Text),
    (1082, "date", 1182, Kind::Text),
    (1083, "time", 1183, Kind::Text),
    (1114, "timestamp", 1115, Kind::Timestamp),
    (1184, "timestamptz", 1185, Kind::Timestamp),
    (1186, "interval", 1187, Kind::Text),
    (1266, "timetz", 1270, Kind::Text),
    (1560, "bit", 1561, Kind::Text),
    (1562, "varbit", 1563, Kind::Text),
    (1700, "numeric", 1231, Kind::Numeric),
    (2278, "void", 0, Kind::Text),
    (2950, "uuid", 2951, Kind::Text),
    (3802, "jsonb", 3807, Kind::Json),
];

/// The types that one connection has met.
#[derive(Debug, Default)]
pub(crate) struct Types {
    met: BTreeMap<Oid, Type>,
}

impl Types {
    /// A type, if it is built in or was met.
    pub(crate) fn get(&self, oid: Oid) -> Option<Type> {
        built_in(oid).or_else(|| self.met.get(&oid).cloned())
    }

    /// How the text of a value of this type is understood; what is unknown is text.
    pub(crate) fn kind(&self, oid: Oid) -> Kind {
        self.get(oid).map_or(Kind::Text, |known| known.kind)
    }

    /// Remembers a type of the catalogue.
    pub(crate) fn meet(&mut self, oid: Oid, met: Type) {
        if self.met.len() >= TYPES_MAX {
            self.met.clear();
        }
        self.met.insert(oid, met);
    }

    /// A column's type as JDBC, and so AWS, describes it.
    pub(crate) fn column(&self, oid: Oid, modifier: i32) -> ColumnType {
        let of_type = self.get(oid).unwrap_or(Type { name: "unknown".into(), kind: Kind::Text });
        let element_code = match of_type.kind {
            Kind::Array(element) => self.get(element).map_or(1111, |element| jdbc_code(&element)),
            _ => 0,
        };
        let (precision, scale) = precision_and_scale(&of_type.name, modifier);
        let is_signed = matches!(of_type.kind, Kind::Integer | Kind::Float | Kind::Numeric);
        let is_case_sensitive = matches!(
            &*of_type.name,
            "text" | "varchar" | "bpchar" | "char" | "name" | "json" | "jsonb" | "xml"
        );
        let code = jdbc_code(&of_type);
        ColumnType { name: of_type.name, code, element_code, precision, scale, is_signed, is_case_sensitive }
    }
}

fn built_in(oid: Oid) -> Option<Type> {
    let (element, name, array, kind) =
        *BUILT_IN.iter().find(|(number, _, array, _)| oid != 0 && (*number == oid || *array == oid))?;
    Some(if oid == array {
        Type { name: format!("_{name}").into(), kind: Kind::Array(element) }
    } else {
        Type { name: name.into(), kind }
    })
}

/// The type that a hint declares; 0 leaves it to the statement.
pub(crate) fn declared(hint: Hint) -> Oid {
    match hint {
        Hint::Plain | Hint::Text => 0,
        Hint::Boolean => 16,
        Hint::Blob => 17,
        Hint::Long => 20,
        Hint::Double => 701,
        Hint::Date => 1082,
        Hint::Time => 1083,
        Hint::Timestamp => 1114,
        Hint::Decimal => 1700,
        Hint::Uuid => 2950,
        // An assignment turns it into `json` where the column is of that type.
        Hint::Json => 3802,
    }
}

/// Numbers of `java.sql.Types`, as PostgreSQL's driver for JDBC gives them.
fn jdbc_code(of_type: &Type) -> i32 {
    match &*of_type.name {
        "bool" | "bit" => -7,
        "int2" => 5,
        "int4" => 4,
        "int8" | "oid" => -5,
        "float4" => 7,
        "float8" | "money" => 8,
        "numeric" => 2,
        "char" | "bpchar" => 1,
        "varchar" | "text" | "name" => 12,
        "bytea" => -2,
        "date" => 91,
        "time" | "timetz" => 92,
        "timestamp" | "timestamptz" => 93,
        "xml" => 2009,
        _ if matches!(of_type.kind, Kind::Array(_)) => 2003,
        _ => 1111,
    }
}

fn precision_and_scale(name: &str, modifier: i32) -> (i32, i32) {
    match name {
        "bool" => (1, 0),
        "int2" => (5, 0),
        "int4" | "oid" => (10, 0),
        "int8" => (19, 0),
        "float4" => (8, 8),
        "float8" => (17, 17),
        "numeric" if modifier >= 4 => (((modifier - 4) >> 16) & 0xffff, (modifier - 4) & 0x7ff),
        "varchar" | "bpchar" if modifier >= 4 => (modifier - 4, 0),
        "text" | "varchar" | "bytea" | "json" | "jsonb" => (i32::MAX, 0),
        "date" => (13, 0),
        "uuid" => (36, 0),
        _ => (0, 0),
    }
}
