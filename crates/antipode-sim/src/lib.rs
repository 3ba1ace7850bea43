//! The simulated table and person: mechanics, body, circulation, faults and a faulty wire.
