// What the tables say of one architecture: {e, b, d, mlp, head}, choices by index, mlp and head one a layer.

function countsOf(space, { mlp, head }) {
  const counts = new Float64Array(space.nMlp + space.nHead);
  for (const choice of mlp) counts[choice]++;
  for (const choice of head) counts[space.nMlp + choice]++;
  return counts;
}

// Each table entry that an architecture's sum takes, and how often: of a model, or of the r columns of an error.
function addEntries(tables, architecture, counts, add) {
  const { e, b, d } = architecture;
  add(tables.base, tables.base.start(e, b, d), 1);
  for (const kind of ["mlp", "head"]) {
    const main = tables[kind], byDepth = tables[`${kind}_by_depth`], pairs = tables[`${kind}_pairs`];
    architecture[kind].forEach((choice, slot) => {
      add(main, main.start(e, b, slot, choice), 1);
      if (byDepth) add(byDepth, byDepth.start(e, b, d, slot, choice), 1);
      if (pairs && slot > 0) add(pairs, pairs.start(e, b, slot - 1, architecture[kind][slot - 1], choice), 1);
    });
  }
  if (tables.products) {
    counts.forEach((one, x) => counts.forEach((other, y) => add(tables.products, tables.products.start(e, b, x, y), one * other)));
  }
}

function sumOf(space, architecture, target) {
  let sum = 0;
  addEntries(space.model(target), architecture, countsOf(space, architecture), (table, at, times) => { sum += times * table.data[at]; });
  return sum;
}

function medianOf(space, architecture, target) {
  return space.model(target).value(sumOf(space, architecture, target), architecture.e, architecture.b);
}

const ERROR_PARTS = ["base", "mlp", "head", "mlp_by_depth", "head_by_depth", "mlp_pairs", "head_pairs", "products"];

// Standard error of the sum; NaN where nothing is known of it.
function errorOfSum(space, architecture, target) {
  const tables = {};
  for (const part of ERROR_PARTS) tables[part] = space.table(target, `error_${part}`);
  if (!tables.base) return space.model(target).noise ? NaN : 0;
  const r = tables.base.shape.at(-1), sums = new Float64Array(r);
  addEntries(tables, architecture, countsOf(space, architecture), (table, at, times) => {
    for (let f = 0; f < r; f++) sums[f] += times * table.data[at + f];
  });
  return Math.sqrt(sums.reduce((square, sum) => square + sum * sum, 0)) * space.targets[target].error_step;
}

// The share of the measured architectures of that width that are at least as far from their middle.
function supportOf(space, architecture, target) {
  const kind = space.targets[target].support;
  if (kind === null) return 1;
  const part = (name) => space.tables[`support/${kind}/${name}`];
  if (!part("middle")) return NaN;
  const { e } = architecture, c = part("middle").shape[1], offset = new Float64Array(c), counts = countsOf(space, architecture);
  space.facts.support[kind].forEach((column, at) => { offset[column] = counts[at]; });
  for (let x = 0; x < c; x++) offset[x] -= part("middle").get(e, x);
  let square = 0;
  for (let x = 0; x < c; x++) for (let y = 0; y < c; y++) square += offset[x] * part("metric").get(e, x, y) * offset[y];
  const distance = Math.sqrt(Math.max(square, 0)), row = part("distances"), n = row.shape[1], at = row.start(e), d = row.data;
  if (distance < d[at]) return 1;
  if (distance >= d[at + n - 1]) return 0;
  let left = 0;
  while (left < n - 2 && distance >= d[at + left + 1]) left++;
  return 1 - (left + (distance - d[at + left]) / (d[at + left + 1] - d[at + left])) / (n - 1);
}

// Median, quantiles at the given levels, standard error and support of a metric.
function predict(space, architecture, target, levels = [0.05, 0.95]) {
  const model = space.model(target), { e, b } = architecture, group = e * space.facts.bias.length + b;
  const sum = sumOf(space, architecture, target), median = model.value(sum, e, b);
  const quantiles = levels.map((level) => model.quantile(median, group, space.facts.levels.findIndex((one) => Math.abs(one - level) < 1e-9)));
  return {
    target, sum, median, quantiles,
    standardError: model.slope(sum, e, b) * errorOfSum(space, architecture, target),
    support: supportOf(space, architecture, target),
  };
}
