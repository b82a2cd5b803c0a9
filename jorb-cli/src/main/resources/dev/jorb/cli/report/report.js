"use strict";
// Draws the report's pictures from the JSON in the page. Whatever comes from data becomes a text node or a number: nothing here reads HTML.
(function () {
  const data = JSON.parse(document.getElementById("data").textContent);
  const SVG = "http://www.w3.org/2000/svg";
  const LIMITS = {
    SLOTS: ["its slots", "#e07b39"], RATE: ["its rate", "#b65fcf"], GROUP: ["its group", "#2f9e6e"],
    DISK: ["the disk", "#6b4f3a"], PAUSE: ["a pause", "#f2c230"], GATE: ["a gate", "#3a7ca5"],
    CLOSED: ["a service that said no", "#d6336c"], LIMITER: ["its limiter", "#7d5ba6"],
    OTHER: ["something else", "#c0392b"], NO_WORK: ["no work", "#8fb8de"], IDLE: ["idle", "transparent"] };
  const worked = data.states.filter(state => state.executions > 0);
  document.documentElement.classList.add("scripted");

  function colour(index) {
    return "hsl(" + Math.round((index * 137.5 + 210) % 360) + " 62% 52%)";
  }

  function ofState(state) {
    return colour(data.states.indexOf(state));
  }

  function css(name) {
    return getComputedStyle(document.documentElement).getPropertyValue(name).trim();
  }

  function child(parent, name, attributes, text) {
    const element = parent.namespaceURI === SVG || name === "svg"
      ? document.createElementNS(SVG, name) : document.createElement(name);
    for (const key in attributes || {}) {
      element.setAttribute(key, attributes[key]);
    }
    if (text !== undefined) {
      element.textContent = text;
    }
    parent.appendChild(element);
    return element;
  }

  function seconds(value) {
    if (value >= 3600) return (value / 3600).toFixed(1) + " h";
    if (value >= 60) return (value / 60).toFixed(1) + " min";
    if (value >= 1) return +value.toPrecision(3) + " s";
    return +(value * 1000).toPrecision(3) + " ms";
  }

  function legend(parent, entries) {
    const list = child(parent, "div", { class: "legend" });
    for (const [name, shade] of entries) {
      const entry = child(list, "span");
      child(entry, "i").style.background = shade;
      entry.appendChild(document.createTextNode(name));
    }
  }

  function drawGraph(place) {
    const graph = new dagre.graphlib.Graph({ multigraph: true });
    graph.setGraph({ rankdir: "LR", nodesep: 28, ranksep: 70, marginx: 12, marginy: 24 });
    graph.setDefaultEdgeLabel(() => ({}));
    data.graph.nodes.forEach((node, i) => graph.setNode("n" + i, {
      width: Math.max(70, Math.min(node.state.length, 30) * 8 + 24), height: 42, node: node }));
    const index = new Map(data.graph.nodes.map((node, i) => [node.state, "n" + i]));
    data.graph.edges.forEach((edge, i) => {
      if (edge.from !== edge.to) {
        graph.setEdge(index.get(edge.from), index.get(edge.to),
          { edge: edge, width: 30, height: 14, labelpos: "c" }, "e" + i);
      }
    });
    dagre.layout(graph);
    const size = graph.graph();
    const svg = child(place, "svg", { viewBox: "0 0 " + size.width + " " + size.height, width: size.width, height: size.height });
    const marker = child(child(svg, "defs"), "marker", {
      id: "head", viewBox: "0 0 8 8", refX: 7, refY: 4, markerWidth: 7, markerHeight: 7, orient: "auto-start-reverse" });
    child(marker, "path", { d: "M0 0 L8 4 L0 8 z", fill: "context-stroke" });
    const most = Math.max(1, ...data.graph.edges.map(edge => edge.count));
    for (const key of graph.edges()) {
      const laid = graph.edge(key);
      const points = laid.points.map(point => point.x.toFixed(1) + " " + point.y.toFixed(1));
      const kind = laid.edge.kind === "on failure" ? " failure" : laid.edge.kind === "not declared" ? " undeclared" : "";
      child(svg, "path", {
        class: "way" + kind + (laid.edge.count === 0 ? " unused" : ""), d: "M" + points.join(" L"), "marker-end": "url(#head)",
        style: "stroke-width:" + (1 + 3 * laid.edge.count / most).toFixed(1) });
      child(svg, "text", { x: laid.x, y: laid.y - 4, "text-anchor": "middle", class: "small" }, String(laid.edge.count));
    }
    const loops = new Map(data.graph.edges.filter(edge => edge.from === edge.to).map(edge => [edge.from, edge.count]));
    for (const name of graph.nodes()) {
      const box = graph.node(name);
      child(svg, "rect", {
        class: "state" + (box.node.declared ? "" : " alien"), x: box.x - box.width / 2, y: box.y - box.height / 2,
        width: box.width, height: box.height, rx: box.node.terminal ? 20 : 5 });
      const shown = box.node.state.length > 30 ? box.node.state.slice(0, 29) + "…" : box.node.state;
      child(svg, "text", { x: box.x, y: box.y - 2, "text-anchor": "middle" }, shown);
      child(svg, "text", { x: box.x, y: box.y + 13, "text-anchor": "middle", class: "small" }, box.node.jobs + (box.node.jobs === 1 ? " job" : " jobs"));
      if (loops.get(box.node.state)) {
        child(svg, "text", { x: box.x, y: box.y - box.height / 2 - 5, "text-anchor": "middle", class: "small" }, "↻ " + loops.get(box.node.state));
      }
    }
  }

  function drawProgress(place) {
    if (worked.length === 0) return;
    const parts = worked[0].endedPerSecond.length;
    const start = Date.parse(data.start) / 1000;
    const times = Array.from({ length: parts }, (_, i) => start + (i + 0.5) * data.partSeconds);
    const charts = [["Executions a second", "endedPerSecond"], ["Jobs that wait for a start", "waitingNow"], ["Steps at a time", "executingNow"]];
    for (const [title, field] of charts) {
      const axis = { stroke: css("--dim"), grid: { stroke: css("--line"), width: 1 }, ticks: { stroke: css("--line") } };
      new uPlot({
        title: title, width: Math.min(1160, document.body.clientWidth - 48), height: 190,
        cursor: { sync: { key: "run" } },
        axes: [axis, Object.assign({ size: 76 }, axis)],
        series: [{ label: "at" }].concat(worked.map(state => ({
          label: state.state, stroke: ofState(state), width: 1.5, points: { show: false },
          value: (plot, value) => value === null ? "" : String(+value.toPrecision(3)) }))),
      }, [times].concat(worked.map(state => state[field])), place);
    }
  }

  function canvas(place, width, height) {
    const element = child(place, "canvas");
    const scale = window.devicePixelRatio || 1;
    element.width = width * scale;
    element.height = height * scale;
    element.style.width = width + "px";
    element.style.height = height + "px";
    const pen = element.getContext("2d");
    pen.scale(scale, scale);
    pen.font = "12px system-ui, sans-serif";
    pen.fillStyle = css("--ink");
    return pen;
  }

  function drawLimits(place) {
    const held = data.states.filter(state => state.limits.some(limit => limit !== "IDLE"));
    const seen = new Set(held.flatMap(state => state.limits));
    legend(place, Object.keys(LIMITS).filter(limit => limit !== "IDLE" && seen.has(limit)).map(limit => LIMITS[limit]));
    const width = Math.min(1160, document.body.clientWidth - 48);
    const left = 150;
    const pen = canvas(place, width, held.length * 22 + 4);
    held.forEach((state, row) => {
      pen.fillStyle = css("--ink");
      pen.fillText(state.state.slice(0, 22), 0, row * 22 + 15);
      const step = (width - left) / state.limits.length;
      state.limits.forEach((limit, i) => {
        pen.fillStyle = LIMITS[limit][1];
        pen.fillRect(left + i * step, row * 22 + 3, step + 0.5, 15);
      });
    });
  }

  function drawSpreads(place) {
    const list = child(place, "div", { class: "spreads" });
    for (const state of worked) {
      const figure = child(list, "figure");
      child(figure, "figcaption", {}, state.state + ": p50 " + seconds(state.executing.p50) + ", p95 " + seconds(state.executing.p95));
      const buckets = state.executing.buckets;
      const most = Math.max(...buckets.map(bucket => bucket[1]));
      const svg = child(figure, "svg", { width: buckets.length * 46 + 20, height: 112 });
      buckets.forEach(([upTo, count], i) => {
        const height = Math.max(count > 0 ? 1 : 0, 70 * count / most);
        child(svg, "rect", { x: i * 46 + 4, y: 84 - height, width: 40, height: height, fill: ofState(state) });
        child(svg, "text", { x: i * 46 + 24, y: 80 - height, "text-anchor": "middle", class: "small" }, count > 0 ? String(count) : "");
        child(svg, "text", { x: i * 46 + 24, y: 100, "text-anchor": "middle", class: "small" }, "≤ " + seconds(upTo));
      });
    }
  }

  function drawTimeline(place) {
    legend(place, worked.map(state => [state.state, ofState(state)]));
    const rows = data.sample;
    if (rows.length === 0) return;
    const width = Math.min(1160, document.body.clientWidth - 48);
    const left = 90;
    const height = Math.max(4, Math.min(18, Math.floor(640 / rows.length)));
    const end = Math.max(1e-6, ...rows.map(row => row.bars.length ? row.bars[row.bars.length - 1][2] : 0));
    const pen = canvas(place, width, rows.length * height + 22);
    const bad = css("--bad");
    rows.forEach((row, y) => {
      if (height >= 12) {
        pen.fillStyle = css("--dim");
        pen.fillText(row.job.slice(0, 12), 0, y * height + height - 4);
      }
      for (const [state, from, to, failed] of row.bars) {
        pen.fillStyle = colour(state);
        const x = left + (width - left) * from / end;
        const length = Math.max(1, (width - left) * (to - from) / end);
        pen.fillRect(x, y * height, length, height - 1);
        if (failed) {
          pen.fillStyle = bad;
          pen.fillRect(x + length - 2, y * height, 2, height - 1);
        }
      }
    });
    pen.fillStyle = css("--dim");
    pen.fillText("0", left, rows.length * height + 16);
    pen.textAlign = "right";
    pen.fillText(seconds(end), width, rows.length * height + 16);
  }

  function draw() {
    for (const [id, picture] of [["graph", drawGraph], ["progress", drawProgress], ["limits", drawLimits], ["spreads", drawSpreads], ["timeline", drawTimeline]]) {
      const place = document.getElementById(id);
      place.replaceChildren();
      picture(place);
    }
    document.documentElement.dataset.drawn = "yes";
  }

  draw();
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", draw);
})();
