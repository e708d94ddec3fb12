// The architecture on every device.

const Devices = {
  draw({ architecture }) {
    const { space } = State, names = Object.keys(space.facts.devices);
    const speeds = names.map((name) => {
      const target = `latency@${name}`;
      if (!space.targets[target]) return 0;
      const { batch, sequence } = space.pass(target);
      return (1000 * batch * sequence) / medianOf(space, architecture, target);
    });
    const most = Math.max(...speeds), use = new Map(limitUse(space, architecture).map((one) => [one.target, one]));
    byId("devices").replaceChildren(...names.map((name, at) => this.row(space, architecture, name, speeds[at], speeds[at] / most, use)));
  },

  row(space, architecture, name, speed, share, use) {
    const device = space.facts.devices[name];
    const cell = (metric) => {
      const target = `${metric}@${name}`;
      if (!space.targets[target]) return h("td", { class: "none" }, "–");
      const own = use.get(target), facts = space.targets[target], p = predict(space, architecture, target), [low, high] = p.quantiles;
      const spread = `${quantity(facts, low).replace(/\u00a0[a-zA-Z]+$/, "")} to ${quantity(facts, high).replace(/\u00a0[a-zA-Z]+$/, "")}`;
      return h("td", { class: own ? (own.kept ? "kept" : "broken") : null, title: `Standard error of the median: ${quantity(facts, p.standardError, 2)}` },
        quantity(facts, p.median), own ? (own.kept ? " ✓" : " ✗") : null, h("small", {}, spread));
    };
    const energy = space.targets[`energy@${name}`] ? medianOf(space, architecture, `energy@${name}`) : NaN, { batch, sequence } = device;
    return h("tr", { class: name === State.device ? "selected" : null },
      h("th", { scope: "row" }, h("button", { type: "button", title: `Show ${device.label} in the chart`, onclick: () => { Controls.device(name); byId("devices").querySelector(`[data-device="${name}"]`)?.focus(); }, "data-device": name }, device.label), h("small", {}, ` ${device.kind}`)),
      cell("latency"), h("td", { class: "speed" }, h("span", { class: "bar", style: `--share:${share.toFixed(4)}` }), speed ? digits(speed) : "–"),
      cell("energy"), h("td", {}, Number.isNaN(energy) ? "–" : digits((1e6 * energy) / (batch * sequence), 3)), cell("peak_memory"));
  },
};
