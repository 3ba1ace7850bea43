//! Questions on a terminal, and answers that can be meant.

use std::fmt::Display;
use std::io::{self, BufRead};

use antipode_files::{decimal, duration};
use antipode_safety::{Angle, Millis, Rate};

use crate::failure::Failure;
use crate::output::Output;

/// Somebody at a terminal.
pub(super) struct Talk<'o, R> {
    answers: R,
    out: &'o mut Output,
}

impl<'o, R: BufRead> Talk<'o, R> {
    pub(super) const fn new(answers: R, out: &'o mut Output) -> Self {
        Self { answers, out }
    }

    pub(super) fn say(&mut self, words: impl Display) {
        self.out.line(words);
    }

    /// One line; `None` for an empty one.
    ///
    /// # Errors
    /// When the terminal is gone.
    pub(super) fn line(&mut self, question: &str) -> Result<Option<String>, Failure> {
        self.out.line(format_args!("{question}:"));
        let mut line = String::new();
        let read = self.answers.read_line(&mut line);
        let count = read.map_err(|error| Failure::io("read an answer", &error))?;
        if count == 0 {
            let gone = io::Error::from(io::ErrorKind::UnexpectedEof);
            return Err(Failure::io("read an answer", &gone)
                .note("what was answered before is on record; run it again to go on"));
        }
        let line = line.trim();
        Ok((!line.is_empty()).then(|| line.to_owned()))
    }

    /// Asks until the answer can be meant, or is left away.
    fn meant<T>(
        &mut self,
        question: &str,
        meaning: impl Fn(&str) -> Result<T, String>,
    ) -> Result<Option<T>, Failure> {
        loop {
            let Some(line) = self.line(question)? else { return Ok(None) };
            match meaning(&line) {
                Ok(value) => return Ok(Some(value)),
                Err(why) => self.say(format_args!("  `{line}` {why}")),
            }
        }
    }

    pub(super) fn yes_no(&mut self, question: &str) -> Result<Option<bool>, Failure> {
        self.meant(&format!("{question} (yes or no)"), |line| match line {
            "yes" | "y" => Ok(true),
            "no" | "n" => Ok(false),
            _ => Err("is neither yes nor no".to_owned()),
        })
    }

    fn thousandths(
        &mut self,
        question: &str,
        unit: &str,
        (least, most): (i64, i64),
    ) -> Result<Option<i64>, Failure> {
        self.meant(&format!("{question}, in {unit}"), |line| {
            let value = decimal(line).map_err(|problem| problem.to_string())?;
            if (least..=most).contains(&value) {
                return Ok(value);
            }
            Err(format!("must be {} to {}", least / 1_000, most / 1_000))
        })
    }

    /// A tilt: negative is head-up.
    pub(super) fn tilt(&mut self, question: &str) -> Result<Option<Angle>, Failure> {
        let value = self.thousandths(question, "degrees", (-180_000, 180_000))?;
        Ok(value.map(Angle::clamped))
    }

    /// A distance, without direction.
    pub(super) fn travel(&mut self, question: &str) -> Result<Option<Angle>, Failure> {
        Ok(self.thousandths(question, "degrees", (0, 180_000))?.map(Angle::clamped))
    }

    pub(super) fn rate(&mut self, question: &str) -> Result<Option<Rate>, Failure> {
        Ok(self.thousandths(question, "degrees a second", (0, 20_000))?.map(Rate::clamped))
    }

    pub(super) fn kilograms(&mut self, question: &str) -> Result<Option<u16>, Failure> {
        self.meant(&format!("{question}, in whole kilograms"), |line| {
            let wrong = || "is no whole number from 0 to 400".to_owned();
            line.parse().ok().filter(|kg| *kg <= 400_u16).ok_or_else(wrong)
        })
    }

    pub(super) fn time(&mut self, question: &str) -> Result<Option<Millis>, Failure> {
        self.meant(&format!("{question}, such as 400ms or 48s"), |line| {
            let time = duration(line).map_err(|problem| problem.to_string())?;
            let longest = Millis::from_secs(3_600);
            if time <= longest { Ok(time) } else { Err("is longer than an hour".to_owned()) }
        })
    }
}
