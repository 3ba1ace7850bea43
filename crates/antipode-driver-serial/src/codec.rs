//! Bytes of the devices, both ways, and nothing else: no port, no clock, no state of a table.
//!
//! Every codec is total: any bytes give a value in range or an error that names what was seen. None
//! allocates.

pub mod modbus;
pub mod pololu;
pub mod roboclaw;
pub mod sensor;
