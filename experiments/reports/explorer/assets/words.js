// Numbers and names as a person writes them.
const Words = {
  // Value and unit: mWh instead of 0.0006 Wh, GB from 1,000 MB on, millions of parameters.
  quantity(value, unit, metric) {
    if (unit === "Wh") return value < 0.1 ? `${Words.digits(1000 * value)} mWh` : `${Words.digits(value)} Wh`;
    if (unit === "MB" && value >= 1000) return `${Words.digits(value / 1000)} GB`;
    if (metric === "params") return `${Words.digits(value / 1e6)} million`;
    return `${Words.digits(value)}${unit ? ` ${unit}` : ""}`;
  },
  digits(value) {
    if (!Number.isFinite(value)) return "–";
    if (Math.abs(value) >= 1000) return Math.round(value).toLocaleString("en");
    return `${+value.toPrecision(4)}`;
  },
  metric(name, told) {
    const words = {latency: "latency", energy: "energy", peak_memory: "peak memory", memory_bfloat16: "memory, bfloat16",
      memory_float16: "memory, float16", params: "parameters", perplexity: "perplexity"};
    return words[told.metric] + (told.device ? ` on ${told.device}` : "");
  },
  element(tag, attributes = {}, ...children) {
    const made = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes)) {
      if (name.startsWith("on")) made.addEventListener(name.slice(2), value); else made.setAttribute(name, value);
    }
    made.append(...children);
    return made;
  },
};
