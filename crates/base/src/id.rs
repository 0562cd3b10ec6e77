//! Every id is a type: one macro makes them, so that no function takes a bare string.

/// An id that does not follow its grammar.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{text}` is not a valid {kind}: {grammar}")]
pub struct IdError {
    /// Kind of id, in English.
    pub kind: &'static str,
    /// The text as given.
    pub text: String,
    /// What the grammar asks for.
    pub grammar: &'static str,
}

/// Longest id in characters.
const LONGEST: usize = 80;

/// Lower-case words in ASCII, joined by dots, hyphens or underscores.
fn is_dotted(text: &str) -> bool {
    let ends = |c: Option<char>| c.is_some_and(|c| c.is_ascii_lowercase() || c.is_ascii_digit());
    ends(text.chars().next())
        && ends(text.chars().last())
        && text.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || "._-".contains(c))
}

/// A code or name as a document prints it: no control characters, no outer space.
fn is_printed(text: &str) -> bool {
    !text.is_empty() && text.trim() == text && !text.chars().any(char::is_control)
}

macro_rules! id {
    ($(#[$doc:meta])* $name:ident, $kind:literal, $check:path, $grammar:literal) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub struct $name(String);

        impl $name {
            /// The id as text.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl std::str::FromStr for $name {
            type Err = IdError;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                if $check(text) && text.chars().count() <= LONGEST {
                    return Ok(Self(text.to_owned()));
                }
                Err(IdError { kind: $kind, text: text.to_owned(), grammar: $grammar })
            }
        }

        impl TryFrom<String> for $name {
            type Error = IdError;

            fn try_from(text: String) -> Result<Self, Self::Error> {
                text.parse()
            }
        }

        impl From<$name> for String {
            fn from(id: $name) -> Self {
                id.0
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.pad(&self.0)
            }
        }
    };
}

macro_rules! dotted {
    ($(#[$doc:meta])* $name:ident, $kind:literal) => {
        id!($(#[$doc])* $name, $kind, is_dotted,
            "lower-case letters, digits and `.`, `-`, `_` inside, at most 80 characters");
    };
}

macro_rules! printed {
    ($(#[$doc:meta])* $name:ident, $kind:literal) => {
        id!($(#[$doc])* $name, $kind, is_printed,
            "1 to 80 printable characters without space around them");
    };
}

dotted!(/** A calculation method of the rulebook, such as `cn.fuel.combustion`. */ MethodId, "method id");
dotted!(/** A dated, placed value of the rulebook, such as `hebei.class.key_from`. */ ParameterId, "parameter id");
dotted!(/** A table of the rulebook, such as `cn.grid.factor`. */ TableId, "table id");
dotted!(/** A legal or technical document, such as `hebei-2022-145`. */ DocumentId, "document id");
dotted!(/** A rulebook pack, such as `cn-hebei`. */ PackId, "pack id");
dotted!(/** A form definition, such as `hebei.ledger.monthly`. */ FormId, "form id");
dotted!(/** A list published at one time, such as the national list of 2022. */ ListId, "list id");
dotted!(/** A register kept over time, such as that of key and ordinary emitters. */ RegisterId, "register id");
dotted!(/** A procedure by which cases run, such as `hebei.list.national`. */ ProcedureId, "procedure id");
dotted!(/** A case: one run of a procedure, such as `c120`. */ CaseId, "case id");
dotted!(/** A kind of notice that acts of a procedure issue. */ NoticeId, "notice id");
dotted!(/** An industry, such as `power` or `steel`. */ IndustryCode, "industry code");
dotted!(/** Pseudonym of a person or programme that acts; never a natural person's name. */ ActorId, "actor id");
dotted!(/** A verification body (核查机构). */ AgencyId, "agency id");
printed!(/** A region: GB/T 2260 code, or `CN` for the nation. */ RegionCode, "region code");
printed!(/** A facility or unit (设施、机组) within its enterprise. */ FacilityId, "facility id");
printed!(/** A source stream (排放源) within its facility. */ SourceId, "source id");
printed!(/** A fuel or material by the name the guides print. */ FuelCode, "fuel");

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn grammar_is_kept() {
        assert!("cn.fuel.combustion".parse::<MethodId>().is_ok());
        assert!("130100".parse::<RegionCode>().is_ok());
        assert!("烟煤".parse::<FuelCode>().is_ok());
        for text in ["", ".a", "a.", "A", "a b", "张三"] {
            assert!(text.parse::<ActorId>().is_err(), "{text}");
        }
        let error = "X".parse::<MethodId>().unwrap_err();
        assert!(error.to_string().starts_with("`X` is not a valid method id"));
        assert!(serde_json::from_str::<MethodId>("\"not an id\"").is_err());
    }
}
