package dev.jorb.torture.child;

/// The context of a job of the child: a number that each successful step changes, and padding that
/// follows from it.
///
/// @param digest changes with each step that hands over a new context
/// @param pad as long as the digest says; mostly short, sometimes many sectors
public record Load(long digest, String pad) {
  private static final String LETTERS = "abcdefghijklmnopqrstuvwxyz0123456789-é€😀";

  /// The context with this digest.
  public static Load of(long digest) {
    return new Load(digest, pad(digest));
  }

  /// The context after a step of version `version`.
  public Load after(int version) {
    return of(mix(digest + version));
  }

  /// How it stands in a run file.
  public String json() {
    return "{\"digest\":" + digest + ",\"pad\":\"" + pad + "\"}";
  }

  private static String pad(long digest) {
    int[] letters = LETTERS.codePoints().toArray();
    int length = length(digest);
    StringBuilder text = new StringBuilder(length);
    long bits = digest;
    for (int i = 0; i < length; i++) {
      bits = bits * 6_364_136_223_846_793_005L + 1_442_695_040_888_963_407L;
      text.appendCodePoint(letters[(int) ((bits >>> 33) % letters.length)]);
    }
    return text.toString();
  }

  private static int length(long digest) {
    int die = (int) Long.remainderUnsigned(digest >>> 3, 1_000);
    if (die < 2) {
      return 60_000;
    }
    return die < 60 ? 1_000 + die * 50 : die % 40;
  }

  /// Stafford's variant 13 of the finaliser of MurmurHash3, which SplittableRandom uses.
  static long mix(long z) {
    long a = (z ^ (z >>> 30)) * 0xbf58476d1ce4e5b9L;
    long b = (a ^ (a >>> 27)) * 0x94d049bb133111ebL;
    return b ^ (b >>> 31);
  }
}
