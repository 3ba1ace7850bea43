//! The plan, the person, the static check and the session machine. Pure: no clock, no input or output.
