//! Readers made from a writer, and values made from a value: each with a few changes.

use std::sync::Arc;

use asl::Json;

use crate::generate::{Field, Random, Type, default_of};

/// A reader for what `writer` writes: often compatible, sometimes not.
pub(crate) fn reader(writer: &Type, random: &mut Random) -> Type {
    let changed = match writer {
        Type::Primitive(name) => Type::Primitive(primitive(name, random)),
        Type::Logical(..) | Type::Named(_) => writer.clone(),
        Type::Fixed { name, size, aliases } => Type::Fixed {
            name: name.clone(),
            size: if random.one_in(20) { size + 1 } else { *size },
            aliases: aliases.clone(),
        },
        Type::Enum { name, symbols, default, aliases } => {
            let mut symbols = symbols.clone();
            if random.one_in(4) {
                symbols.reverse();
            }
            if random.one_in(6) && symbols.len() > 1 && default.is_none() {
                symbols.pop();
            }
            let default = if random.one_in(4) { Some(symbols[0].clone()) } else { default.clone() };
            Type::Enum { name: name.clone(), symbols, default, aliases: aliases.clone() }
        }
        Type::Array(items) => Type::Array(Box::new(reader(items, random))),
        Type::Map(values) => Type::Map(Box::new(reader(values, random))),
        Type::Record { name, fields, aliases } => Type::Record {
            name: name.clone(),
            fields: self::fields(fields, random),
            aliases: aliases.clone(),
        },
        Type::Union(branches) => union(branches, random),
    };
    wrapped(changed, random)
}

fn primitive(name: &'static str, random: &mut Random) -> &'static str {
    match name {
        _ if random.one_in(30) => "string",
        "int" if random.one_in(3) => ["long", "float", "double"][random.below(3)],
        "long" if random.one_in(4) => ["float", "double"][random.below(2)],
        "float" if random.one_in(4) => "double",
        "string" if random.one_in(6) => "bytes",
        other => other,
    }
}

fn fields(fields: &[Field], random: &mut Random) -> Vec<Field> {
    let mut out: Vec<Field> = Vec::new();
    for field in fields {
        if random.one_in(8) && !names_anything(&field.of) {
            continue;
        }
        let of = reader(&field.of, random);
        let default = if random.one_in(4) { default_of(&of, random) } else { None };
        let (name, aliases) = if random.one_in(6) {
            (format!("new_{}", field.name), vec![field.name.clone()])
        } else {
            (field.name.clone(), Vec::new())
        };
        out.push(Field { name, of, default, aliases });
    }
    if random.one_in(4) {
        let of = Type::Primitive(["int", "string", "boolean"][random.below(3)]);
        let default = if random.one_in(8) { None } else { default_of(&of, random) };
        out.push(Field { name: "added".to_owned(), of, default, aliases: Vec::new() });
    }
    if random.one_in(4) && !out.iter().any(|field| names_anything(&field.of)) {
        out.reverse();
    }
    out
}

/// Whether definitions or their uses would be lost, or change places.
fn names_anything(of: &Type) -> bool {
    let mut found = false;
    of.visit(&mut |of| {
        found |= matches!(of, Type::Named(_) | Type::Record { .. } | Type::Enum { .. } | Type::Fixed { .. });
    });
    found
}

fn union(branches: &[Type], random: &mut Random) -> Type {
    let mut out: Vec<Type> = Vec::new();
    for branch in branches {
        let branch = match branch {
            Type::Record { .. } | Type::Enum { .. } | Type::Named(_) | Type::Fixed { .. } => branch.clone(),
            Type::Primitive("null") => branch.clone(),
            _ if random.one_in(8) && !names_anything(branch) => continue,
            other => reader(other, random),
        };
        if !matches!(branch, Type::Union(_)) && !out.iter().any(|other| other.key() == branch.key()) {
            out.push(branch);
        }
    }
    if out.len() == 1 && random.one_in(3) {
        return out.remove(0);
    }
    if out.is_empty() { Type::Primitive("int") } else { Type::Union(out) }
}

fn wrapped(of: Type, random: &mut Random) -> Type {
    if matches!(of, Type::Union(_) | Type::Named(_)) || !random.one_in(12) || of.key() == "null" {
        return of;
    }
    let mut branches = vec![Type::Primitive("null"), of];
    if random.one_in(2) {
        branches.swap(0, 1);
    }
    Type::Union(branches)
}

/// A value with one change somewhere; mostly one that makes it unfit.
pub(crate) fn value(json: &Json, random: &mut Random) -> Json {
    match json {
        Json::Array(items) if !items.is_empty() && !random.one_in(6) => {
            let at = random.below(items.len());
            Json::array(
                items
                    .iter()
                    .enumerate()
                    .map(|(index, item)| if index == at { value(item, random) } else { item.clone() })
                    .collect::<Vec<_>>(),
            )
        }
        Json::Object(object) if !object.is_empty() && !random.one_in(6) => {
            let at = random.below(object.len());
            let mut entries: Vec<(Arc<str>, Json)> = Vec::new();
            for (index, (key, item)) in object.iter().enumerate() {
                if index != at {
                    entries.push((key.clone(), item.clone()));
                } else if !random.one_in(6) {
                    entries.push((key.clone(), value(item, random)));
                }
            }
            if random.one_in(12) {
                entries.push(("foreign".into(), Json::Null));
            }
            Json::object(entries)
        }
        _ => scalar(random),
    }
}

fn scalar(random: &mut Random) -> Json {
    match random.below(10) {
        0 => Json::Null,
        1 => Json::from(true),
        2 => Json::from(7_i64),
        3 => Json::from(i64::from(i32::MAX) + 1),
        4 => Json::from(i64::MIN),
        5 => asl::Number::from_f64(0.5).map_or(Json::Null, Json::Number),
        6 => Json::from("S0"),
        7 => Json::from("text"),
        8 => Json::array([]),
        _ => Json::empty_object(),
    }
}

/// A schema's text with one part replaced, doubled or left out.
pub(crate) fn schema_text(text: &str, random: &mut Random) -> String {
    const CHANGES: [(&str, &str); 16] = [
        ("\"name\":", "\"nam\":"),
        ("\"type\":\"record\"", "\"type\":\"recrd\""),
        ("\"fields\":", "\"field\":"),
        ("\"symbols\":[\"S0\"", "\"symbols\":[\"S0\",\"S0\""),
        ("\"symbols\":[\"S0\"", "\"symbols\":[\"0S\""),
        ("\"size\":", "\"size\":-"),
        ("\"size\":", "\"length\":"),
        ("\"items\":", "\"item\":"),
        ("\"values\":", "\"value\":"),
        ("\"f0\"", "\"f1\""),
        ("\"f0\"", "\"f-0\""),
        ("\"default\":", "\"default\":[[]],\"x\":"),
        ("\"null\"", "\"nul\""),
        ("\"int\"", "\"integer\""),
        ("[\"null\",", "[\"null\",\"null\","),
        ("R1", "R2"),
    ];
    let (from, to) = *random.of(&CHANGES);
    text.replacen(from, to, 1)
}
