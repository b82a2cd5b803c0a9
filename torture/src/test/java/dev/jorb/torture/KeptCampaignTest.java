package dev.jorb.torture;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/// What the full campaign has kept, beside what the documents say of it.
class KeptCampaignTest {
  private static final Path ROOT = Path.of(System.getProperty("jorb.root", "..")).normalize();
  private static final Path DOCUMENT = ROOT.resolve("docs/durability.md");

  @TempDir Path folder;

  @Test
  void theTableInTheDocumentIsWhatTheCampaignHasKept() throws IOException {
    Path copy = Files.copy(DOCUMENT, folder.resolve("durability.md"));

    new CommandLine(new Torture(Rows.all()))
        .execute(
            "--full",
            "--minutes=0", // No row goes on.
            "--state=" + ROOT.resolve("torture/campaign"),
            "--scratch=" + folder.resolve("scratch"),
            "--markdown=" + copy);

    assertThat(rows(DOCUMENT)).hasSameSizeAs(Rows.all()).isEqualTo(rows(copy));
  }

  /// The lines of the campaign's table.
  private static List<String> rows(Path document) throws IOException {
    String text = Files.readString(document);
    String table = text.substring(text.indexOf("<!-- torture -->"));
    return table.lines().filter(line -> line.startsWith("| ")).skip(2).toList();
  }
}
