//! The C header of table link, made from the same types and tables as the Rust codec. Shared by
//! the test that compares it with the committed file and the example that prints it.

use std::fmt::{Debug, Write};

use antipode_link::layout::{Field, Kind, fields};
use antipode_link::{AckResult, Lease, MAX_FRAME, MAX_PACKET, MessageType, STOP_FRAME, TableFlag};
use antipode_link::{frame::HEADER, wire::NO_ANGLE};
use antipode_safety::{DriveState, Fault, Switch};

const INTRO: &str = "\
/* Table link, protocol version 1. Made from crates/antipode-link; do not edit. Make it anew with
   cargo run -p antipode-link --example c_header > examples/firmware-c/antipode_link.h
   The protocol, its rules and golden frames: docs/table-link.md. */
#ifndef ANTIPODE_LINK_H
#define ANTIPODE_LINK_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>
";

/// Little-endian fields, whatever the order of bytes of the chip.
const FIELDS: &str = "
static inline uint8_t al_get_u8(const uint8_t *b) { return b[0]; }
static inline int8_t al_get_i8(const uint8_t *b) { return (int8_t)b[0]; }
static inline uint16_t al_get_u16(const uint8_t *b) { return (uint16_t)(b[0] | (unsigned)b[1] << 8); }
static inline int16_t al_get_i16(const uint8_t *b) { return (int16_t)al_get_u16(b); }
static inline uint32_t al_get_u32(const uint8_t *b)
{
    return (uint32_t)al_get_u16(b) | (uint32_t)al_get_u16(b + 2) << 16;
}
static inline void al_put_u8(uint8_t *b, uint8_t v) { b[0] = v; }
static inline void al_put_i8(uint8_t *b, int8_t v) { b[0] = (uint8_t)v; }
static inline void al_put_u16(uint8_t *b, uint16_t v)
{
    b[0] = (uint8_t)v;
    b[1] = (uint8_t)(v >> 8);
}
static inline void al_put_i16(uint8_t *b, int16_t v) { al_put_u16(b, (uint16_t)v); }
static inline void al_put_u32(uint8_t *b, uint32_t v)
{
    al_put_u16(b, (uint16_t)v);
    al_put_u16(b + 2, (uint16_t)(v >> 16));
}
";

const SWITCHES: [Switch; 7] = [
    Switch::Return,
    Switch::Stop,
    Switch::Ok,
    Switch::Easier,
    Switch::StopLoopClosed,
    Switch::Rest,
    Switch::HandControl,
];

const CODEC: &str = include_str!("codec.h");

/// `SetTarget` as `set_target`.
pub(crate) fn snake(name: &impl Debug) -> String {
    let mut out = String::new();
    for letter in format!("{name:?}").chars() {
        if letter.is_ascii_uppercase() && !out.is_empty() {
            out.push('_');
        }
        out.push(letter.to_ascii_lowercase());
    }
    out
}

fn constant(prefix: &str, name: &impl Debug) -> String {
    format!("AL_{prefix}{}", snake(name).to_uppercase())
}

const fn short(kind: Kind) -> &'static str {
    match kind {
        Kind::U8 => "u8",
        Kind::I8 => "i8",
        Kind::U16 => "u16",
        Kind::I16 => "i16",
        Kind::U32 => "u32",
    }
}

const fn c_type(kind: Kind) -> &'static str {
    match kind {
        Kind::U8 => "uint8_t",
        Kind::I8 => "int8_t",
        Kind::U16 => "uint16_t",
        Kind::I16 => "int16_t",
        Kind::U32 => "uint32_t",
    }
}

/// Writing to a text cannot fail.
macro_rules! put {
    ($out:expr, $($part:tt)*) => { writeln!($out, $($part)*).expect("a text") };
}

fn enumeration<T: Debug>(
    out: &mut String,
    what: &str,
    prefix: &str,
    all: &[T],
    value: impl Fn(&T) -> String,
) {
    put!(out, "\n/* {what} */\nenum {{");
    for one in all {
        put!(out, "    {} = {},", constant(prefix, one), value(one));
    }
    put!(out, "}};");
}

fn sizes(out: &mut String) {
    let body = MessageType::ALL.iter().map(|of| of.body_len()).max().unwrap_or(0);
    put!(out, "\nenum {{");
    put!(out, "    AL_VERSION = {},", antipode_link::VERSION);
    put!(out, "    AL_HEADER = {HEADER},");
    put!(out, "    AL_CRC = {},", MAX_PACKET - HEADER - body);
    put!(out, "    AL_MAX_BODY = {body},");
    put!(out, "    AL_MAX_PACKET = {MAX_PACKET},");
    put!(out, "    AL_MAX_STUFFED = {},", MAX_PACKET + 1);
    put!(out, "    AL_MAX_FRAME = {MAX_FRAME},");
    put!(out, "    AL_MAX_LEASE_MS = {},", Lease::MAX_MS);
    put!(out, "    AL_NO_ANGLE = {NO_ANGLE},");
    put!(out, "    AL_RETURN_HELD = 1 /* bit of al_return_to_rest.flags */");
    put!(out, "}};");
    let stop: Vec<String> = STOP_FRAME.iter().map(|byte| format!("0x{byte:02x}")).collect();
    put!(out, "\n/* STOP of no session, for any time. */");
    put!(out, "#define AL_STOP_FRAME {{ {} }}", stop.join(", "));
}

fn body_lengths(out: &mut String) {
    put!(out, "\n/* Bytes of a body; -1 for a type that no message has. */");
    put!(out, "static inline int al_body_len(uint8_t type)\n{{\n    switch (type) {{");
    for of in MessageType::ALL {
        put!(out, "    case {}: return {};", constant("", &of), of.body_len());
    }
    put!(out, "    default: return -1;\n    }}\n}}");
}

fn body(out: &mut String, of: MessageType, fields: &[Field]) {
    let name = snake(&of);
    put!(out, "\nstruct al_{name} {{");
    for field in fields {
        put!(out, "    {} {};", c_type(field.kind), field.name);
    }
    put!(out, "}};");
    put!(out, "static inline void al_get_{name}(struct al_{name} *m, const uint8_t *body)\n{{");
    for field in fields {
        put!(out, "    m->{} = al_get_{}(body + {});", field.name, short(field.kind), field.at);
    }
    put!(out, "}}");
    put!(out, "static inline void al_put_{name}(uint8_t *body, const struct al_{name} *m)\n{{");
    put!(out, "    memset(body, 0, {});", of.body_len());
    for field in fields {
        put!(out, "    al_put_{}(body + {}, m->{});", short(field.kind), field.at, field.name);
    }
    put!(out, "}}");
}

/// The whole header.
pub(crate) fn header() -> String {
    let mut out = INTRO.to_owned();
    let bit = |n: u32| format!("1u << {n}");
    sizes(&mut out);
    enumeration(
        &mut out,
        "Message types. The table's own have the top bit.",
        "",
        &MessageType::ALL,
        |of| format!("0x{:02x}", of.byte()),
    );
    enumeration(&mut out, "al_ack.result", "RESULT_", &AckResult::ALL, |r| (*r as u8).to_string());
    enumeration(&mut out, "al_telemetry.state", "STATE_", &DriveState::ALL, |s| {
        (*s as u8).to_string()
    });
    enumeration(&mut out, "Bits of al_telemetry.switches", "SWITCH_", &SWITCHES, |s| {
        bit(u32::from(*s as u8))
    });
    put!(
        out,
        "\n/* Bits 0 and 1 of al_telemetry.flags: latch sensors fitted; 2: first closed; 3: second closed */"
    );
    enumeration(
        &mut out,
        "The other bits of al_telemetry.flags",
        "FLAG_",
        &TableFlag::ALL,
        |flag| bit((*flag as u16).trailing_zeros()),
    );
    enumeration(
        &mut out,
        "Numbers of faults; the bit of a fault is 1u << number",
        "FAULT_",
        &Fault::ALL,
        |f| (*f as u8).to_string(),
    );
    body_lengths(&mut out);
    out += FIELDS;
    for of in MessageType::ALL {
        let fields = fields(of);
        if !fields.is_empty() {
            body(&mut out, of, fields);
        }
    }
    out += CODEC;
    out
}
