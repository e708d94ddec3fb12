// The tables of a space, made ready: sums of every metric by count vector, as typed arrays.
class Tables {
  constructor(name, told) {
    Object.assign(this, {name, told, z: told.z, levels: told.levels});
    const space = told.space;
    this.names = Object.keys(told.targets).filter((one) => one !== "perplexity");
    this.blocks = [];
    space.embed_dim.forEach((width, e) => space.bias.forEach((bias, b) => space.n_layer.forEach((depth, l) => {
      const mlp = told.counts.mlp[depth], head = told.counts.head[depth];
      this.blocks.push({e, b, l, g: e * space.bias.length + b, width, bias, depth, mlp, head, columns: new Map()});
    })));
  }

  // The sums of a target in a block: base + mlp[i] + head[j] (+ left[i] . counts of head[j], where products are).
  column(block, name) {
    if (!block.columns.has(name)) block.columns.set(name, this.computed(block, name));
    return block.columns.get(name);
  }

  computed(block, name) {
    const told = this.told.targets[name], {e, b, l} = block;
    const dot = (row, counts) => counts.reduce((sum, n, c) => sum + n * row[c], 0);
    const part = (kind) => Float64Array.from(told.by_order ? told[kind][e][b][l]
      : block[kind].map((counts) => dot(told[kind][e][b], counts)));
    const mlp = part("mlp"), head = part("head"), base = told.base[e][b][l];
    for (let j = 0; j < head.length; j++) head[j] += base;
    let left = null;
    if (told.products) {
      const P = told.products[e][b], n = block.mlp[0].length, own = (counts, from) =>
        counts.reduce((sum, x, c) => sum + x * counts.reduce((more, y, d) => more + y * P[from + c][from + d], 0), 0);
      block.mlp.forEach((counts, i) => { mlp[i] += own(counts, 0); });
      block.head.forEach((counts, j) => { head[j] += own(counts, n); });
      left = block.mlp.map((counts) => block.head[0].map((_, d) =>
        counts.reduce((sum, x, c) => sum + x * (P[c][n + d] + P[n + d][c]), 0)));
    }
    return {mlp, head, left};
  }

  sum(block, name, i, j) {
    const {mlp, head, left} = this.column(block, name);
    return mlp[i] + head[j] + (left ? left[i].reduce((sum, x, c) => sum + x * block.head[j][c], 0) : 0);
  }

  // Value and slope of a sum.
  value(block, name, sum) {
    const told = this.told.targets[name];
    if (told.link === "exp") return [Math.exp(sum), Math.exp(sum)];
    if (!told.curve) return [sum, 1];
    const knots = told.curve.knots[block.e][block.b], images = told.curve.images[block.e][block.b], last = knots.length - 1;
    if (sum <= knots[0]) return [sum * images[0] / knots[0], images[0] / knots[0]];
    for (let k = 0; k < last; k++) {
      if (sum <= knots[k + 1]) {
        const slope = (images[k + 1] - images[k]) / (knots[k + 1] - knots[k]);
        return [images[k] + slope * (sum - knots[k]), slope];
      }
    }
    return [sum * images[last] / knots[last], images[last] / knots[last]];
  }

  // The quantile of a measurement at one of the levels.
  quantile(block, name, value, level) {
    const noise = this.told.targets[name].noise;
    if (!noise) return value;
    const knots = noise.knots[block.g], ratios = noise.ratios[block.g], last = knots.length - 1;
    if (value <= knots[0]) return value * ratios[0][level];
    if (value >= knots[last]) return value * ratios[last][level];
    let k = 0;
    while (value > knots[k + 1]) k += 1;
    const share = (value - knots[k]) / (knots[k + 1] - knots[k]);
    return value * (ratios[k][level] + share * (ratios[k + 1][level] - ratios[k][level]));
  }

  // Standard error of the sum of a target by counts.
  error(block, name, i, j) {
    const error = this.told.targets[name].error;
    if (!error) return 0;
    const {e, b, l} = block, mlp = error.mlp[e][b], head = error.head[e][b], base = error.base[e][b][l];
    let squares = 0;
    for (let r = 0; r < base.length; r++) {
      let x = base[r];
      for (let c = 0; c < mlp.length; c++) x += block.mlp[i][c] * mlp[c][r];
      for (let c = 0; c < head.length; c++) x += block.head[j][c] * head[c][r];
      squares += x * x;
    }
    return Math.sqrt(squares);
  }

  // What a limit is on: the median, or where 95 % of measurements are to stay within it, their quantile.
  amount(block, name, i, j, sure) {
    const [value, slope] = this.value(block, name, this.sum(block, name, i, j));
    if (!sure) return value;
    return this.quantile(block, name, value + this.z * slope * this.error(block, name, i, j), 2);
  }

  // From which sum on the limit is broken for sure, and up to which it is kept for sure; between them cells are asked.
  bounds(block, name, bound, sure) {
    const column = this.column(block, name);
    let low = Infinity, high = -Infinity;
    for (const i of [column.mlp.indexOf(Math.min(...column.mlp)), column.mlp.indexOf(Math.max(...column.mlp))]) {
      for (const j of [column.head.indexOf(Math.min(...column.head)), column.head.indexOf(Math.max(...column.head))]) {
        low = Math.min(low, column.mlp[i] + column.head[j]);
        high = Math.max(high, column.mlp[i] + column.head[j]);
      }
    }
    if (!sure) return this.crossing(block, name, bound, low, high, (value) => value);
    const worst = this.mostError(block, name);
    const keeps = this.crossing(block, name, bound, low, high, (value, slope) => {
      let most = 0;  // the quantile need not grow with the median
      for (const share of [0, 0.5, 1]) most = Math.max(most, this.quantile(block, name, value + share * this.z * slope * worst, 2));
      return most * 1.02;
    });
    const breaks = this.crossing(block, name, bound, low, high, (value) => this.quantile(block, name, value, 2) / 1.02);
    return [keeps[0], breaks[1]];
  }

  crossing(block, name, bound, low, high, amount) {
    const at = (sum) => { const [value, slope] = this.value(block, name, sum); return amount(value, slope); };
    const slack = 1e-9 * Math.max(Math.abs(low), Math.abs(high), 1e-12);
    if (at(low) > bound) return [-Infinity, at(high) > bound ? low - slack : Infinity];
    if (at(high) <= bound) return [Infinity, Infinity];
    for (let k = 0; k < 60; k++) {
      const middle = (low + high) / 2;
      if (at(middle) <= bound) low = middle; else high = middle;
    }
    return [low - slack, high + slack];
  }

  mostError(block, name) {
    let most = 0;
    const corners = (counts) => counts.map((row, k) => [row, k]).filter(([row]) => Math.max(...row) === block.depth);
    for (const [, i] of corners(block.mlp)) for (const [, j] of corners(block.head)) most = Math.max(most, this.error(block, name, i, j));
    return most * (1 + 1e-9);
  }

  architecture({block, i, j}) {
    const told = this.told.targets.perplexity, space = this.told.space, {e, b, l} = block;
    const choices = (kind, values) => [...told[`${kind}_orders`][e][b][l][kind === "mlp" ? i : j]].map((digit) => values[+digit]);
    return {embed_dim: block.width, n_layer: block.depth, mlp_ratio: choices("mlp", space.mlp_ratio),
      n_head: choices("head", space.n_head), bias: block.bias};
  }
}
