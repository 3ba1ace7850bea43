//! Strict readers of every file that a person writes: plans, people, tables, scenarios.
