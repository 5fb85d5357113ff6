//! The description as a page: no script, no other host, nothing to load.

use maud::{DOCTYPE, Markup, PreEscaped, html};
use serde_json::{Map, Value};

const STYLE: &str = include_str!("page.css");

/// Methods in the order in which a resource's are read.
const METHODS: [&str; 5] = ["get", "post", "put", "patch", "delete"];

/// The page of a description that lies at `source`.
pub(super) fn page(document: &Value, source: &str) -> Markup {
    let info = &document["info"];
    let title = text(info, "title");
    html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                title { (title) }
                style { (PreEscaped(STYLE)) }
            }
            body {
                nav aria-label="Contents" { (contents(document)) }
                main {
                    h1 { (title) }
                    p { (prose(text(info, "description"))) }
                    p { "For machines: " a href=(source) { "openapi.json" } }
                    @for tag in items(&document["tags"]) {
                        (operations(document, tag))
                    }
                    h2 #schemas { "Schemas" }
                    @for (name, schema) in fields(&document["components"]["schemas"]) {
                        (described(name, schema))
                    }
                }
            }
        }
    }
}

fn contents(document: &Value) -> Markup {
    html! {
        @for tag in items(&document["tags"]) {
            @let name = text(tag, "name");
            h2 { a href={ "#" (name) } { (name) } }
            ul {
                @for (path, method, operation) in operations_of(document, name) {
                    li {
                        a href={ "#" (text(operation, "operationId")) } {
                            b { (method.to_uppercase()) } " " (path)
                        }
                    }
                }
            }
        }
        h2 { a href="#schemas" { "schemas" } }
    }
}

fn operations(document: &Value, tag: &Value) -> Markup {
    let name = text(tag, "name");
    html! {
        h2 id=(name) { (name) }
        p { (prose(text(tag, "description"))) }
        @for (path, method, operation) in operations_of(document, name) {
            section id=(text(operation, "operationId")) {
                h3 { b { (method.to_uppercase()) } " " (path) }
                @let about = operation.get("description").or(operation.get("summary"));
                p { (prose(about.and_then(Value::as_str).unwrap_or_default())) }
                @if !items(&operation["parameters"]).is_empty() {
                    (parameters(operation))
                }
                @for (kind, content) in fields(&operation["requestBody"]["content"]) {
                    p { "Body: " (type_of(&content["schema"])) " " small { (kind) } }
                }
                (answers(operation))
            }
        }
    }
}

fn parameters(operation: &Value) -> Markup {
    html! {
        table {
            thead { tr { th { "parameter" } th { "type" } th { "what" } } }
            tbody {
                @for parameter in items(&operation["parameters"]) {
                    tr {
                        td {
                            code { (text(parameter, "name")) }
                            " " small { (text(parameter, "in")) (required(&parameter["required"])) }
                        }
                        td { (type_of(&parameter["schema"])) }
                        td { (prose(text(parameter, "description"))) }
                    }
                }
            }
        }
    }
}

fn answers(operation: &Value) -> Markup {
    html! {
        table {
            thead { tr { th { "answer" } th { "type" } th { "what" } } }
            tbody {
                @for (status, answer) in fields(&operation["responses"]) {
                    tr {
                        td { code { (status) } }
                        td {
                            @for (kind, content) in fields(&answer["content"]) {
                                (type_of(&content["schema"])) " " small { (kind) }
                            }
                        }
                        td { (prose(text(answer, "description"))) }
                    }
                }
            }
        }
    }
}

fn described(name: &str, schema: &Value) -> Markup {
    html! {
        section id={ "schema-" (name) } {
            h3 { (name) }
            p { (prose(text(schema, "description"))) }
            @if fields(&schema["properties"]).is_empty() && items(&schema["allOf"]).is_empty() {
                p { (type_of(schema)) }
            }
            @for part in items(&schema["allOf"]) {
                @if part.get("$ref").is_some() { p { "All of " (type_of(part)) "." } }
                (properties(part))
            }
            (properties(schema))
        }
    }
}

fn properties(schema: &Value) -> Markup {
    let needed = items(&schema["required"]);
    html! {
        @if !fields(&schema["properties"]).is_empty() {
            table {
                thead { tr { th { "field" } th { "type" } th { "what" } } }
                tbody {
                    @for (name, field) in fields(&schema["properties"]) {
                        tr {
                            td {
                                code { (name) }
                                (required(&Value::Bool(needed.iter().any(|one| *one == name.as_str()))))
                            }
                            td { (type_of(field)) }
                            td { (prose(text(field, "description"))) }
                        }
                    }
                }
            }
        }
    }
}

fn required(is: &Value) -> Markup {
    html! { @if is == true { small { " required" } } }
}

/// What a schema takes, in words, with a link to each schema that has a name.
fn type_of(schema: &Value) -> Markup {
    if let Some(name) = schema["$ref"].as_str().and_then(|to| to.rsplit('/').next()) {
        return html! { a href={ "#schema-" (name) } { (name) } };
    }
    for (all, between) in [("oneOf", " or "), ("anyOf", " or "), ("allOf", " and ")] {
        let parts = items(&schema[all]);
        if !parts.is_empty() {
            return html! {
                @for (place, part) in parts.iter().enumerate() {
                    @if place > 0 { (between) }
                    (type_of(part))
                }
            };
        }
    }
    if let Some(words) = schema["enum"].as_array() {
        return html! {
            @for (place, word) in words.iter().enumerate() {
                @if place > 0 { ", " }
                code { (word.as_str().unwrap_or_default()) }
            }
        };
    }
    html! {
        @if schema.get("items").is_some() {
            "array of " (type_of(&schema["items"]))
        } @else if schema["additionalProperties"].is_object() {
            "object of " (type_of(&schema["additionalProperties"]))
        } @else {
            (plain(schema))
        }
    }
}

/// `string or null, uuid`, with the bounds that it has.
fn plain(schema: &Value) -> Markup {
    let kinds = match &schema["type"] {
        Value::Array(kinds) => kinds.iter().filter_map(Value::as_str).collect(),
        kind => Vec::from_iter(kind.as_str()),
    };
    let bounds = [
        ("minimum", "from"),
        ("maximum", "to"),
        ("minLength", "at least"),
        ("maxLength", "at most"),
    ];
    html! {
        (kinds.join(" or "))
        @if let Some(format) = schema["format"].as_str() { ", " (format) }
        @for (bound, word) in bounds {
            @if let Some(value) = schema.get(bound) { ", " (word) " " (value) }
        }
        @if let Some(example) = schema.get("example") {
            br; small { "for example " code { (example) } }
        }
    }
}

/// Text in which `this` is code.
fn prose(text: &str) -> Markup {
    html! {
        @for (place, piece) in text.split('`').enumerate() {
            @if place % 2 == 1 { code { (piece) } } @else { (piece) }
        }
    }
}

fn operations_of<'a>(
    document: &'a Value,
    tag: &'a str,
) -> impl Iterator<Item = (&'a String, &'static str, &'a Value)> {
    fields(&document["paths"])
        .into_iter()
        .flat_map(move |(path, methods)| {
            METHODS.into_iter().filter_map(move |method| {
                let operation = methods.get(method)?;
                let tagged = items(&operation["tags"]).iter().any(|one| one == tag);
                tagged.then_some((path, method, operation))
            })
        })
}

fn text<'a>(object: &'a Value, name: &str) -> &'a str {
    object[name].as_str().unwrap_or_default()
}

fn items(value: &Value) -> &[Value] {
    value.as_array().map_or(&[], Vec::as_slice)
}

fn fields(value: &Value) -> Vec<(&String, &Value)> {
    value.as_object().into_iter().flat_map(Map::iter).collect()
}
