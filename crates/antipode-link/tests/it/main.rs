//! The link as its users see it: bytes frozen, streams cut anywhere, noise everywhere.

mod c;
mod c_header;
mod firmware_c;
mod golden;
mod properties;
mod samples;
mod stream;
