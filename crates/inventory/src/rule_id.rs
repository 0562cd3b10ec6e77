//! Ids of the rulebook entries that this crate asks for. The rules themselves stand there.

use std::str::FromStr;

use tanheng_base::{IdError, MethodId, ParameterId, TableId};

fn id<T: FromStr<Err = IdError>>(text: &'static str) -> T {
    text.parse().expect("the ids of this module follow their grammar, as a test shows")
}

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident: $kind:ty = $text:literal;)*) => {
        $($(#[$doc])* pub(crate) fn $name() -> $kind {
            id($text)
        })*

        /// Every id, for the test of their grammar.
        #[cfg(test)]
        fn all() -> Vec<String> {
            vec![$($name().to_string()),*]
        }
    };
}

ids! {
    /// Method and guide by industry and kind of source.
    method_choice: TableId = "cn.method.choice";
    /// Defaults of fuels by guide.
    fuel_defaults: TableId = "cn.fuel.defaults";
    /// From CO2 to CO2 equivalent.
    co2e: MethodId = "cn.co2e";
    /// Class by yearly emission.
    class: MethodId = "hebei.class";
    /// Whether direct or total emission decides the class.
    class_boundary: ParameterId = "hebei.class.boundary";
    /// Whether the reported or the verified figure decides the class.
    class_figure: ParameterId = "hebei.class.figure";
    /// Which register holds a class.
    class_register: TableId = "hebei.class.register";
    /// Products that benchmarks speak of, with their names.
    products: TableId = "hebei.products";
    /// Benchmarks by industry and product.
    benchmark: TableId = "hebei.benchmark";
    /// Whether a benchmark is an intensity or an amount.
    benchmark_form: ParameterId = "hebei.benchmark.form";
    /// Benchmark emission from an intensity.
    benchmark_emission: MethodId = "hebei.benchmark.emission";
    /// How the offset relates to the national market.
    national_relation: TableId = "hebei.national_relation";
    /// The yearly offset plan.
    offset_plan: ParameterId = "hebei.offset.plan";
    /// The data year that the offset uses.
    offset_reference_year: ParameterId = "hebei.offset.reference_year";
    /// Whether direct or total emission is compared with the benchmark.
    offset_boundary: ParameterId = "hebei.offset.boundary";
    /// How an obligation becomes whole tonnes.
    offset_rounding: ParameterId = "hebei.offset.rounding";
    /// Obligation on the excess over the benchmark.
    offset_excess: MethodId = "hebei.offset.excess";
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_id_follows_its_grammar() {
        assert_eq!(all().len(), 17);
    }
}
