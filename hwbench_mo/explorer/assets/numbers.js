// Every number of the architecture, with how sure it is.

const Numbers = {
  draw({ architecture }) {
    const { space } = State, devices = [...new Set([State.device, ...State.limits.map(({ target }) => space.targets[target].device).filter(Boolean)])];
    const asked = [State.quality, State.costTarget(), ...State.limits.map(({ target }) => target)];
    const more = ["perplexity", "accuracy", ...devices.flatMap((device) => ["latency", "energy", "peak_memory"].map((metric) => `${metric}@${device}`)), "memory_bfloat16", "memory_float16", "params", "macs", "flops"];
    const targets = [...new Set([...asked, ...more])].filter((target) => space.targets[target]);
    byId("numbers").replaceChildren(...targets.map((target) => this.row(space, architecture, target)));
    byId("trust").replaceChildren(...this.trust(space, architecture, [...new Set(asked)]).map((text) => h("p", {}, text)));
  },

  row(space, architecture, target) {
    const facts = space.targets[target], p = predict(space, architecture, target), [low, high] = p.quantiles;
    const spread = low === high ? "exact" : `${quantity(facts, low).replace(/\u00a0[a-zA-Z]+$/, "")} to ${quantity(facts, high)}`;
    const error = p.standardError === 0 ? "exact" : Number.isNaN(p.standardError) ? "unknown" : `±${quantity(facts, p.standardError, 2)}`;
    const own = State.limits.some((limit) => limit.target === target);
    return h("tr", { class: own ? "limited" : null }, h("th", { scope: "row" }, labelOf(space, target), own ? h("span", { class: "tag" }, "limited") : null),
      h("td", { class: "value" }, quantity(facts, p.median)), h("td", {}, spread), h("td", {}, error), h("td", {}, perToken(space, target, p.median)));
  },

  // How far to trust the numbers that were asked for, in words; metrics of one kind of support together.
  trust(space, architecture, asked) {
    const measured = asked.filter((target) => space.targets[target].support !== null);
    const kinds = new Map();
    for (const target of measured) kinds.set(space.targets[target].support, [...(kinds.get(space.targets[target].support) || []), target]);
    const told = [...kinds.values()].map((targets) => {
      const support = supportOf(space, architecture, targets[0]);
      const corners = targets.filter((target) => space.targets[target].corner).map((target) => `${lowerLabel(space, target)} ${digits(100 * space.targets[target].corner[0], 2)}\u00a0%`);
      const off = corners.length ? ` When corners of the space were predicted from its middle, they were off by, at the median: ${corners.join(", ")}.` : "";
      const names = targets.map((target) => lowerLabel(space, target)).join(", ");
      return `${names[0].toUpperCase()}${names.slice(1)}: this architecture lies ${supportInWords(support)}${support <= 0 ? ", so the tables alone vouch for it" : ""}.${off}`;
    });
    const caveats = measured.filter((target) => space.targets[target].caveat).map((target) => `${labelOf(space, target)}: ${space.targets[target].caveat}`);
    return [...told, ...caveats];
  },
};
