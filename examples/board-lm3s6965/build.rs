//! Hands the memory map to the linker.

use std::env;

fn main() {
    let folder = env::var("CARGO_MANIFEST_DIR").expect("cargo sets it");
    println!("cargo:rustc-link-arg=-T{folder}/link.ld");
    println!("cargo:rerun-if-changed=link.ld");
}
