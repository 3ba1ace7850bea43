//! Seeded defects.
