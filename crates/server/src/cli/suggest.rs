//! Names that somebody may have meant.

use strsim::damerau_levenshtein;

/// How many names are offered at most.
const MOST: usize = 5;

/// The names nearest to what was written: first those that differ by few letters, then those that
/// hold it, then those whose title holds it. `known` are names with titles.
pub(super) fn near<'a>(
    written: &str,
    known: impl IntoIterator<Item = (&'a str, &'a str)>,
) -> Vec<&'a str> {
    let wanted = written.trim().to_lowercase();
    let tolerance = match wanted.chars().count() {
        0 => return Vec::new(),
        1..4 => 1,
        letters => (letters / 4).max(2),
    };
    let mut found: Vec<(usize, usize, &str)> = known
        .into_iter()
        .filter_map(|(name, title)| {
            let lower = name.to_lowercase();
            let distance = damerau_levenshtein(&wanted, &lower);
            let rank = if distance <= tolerance {
                0
            } else if lower.contains(&wanted) {
                1
            } else if title.to_lowercase().contains(&wanted) {
                2
            } else {
                return None;
            };
            Some((rank, distance, name))
        })
        .collect();
    found.sort_unstable();
    let mut names: Vec<&str> = Vec::new();
    for (_, _, name) in found {
        if !names.contains(&name) {
            names.push(name);
        }
    }
    names.truncate(MOST);
    names
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_slips_parts_and_titles() {
        let known = [
            ("cn.fuel.combustion", "化石燃料燃烧排放"),
            ("cn.power.combustion.gas", "燃气燃烧排放"),
            ("hebei.class", "碳排放企业分类"),
        ];
        assert_eq!(near("hebei.clas", known), ["hebei.class"]);
        assert_eq!(near("Cn.Fuel.Combusiton", known), ["cn.fuel.combustion"]);
        assert_eq!(near("combustion", known), ["cn.fuel.combustion", "cn.power.combustion.gas"]);
        assert_eq!(near("企业分类", known), ["hebei.class"]);
        assert_eq!(near("定州", [("保定市", ""), ("定州市", "")]), ["定州市"]);
        assert!(near("nothing of the kind", known).is_empty());
        assert!(near("", known).is_empty());
    }
}
