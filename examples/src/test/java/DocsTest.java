import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// The code in the docs is the code of the examples.
///
/// A block is tied to a program by a comment before it, `<!-- examples/Hello.java#hello -->`: it
/// has what stands there between `// tag::hello[]` and `// end::hello[]`. With
/// `-Djorb.docs.update=true` the docs are rewritten instead.
class DocsTest {
  private static final Path ROOT = Path.of(System.getProperty("jorb.root", "..")).normalize();
  private static final Pattern BLOCK =
      Pattern.compile(
          "(<!-- (examples/[\\w/]+\\.java)#([\\w-]+) -->\\n```java\\n)(.*?)(```\\n)",
          Pattern.DOTALL);
  private static final Pattern MARKER = Pattern.compile("<!-- examples/");
  private static final Pattern LINK = Pattern.compile("]\\(([^)#:]+)\\)");

  static List<Path> docs() throws IOException {
    List<Path> docs = new ArrayList<>();
    for (Path folder : List.of(ROOT, ROOT.resolve("docs"), ROOT.resolve("docs/adr"))) {
      try (Stream<Path> files = Files.list(folder)) {
        files.filter(file -> file.toString().endsWith(".md")).sorted().forEach(docs::add);
      }
    }
    return docs;
  }

  @ParameterizedTest
  @MethodSource("docs")
  void codeIsCutFromTheExamples(Path doc) throws IOException {
    String text = Files.readString(doc);
    String cut = BLOCK.matcher(text).replaceAll(block -> Matcher.quoteReplacement(filled(block)));
    if (Boolean.getBoolean("jorb.docs.update")) {
      Files.writeString(doc, cut, UTF_8);
    } else {
      assertThat(text).as("%s (update it with -Djorb.docs.update=true)", doc).isEqualTo(cut);
    }
  }

  @ParameterizedTest
  @MethodSource("docs")
  void everyMarkerStandsBeforeABlock(Path doc) throws IOException {
    String text = Files.readString(doc);
    assertThat(BLOCK.matcher(text).results()).hasSize((int) MARKER.matcher(text).results().count());
  }

  @ParameterizedTest
  @MethodSource("docs")
  void linksLeadToFiles(Path doc) throws IOException {
    assertThat(LINK.matcher(Files.readString(doc)).results().map(link -> link.group(1)))
        .allSatisfy(target -> assertThat(doc.resolveSibling(target)).exists());
  }

  @Test
  void docsHaveCode() throws IOException {
    assertThat(docs()).anySatisfy(doc -> assertThat(Files.readString(doc)).containsPattern(BLOCK));
  }

  private static String filled(java.util.regex.MatchResult block) {
    return block.group(1) + snippet(ROOT.resolve(block.group(2)), block.group(3)) + block.group(5);
  }

  private static String snippet(Path program, String tag) {
    List<String> lines;
    try {
      lines = Files.readAllLines(program);
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
    int start = indexOf(lines, "// tag::" + tag + "[]", program);
    int end = indexOf(lines, "// end::" + tag + "[]", program);
    List<String> body = lines.subList(start + 1, end);
    while (!body.isEmpty() && body.getLast().isBlank()) {
      body = body.subList(0, body.size() - 1);
    }
    return String.join("\n", body).stripIndent() + "\n";
  }

  private static int indexOf(List<String> lines, String marker, Path program) {
    for (int i = 0; i < lines.size(); i++) {
      if (lines.get(i).strip().equals(marker)) {
        return i;
      }
    }
    throw new AssertionError(program + " has no " + marker);
  }
}
