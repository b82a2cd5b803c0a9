package dev.jorb.cli;

import dev.jorb.event.StatusCount;
import dev.jorb.report.ErrorCluster;
import dev.jorb.report.RunReport.Lane;
import dev.jorb.report.StateGraph.Edge;
import dev.jorb.report.StateReport;
import dev.jorb.serial.RedriveEntry;
import java.io.IOException;
import java.io.InputStream;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.List;
import java.util.Objects;
import javax.xml.stream.XMLOutputFactory;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamWriter;

/// Writes a report as one HTML page that needs nothing but a browser.
///
/// What jobs say is hostile: a context or an error may hold any text. It gets into the page in two
/// ways only: as character data through an XML writer, which escapes it, and as JSON in a block
/// that no browser executes, in which `<`, `>` and `&` are written as escapes. The page's own
/// script makes text nodes of it. And the page allows no script but the three that it brings, by
/// their hashes, and no network at all. Used once.
final class ReportPage {
  private static final List<String> SCRIPTS =
      List.of(resource("uPlot.iife.min.js"), resource("dagre.min.js"), resource("report.js"));
  private static final List<String> STYLES =
      List.of(resource("uPlot.min.css"), resource("report.css"));

  private final ReportData data;

  ReportPage(ReportData data) {
    this.data = data;
  }

  void writeTo(Writer out) throws IOException {
    try {
      XMLStreamWriter xml = XMLOutputFactory.newDefaultFactory().createXMLStreamWriter(out);
      out.write("<!DOCTYPE html>\n");
      new Body(xml, out).write();
      xml.flush();
    } catch (XMLStreamException e) {
      throw new IOException("the report cannot be written: " + e.getMessage(), e);
    }
  }

  private static String resource(String name) {
    try (InputStream in = ReportPage.class.getResourceAsStream("report/" + name)) {
      return new String(Objects.requireNonNull(in, name).readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new IllegalStateException(name + " is part of the jar but cannot be read", e);
    }
  }

  /// What the page may do: run these three scripts, and nothing else.
  private static String policy() {
    StringBuilder policy =
        new StringBuilder("default-src 'none'; base-uri 'none'; form-action 'none'; ");
    policy.append("style-src 'unsafe-inline'; img-src data:; script-src");
    for (String script : SCRIPTS) {
      policy.append(" 'sha256-").append(sha256(script)).append("'");
    }
    return policy.toString();
  }

  private static String sha256(String text) {
    try {
      byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
      return Base64.getEncoder().encodeToString(MessageDigest.getInstance("SHA-256").digest(bytes));
    } catch (NoSuchAlgorithmException everyJdkHasIt) {
      throw new IllegalStateException(everyJdkHasIt);
    }
  }

  /// The page while it is written.
  private final class Body {
    private final XMLStreamWriter xml;
    private final Writer out;

    Body(XMLStreamWriter xml, Writer out) {
      this.xml = xml;
      this.out = out;
    }

    void write() throws XMLStreamException, IOException {
      start("html", "lang", "en");
      start("head");
      empty("meta", "charset", "utf-8");
      empty("meta", "http-equiv", "Content-Security-Policy", "content", policy());
      empty("meta", "name", "viewport", "content", "width=device-width, initial-scale=1");
      text("title", data.file().run().name() + " — Jorb");
      for (String style : STYLES) {
        start("style");
        raw(style);
        xml.writeEndElement();
      }
      xml.writeEndElement();
      start("body");
      head();
      picture(
          "graph",
          "Where the jobs went",
          "The states and the ways between them, with how often each was taken. Dotted: declared, never taken. Red: not declared.");
      states();
      picture(
          "progress",
          "Over time",
          "Executions a second, jobs that waited, and steps that ran at a time, by state.");
      picture(
          "limits", "What limited the states", "One row a state, from the run's start to its end.");
      picture(
          "spreads",
          "How long steps took",
          "Executions by their duration; each bar reaches twice as far as the one before.");
      picture(
          "timeline",
          "Jobs",
          "Up to 120 jobs of the whole run, one row each; failed executions in red.");
      slowest();
      errors();
      ways();
      redrives();
      text("footer", "Made " + data.made() + " from " + data.file().path().getFileName());
      start("script", "type", "application/json", "id", "data");
      raw(JsonText.inScript(data.json()));
      xml.writeEndElement();
      for (String script : SCRIPTS) {
        start("script");
        raw(script);
        xml.writeEndElement();
      }
      xml.writeEndElement();
      xml.writeEndElement();
    }

    private void head() throws XMLStreamException {
      start("header");
      text("h1", data.file().run().name());
      text("p", data.headline() + (data.file().holder().isPresent() ? "; the run goes on" : ""));
      start("p", "id", "bottleneck");
      xml.writeCharacters(JsonText.printable(data.report().bottleneck().sentence()));
      xml.writeEndElement();
      text("p", "From " + data.report().start() + " to " + data.report().end());
      xml.writeEndElement();
    }

    /// A place that the script draws in; without scripts it stays hidden.
    private void picture(String id, String title, String meaning) throws XMLStreamException {
      start("section", "class", "picture");
      text("h2", title);
      text("p", meaning);
      start("div", "id", id);
      xml.writeEndElement();
      xml.writeEndElement();
    }

    private void states() throws XMLStreamException {
      start("section");
      text("h2", "States");
      startTable(
          "counts", "state", "waiting", "executing", "delayed", "parked", "executed", "ended");
      for (StatusCount count : data.counts()) {
        start("tr");
        text("th", count.state());
        figure(count, "waiting", count.waiting());
        figure(count, "executing", count.executing());
        figure(count, "delayed", count.delayed());
        figure(count, "parked", count.parked());
        figure(count, "executed", count.terminal() ? 0 : count.completed());
        figure(count, "ended", count.terminal() ? count.completed() : 0);
        xml.writeEndElement();
      }
      endTable();
      startTable(
          "times",
          "state",
          "executed",
          "failed",
          "retried",
          "p50",
          "p95",
          "p99",
          "longest",
          "waited p50",
          "waited p95",
          "slots",
          "limited by");
      for (StateReport state : data.report().states()) {
        if (state.isOfNote()) {
          row(state);
        }
      }
      endTable();
      xml.writeEndElement();
    }

    private void row(StateReport state) throws XMLStreamException {
      int slots = state.shape().concurrency();
      start("tr");
      text("th", state.shape().name());
      cells(state.executions(), state.failures(), state.retries());
      cells(
          Text.seconds(state.executing().at(50)),
          Text.seconds(state.executing().at(95)),
          Text.seconds(state.executing().at(99)),
          Text.seconds(state.executing().max()),
          Text.seconds(state.waiting().at(50)),
          Text.seconds(state.waiting().at(95)));
      cells(slots == 0 ? "?" : slots);
      text("td", ReportData.limits(state));
      xml.writeEndElement();
    }

    private void figure(StatusCount count, String name, long number) throws XMLStreamException {
      start("td", "data-state", count.state(), "data-figure", name);
      xml.writeCharacters(Long.toString(number));
      xml.writeEndElement();
    }

    private void slowest() throws XMLStreamException {
      if (data.report().slowest().isEmpty()) {
        return;
      }
      start("section");
      text("h2", "Slowest jobs");
      startTable(
          "slowest", "job", "state", "from first start to last return", "of which executing");
      for (Lane lane : data.report().slowest()) {
        start("tr");
        text("th", lane.job());
        text("td", lane.state());
        cells(Text.seconds(lane.wall()), Text.seconds(lane.executing()));
        xml.writeEndElement();
      }
      endTable();
      xml.writeEndElement();
    }

    private void errors() throws XMLStreamException {
      if (data.errors().all().isEmpty()) {
        return;
      }
      start("section");
      text("h2", "Errors by cause");
      startTable(
          "errors",
          "id",
          "errors",
          "jobs",
          "stuck",
          "in",
          "first",
          "last",
          "error",
          "jobs, such as");
      for (ErrorCluster each : data.errors().all()) {
        start("tr");
        text("th", each.id());
        cells(each.errors(), each.jobs().size(), each.stuck().size());
        text("td", ErrorsVerb.states(each));
        text("td", each.first().toString());
        text("td", each.last().toString());
        start("td");
        start("details");
        text("summary", each.pattern().headline());
        text("pre", each.example());
        xml.writeEndElement();
        xml.writeEndElement();
        text("td", Text.some(each.jobs(), 5));
        xml.writeEndElement();
      }
      endTable();
      xml.writeEndElement();
    }

    private void ways() throws XMLStreamException {
      start("section");
      text("h2", "Ways between states");
      startTable("ways", "from", "to", "taken", "");
      for (Edge edge : data.graph().edges()) {
        start("tr");
        text("th", edge.from());
        text("td", edge.to());
        cells(edge.count());
        text("td", GraphText.word(edge.kind()));
        xml.writeEndElement();
      }
      endTable();
      start("ul");
      for (String difference : data.graph().differences()) {
        text("li", difference);
      }
      xml.writeEndElement();
      xml.writeEndElement();
    }

    private void redrives() throws XMLStreamException {
      if (data.file().redrives().isEmpty()) {
        return;
      }
      start("section");
      text("h2", "Redrives");
      startTable("redrives", "", "at", "by", "jobs", "to", "asked for", "taken back");
      for (RedriveEntry each : data.file().redrives()) {
        start("tr");
        text("th", Integer.toString(each.number()));
        text("td", each.at().toString());
        text("td", each.by());
        cells(each.jobs());
        text("td", each.to());
        text("td", each.why());
        text("td", each.undoneBy().orElse(""));
        xml.writeEndElement();
      }
      endTable();
      xml.writeEndElement();
    }

    private void startTable(String id, String... heads) throws XMLStreamException {
      start("div", "class", "wide");
      start("table", "id", id + "-table");
      start("thead");
      start("tr");
      for (String head : heads) {
        text("th", head);
      }
      xml.writeEndElement();
      xml.writeEndElement();
      start("tbody");
    }

    private void endTable() throws XMLStreamException {
      xml.writeEndElement();
      xml.writeEndElement();
      xml.writeEndElement();
    }

    private void cells(Object... figures) throws XMLStreamException {
      for (Object each : figures) {
        start("td", "class", "figure");
        xml.writeCharacters(each.toString());
        xml.writeEndElement();
      }
    }

    private void text(String element, String text) throws XMLStreamException {
      start(element);
      xml.writeCharacters(JsonText.printable(text));
      xml.writeEndElement();
    }

    private void start(String element, String... attributes) throws XMLStreamException {
      xml.writeStartElement(element);
      attributes(attributes);
    }

    private void empty(String element, String... attributes) throws XMLStreamException {
      xml.writeEmptyElement(element);
      attributes(attributes);
    }

    private void attributes(String... attributes) throws XMLStreamException {
      for (int i = 0; i < attributes.length; i += 2) {
        xml.writeAttribute(attributes[i], JsonText.printable(attributes[i + 1]));
      }
    }

    /// What is no data: the page's own scripts and styles, and JSON that was made safe for this
    /// place.
    private void raw(String text) throws XMLStreamException, IOException {
      xml.writeCharacters("");
      xml.flush();
      out.write(text);
    }
  }
}
