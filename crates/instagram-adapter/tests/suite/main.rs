//! Our reading of Instagram's answers, and what leaves this machine.
