package dev.jorb.cli;

import java.net.InetAddress;
import java.net.UnknownHostException;

/// Who sits at this machine, for the record.
final class Person {
  private Person() {}

  /// `ada@laptop`.
  static String name() {
    return System.getProperty("user.name", "?") + "@" + host();
  }

  private static String host() {
    try {
      return InetAddress.getLocalHost().getHostName();
    } catch (UnknownHostException nameless) {
      return "localhost";
    }
  }
}
