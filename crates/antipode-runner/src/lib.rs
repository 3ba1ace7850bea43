//! The antipode program: settings, drivers, command line, terminal screen.
