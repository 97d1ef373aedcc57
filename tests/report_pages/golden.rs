//! Every page in every format.
