// The front with the recommended point, and the architecture layer by layer.
const Drawing = {
  svg(tag, attributes, text) {
    const made = document.createElementNS("http://www.w3.org/2000/svg", tag);
    for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
    if (text !== undefined) made.textContent = text;
    return made;
  },

  ticks(low, high, n = 5) {
    const raw = (high - low) / n || 1, power = 10 ** Math.floor(Math.log10(raw));
    const step = [1, 2, 5, 10].map((k) => k * power).find((one) => one >= raw);
    const found = [];
    for (let tick = Math.ceil(low / step) * step; tick <= high + 1e-9 * step; tick += step) found.push(tick);
    return found;
  },

  front(host, front, chosen, {label, unit, metric, limit}, pick) {
    host.replaceChildren();
    const W = 640, H = 380, left = 58, right = 16, top = 14, bottom = 50;
    const svg = Drawing.svg("svg", {viewBox: `0 0 ${W} ${H}`, role: "img", "aria-label": `Exact front of perplexity and ${label}`});
    host.append(svg);
    if (!front.length) return;
    const xs = front.map((one) => one.x), ys = front.map((one) => one.y);
    const pad = (low, high) => { const room = 0.04 * (high - low) || 0.05 * Math.abs(high) || 1; return [low - room, high + room]; };
    const [x0, x1] = pad(Math.min(...xs), Math.max(...xs)), [y0, y1] = pad(Math.min(...ys), Math.max(...ys));
    const X = (x) => left + (x - x0) / (x1 - x0) * (W - left - right), Y = (y) => H - bottom - (y - y0) / (y1 - y0) * (H - top - bottom);
    const factor = unit === "Wh" && x1 < 0.1 ? 1000 : metric === "params" ? 1e-6 : 1;
    const shown = unit === "Wh" && factor === 1000 ? "mWh" : metric === "params" ? "million" : unit;
    for (const tick of Drawing.ticks(x0 * factor, x1 * factor)) {
      svg.append(Drawing.svg("line", {x1: X(tick / factor), x2: X(tick / factor), y1: top, y2: H - bottom, class: "grid"}),
        Drawing.svg("text", {x: X(tick / factor), y: H - bottom + 18, class: "tick", "text-anchor": "middle"}, Words.digits(tick)));
    }
    for (const tick of Drawing.ticks(y0, y1)) {
      svg.append(Drawing.svg("line", {x1: left, x2: W - right, y1: Y(tick), y2: Y(tick), class: "grid"}),
        Drawing.svg("text", {x: left - 8, y: Y(tick) + 4, class: "tick", "text-anchor": "end"}, Words.digits(tick)));
    }
    svg.append(Drawing.svg("text", {x: (left + W - right) / 2, y: H - 8, class: "axis", "text-anchor": "middle"}, `${label}${shown ? ` (${shown})` : ""}`),
      Drawing.svg("text", {x: 14, y: (top + H - bottom) / 2, class: "axis", "text-anchor": "middle", transform: `rotate(-90 14 ${(top + H - bottom) / 2})`}, "perplexity"));
    if (limit !== null && limit >= x0 && limit <= x1) {
      svg.append(Drawing.svg("line", {x1: X(limit), x2: X(limit), y1: top, y2: H - bottom, class: "limit"}),
        Drawing.svg("text", {x: X(limit) - 6, y: top + 12, class: "tick", "text-anchor": "end"}, "limit"));
    }
    for (const point of front) {
      const dot = Drawing.svg("circle", {cx: X(point.x), cy: Y(point.y), r: 3, class: "point"});
      dot.addEventListener("click", () => pick(point.cell));
      dot.append(Drawing.svg("title", {}, `perplexity ${Words.digits(point.y)}, ${Words.quantity(point.x, unit, metric)}`));
      svg.append(dot);
    }
    if (chosen) {
      svg.append(Drawing.svg("circle", {cx: X(chosen.x), cy: Y(chosen.y), r: 8, class: "chosen"}));
      const atRight = X(chosen.x) > W * 0.7;
      svg.append(Drawing.svg("text", {x: X(chosen.x) + (atRight ? -14 : 14), y: Math.max(top + 14, Y(chosen.y) - 26), class: "name",
        "text-anchor": atRight ? "end" : "start"}, `${Words.digits(chosen.y)} at ${Words.quantity(chosen.x, unit, metric)}`));
    }
  },

  // A row a layer: heads, the width of its MLP, and what the layer costs.
  layers(host, architecture, costs, unit, metric, label) {
    const most = Math.max(...costs), ratio = Math.max(...architecture.mlp_ratio), heads = Math.max(...architecture.n_head);
    const rows = architecture.mlp_ratio.map((mlp, at) => Words.element("tr", {},
      Words.element("th", {scope: "row"}, `${at + 1}`),
      Drawing.bar(architecture.n_head[at], architecture.n_head[at] / heads, "heads"),
      Drawing.bar(`${mlp} ×`, mlp / ratio, "mlp"),
      Drawing.bar(Words.quantity(costs[at], unit, metric), costs[at] / most, "cost")));
    host.replaceChildren(Words.element("table", {class: "layers"},
      Words.element("thead", {}, Words.element("tr", {}, ...["layer", "heads", "MLP", `adds to ${label}`].map((word) => Words.element("th", {scope: "col"}, word)))),
      Words.element("tbody", {}, ...rows)));
  },

  bar(text, share, kind) {
    const bar = Words.element("span", {class: `bar ${kind}`, "aria-hidden": "true"});
    bar.style.setProperty("--share", Math.max(0.02, share));
    return Words.element("td", {}, Words.element("span", {class: "label"}, `${text}`), bar);
  },
};
