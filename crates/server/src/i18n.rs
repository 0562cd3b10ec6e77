//! The texts of the pages, from `locales/`, without any state of a request or thread.

use std::borrow::Cow;
use std::sync::LazyLock;

use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentResource};
use tanheng_base::{Lang, Text};
use unic_langid::LanguageIdentifier;

/// What stands in place of a text that no locale has; tests look for it.
pub const MISSING: char = '⟦';

type Bundle = FluentBundle<FluentResource>;

const ZH: &[&str] = &[
    include_str!("../../../locales/zh/frame.ftl"),
    include_str!("../../../locales/zh/figure.ftl"),
    include_str!("../../../locales/zh/province.ftl"),
    include_str!("../../../locales/zh/enterprise.ftl"),
    include_str!("../../../locales/zh/rulebook.ftl"),
    include_str!("../../../locales/zh/register.ftl"),
    include_str!("../../../locales/zh/case.ftl"),
    include_str!("../../../locales/zh/log.ftl"),
    include_str!("../../../locales/zh/error.ftl"),
];
const EN: &[&str] = &[
    include_str!("../../../locales/en/frame.ftl"),
    include_str!("../../../locales/en/figure.ftl"),
    include_str!("../../../locales/en/province.ftl"),
    include_str!("../../../locales/en/enterprise.ftl"),
    include_str!("../../../locales/en/rulebook.ftl"),
    include_str!("../../../locales/en/register.ftl"),
    include_str!("../../../locales/en/case.ftl"),
    include_str!("../../../locales/en/log.ftl"),
    include_str!("../../../locales/en/error.ftl"),
];

static BUNDLES: LazyLock<[Bundle; 2]> =
    LazyLock::new(|| [bundle(Lang::Zh, ZH), bundle(Lang::En, EN)]);

fn bundle(lang: Lang, files: &[&str]) -> Bundle {
    let language: LanguageIdentifier = lang.tag().parse().unwrap_or_default();
    let mut bundle = Bundle::new_concurrent(vec![language]);
    // isolating marks would travel with copied text and into exports
    bundle.set_use_isolating(false);
    for file in files {
        // a test reads every file strictly; here a broken line costs only itself
        let resource = FluentResource::try_new((*file).to_owned()).unwrap_or_else(|(rest, _)| rest);
        bundle.add_resource_overriding(resource);
    }
    bundle
}

/// The texts in one language.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Words {
    /// The language.
    pub lang: Lang,
}

impl Words {
    /// The texts in a language.
    #[must_use]
    pub fn new(lang: Lang) -> Self {
        Self { lang }
    }

    /// The language tag for the `lang` attribute.
    #[must_use]
    pub fn tag(self) -> &'static str {
        match self.lang {
            Lang::Zh => "zh-CN",
            Lang::En => "en",
        }
    }

    /// The text of a key.
    #[must_use]
    pub fn t(self, key: &str) -> String {
        self.format(key, None)
    }

    /// The text of a key with values in it. Numbers come as text, grouped by the caller.
    #[must_use]
    pub fn f(self, key: &str, values: &[(&str, &str)]) -> String {
        let mut args = FluentArgs::with_capacity(values.len());
        for (name, value) in values {
            args.set(Cow::Borrowed(*name), Cow::Borrowed(*value));
        }
        self.format(key, Some(&args))
    }

    /// The text of a key that has variants by whether a count is one.
    #[must_use]
    pub fn n(self, key: &str, count: u64) -> String {
        let mut args = FluentArgs::with_capacity(2);
        args.set("count", i64::try_from(count).unwrap_or(i64::MAX));
        args.set("n", Cow::Owned::<str>(crate::page::number::grouped(&count.to_string())));
        self.format(key, Some(&args))
    }

    /// The text of `group-name`, for names out of a fixed set such as states.
    #[must_use]
    pub fn of(self, group: &str, name: &str) -> String {
        let name = name.replace(['_', '.'], "-");
        self.t(&format!("{group}-{name}"))
    }

    /// Whether there is such a key.
    #[must_use]
    pub fn has(self, key: &str) -> bool {
        self.bundle().has_message(key)
    }

    /// A text that carries both languages itself.
    #[must_use]
    pub fn pick(self, text: &Text) -> &str {
        text.get(self.lang)
    }

    fn bundle(self) -> &'static Bundle {
        match self.lang {
            Lang::Zh => &BUNDLES[0],
            Lang::En => &BUNDLES[1],
        }
    }

    fn format(self, key: &str, args: Option<&FluentArgs<'_>>) -> String {
        let bundle = self.bundle();
        let Some(pattern) = bundle.get_message(key).and_then(|message| message.value()) else {
            return format!("{MISSING}{key}⟧");
        };
        let mut errors = Vec::new();
        let text = bundle.format_pattern(pattern, args, &mut errors);
        if errors.is_empty() { text.into_owned() } else { format!("{MISSING}{key}: {text}⟧") }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_file_reads_without_a_fault() {
        for file in ZH.iter().chain(EN) {
            let read = FluentResource::try_new((*file).to_owned());
            assert!(read.is_ok(), "{:?}", read.err().map(|(_, errors)| errors));
        }
    }

    #[test]
    fn a_missing_key_is_seen_and_a_present_one_is_not_marked() {
        for lang in [Lang::Zh, Lang::En] {
            let words = Words::new(lang);
            assert!(words.t("no-such-key").contains(MISSING));
            assert!(!words.t("product-name").contains(MISSING));
            // a value that was forgotten is as bad as a key that was
            assert!(words.t("footer-as-of").contains(MISSING));
            let filled = words.f("footer-as-of", &[("date", "2023-12-31")]);
            assert!(!filled.contains(MISSING) && filled.contains("2023-12-31"), "{filled}");
        }
    }
}
