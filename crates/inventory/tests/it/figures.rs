//! Years and the four figures.

use std::collections::BTreeMap;

use tanheng_base::Month;
use tanheng_inventory::{Figure, FigureKind, Figures, MonthSum, Standing, code, sum_year};

use crate::packs::law;
use crate::{decimal, figure, month, outputs, places, setting, year};

fn sum(direct: &str, indirect: &str) -> MonthSum {
    let (direct, indirect) = (decimal(direct), decimal(indirect));
    MonthSum {
        direct,
        indirect,
        total: direct.checked_add(indirect).unwrap(),
        outputs: outputs(&[("粗钢", "100.25 t")]),
        standing: Standing::default(),
    }
}

fn months() -> BTreeMap<Month, MonthSum> {
    year("2022").months().map(|month| (month, sum("10.01", "0.5"))).collect()
}

#[test]
fn a_year_is_the_sum_of_twelve_months() {
    let mut months = months();
    let doubtful = months.get_mut(&month("2022-07")).unwrap();
    doubtful.standing.trial = true;
    doubtful.standing.unverified.insert("x".to_owned());
    let year = sum_year(year("2022"), &months).unwrap();
    assert_eq!(year.sum.direct, decimal("120.12"));
    assert_eq!(year.sum.total, decimal("126.12"));
    assert_eq!(year.sum.outputs["粗钢"].to_string(), "1203 t");
    assert!(year.sum.standing.trial && year.sum.standing.unverified.contains("x"));
    let figure = Figure::of_year(&setting(law(), "steel"), &year).unwrap();
    assert_eq!((figure.direct, figure.total), (decimal("120.12"), decimal("126.12")));
    assert!(figure.standing.trial);
}

#[test]
fn a_missing_month_is_missing() {
    let mut months = months();
    months.remove(&month("2022-02"));
    months.remove(&month("2022-11"));
    months.insert(month("2023-01"), sum("1", "1"));
    let problems = sum_year(year("2022"), &months).unwrap_err();
    assert_eq!(places(&problems), ["- - year.month_missing", "- - year.month_elsewhere"]);
    assert_eq!(problems[0].value.as_deref(), Some("2022-02, 2022-11"));
    assert!(problems.iter().all(|problem| code::ALL.contains(&problem.code)));
}

#[test]
fn the_figure_of_the_highest_authority_is_in_force() {
    let mut figures = Figures::default();
    assert_eq!(figures.in_force(), None);
    figures.reported = Some(figure("1", "1"));
    figures.recalculated = Some(figure("2", "2"));
    assert_eq!(figures.in_force().unwrap().0, FigureKind::Recalculated);
    figures.determined = Some(figure("4", "4"));
    figures.verified = Some(figure("3", "3"));
    let (kind, figure) = figures.in_force().unwrap();
    assert_eq!((kind, figure.total), (FigureKind::Determined, decimal("4")));
    figures.determined = None;
    assert_eq!(figures.in_force().unwrap().0, FigureKind::Verified);
}

#[test]
fn stated_figures_do_not_contradict_themselves() {
    assert!(Figure::stated(decimal("2"), decimal("1")).is_err());
    assert!(Figure::stated(decimal("-1"), decimal("1")).is_err());
    assert!(Figure::stated(decimal("0"), decimal("0")).is_ok());
}
