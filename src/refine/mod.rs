//! Refining: from a message to its logtype, from a logtype to its fingerprint, from fingerprints to families.
