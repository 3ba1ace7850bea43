//! What a table is to the rest of Antipode: the traits every driver implements and the errors it may give.
