import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HelloTest {
  @TempDir Path folder;

  @Test
  void killedInTheMiddleItGoesOnAndPostsEveryLetter() throws Exception {
    Program.ofSource("Hello", folder).killOnce(() -> letters() >= 10);
    assertThat(letters()).isBetween(10, 49);

    Program again = Program.ofSource("Hello", folder).endsWith(0);

    assertThat(again.said()).contains("50 of 50 jobs ended");
    assertThat(letters()).isEqualTo(50);
    assertThat(folder.resolve("work/hello/guest 7.txt"))
        .hasContent("Hello, guest 7! Come to the garden.");
  }

  private int letters() throws IOException {
    String[] letters = folder.resolve("work/hello").toFile().list();
    return letters == null ? 0 : letters.length;
  }
}
