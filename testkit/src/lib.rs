//! Real parts for the tests of Doppio.
