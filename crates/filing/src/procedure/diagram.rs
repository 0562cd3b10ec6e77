//! A procedure as a drawing: a card per state with its actions, and a line from each action to
//! the state it leads to. Every line has a lane of its own, so that none hides another.

use std::fmt::Write;

use tanheng_base::{Lang, Role};

use super::{Action, Due, Procedure, State};

const WIDTH: u32 = 460;
const LEFT: u32 = 20;
const HEAD: u32 = 40;
const LINE: u32 = 24;
const GAP: u32 = 28;
const LANE: u32 = 14;

struct Card<'a> {
    state: &'a State,
    actions: Vec<&'a Action>,
    top: u32,
}

impl Card<'_> {
    fn height(&self) -> u32 {
        HEAD + LINE * count(self.actions.len()) + 8
    }

    fn action_y(&self, index: usize) -> u32 {
        self.top + HEAD + LINE * count(index) + LINE / 2
    }
}

fn count(length: usize) -> u32 {
    u32::try_from(length).unwrap_or(u32::MAX)
}

/// The drawing as SVG, complete and without scripts or outer files.
#[must_use]
pub fn diagram(procedure: &Procedure, lang: Lang) -> String {
    let mut cards: Vec<Card<'_>> = Vec::new();
    let mut top = 64;
    for state in &procedure.states {
        let actions = procedure.actions_in(&state.name).collect();
        let card = Card { state, actions, top };
        top += card.height() + GAP;
        cards.push(card);
    }
    let lines = lines(&cards);
    let lanes = lines.iter().map(|line| line.lane + 1).max().unwrap_or(0);
    let (width, height) = (LEFT + WIDTH + LANE * (lanes + 2), top);
    let title = escape(procedure.title.get(lang));
    let mut svg = String::new();
    let _ = write!(
        svg,
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width} {height}\" \
         width=\"{width}\" height=\"{height}\" role=\"img\" aria-label=\"{title}\" font-family=\"sans-serif\" \
         font-size=\"13\" fill=\"none\" stroke-width=\"1.2\"><title>{title}</title>\
         <defs><marker id=\"tip\" viewBox=\"0 0 8 8\" refX=\"7\" refY=\"4\" markerWidth=\"7\" \
         markerHeight=\"7\" orient=\"auto\"><path d=\"M0 0 8 4 0 8z\" fill=\"#456\"/></marker></defs>\
         <rect width=\"{width}\" height=\"{height}\" fill=\"#ffffff\"/>\
         <text x=\"{LEFT}\" y=\"24\" fill=\"#123\" font-size=\"16\">{title}</text>",
    );
    let open = &procedure.open;
    let _ = write!(
        svg,
        "<text x=\"{LEFT}\" y=\"48\" fill=\"#345\">▸ {} · {}</text>",
        escape(open.title.get(lang)),
        roles(&open.roles),
    );
    for line in &lines {
        draw_line(&mut svg, line);
    }
    for card in &cards {
        draw_card(&mut svg, card, card.state.name == procedure.start, lang);
    }
    svg.push_str("</svg>\n");
    svg
}

struct Line {
    from: u32,
    to: u32,
    lane: u32,
}

/// A line per action that leads elsewhere, each in the first lane that is free over its length.
fn lines(cards: &[Card<'_>]) -> Vec<Line> {
    let mut wanted = Vec::new();
    for card in cards {
        for (index, action) in card.actions.iter().enumerate() {
            let Some(to) = &action.to else { continue };
            let Some(target) = cards.iter().find(|other| other.state.name == *to) else { continue };
            wanted.push((card.action_y(index), target.top + HEAD / 2));
        }
    }
    // short ones stay near the cards
    wanted.sort_by_key(|(from, to)| (from.abs_diff(*to), *from));
    let mut lines: Vec<Line> = Vec::new();
    for (from, to) in wanted {
        let (low, high) = (from.min(to), from.max(to));
        let free = |lane: &u32| {
            let apart = |line: &Line| line.from.min(line.to) > high || line.from.max(line.to) < low;
            lines.iter().filter(|line| line.lane == *lane).all(apart)
        };
        let lane = (0..).find(free).unwrap_or(0);
        lines.push(Line { from, to, lane });
    }
    lines
}

fn draw_line(svg: &mut String, line: &Line) {
    let (start, lane) = (LEFT + WIDTH, LEFT + WIDTH + LANE * (line.lane + 1));
    let _ = write!(
        svg,
        "<path d=\"M{start} {} H{lane} V{} H{}\" stroke=\"#456\" marker-end=\"url(#tip)\"/>",
        line.from,
        line.to,
        start + 1,
    );
}

fn draw_card(svg: &mut String, card: &Card<'_>, start: bool, lang: Lang) {
    let state = card.state;
    let (fill, dash) = match (state.end, state.stopped) {
        (true, _) => ("#e8eef2", ""),
        (_, true) => ("#fff8e6", " stroke-dasharray=\"5 3\""),
        _ => ("#ffffff", ""),
    };
    let thick = if start { "2.4" } else { "1.2" };
    let _ = write!(
        svg,
        "<rect x=\"{LEFT}\" y=\"{}\" width=\"{WIDTH}\" height=\"{}\" rx=\"4\" fill=\"{fill}\" \
         stroke=\"#345\" stroke-width=\"{thick}\"{dash}/>",
        card.top,
        card.height(),
    );
    let mut head = escape(state.title.get(lang));
    if let Some(with) = state.with {
        let _ = write!(head, " · {}", with.name());
    }
    if let Some(due) = &state.due {
        let _ = write!(head, " · ≤ {}", due_text(due, lang));
    }
    if state.public {
        head.push_str(lang_word(lang, " · 公示", " · public"));
    }
    if state.stopped {
        head.push_str(lang_word(lang, " · 停止计时", " · clock stopped"));
    }
    let (x, y) = (LEFT + 12, card.top + 25);
    let _ =
        write!(svg, "<text x=\"{x}\" y=\"{y}\" fill=\"#123\" font-weight=\"bold\">{head}</text>");
    for (index, action) in card.actions.iter().enumerate() {
        let two = if action.two_persons { " ×2" } else { "" };
        let _ = write!(
            svg,
            "<text x=\"{}\" y=\"{}\" fill=\"#345\">{} · {}{two}</text>",
            LEFT + 24,
            card.action_y(index) + 4,
            escape(action.title.get(lang)),
            roles(&action.roles),
        );
    }
}

fn lang_word<'a>(lang: Lang, zh: &'a str, en: &'a str) -> &'a str {
    match lang {
        Lang::Zh => zh,
        Lang::En => en,
    }
}

/// A time limit in words.
#[must_use]
pub fn due_text(due: &Due, lang: Lang) -> String {
    match due {
        Due::Days { days, working, .. } => {
            let days = match days {
                super::Days::Number(days) => days.to_string(),
                super::Days::Parameter(id) => id.to_string(),
            };
            match (lang, working) {
                (Lang::Zh, true) => format!("{days} 个工作日"),
                (Lang::Zh, false) => format!("{days} 日"),
                (Lang::En, true) => format!("{days} working days"),
                (Lang::En, false) => format!("{days} days"),
            }
        }
        Due::Months { months, .. } => match lang {
            Lang::Zh => format!("{months} 个月"),
            Lang::En => format!("{months} months"),
        },
        Due::On { month, day, year, plus, .. } => match lang {
            Lang::Zh => format!("{year}+{plus} 年 {month} 月 {day} 日"),
            Lang::En => format!("{month:02}-{day:02} of {year} + {plus}"),
        },
    }
}

fn roles(roles: &[Role]) -> String {
    roles.iter().map(|role| role.name()).collect::<Vec<_>>().join(", ")
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}
