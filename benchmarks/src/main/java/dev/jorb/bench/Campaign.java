package dev.jorb.bench;

/// The overall context of every run.
record Campaign(String ticket) {}
