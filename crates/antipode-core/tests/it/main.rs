//! Claims about this crate that documents make.

mod architecture;
