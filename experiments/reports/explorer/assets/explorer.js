// What is chosen, and what follows from it.
const Explorer = {
  spaces: {}, state: {space: "", metric: "latency@a100", sure: true, limits: [], picked: null}, took: 0,

  async start() {
    const letters = document.getElementById("data").textContent.trim();
    const bytes = Uint8Array.from(atob(letters), (letter) => letter.charCodeAt(0));
    const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate"));
    const told = JSON.parse(await new Response(stream).text());
    for (const [name, one] of Object.entries(told)) Explorer.spaces[name] = new Tables(name, one);
    const select = document.getElementById("space");
    Object.keys(told).forEach((name) => select.append(new Option(name.replace("_", "-").toUpperCase(), name)));
    select.addEventListener("change", () => Explorer.open(select.value));
    document.getElementById("metric").addEventListener("change", (event) => Explorer.set({metric: event.target.value, picked: null}));
    document.getElementById("sure").addEventListener("change", (event) => Explorer.set({sure: event.target.checked, picked: null}));
    document.getElementById("add").addEventListener("click", () => Explorer.add());
    document.getElementById("copy-command").addEventListener("click", (event) => Explorer.copy(event.target, Explorer.command()));
    document.getElementById("copy-json").addEventListener("click", (event) => Explorer.copy(event.target, Explorer.json()));
    document.getElementById("print").addEventListener("click", () => window.print());
    Explorer.open(Object.keys(told)[0]);
    document.documentElement.dataset.ready = "yes";
  },

  get tables() { return Explorer.spaces[Explorer.state.space]; },
  told(name) { return Explorer.tables.told.targets[name]; },

  open(space) {
    Explorer.state.space = space;
    const tables = Explorer.tables, names = tables.names;
    const metric = names.includes(Explorer.state.metric) ? Explorer.state.metric : "latency@a100";
    for (const id of ["metric"]) {
      const select = document.getElementById(id);
      select.replaceChildren(...names.map((name) => new Option(Words.metric(name, Explorer.told(name)), name, false, name === metric)));
    }
    const {batch, sequence} = tables.told;
    document.getElementById("passes").textContent = `A pass is ${batch} × ${sequence.toLocaleString("en")} tokens.`;
    const start = ["latency@rtx3080", "memory_bfloat16"].filter((name) => names.includes(name));
    Explorer.state.limits = start.map((name) => ({name, bound: Explorer.middle(name, 0.45)}));
    Explorer.set({metric: start.includes(metric) ? metric : start[0] || metric, picked: null});
    document.getElementById("metric").value = Explorer.state.metric;
    Explorer.drawLimits();
  },

  // A round number between the least and the greatest that architectures have.
  middle(name, share) {
    const [low, high] = Search.range(Explorer.tables, name);
    return +(low + share * (high - low)).toPrecision(2);
  },

  add() {
    const used = new Set(Explorer.state.limits.map((limit) => limit.name));
    const name = Explorer.tables.names.find((one) => !used.has(one) && one.startsWith("energy")) || Explorer.tables.names.find((one) => !used.has(one));
    if (!name) return;
    Explorer.state.limits.push({name, bound: Explorer.middle(name, 0.7)});
    Explorer.drawLimits();
    Explorer.set({picked: null});
    document.querySelector("#limits .limit:last-child select").focus();
  },

  drawLimits() {
    const host = document.getElementById("limits");
    host.replaceChildren(...Explorer.state.limits.map((limit, at) => {
      const [low, high] = Search.range(Explorer.tables, limit.name), told = Explorer.told(limit.name);
      const factor = told.unit === "Wh" ? 1000 : told.metric === "params" ? 1e-6 : 1;
      const unit = told.unit === "Wh" ? "mWh" : told.metric === "params" ? "million" : told.unit;
      const words = Words.metric(limit.name, told), step = 10 ** Math.floor(Math.log10((high - low) * factor / 500));
      const slider = Words.element("input", {type: "range", min: low * factor * 0.98, max: high * factor * 1.05, step, value: limit.bound * factor, "aria-label": `limit of ${words}`});
      const number = Words.element("input", {type: "number", min: 0, step, value: +(limit.bound * factor).toPrecision(6), "aria-label": `limit of ${words}, ${unit}`});
      const change = (value, other) => {
        if (!(value > 0)) return;
        limit.bound = value / factor;
        other.value = value;
        Explorer.set({picked: null});
      };
      slider.addEventListener("input", () => change(+slider.value, number));
      number.addEventListener("input", () => change(+number.value, slider));
      const select = Words.element("select", {"aria-label": "limited metric"});
      select.append(...Explorer.tables.names.map((name) => new Option(Words.metric(name, Explorer.told(name)), name, false, name === limit.name)));
      select.addEventListener("change", () => {
        Object.assign(limit, {name: select.value, bound: Explorer.middle(select.value, 0.6)});
        Explorer.drawLimits();
        Explorer.set({picked: null});
      });
      const remove = Words.element("button", {type: "button", "aria-label": `remove the limit of ${words}`, onclick: () => {
        Explorer.state.limits.splice(at, 1);
        Explorer.drawLimits();
        Explorer.set({picked: null});
      }}, "×");
      return Words.element("div", {class: "limit"}, select, remove, slider, Words.element("label", {class: "bound"}, "at most ", number, ` ${unit}`));
    }));
  },

  set(changes) {
    Object.assign(Explorer.state, changes);
    const {limits, metric, sure} = Explorer.state, start = performance.now();
    const {best, front} = Search.run(Explorer.tables, limits, metric, sure);
    Explorer.took = performance.now() - start;
    Explorer.best = best;
    Explorer.show(Explorer.state.picked || best, front);
  },

  show(cell, front) {
    const tables = Explorer.tables, {metric, limits, sure} = Explorer.state, told = Explorer.told(metric);
    Explorer.shown = cell;
    Explorer.front = front;
    document.getElementById("answer").hidden = !cell;
    const note = document.getElementById("infeasible");
    note.hidden = Boolean(cell);
    if (!cell) {
      const alone = limits.map(({name, bound}) => ({name, bound, least: Search.least(tables, name, sure)})).filter((one) => one.least > one.bound);
      const words = alone.map(({name, bound, least}) => { const own = Explorer.told(name); return `The least ${Words.metric(name, own)} of any architecture is ${Words.quantity(least, own.unit, own.metric)}, and the limit ${Words.quantity(bound, own.unit, own.metric)}.`; });
      note.textContent = `No architecture keeps these limits. ${words.join(" ") || "Each alone can be kept, but not all together."}`;
      Drawing.front(document.getElementById("front"), [], null, {label: Words.metric(metric, told), unit: told.unit, metric: told.metric, limit: null}, () => {});
      return;
    }
    const at = (name) => tables.value(cell.block, name, tables.sum(cell.block, name, cell.i, cell.j))[0];
    const limit = limits.find((one) => one.name === metric);
    Drawing.front(document.getElementById("front"), front, {x: at(metric), y: at("perplexity")},
      {label: Words.metric(metric, told), unit: told.unit, metric: told.metric, limit: limit && !sure ? limit.bound : null},
      (picked) => { Explorer.state.picked = picked; Explorer.show(picked, front); });
    const architecture = Explorer.architecture = tables.architecture(cell);
    document.getElementById("kind").textContent = cell === Explorer.best ? "Least perplexity within the limits" : "Picked from the front";
    document.getElementById("perplexity").textContent = at("perplexity").toFixed(2);
    document.getElementById("shape").textContent = `${architecture.n_layer} layers of width ${architecture.embed_dim}, ${architecture.bias ? "with" : "no"} bias, ${Words.quantity(at("params"), null, "params")} parameters`;
    document.getElementById("kept").replaceChildren(...limits.map((one) => Explorer.kept(cell, one)));
    Drawing.layers(document.getElementById("layers"), architecture, Explorer.costs(cell, architecture), told.unit, told.metric, Words.metric(metric, told));
    Explorer.devices(cell);
    document.getElementById("command").textContent = Explorer.command();
  },

  // How near a limit is.
  kept(cell, {name, bound}) {
    const told = Explorer.told(name), amount = Explorer.tables.amount(cell.block, name, cell.i, cell.j, Explorer.state.sure);
    const share = amount / bound, binds = share > 0.99;
    const words = Explorer.state.sure ? "95 % of measurements stay below" : "median";
    return Words.element("li", {}, Words.element("b", {}, Words.metric(name, told)),
      `: ${words} ${Words.quantity(amount, told.unit, told.metric)} of ${Words.quantity(bound, told.unit, told.metric)}${binds ? " – binds" : ""}`);
  },

  // What each layer adds to the metric: its entries of the table, times the slope of what is made of the sum.
  costs(cell, architecture) {
    const {metric} = Explorer.state, told = Explorer.told(metric), space = Explorer.tables.told.space, {e, b} = cell.block;
    const [, slope] = Explorer.tables.value(cell.block, metric, Explorer.tables.sum(cell.block, metric, cell.i, cell.j));
    return architecture.mlp_ratio.map((ratio, at) => slope * (told.mlp[e][b][space.mlp_ratio.indexOf(ratio)]
      + told.head[e][b][space.n_head.indexOf(architecture.n_head[at])]));
  },

  devices(cell) {
    const tables = Explorer.tables, {batch, sequence} = tables.told, tokens = batch * sequence;
    const devices = [...new Set(tables.names.map((name) => Explorer.told(name).device).filter(Boolean))];
    const value = (name) => { const [median, slope] = tables.value(cell.block, name, tables.sum(cell.block, name, cell.i, cell.j)); return {median, error: slope * tables.error(cell.block, name, cell.i, cell.j)}; };
    const cellsOf = (name) => {
      if (!tables.names.includes(name)) return ["–", "–"];
      const {unit, metric} = Explorer.told(name), {median, error} = value(name), of = (level) => tables.quantile(cell.block, name, median, level);
      const sure = error ? ` ± ${(100 * error / median).toPrecision(2)} %` : "";
      return [`${Words.quantity(median, unit, metric)}${sure}`, `${Words.quantity(of(0), unit, metric)} to ${Words.quantity(of(2), unit, metric)}`];
    };
    const rows = devices.map((device) => {
      const latency = `latency@${device}`, energy = `energy@${device}`;
      const perToken = tables.names.includes(energy) ? `${Words.digits(1000 * value(energy).median / tokens * 1000)} mWh` : "–";
      const speed = tables.names.includes(latency) ? Words.digits(tokens / value(latency).median * 1000) : "–";
      return Words.element("tr", {}, Words.element("th", {scope: "row"}, device),
        ...[...cellsOf(latency), speed, ...cellsOf(energy), perToken].map((text) => Words.element("td", {}, text)));
    });
    document.getElementById("devices").replaceChildren(...rows);
    const others = tables.names.filter((name) => !["latency", "energy"].includes(Explorer.told(name).metric));
    document.getElementById("others").replaceChildren(...others.map((name) => Words.element("li", {}, `${Words.metric(name, Explorer.told(name))}: ${cellsOf(name)[0]}`)));
  },

  command() {
    const {space, limits, sure} = Explorer.state;
    const words = limits.map(({name, bound}) => `--limit ${name}=${+bound.toPrecision(12)}`);
    return ["python -m hwbench_mo recommend", space, ...words, `--confidence ${sure ? 0.95 : "none"}`].join(" ");
  },
  json() { return JSON.stringify(Explorer.architecture, null, 1); },

  async copy(button, text) {
    const words = button.textContent;
    try { await navigator.clipboard.writeText(text); button.textContent = "Copied"; }
    catch { window.prompt("Copy this:", text); }
    setTimeout(() => { button.textContent = words; }, 1200);
  },
};
window.hwbenchExplorer = Explorer;
Explorer.start();
