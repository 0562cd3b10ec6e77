//! A form as JSON Schema (2020-12), for programs that fill it in.

use serde_json::{Map, Value, json};
use tanheng_base::Lang;

use crate::code_text::CodePattern;
use crate::field::{Condition, Field, FieldKind, NumberField};
use crate::form::{Form, Layout};

/// The schema of what [`crate::read_json()`] takes for a form: `{"rows": […]}`, of a record its one
/// object. It says what a schema can say; the form says more, such as units and places that hang
/// on a choice, and is what decides.
#[must_use]
pub fn json_schema(form: &Form, lang: Lang) -> Value {
    let properties: Map<String, Value> =
        form.fields.iter().map(|field| (field.name.clone(), property(field, lang))).collect();
    let required: Vec<&str> = form
        .fields
        .iter()
        .filter(|field| field.required && field.value_fixed.is_none())
        .map(|field| field.name.as_str())
        .collect();
    let mut row = json!({
        "type": "object",
        "properties": properties,
        "required": required,
        "additionalProperties": false,
    });
    let conditions = conditions(form);
    if !conditions.is_empty() {
        row["allOf"] = Value::Array(conditions);
    }
    let mut schema = match form.layout {
        Layout::Record => row,
        Layout::Table => json!({
            "type": "object",
            "properties": {
                "form": { "const": form.id.as_str() },
                "form_version": { "const": form.version },
                "rows": {
                    "type": "array", "minItems": 1, "maxItems": form.max_rows, "items": row,
                },
            },
            "required": ["rows"],
            "additionalProperties": false,
        }),
    };
    schema["$schema"] = "https://json-schema.org/draft/2020-12/schema".into();
    schema["$id"] = format!("urn:tanheng:form:{}:{}", form.id, form.version).into();
    schema["title"] = form.title.get(lang).into();
    schema
}

fn property(field: &Field, lang: Lang) -> Value {
    let mut property = match &field.kind {
        FieldKind::Text { max_length } => json!({ "type": "string", "maxLength": max_length }),
        FieldKind::Number(number) => number_property(number),
        FieldKind::Choice { values, .. } => {
            let names: Vec<&str> = values.iter().map(|choice| choice.name.as_str()).collect();
            json!({ "enum": names })
        }
        FieldKind::Date => json!({ "type": "string", "format": "date" }),
        FieldKind::Bool => json!({ "type": "boolean" }),
        FieldKind::Code { pattern, .. } => json!({
            "type": "string",
            "pattern": match pattern {
                CodePattern::CreditCode => "^[0-9A-HJ-NPQRTUWXY]{18}$",
                CodePattern::ReportNumber => "^(CMA [0-9]{12}|CNAS L[0-9]{4,5})( .{1,60})?$",
                CodePattern::Attachment => "^[0-9a-f]{64}$",
            },
        }),
    };
    if let Some(fixed) = &field.value_fixed {
        property = json!({ "const": fixed });
    }
    property["title"] = field.title.get(lang).into();
    property["description"] = field.help.get(lang).into();
    property
}

/// A decimal as a text, or as a JSON number whose digits are taken as they stand.
fn number_property(number: &NumberField) -> Value {
    let percent = if number.percent { "%?" } else { "" };
    let mut property = json!({
        "type": ["string", "number"],
        "pattern": format!("^-?[0-9]+(\\.[0-9]+)?{percent}$"),
    });
    // `x-limits` holds the bounds as exact texts: a schema's own bounds are binary numbers
    property["x-unit"] = json!(number.unit);
    property["x-limits"] = json!(number.limits);
    property
}

/// What is asked for, or to be left empty, in some rows.
fn conditions(form: &Form) -> Vec<Value> {
    let mut all = Vec::new();
    for field in &form.fields {
        let name = field.name.as_str();
        for when in &field.required_when {
            all.push(json!({ "if": condition(form, when), "then": { "required": [name] } }));
        }
        for when in &field.empty_when {
            all.push(
                json!({ "if": condition(form, when), "then": { "properties": { name: false } } }),
            );
        }
    }
    all
}

fn condition(form: &Form, when: &Condition) -> Value {
    let asked = |(field, values): (&String, &Vec<String>)| {
        let truth = matches!(form.field(field).map(|field| &field.kind), Some(FieldKind::Bool));
        let value = |value: &String| if truth { json!(value == "true") } else { json!(value) };
        let values: Vec<Value> = values.iter().map(value).collect();
        (field.clone(), json!({ "enum": values }))
    };
    let properties: Map<String, Value> = when.0.iter().map(asked).collect();
    let required: Vec<&String> = when.0.keys().collect();
    json!({ "properties": properties, "required": required })
}
