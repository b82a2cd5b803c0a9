import static org.assertj.core.api.Assertions.assertThat;

import dev.jorb.run.Job;
import dev.jorb.run.Json;
import dev.jorb.serial.RunFile;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.jar.Attributes;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.zip.ZipEntry;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class JarAuditTest {
  private static final int JAVA_8 = 52;
  private static final int JAVA_21 = 65;

  @TempDir Path folder;

  @Test
  void looksAtEveryJarAndFindsTheClassesThatAreInSeveral() throws Exception {
    try (JarOutputStream good = jar("good.jar")) {
      addClass(good, "a/Only.class", JAVA_8);
      addClass(good, "b/Shared.class", JAVA_8);
      addClass(good, "b/SharedOther.class", JAVA_8);
    }
    try (JarOutputStream duplicate = jar("deep/er/duplicate.jar")) {
      addClass(duplicate, "b/Shared.class", JAVA_8);
      addClass(duplicate, "b/SharedOther.class", JAVA_21);
      addClass(duplicate, "module-info.class", JAVA_21);
    }
    try (JarOutputStream multiRelease = jar("multi-release.jar")) {
      addClass(multiRelease, "m/Main.class", JAVA_8);
      addClass(multiRelease, "META-INF/versions/21/m/Main.class", JAVA_21);
      addClass(multiRelease, "module-info.class", JAVA_21);
    }
    Files.writeString(folder.resolve("jars/no-jar-at-all.jar"), "It says so, but it is none.");
    try (JarOutputStream broken = jar("text-for-class.jar")) {
      broken.putNextEntry(new ZipEntry("a/Text.class"));
      broken.write("Hello".getBytes());
    }

    Program program =
        Program.ofSource("JarAudit", folder, "--jars=jars", "--work=audit").endsWith(0);

    assertThat(program.said()).contains("zip END header not found", "a/Text.class is no class");
    List<Job<Json>> jobs = RunFile.read(folder.resolve("audit/jar-audit.jorb")).run().jobs();
    assertThat(jobs)
        .extracting(Job::state)
        .containsExactly("compared", "audited", "audited", "audited", "broken", "broken");
    assertThat(jobs.get(0).context().text()).contains("\"jars\":5,\"shared\":2");
    assertThat(jobs.get(2).context().text())
        .contains("\"classes\":{\"8\":3}", "\"Implementation-Title\":\"good.jar\"")
        .containsPattern("\"sha256\":\"[0-9a-f]{64}\"");
    assertThat(jobs.get(3).context().text()).contains("\"classes\":{\"8\":1,\"21\":2}");
    assertThat(folder.resolve("audit/same-classes.txt"))
        .hasContent(
            "2 classes, 1 of them different, in\n  %s\n  %s"
                .formatted(
                    folder.resolve("jars/deep/er/duplicate.jar"), folder.resolve("jars/good.jar")));
  }

  private JarOutputStream jar(String name) throws IOException {
    Manifest manifest = new Manifest();
    manifest.getMainAttributes().put(Attributes.Name.MANIFEST_VERSION, "1.0");
    manifest.getMainAttributes().put(Attributes.Name.IMPLEMENTATION_TITLE, name);
    Path path = folder.resolve("jars").resolve(name);
    Files.createDirectories(path.getParent());
    return new JarOutputStream(Files.newOutputStream(path), manifest);
  }

  /// The head of a class, which is all that the audit reads.
  private static void addClass(JarOutputStream jar, String name, int version) throws IOException {
    jar.putNextEntry(new ZipEntry(name));
    DataOutputStream head = new DataOutputStream(jar);
    head.writeInt(0xCAFEBABE);
    head.writeShort(0);
    head.writeShort(version);
    head.flush();
  }
}
