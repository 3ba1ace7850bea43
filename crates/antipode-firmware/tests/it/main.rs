//! The controller from outside: frames and sensor values in, setpoint and brake out, on an ideal
//! bed. One module per group of hazards.

mod actuator;
mod angles;
mod backend;
mod bench;
mod drive;
mod gave_up;
mod hand;
mod host_half;
mod host_loss;
mod latches;
mod limits;
mod motion;
mod order;
mod power;
mod properties;
mod reports;
mod restart;
mod stop;
mod turned_over;
