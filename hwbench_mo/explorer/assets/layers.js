// The architecture, layer by layer: what each is, what it costs, and what another choice would change.

const Layers = {
  draw({ architecture }) {
    const { space } = State, facts = space.facts, holder = byId("layers");
    const n = architecture.mlp.length, width = Math.max(holder.clientWidth, 300), left = 58, step = (width - left - 4) / n;
    const high = 74, gap = 5, low = 74, costs = this.costs(architecture), top = 18, costTop = top + high + gap + low + 44, costHigh = 70;
    const height = costTop + costHigh + 30, most = Math.max(...costs.layers, 1e-30), bar = Math.max(step - Math.min(3, step * 0.2), 2);
    const svg = h("svg", { viewBox: `0 0 ${width} ${height}`, width, height, role: "group", "aria-label": `${n} layers, from first to last` });
    const middle = top + high, up = (ratio) => (ratio / facts.mlp_ratio.at(-1)) * high, down = (heads) => (heads / facts.n_head.at(-1)) * low;
    const line = (y, text) => [h("line", { class: "grid", x1: left, x2: width, y1: y, y2: y }), h("text", { class: "tick end", x: left - 7, y: y + 4 }, text)];
    svg.append(...facts.mlp_ratio.flatMap((ratio) => line(middle - up(ratio), `×${ratio}`)), ...facts.n_head.flatMap((heads) => line(middle + gap + down(heads), `${heads}`)));
    svg.append(h("text", { class: "side mlp", x: left, y: top - 6 }, "MLP ratio"), h("text", { class: "side head", x: left, y: middle + gap + low + 15 }, "Attention heads"),
      h("text", { class: "side", x: left, y: costTop - 8 }, `${width < 560 ? "What" : `${labelOf(space, State.costTarget())}: what`} each layer adds, up to ${quantity(space.targets[State.costTarget()], most, 3)}`));
    svg.append(h("line", { class: "grid", x1: left, x2: width, y1: costTop, y2: costTop }), h("line", { class: "base", x1: left, x2: width, y1: costTop + costHigh, y2: costTop + costHigh }));
    for (let slot = 0; slot < n; slot++) {
      const x = left + slot * step + (step - bar) / 2, ratio = facts.mlp_ratio[architecture.mlp[slot]], heads = facts.n_head[architecture.head[slot]];
      const cost = Math.max(costs.layers[slot], 0) / most * costHigh;
      const label = `Layer ${slot + 1}: MLP ratio ${ratio}, ${heads} heads, ${quantity(space.targets[State.costTarget()], costs.layers[slot], 3)}`;
      const select = () => { State.layer = State.layer === slot ? null : slot; Page.refresh({ keep: true }); byId("layers").querySelector(`[data-slot="${slot}"]`)?.focus(); };
      svg.append(h("g", {
        class: `layer ${State.layer === slot ? "selected" : ""}`, "data-slot": slot, tabindex: slot === (State.layer ?? 0) ? 0 : -1, role: "button", "aria-pressed": String(State.layer === slot), "aria-label": label,
        onclick: select, onkeydown: (event) => this.key(event, slot, n, select),
      },
      h("title", {}, label),
      h("rect", { class: "hit", x: left + slot * step, y: top - 2, width: step, height: costTop + costHigh - top + 22 }),
      h("rect", { class: "mlp", x, y: middle - up(ratio), width: bar, height: up(ratio) }),
      h("rect", { class: "head", x, y: middle + gap, width: bar, height: down(heads) }),
      h("rect", { class: "cost", x, y: costTop + costHigh - cost, width: bar, height: cost }),
      step > 17 || slot === 0 || (slot + 1) % 5 === 0 ? h("text", { class: "tick middle", x: x + bar / 2, y: costTop + costHigh + 15 }, `${slot + 1}`) : null));
    }
    holder.replaceChildren(svg);
    const rest = quantity(space.targets[State.costTarget()], costs.rest, 3), total = quantity(space.targets[State.costTarget()], costs.total);
    byId("outside").textContent = `Layers add ${quantity(space.targets[State.costTarget()], costs.total - costs.rest, 3)}; ${rest} of the ${total} fall outside them${costs.rest < 0 ? " (less than nothing: the straight line through what was measured does not start at zero)" : " (embeddings, output layer, start of a pass)"}.`;
    byId("change").replaceChildren(...(State.layer === null || State.layer >= n ? [] : this.change(architecture, State.layer)));
  },

  // What each layer adds to the cost; where a curve follows the sums, they are shared out in proportion.
  costs(architecture) {
    const { space } = State, model = space.model(State.costTarget()), { e, b } = architecture;
    const sum = sumOf(space, architecture, State.costTarget()), total = model.value(sum, e, b), scale = model.knots ? total / sum : 1;
    const layers = architecture.mlp.map((choice, slot) => scale * (model.mlp.get(e, b, 0, choice) + model.head.get(e, b, 0, architecture.head[slot])));
    return { layers, total, rest: total - layers.reduce((a, c) => a + c, 0) };
  },

  key(event, slot, n, select) {
    const next = { ArrowRight: slot + 1, ArrowLeft: slot - 1, Home: 0, End: n - 1 }[event.key];
    if (event.key === "Enter" || event.key === " ") select();
    else if (next === undefined) return;
    else byId("layers").querySelector(`[data-slot="${Math.min(Math.max(next, 0), n - 1)}"]`).focus();
    event.preventDefault();
  },

  // What other choices of one layer would change, each a button that makes the change.
  change(architecture, slot) {
    const { space } = State, facts = space.facts, targets = [State.quality, State.costTarget()];
    const now = targets.map((target) => medianOf(space, architecture, target));
    const rows = [["mlp", facts.mlp_ratio, (value) => `MLP ratio ${value}`], ["head", facts.n_head, (value) => `${value} heads`]].flatMap(([kind, values, label]) =>
      values.map((value, choice) => {
        if (architecture[kind][slot] === choice) return null;
        const other = { ...architecture, [kind]: architecture[kind].map((own, at) => (at === slot ? choice : own)) };
        const change = targets.map((target, at) => signed(space.targets[target], medianOf(space, other, target) - now[at], now[at]));
        const kept = limitUse(space, other).every((use) => use.kept);
        return h("tr", {}, h("th", { scope: "row" }, h("button", { type: "button", onclick: () => { State.edited = other; Page.refresh({ keep: true }); byId("change").querySelector("button")?.focus(); } }, label(value))),
          ...change.map((text) => h("td", {}, text)), h("td", { class: kept ? "kept" : "broken" }, State.limits.length ? (kept ? "✓ kept" : "✗ broken") : "–"));
      })).filter(Boolean);
    return [h("h3", {}, `Layer ${slot + 1}: MLP ratio ${facts.mlp_ratio[architecture.mlp[slot]]}, ${facts.n_head[architecture.head[slot]]} heads. What else it could be`),
      h("table", {}, h("thead", {}, h("tr", {}, ...["Instead", labelOf(space, targets[0]), labelOf(space, targets[1]), "Limits"].map((text) => h("th", { scope: "col" }, text)))), h("tbody", {}, rows))];
  },
};
