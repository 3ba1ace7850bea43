//! Prints the C header of table link: `cargo run -p antipode-link --example c_header`.

use std::io::Write;

#[path = "../tests/it/c_header.rs"]
mod c_header;

fn main() -> std::io::Result<()> {
    std::io::stdout().write_all(c_header::header().as_bytes())
}
