//! Table link: the frames and messages between a host and a table's own controller.
