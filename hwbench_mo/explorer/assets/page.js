// The page: what was chosen is answered and drawn, at most once a frame while something is dragged.

const Page = {
  found: null, timings: [], waiting: false, afterwards: 0,

  // `limits`: draw the controls, too; `keep`: what was picked and edited stays; `later`: in the next frame.
  refresh({ limits = false, keep = false, later = false } = {}) {
    if (!keep) [State.picked, State.edited] = [null, null];
    if (later) {
      if (!this.waiting) requestAnimationFrame(() => { this.waiting = false; this.draw(false); });
      this.waiting = true;
      return;
    }
    this.draw(limits);
  },

  draw(limits) {
    const start = performance.now();
    if (limits) Controls.draw();
    const found = (this.found = answer());
    Chart.draw(found);
    const empty = !found.architecture;
    document.body.classList.toggle("empty", empty);
    this.headline(found);
    for (const part of empty ? [] : [Layers, Numbers, Devices, Copying]) part.draw(found);
    this.use(found);
    this.timings.push(performance.now() - start);
    clearTimeout(this.afterwards);
    this.afterwards = setTimeout(() => this.after(found), 200);
  },

  headline(found) {
    const { space } = State, goal = space.targets[goalTarget()], holder = byId("headline"), tiles = byId("tiles");
    if (!found.architecture) {
      holder.textContent = "No architecture keeps all of these limits.";
      byId("subline").textContent = "Looking for what would have to give…";
      tiles.replaceChildren();
      byId("back").hidden = true;
      byId("bar").textContent = "Nothing keeps these limits";
      return;
    }
    const { architecture } = found, facts = asDict(space, architecture), picked = State.picked !== null && found.place !== found.best;
    const value = medianOf(space, architecture, goalTarget());
    const name = `${METRIC_LABELS[goal.metric].toLowerCase()} ${quantity(goal, value)}`.replace("macs", "MACs").replace("flops", "FLOPs");
    const most = goal.sign < 0 ? "Highest" : State.goal === "cost" ? "Least" : "Lowest";
    holder.textContent = State.edited ? `Changed by hand: ${name}` : picked ? `A point of the front: ${name}` : `${most} ${name}${State.limits.length ? " within the limits" : ""}`;
    const range = (values) => { const [low, high] = [Math.min(...values), Math.max(...values)]; return low === high ? low : `${low} to ${high}`; };
    byId("subline").textContent = `${facts.n_layer} layers, ${facts.embed_dim} wide, ${facts.bias ? "with" : "without"} bias, MLP ratio ${range(facts.mlp_ratio)}, ${range(facts.n_head)} heads a layer. ${State.edited || picked ? "" : `Exact: the best of ${inPowers(space.facts.size)} architectures.`}`;
    byId("back").hidden = !(State.edited || picked);
    const shown = [...new Set([State.quality, State.costTarget(), ...State.limits.map(({ target }) => target), "params"])].slice(0, 5);
    tiles.replaceChildren(...shown.map((target) => {
      const one = space.targets[target], median = medianOf(space, architecture, target);
      return h("div", { class: "tile" }, h("span", {}, labelOf(space, target)), h("strong", {}, quantity(one, median)), h("small", {}, perToken(space, target, median)));
    }));
    byId("bar").textContent = shown.slice(0, 2).map((target) => `${METRIC_LABELS[space.targets[target].metric]} ${quantity(space.targets[target], medianOf(space, architecture, target))}`).join(" · ");
    byId("said").textContent = `${holder.textContent}. ${shown.slice(1).map((target) => `${labelOf(space, target)} ${quantity(space.targets[target], medianOf(space, architecture, target))}`).join(", ")}.`;
  },

  // How much of each limit is used.
  use({ architecture }) {
    const rows = byId("limits").children;
    if (!architecture) return [...rows].forEach((row) => { row.querySelector(".use").replaceChildren(); });
    limitUse(State.space, architecture).forEach(({ target, amount, kept }, at) => {
      const facts = State.space.targets[target], exact = !State.space.model(target).noise;
      const share = exact ? "takes" : State.confidence ? `${digits(100 * State.confidence)} % of measurements ${facts.sign > 0 ? "up to" : "from"}` : "median";
      rows[at].querySelector(".use").replaceChildren(h("span", { class: kept ? "kept" : "broken" }, `${kept ? "✓" : "✗"} ${share} ${quantity(facts, amount)}.`));
    });
  },

  // Once nothing moves any more: what would have to give, or what more room would buy; and the address.
  after({ architecture, front, best }) {
    State.remember();
    if (!architecture) return this.nothing();
    if (!front.length) return;
    const goal = State.space.targets[goalTarget()], now = State.goal === "cost" ? front[best].cost : front[best].quality;
    State.limits.forEach((limit, place) => {
      const value = loosened(place, 0.1), row = byId("limits").children[place]?.querySelector(".use");
      if (!row) return;
      const better = value !== null && goal.sign * value < goal.sign * now;
      row.append(h("span", { class: "more" }, better ? ` 10 % more room buys ${signed(goal, value - now, now)} ${lowerLabel(State.space, goalTarget())}.` : " 10 % more room buys nothing."));
    });
  },

  // Which limits stand in the way, where nothing keeps them all.
  nothing() {
    const told = [];
    State.limits.forEach(({ target, bound }, place) => {
      const amount = loosest(place), facts = State.space.targets[target];
      if (amount === null) return;
      const { sign } = State.space.model(target), least = limitRounded(amount, sign);
      told.push(`${lowerLabel(State.space, target)} to ${quantity(facts, least, 6)} (${digits(Math.abs(100 * (least / bound - 1)), 2)} % ${sign > 0 ? "more" : "less"})`);
      const words = byId("limits").children[place]?.querySelector(".use");
      words?.replaceChildren(h("span", { class: "broken" }, `✗ with the others kept, ${sign > 0 ? "at least" : "at most"} ${quantity(facts, least, 6)} is needed`));
    });
    byId("subline").textContent = told.length ? `Loosen one of them: ${told.join(", or ")}.` : "Loosening one of them is not enough: loosen several, or remove one.";
  },

  walk(event) {
    const steps = { ArrowRight: 1, ArrowLeft: -1, ArrowDown: 1, ArrowUp: -1, PageDown: 20, PageUp: -20 }, n = this.found.front.length;
    if (!n || (!(event.key in steps) && event.key !== "Home" && event.key !== "Escape")) return;
    event.preventDefault();
    State.edited = null;
    State.picked = event.key in steps ? Math.min(Math.max(this.found.place + steps[event.key], 0), n - 1) : null;
    this.refresh({ keep: true });
  },

  pick(event) {
    if (!this.found.front.length) return;
    [State.picked, State.edited] = [Chart.nearest(event), null];
    this.refresh({ keep: true });
  },

  start() {
    State.data = JSON.parse(byId("data").textContent);
    byId("data").remove();
    State.recall();
    Controls.listen();
    Copying.listen();
    const chart = byId("chart");
    chart.addEventListener("keydown", (event) => this.walk(event));
    chart.addEventListener("pointerdown", (event) => { chart.setPointerCapture(event.pointerId); this.pick(event); });
    chart.addEventListener("pointermove", (event) => { if (chart.hasPointerCapture(event.pointerId)) this.pick(event); });
    byId("back").addEventListener("click", () => this.refresh());
    let width = document.documentElement.clientWidth;
    addEventListener("resize", () => { if (document.documentElement.clientWidth !== width) { width = document.documentElement.clientWidth; this.refresh({ keep: true }); } });
    addEventListener("hashchange", () => { if (!location.hash.includes("space=")) return; State.recall(); this.refresh({ limits: true }); });
    this.refresh({ limits: true });
    document.documentElement.dataset.ready = "yes";
  },
};

function inPowers(size) {
  const n = size.length - 1;
  return n < 6 ? GROUPED.format(Number(size)) : `10${[...String(n)].map((digit) => "⁰¹²³⁴⁵⁶⁷⁸⁹"[digit]).join("")}`;
}

Page.start();
