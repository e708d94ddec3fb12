// The front as a picture: quality against cost, all of the space in grey and what keeps the limits in colour.

const CHART = { left: 58, right: 18, top: 14, bottom: 46 };

function niceTicks(low, high, most) {
  const raw = (high - low) / most, power = 10 ** Math.floor(Math.log10(raw));
  const step = [1, 2, 2.5, 5, 10].find((one) => one * power >= raw) * power, ticks = [];
  for (let tick = Math.ceil(low / step - 1e-9) * step; tick <= high * (1 + 1e-12); tick += step) ticks.push(Number(tick.toPrecision(12)));
  return ticks;
}

function logTicks(low, high) {
  const ticks = [];
  for (let power = Math.floor(Math.log10(low)); power <= Math.log10(high); power++) {
    for (const digit of [1, 2, 3, 5, 7]) if (digit * 10 ** power >= low && digit * 10 ** power <= high) ticks.push(digit * 10 ** power);
  }
  return ticks.length > 2 ? ticks : niceTicks(low, high, 5);
}

const Chart = {
  shown: null,

  draw(found) {
    const holder = byId("chart"), { space } = State, cost = State.costTarget(), facts = space.targets[cost];
    const whole = State.whole(), width = Math.max(holder.clientWidth, 300), height = Math.min(Math.max(width * 0.5, 260), 380);
    const [factor, unit] = shownUnit(facts, whole[0].cost), quality = space.targets[State.quality];
    const costs = [whole[0].cost * factor, whole.at(-1).cost * factor], qualities = whole.map((point) => point.quality);
    const [low, high] = [Math.min(...qualities), Math.max(...qualities)], pad = (high - low) * 0.06;
    const edge = (costs[1] / costs[0]) ** 0.03;
    const xs = [costs[0] / edge, costs[1] * edge], ys = [low - pad, high + pad];
    const x = (value) => CHART.left + (Math.log(value * factor / xs[0]) / Math.log(xs[1] / xs[0])) * (width - CHART.left - CHART.right);
    const y = (value) => height - CHART.bottom - ((value - ys[0]) / (ys[1] - ys[0])) * (height - CHART.top - CHART.bottom);
    const right = width - CHART.right, bottom = height - CHART.bottom;
    const svg = h("svg", { viewBox: `0 0 ${width} ${height}`, width, height, "aria-hidden": "true" });
    for (const tick of logTicks(...xs)) {
      const at = x(tick / factor);
      svg.append(h("line", { class: "grid", x1: at, x2: at, y1: CHART.top, y2: bottom }), h("text", { x: at, y: bottom + 16, class: "tick middle" }, digits(tick)));
    }
    for (const tick of niceTicks(...ys, 6)) {
      svg.append(h("line", { class: "grid", x1: CHART.left, x2: right, y1: y(tick), y2: y(tick) }), h("text", { x: CHART.left - 7, y: y(tick) + 4, class: "tick end" }, digits(tick, 3)));
    }
    svg.append(
      h("text", { x: (CHART.left + right) / 2, y: height - 6, class: "axis middle" }, `${labelOf(space, cost)}${unit ? `, ${unit}` : ""} a pass`.replace(/(Parameters|MACs|FLOPs)(.*) a pass/, "$1$2")),
      h("text", { transform: `translate(13 ${(CHART.top + bottom) / 2}) rotate(-90)`, class: "axis middle" }, METRIC_LABELS[quality.metric]),
    );
    this.limits(svg, { x, y, right, bottom, xs, ys, factor });
    const line = (points) => points.map((point, at) => (at ? `H${x(point.cost).toFixed(1)}V${y(point.quality).toFixed(1)}` : `M${x(point.cost).toFixed(1)} ${y(point.quality).toFixed(1)}`)).join("");
    // The line of the whole space, in the colour of its width; parts begin where the part before ends.
    let from = 0;
    whole.forEach((point, at) => {
      const e = State.cells.blocks[point.at].e, next = whole[at + 1];
      if (next && State.cells.blocks[next.at].e === e) return;
      svg.append(h("path", { class: `whole width-${e}`, d: line(whole.slice(from, at + 1)) }));
      from = at + 1;
    });
    space.facts.embed_dim.forEach((embed, e) => {
      const own = found.front.filter((point) => State.cells.blocks[point.at].e === e);
      svg.append(h("path", { class: `dots width-${e}`, d: own.map((point) => `M${x(point.cost).toFixed(1)} ${y(point.quality).toFixed(1)}h0`).join("") }));
    });
    this.chosen(svg, found, x, y, right);
    holder.replaceChildren(svg);
    this.shown = { x, y, front: found.front };
    holder.setAttribute("aria-label", this.inWords(found));
    byId("legend").replaceChildren(
      ...space.facts.embed_dim.map((embed, e) => h("span", { class: `key width-${e}` }, `${embed} wide`)),
      h("span", { class: "key none" }, "without the limits"),
    );
  },

  // What limits on the two axes keep out.
  limits(svg, { x, y, right, bottom, xs, ys, factor }) {
    for (const { target, bound } of State.limits) {
      if (target === State.costTarget() && bound * factor < xs[1]) {
        const at = Math.max(x(Math.max(bound, xs[0] / factor)), CHART.left);
        svg.append(h("rect", { class: "out", x: at, y: CHART.top, width: right - at, height: bottom - CHART.top }), h("line", { class: "limit", x1: at, x2: at, y1: CHART.top, y2: bottom }));
      } else if (target === State.quality && bound > ys[0] && bound < ys[1]) {
        const sign = State.space.model(target).sign, at = y(bound);
        svg.append(h("rect", { class: "out", x: CHART.left, width: right - CHART.left, y: sign > 0 ? CHART.top : at, height: sign > 0 ? at - CHART.top : bottom - at }), h("line", { class: "limit", x1: CHART.left, x2: right, y1: at, y2: at }));
      }
    }
  },

  chosen(svg, found, x, y, right) {
    if (!found.architecture) return;
    const { space } = State, cost = State.costTarget();
    const values = [medianOf(space, found.architecture, cost), medianOf(space, found.architecture, State.quality)];
    const at = [x(values[0]), y(values[1])], text = `${quantity(space.targets[State.quality], values[1])} · ${quantity(space.targets[cost], values[0])}`;
    const left = at[0] > right - 170;
    const above = at[1] < 60 ? 26 : -14;
    svg.append(h("circle", { class: "ring", cx: at[0], cy: at[1], r: 8 }), h("circle", { class: "core", cx: at[0], cy: at[1], r: 4 }),
      h("text", { class: `callout ${left ? "end" : ""}`, x: at[0] + (left ? -12 : 12), y: at[1] + above }, text));
  },

  inWords(found) {
    if (!found.front.length) return "No architecture keeps the limits.";
    return `Exact front of ${found.front.length} architectures that keep the limits. Arrow keys walk along it, Home goes back to the best.`;
  },

  // The point of the front that is nearest to a place on the screen.
  nearest(event) {
    const box = byId("chart").getBoundingClientRect(), px = event.clientX - box.left, py = event.clientY - box.top;
    let [best, least] = [null, Infinity];
    this.shown.front.forEach((point, at) => {
      const distance = (this.shown.x(point.cost) - px) ** 2 + (this.shown.y(point.quality) - py) ** 2;
      if (distance < least) [best, least] = [at, distance];
    });
    return best;
  },
};
