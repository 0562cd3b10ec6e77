//! The chart of a trial: total tonnes as columns, enterprises that owe as a line. Integers only.

use tanheng_app::rulebook::{Step, Tried};
use tanheng_base::Lang;
use tanheng_quantity::Decimal;

use crate::page::number::{grouped, per_mille};

/// Width and height of the drawing.
const SIZE: (u32, u32) = (960, 480);
/// Left, top, right and bottom edge of the plot.
const PLOT: (u32, u32, u32, u32) = (110, 76, 880, 380);
/// Steps of an axis.
const TICKS: i64 = 5;

/// Colours by the reader's preference; the drawing stands alone, in a page or a document.
const STYLE: &str = "\
text{font-family:'Noto Sans CJK SC','Source Han Sans SC','PingFang SC','Microsoft YaHei',sans-serif;\
font-size:13px;fill:#1c2430}\
.paper{fill:#fff}.title{font-size:16px;font-weight:600}.small{font-size:12px;fill:#4a5568}\
.grid{stroke:#d5dbe3;stroke-width:1}.axis{stroke:#4a5568;stroke-width:1}\
.bar{fill:#2b6cb0}.bar.now{fill:#90b4d8;stroke:#2b6cb0;stroke-dasharray:4 3}\
.line{fill:none;stroke:#b7791f;stroke-width:2}.dot{fill:#b7791f}.right{fill:#975a16}\
@media(prefers-color-scheme:dark){text{fill:#e6e9ee}.paper{fill:#14181f}.small{fill:#aab4c3}\
.grid{stroke:#2c3440}.axis{stroke:#8a95a5}.bar{fill:#63a4e8}.bar.now{fill:#33506e;stroke:#63a4e8}\
.line{stroke:#e0a84a}.dot{fill:#e0a84a}.right{fill:#e0a84a}}";

/// The chart as a standalone SVG.
pub(super) fn svg(tried: &Tried, lang: Lang) -> String {
    let steps: Vec<&Step> = std::iter::once(&tried.before).chain(&tried.steps).collect();
    let tonnes_top = top(steps.iter().map(|step| whole(step.all.tonnes)).max().unwrap_or(0));
    let owing = |step: &Step| i64::try_from(step.all.owing).unwrap_or(i64::MAX);
    let owing_top = top(steps.iter().map(|step| owing(step)).max().unwrap_or(0));
    let (left, upper, right, lower) = PLOT;
    let mut body = String::new();
    body.push_str(&axes(tonnes_top, owing_top));
    let slot = (right - left) / u32::try_from(steps.len()).unwrap_or(u32::MAX).max(1);
    let every = steps.len().div_ceil(17);
    let mut points = Vec::new();
    for (index, step) in steps.iter().enumerate() {
        let index_u32 = u32::try_from(index).unwrap_or(u32::MAX);
        let x = left + slot * index_u32 + slot / 2;
        let height = length(step.all.tonnes, tonnes_top);
        let class = if step.value.is_none() { "bar now" } else { "bar" };
        let label = match (&step.value, lang) {
            (Some(value), _) => escaped(value),
            (None, Lang::Zh) => "现行".to_owned(),
            (None, Lang::En) => "in force".to_owned(),
        };
        let (owing, tonnes) = (step.all.owing, grouped(&step.all.tonnes.to_string()));
        let width = (slot * 7 / 10).max(1);
        body.push_str(&format!(
            "<rect class=\"{class}\" x=\"{}\" y=\"{}\" width=\"{width}\" height=\"{height}\">\
             <title>{label}: {tonnes} tCO2e, {owing}</title></rect>\n",
            x - width / 2,
            lower - height,
        ));
        if index % every == 0 || index + 1 == steps.len() {
            body.push_str(&format!(
                "<text x=\"{x}\" y=\"{}\" text-anchor=\"middle\">{label}</text>\n",
                lower + 20
            ));
        }
        let owing = Decimal::from(i64::try_from(owing).unwrap_or(i64::MAX));
        points.push((x, lower - length(owing, owing_top)));
    }
    body.push_str(&line(&points));
    let (width, height) = SIZE;
    let titles = titles(tried, lang);
    let label = format!("{} {}", titles[0], titles[1]);
    let (middle, bottom) = ((left + right) / 2, lower + 48);
    let axis = (upper + lower) / 2;
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width} {height}\" role=\"img\" aria-label=\"{label}\">\n\
         <title>{label}</title>\n<style>{STYLE}</style>\n\
         <rect class=\"paper\" width=\"{width}\" height=\"{height}\"/>\n\
         <text class=\"title\" x=\"24\" y=\"30\">{}</text>\n\
         <text class=\"small\" x=\"24\" y=\"52\">{}</text>\n\
         {body}\
         <text x=\"{middle}\" y=\"{bottom}\" text-anchor=\"middle\">{}</text>\n\
         <text transform=\"translate(24 {axis}) rotate(-90)\" text-anchor=\"middle\">抵销义务合计 total obligation (tCO2e)</text>\n\
         <text class=\"right\" transform=\"translate({} {axis}) rotate(90)\" text-anchor=\"middle\">有义务企业数 enterprises that owe</text>\n\
         <text class=\"small\" x=\"24\" y=\"{}\">{}</text>\n\
         </svg>\n",
        titles[0],
        titles[1],
        titles[2],
        width - 20,
        height - 18,
        titles[3],
    )
}

/// Title, what it rests on, the horizontal axis, and the mark.
fn titles(tried: &Tried, lang: Lang) -> [String; 4] {
    let title = escaped(tried.title.get(lang));
    let other = escaped(tried.title.get(if lang == Lang::Zh { Lang::En } else { Lang::Zh }));
    let (year, purpose) = (tried.year, tried.purpose);
    let version = tried.version.get(..12).unwrap_or_default();
    let unit = tried.unit.as_ref().map(|unit| format!(" ({})", escaped(unit))).unwrap_or_default();
    [
        match lang {
            Lang::Zh => format!("试算 trial：{title}，{year}年度"),
            Lang::En => format!("Trial 试算: {title}, data year {year}"),
        },
        match lang {
            Lang::Zh => {
                format!("规则库 {purpose} {version}；{} 家企业", tried.before.all.enterprises)
            }
            Lang::En => {
                format!(
                    "rulebook {purpose} {version}; {} enterprises",
                    tried.before.all.enterprises
                )
            }
        },
        format!("{title} {other}{unit} — {}", escaped(&tried.place)),
        "试算，不作任何认定的依据。Trial figures decide nothing.".to_owned(),
    ]
}

/// Both vertical axes with their numbers, and lines across.
fn axes(tonnes: i64, owing: i64) -> String {
    let (left, upper, right, lower) = PLOT;
    let mut text = String::new();
    for tick in 0..=TICKS {
        let share = u32::try_from(tick).unwrap_or(0);
        let y = lower - (lower - upper) * share / u32::try_from(TICKS).unwrap_or(1);
        let (class, below) = if tick == 0 { ("axis", y + 4) } else { ("grid", y + 4) };
        text.push_str(&format!(
            "<line class=\"{class}\" x1=\"{left}\" x2=\"{right}\" y1=\"{y}\" y2=\"{y}\"/>\n\
             <text x=\"{}\" y=\"{below}\" text-anchor=\"end\">{}</text>\n\
             <text class=\"right\" x=\"{}\" y=\"{below}\">{}</text>\n",
            left - 8,
            grouped(&(tonnes / TICKS * tick).to_string()),
            right + 8,
            grouped(&(owing / TICKS * tick).to_string()),
        ));
    }
    text
}

fn line(points: &[(u32, u32)]) -> String {
    let path: Vec<String> = points.iter().skip(1).map(|(x, y)| format!("{x},{y}")).collect();
    let dots: String = points
        .iter()
        .map(|(x, y)| format!("<circle class=\"dot\" cx=\"{x}\" cy=\"{y}\" r=\"3\"/>\n"))
        .collect();
    format!("<polyline class=\"line\" points=\"{}\"/>\n{dots}", path.join(" "))
}

/// Pixels of a value on an axis.
fn length(value: Decimal, top: i64) -> u32 {
    let (_, upper, _, lower) = PLOT;
    per_mille(value, Decimal::from(top)) * (lower - upper) / 1000
}

/// The whole part of a value that is not negative.
fn whole(value: Decimal) -> i64 {
    let scale = 10_i128.checked_pow(u32::from(value.scale())).unwrap_or(i128::MAX);
    i64::try_from(value.mantissa() / scale).unwrap_or(i64::MAX)
}

/// The top of an axis: five steps of 1, 2 or 5 times a power of ten, above the highest value.
fn top(highest: i64) -> i64 {
    let mut power = 1_i64;
    loop {
        for times in [1, 2, 5] {
            let top = power.saturating_mul(times).saturating_mul(TICKS);
            if top > highest || top == i64::MAX {
                return top;
            }
        }
        power = power.saturating_mul(10);
    }
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_axis_ends_above_the_highest_value() {
        assert_eq!(top(0), 5);
        assert_eq!(top(5), 10);
        assert_eq!(top(24), 25);
        assert_eq!(top(99_999), 100_000);
        assert_eq!(top(100_000), 250_000);
        assert_eq!(whole("1234.99".parse().unwrap()), 1234);
    }

    #[test]
    fn names_cannot_break_the_drawing() {
        assert_eq!(escaped("<a & \"b\">"), "&lt;a &amp; &quot;b&quot;&gt;");
    }
}
