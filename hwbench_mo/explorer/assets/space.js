// The tables of one space, decoded into typed arrays, and what can be asked of one architecture's sums.

class Table {
  constructor(data, shape) {
    this.data = data;
    this.shape = shape;
    this.strides = shape.map((_, axis) => shape.slice(axis + 1).reduce((a, b) => a * b, 1));
  }

  // Where the entries of the first axes begin; an axis of one entry answers for all (bias, or the slot of a layer).
  start(...place) {
    let at = 0;
    for (let axis = 0; axis < place.length; axis++) at += (this.shape[axis] === 1 ? 0 : place[axis]) * this.strides[axis];
    return at;
  }

  get(...place) {
    return this.data[this.start(...place)];
  }
}

class Space {
  constructor(facts) {
    this.facts = facts;
    this.name = facts.name;
    this.targets = facts.targets;
    this.nMlp = facts.mlp_ratio.length;
    this.nHead = facts.n_head.length;
    this.tables = {};
    const letters = atob(facts.arrays.bytes);
    const bytes = new Uint8Array(letters.length);
    for (let i = 0; i < letters.length; i++) bytes[i] = letters.charCodeAt(i);
    for (const [name, [kind, offset, shape]] of Object.entries(facts.arrays.at)) {
      const length = shape.reduce((a, b) => a * b, 1);
      const data = kind === "i2" ? new Int16Array(bytes.buffer, offset, length) : new Float64Array(bytes.buffer, offset, length);
      this.tables[name] = new Table(data, shape);
    }
    this.models = new Map();
  }

  table(target, part) {
    return this.tables[`${target}/${part}`] || null;
  }

  model(target) {
    if (!this.models.has(target)) this.models.set(target, new Model(this, target));
    return this.models.get(target);
  }

  // Batch and sequence of a pass; own devices may have been measured with others.
  pass(target) {
    const device = this.facts.devices[this.targets[target].device];
    return device || this.facts;
  }
}

class Model {
  constructor(space, name) {
    const facts = space.targets[name];
    Object.assign(this, { space, name, facts, sign: facts.sign, byOrder: facts.by_order });
    for (const part of ["base", "mlp", "head", "mlp_by_depth", "head_by_depth", "mlp_pairs", "head_pairs", "products"]) {
      this[part] = space.table(name, part);
    }
    this.knots = space.table(name, "knots");
    this.images = space.table(name, "images");
    this.noise = space.table(name, "noise");
    this.noiseKnots = space.table(name, "noise_knots");
    this.nLevels = space.facts.levels.length;
  }

  // The value of a sum, within a width and bias.
  value(sum, e, b) {
    if (this.facts.link === "exp") return Math.exp(sum);
    if (!this.knots) return sum;
    const at = this.knots.start(e, b), n = this.knots.shape[2], x = this.knots.data, y = this.images.data;
    if (sum < x[at]) return sum * (y[at] / x[at]);
    const end = at + n - 1;
    if (sum > x[end]) return sum * (y[end] / x[end]);
    let left = at;
    while (left < end - 1 && sum >= x[left + 1]) left++;
    if (sum === x[end]) return y[end];
    return ((y[left + 1] - y[left]) / (x[left + 1] - x[left])) * (sum - x[left]) + y[left];
  }

  // The sum that has a value.
  sumOf(value, e, b) {
    if (this.facts.link === "exp") return value > 0 ? Math.log(value) : -Infinity;
    if (!this.knots) return value;
    const at = this.knots.start(e, b), n = this.knots.shape[2], x = this.knots.data, y = this.images.data;
    if (value < y[at]) return (value * x[at]) / y[at];
    const end = at + n - 1;
    if (value > y[end]) return (value * x[end]) / y[end];
    let left = at;
    while (left < end - 1 && value >= y[left + 1]) left++;
    return ((x[left + 1] - x[left]) / (y[left + 1] - y[left])) * (value - y[left]) + x[left];
  }

  slope(sum, e, b) {
    if (this.facts.link === "exp") return Math.exp(sum);
    if (!this.knots) return 1;
    const at = this.knots.start(e, b), n = this.knots.shape[2], x = this.knots.data, y = this.images.data;
    if (sum <= x[at]) return y[at] / x[at];
    for (let i = at + 1; i < at + n; i++) if (sum <= x[i]) return (y[i] - y[i - 1]) / (x[i] - x[i - 1]);
    return y[at + n - 1] / x[at + n - 1];
  }

  steepest(e, b) {
    if (!this.knots) return 1;
    const at = this.knots.start(e, b), n = this.knots.shape[2], x = this.knots.data, y = this.images.data;
    let most = Math.max(y[at] / x[at], y[at + n - 1] / x[at + n - 1]);
    for (let i = at + 1; i < at + n; i++) most = Math.max(most, (y[i] - y[i - 1]) / (x[i] - x[i - 1]));
    return most;
  }

  // Quantile over median: one ratio a knot of the group's medians.
  ratios(group, level) {
    const j = this.noise.shape[1], ratios = [];
    for (let knot = 0; knot < j; knot++) ratios.push(this.noise.data[(group * j + knot) * this.nLevels + level]);
    return ratios;
  }

  quantile(median, group, level) {
    if (!this.noise) return median;
    const ratios = this.ratios(group, level), j = ratios.length;
    if (j === 1) return median * ratios[0];
    const at = group * j, knots = this.noiseKnots.data;
    let left = 0;
    while (left < j - 2 && median >= knots[at + left + 1]) left++;
    const start = knots[at + left], end = knots[at + left + 1];
    const weight = Math.min(Math.max((median - start) / (end - start), 0), 1);
    return median * (ratios[left] + weight * (ratios[left + 1] - ratios[left]));
  }
}
