// What the person has chosen; the address keeps it, so that a view can be shared and comes back.

const COSTS = ["latency", "energy", "peak_memory", "memory_bfloat16", "memory_float16", "params", "macs", "flops"];
const CONFIDENCES = [0, 0.9, 0.95, 0.99];
const DEFAULTS = {
  gpt_s: [["latency", 20], ["memory_bfloat16", 400]], gpt_m: [["latency", 40], ["memory_bfloat16", 900]],
  gpt_l: [["latency", 40], ["memory_bfloat16", 1900]],
};

const State = {
  data: null, spaces: new Map(), space: null, cells: null,
  goal: "perplexity", metric: "latency", device: "rtx3080", confidence: 0.95, limits: [],
  picked: null, // a place on the front, or null: the best
  edited: null, // an architecture that the person changed, or null
  layer: null,

  get quality() { return this.goal === "accuracy" ? "accuracy" : "perplexity"; },
  get query() {
    return { quality: this.quality, cost: this.costTarget(), limits: this.limits, confidence: this.confidence };
  },

  costTarget() { return targetOf(this.space, this.metric, this.device); },

  open(name) {
    if (!this.spaces.has(name)) {
      const space = new Space(this.data.spaces.find((one) => one.name === name));
      this.spaces.set(name, { space, cells: new Cells(space), fronts: new Map(), ranges: new Map() });
    }
    Object.assign(this, this.spaces.get(name), { picked: null, edited: null, layer: null });
    if (!this.space.facts.devices[this.device]) this.device = Object.keys(this.space.facts.devices)[0];
    if (!choicesOfCost(this.space, this.metric).includes(this.device)) this.device = choicesOfCost(this.space, this.metric)[0] || this.device;
  },

  defaults() {
    const wanted = DEFAULTS[this.space.name] || [];
    return wanted.map(([metric, bound]) => ({ target: targetOf(this.space, metric, this.device), bound }))
      .filter(({ target }) => canLimit(this.space, target, this.quality));
  },

  // Of what is limited, with the confidence: from the least that a limit can be to what all keep.
  range(target) {
    const key = `${target} ${this.confidence}`;
    if (!this.ranges.has(key)) this.ranges.set(key, this.cells.range(new Limit(this.space, target, 1, this.confidence)));
    return this.ranges.get(key);
  },

  // The front without limits, kept.
  whole() {
    const key = `${this.quality} ${this.costTarget()}`;
    if (!this.fronts.has(key)) this.fronts.set(key, frontUnder(this.cells, { ...this.query, limits: [] }));
    return this.fronts.get(key);
  },

  remember() {
    const parts = [["space", this.space.name], ["goal", this.goal], ["cost", this.costTarget()], ["confidence", this.confidence]];
    const hash = new URLSearchParams([...parts, ...this.limits.map(({ target, bound }) => ["limit", `${target}=${bound}`])]);
    history.replaceState(null, "", `#${hash}`);
  },

  recall() {
    const hash = new URLSearchParams(location.hash.slice(1));
    const names = this.data.spaces.map((one) => one.name), wanted = hash.get("space");
    this.open(names.includes(wanted) ? wanted : names.includes("gpt_m") ? "gpt_m" : names[0]);
    if (["perplexity", "accuracy", "cost"].includes(hash.get("goal"))) this.goal = hash.get("goal");
    if (CONFIDENCES.includes(Number(hash.get("confidence") ?? NaN))) this.confidence = Number(hash.get("confidence"));
    const cost = hash.get("cost");
    if (cost && canCost(this.space, cost)) {
      const { metric, device } = this.space.targets[cost];
      [this.metric, this.device] = [metric, device || this.device];
    }
    this.limits = hash.has("space") ? hash.getAll("limit").map((text) => {
      const [target, bound] = text.split("=");
      return { target, bound: Number(bound) };
    }).filter(({ target, bound }) => bound > 0 && Number.isFinite(bound) && canLimit(this.space, target, this.quality)) : this.defaults();
  },
};

function targetOf(space, metric, device) {
  return space.targets[metric] ? metric : `${metric}@${device}`;
}

// A metric that depends on the order of layers can be shown, but of those the search takes the quality alone.
const canCost = (space, target) => Boolean(space.targets[target]) && !space.targets[target].by_order;
const canLimit = (space, target, quality) => target === quality || canCost(space, target);

// Devices on which a metric can be a cost; none for one without devices.
function choicesOfCost(space, metric) {
  return Object.keys(space.facts.devices).filter((device) => canCost(space, `${metric}@${device}`));
}
