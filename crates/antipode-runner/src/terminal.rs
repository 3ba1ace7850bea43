//! What the terminal around us can show.

use std::io::{IsTerminal, stdin, stdout};

/// Whether somebody sits there who can see a screen and press keys.
#[must_use]
pub fn is_interactive() -> bool {
    stdin().is_terminal() && size().is_some()
}

/// Columns that text may take: those of the terminal, 80 where there is none.
#[must_use]
pub fn width() -> usize {
    size().map_or(80, |(columns, _)| columns.into())
}

/// Columns and rows of the terminal, `None` where there is none.
#[must_use]
pub fn size() -> Option<(u16, u16)> {
    let stdout = stdout();
    if !stdout.is_terminal() {
        return None;
    }
    let size = rustix::termios::tcgetwinsize(stdout).ok()?;
    (size.ws_col > 0 && size.ws_row > 0).then_some((size.ws_col, size.ws_row))
}

/// Whether only ASCII characters can be shown: the locale names no UTF-8.
#[must_use]
pub fn ascii() -> bool {
    let locale = ["LC_ALL", "LC_CTYPE", "LANG"]
        .into_iter()
        .filter_map(std::env::var_os)
        .find(|value| !value.is_empty());
    // A pipe or a bare service has no locale; what reads it then reads UTF-8.
    locale.is_some_and(|locale| {
        let locale = locale.to_string_lossy().to_lowercase();
        !locale.contains("utf-8") && !locale.contains("utf8")
    })
}
