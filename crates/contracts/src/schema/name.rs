//! Names: what is one, and how a full name is made of a name and a namespace.
//!
//! Spec (Avro 1.12): "Names". Letters are ASCII, as the specification says; Java accepts more.

use std::sync::Arc;

/// The types that have no definition; none of them may be the full name of a named type.
pub(crate) const PRIMITIVES: [&str; 8] =
    ["null", "boolean", "int", "long", "float", "double", "bytes", "string"];

/// Whether `text` is a name without dots.
pub(crate) fn is_name(text: &str) -> bool {
    let mut bytes = text.bytes();
    bytes.next().is_some_and(|first| first.is_ascii_alphabetic() || first == b'_')
        && bytes.all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
}

/// Whether `text` is a name, or names joined by dots.
pub(crate) fn is_dotted_name(text: &str) -> bool {
    text.split('.').all(is_name)
}

/// The full name of `name` where `namespace` holds; a name with a dot is full already.
pub(crate) fn full_name(name: &str, namespace: &str) -> Arc<str> {
    if namespace.is_empty() || name.contains('.') {
        name.into()
    } else {
        format!("{namespace}.{name}").into()
    }
}

/// The namespace of a full name; empty where there is none.
pub(crate) fn namespace_of(full_name: &str) -> &str {
    full_name.rsplit_once('.').map_or("", |(namespace, _)| namespace)
}
