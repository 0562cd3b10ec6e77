//! Quantities as text (`21 10^4Nm3`) in stored outcomes.

use std::collections::BTreeMap;

use serde::de::{Deserialize, Deserializer, Error};
use serde::ser::Serializer;
use tanheng_quantity::Quantity;

/// A map from names to quantities.
pub(crate) mod map {
    use super::{BTreeMap, Deserialize, Deserializer, Error, Quantity, Serializer};

    pub(crate) fn serialize<S: Serializer>(
        map: &BTreeMap<String, Quantity>,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        serializer.collect_map(map.iter().map(|(name, quantity)| (name, quantity.to_string())))
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<BTreeMap<String, Quantity>, D::Error> {
        let texts = BTreeMap::<String, String>::deserialize(deserializer)?;
        let read = texts.into_iter().map(|(name, text)| {
            text.parse().map(|quantity| (name, quantity)).map_err(D::Error::custom)
        });
        read.collect()
    }
}

/// A quantity that may be absent.
pub(crate) mod option {
    use super::{Deserialize, Deserializer, Error, Quantity, Serializer};

    pub(crate) fn serialize<S: Serializer>(
        quantity: &Option<Quantity>,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        match quantity {
            Some(quantity) => serializer.collect_str(quantity),
            None => serializer.serialize_none(),
        }
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Option<Quantity>, D::Error> {
        let text = Option::<String>::deserialize(deserializer)?;
        text.map(|text| text.parse().map_err(D::Error::custom)).transpose()
    }
}

pub(crate) fn serialize<S: Serializer>(
    quantity: &Quantity,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    serializer.collect_str(quantity)
}

pub(crate) fn deserialize<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Quantity, D::Error> {
    String::deserialize(deserializer)?.parse().map_err(D::Error::custom)
}
