//! The reference table controller: a pure state machine that keeps a person safe when the host is gone.
