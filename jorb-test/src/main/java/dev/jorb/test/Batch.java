package dev.jorb.test;

import java.util.List;

/// The overall context of the runs in [SerializerConformance].
///
/// @param name any text
/// @param tags any texts
public record Batch(String name, List<String> tags) {
  /// Copies the list.
  public Batch {
    tags = List.copyOf(tags);
  }
}
