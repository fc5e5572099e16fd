//! The Gregorian calendar: days and weeks.

const MS_PER_DAY: i64 = 86_400_000;

/// A date and a time of day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Civil {
    pub(super) year: i64,
    /// From 1.
    pub(super) month: i64,
    /// From 1.
    pub(super) day: i64,
    pub(super) hour: i64,
    pub(super) minute: i64,
    pub(super) second: i64,
    pub(super) millisecond: i64,
}

impl Civil {
    pub(super) fn from_unix_ms(unix_ms: i64) -> Self {
        let (year, month, day) = date_of(unix_ms.div_euclid(MS_PER_DAY));
        let in_day = unix_ms.rem_euclid(MS_PER_DAY);
        Self {
            year,
            month,
            day,
            hour: in_day / 3_600_000,
            minute: in_day / 60_000 % 60,
            second: in_day / 1_000 % 60,
            millisecond: in_day % 1_000,
        }
    }

    /// Days since the epoch.
    pub(super) fn days(&self) -> i64 {
        days_of(self.year, self.month, self.day)
    }

    /// From 1 for the first of January.
    pub(super) fn day_of_year(&self) -> i64 {
        self.days() - days_of(self.year, 1, 1) + 1
    }

    /// From 1 for Monday.
    pub(super) fn weekday(&self) -> i64 {
        weekday(self.days())
    }

    /// The ISO week and the year that it belongs to.
    pub(super) fn week(&self) -> (i64, i64) {
        let owner = [self.year + 1, self.year, self.year - 1];
        let start = |year: i64| first_week(days_of(year, 1, 1));
        let year = owner.into_iter().find(|it| start(*it) <= self.days()).unwrap_or(self.year);
        (year, (self.days() - start(year)) / 7 + 1)
    }

    /// The week of the month and the month (from 1) that it belongs to: the one that has its Thursday.
    pub(super) fn week_of_month(&self) -> (i64, i64) {
        let start = |months: i64| {
            let month = self.month - 1 + months;
            first_week(days_of(self.year + month.div_euclid(12), month.rem_euclid(12) + 1, 1))
        };
        let offset = [1, 0, -1].into_iter().find(|it| start(*it) <= self.days()).unwrap_or(0);
        ((self.month - 1 + offset).rem_euclid(12) + 1, (self.days() - start(offset)) / 7 + 1)
    }
}

/// Days since the epoch of a date; months and days may run over.
pub(super) fn days_of(year: i64, month: i64, day: i64) -> i64 {
    let year = year + (month - 1).div_euclid(12);
    let month = (month - 1).rem_euclid(12) + 1;
    // Years that start in March have their leap day last.
    let from_march = if month <= 2 { year - 1 } else { year };
    let era = from_march.div_euclid(400);
    let year_of_era = from_march.rem_euclid(400);
    let day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    era * 146_097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year - 719_468
}

fn date_of(days: i64) -> (i64, i64, i64) {
    let shifted = days + 719_468;
    let era = shifted.div_euclid(146_097);
    let day_of_era = shifted.rem_euclid(146_097);
    let year_of_era = (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let from_march = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * from_march + 2) / 5 + 1;
    let month = (from_march + 2) % 12 + 1;
    let year = era * 400 + year_of_era + i64::from(month <= 2);
    (year, month, day)
}

fn weekday(days: i64) -> i64 {
    (days + 3).rem_euclid(7) + 1
}

/// The Monday of the first week that has at least four days from `first` on.
fn first_week(first: i64) -> i64 {
    let weekday = weekday(first);
    if weekday > 4 { first + 8 - weekday } else { first + 1 - weekday }
}
