// Numbers in the units that a person would choose, words, and elements.

const METRIC_LABELS = {
  perplexity: "Perplexity", accuracy: "Accuracy", latency: "Latency", energy: "Energy", peak_memory: "Peak memory",
  memory_bfloat16: "Memory, bfloat16", memory_float16: "Memory, float16", params: "Parameters", macs: "MACs", flops: "FLOPs",
};
const GROUPED = new Intl.NumberFormat("en", { maximumFractionDigits: 0 });

function digits(value, n = 4) {
  if (!Number.isFinite(value)) return "–";
  const rounded = Number(value.toPrecision(n));
  return Math.abs(rounded) >= 10 ** (n - 1) ? GROUPED.format(rounded) : String(rounded);
}

// How a metric is shown: the factor from the library's unit to the one shown, and its name.
function shownUnit(facts, value) {
  if (facts.unit === "Wh") return [1000, "mWh"];
  if (facts.unit === "MB") return Math.abs(value) >= 1000 ? [1e-3, "GB"] : [1, "MB"];
  if (facts.unit === "ms") return [1, "ms"];
  if (["params", "macs", "flops"].includes(facts.metric)) {
    const [factor, letter] = value >= 1e12 ? [1e-12, "T"] : value >= 1e9 ? [1e-9, "G"] : [1e-6, "M"];
    return [factor, facts.metric === "params" && letter === "G" ? "B" : letter];
  }
  return [1, ""];
}

const isQuality = (facts) => facts.metric === "perplexity" || facts.metric === "accuracy";

function quantity(facts, value, n = isQuality(facts) ? 5 : 4) {
  const [factor, unit] = shownUnit(facts, value);
  return `${digits(value * factor, n)}${unit ? `\u00a0${unit}` : ""}`;
}

function signed(facts, change, near) {
  const [factor, unit] = shownUnit(facts, near), shown = digits(Math.abs(change) * factor, 2);
  return Number(shown) === 0 ? "no change" : `${change < 0 ? "−" : "+"}${shown}${unit ? `\u00a0${unit}` : ""}`;
}

function labelOf(space, target) {
  const { metric, device } = space.targets[target];
  return device ? `${METRIC_LABELS[metric]} on ${space.facts.devices[device].label}` : METRIC_LABELS[metric];
}

// In the middle of a sentence; abbreviations keep their capitals.
function lowerLabel(space, target) {
  const label = labelOf(space, target);
  return /^[A-Z]{2}/.test(label) ? label : label[0].toLowerCase() + label.slice(1);
}

// What a pass's latency or energy means for tokens.
function perToken(space, target, median) {
  const { metric } = space.targets[target], { batch, sequence } = space.pass(target), tokens = batch * sequence;
  if (metric === "latency") return `${digits((1000 * tokens) / median)} tokens/s`;
  if (metric === "energy") return `${digits((1e6 * median) / tokens, 3)} mWh per 1,000 tokens`;
  return "";
}

function passInWords(space, target) {
  const { batch, sequence } = space.pass(target);
  return `${batch} sequence${batch === 1 ? "" : "s"} of ${GROUPED.format(sequence)} tokens`;
}

function supportInWords(support) {
  if (Number.isNaN(support)) return "unknown";
  if (support <= 0) return "beyond what was measured";
  return `${support < 0.05 ? "at the rim of" : "amid"} what was measured: ${digits(100 * support, 2)} % of the measured architectures of this width lie farther out`;
}

const byId = (id) => document.getElementById(id);

// An element with attributes and children; texts stay texts.
function h(tag, attributes = {}, ...children) {
  const svg = ["svg", "g", "path", "line", "rect", "text", "circle", "title", "tspan"].includes(tag);
  const made = svg ? document.createElementNS("http://www.w3.org/2000/svg", tag) : document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on")) made.addEventListener(name.slice(2), value);
    else if (value !== null && value !== undefined && value !== false) made.setAttribute(name, value === true ? "" : value);
  }
  made.append(...children.flat().filter((child) => child !== null && child !== undefined));
  return made;
}
