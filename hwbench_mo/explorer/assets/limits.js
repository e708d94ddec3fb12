// One limit: at most so much, for accuracy at least; with a confidence, on the quantile of a measurement.

const MARGIN = 1e-9; // relative; sums so near to where a limit is crossed are evaluated one by one

class Limit {
  constructor(space, target, bound, confidence) {
    const model = space.model(target), { levels, z } = space.facts;
    Object.assign(this, { target, bound, model, sign: model.sign });
    this.level = confidence && model.noise ? levels.findIndex((level) => Math.abs(level - (this.sign > 0 ? confidence : 1 - confidence)) < 1e-9) : -1;
    this.z = confidence && !model.byOrder && space.table(target, "error_base") ? z[levels.findIndex((level) => Math.abs(level - confidence) < 1e-9)] : 0;
  }

  // What is limited, in the metric's unit, of a sum and its standard error.
  amount(sum, error, e, b, group) {
    let median = this.model.value(sum, e, b);
    if (this.z) median += this.sign * this.z * this.model.slope(sum, e, b) * error;
    return this.level < 0 ? median : this.model.quantile(median, group, this.level);
  }

  holds(sum, error, e, b, group) {
    return this.sign * this.amount(sum, error, e, b, group) <= this.sign * this.bound;
  }

  // Of minimised sums: up to the first the limit holds for sure, beyond the second for sure it does not.
  thresholds(e, b, group, mostError) {
    const [low, high] = this.crossings(group);
    const slack = this.z * mostError * this.model.steepest(e, b);
    const moved = (value, margin) => {
      const sum = this.model.sumOf(value, e, b);
      return sum + margin * (Math.abs(sum) + (this.model.facts.link === "exp" ? 1 : 0));
    };
    if (this.sign > 0) return [moved(low - slack, -MARGIN), moved(high, MARGIN)];
    return [-moved(high + slack, MARGIN), -moved(low, -MARGIN)];
  }

  // The least and the greatest median at which the limited quantile is the bound: it need not grow with its median.
  crossings(group) {
    if (this.level < 0) return [this.bound, this.bound];
    const ratios = this.model.ratios(group, this.level), n = ratios.length;
    if (n === 1) return [this.bound / ratios[0], this.bound / ratios[0]];
    const knots = Array.from({ length: n }, (_, j) => this.model.noiseKnots.data[group * n + j]), found = [];
    if (this.bound / ratios[0] <= knots[0]) found.push(this.bound / ratios[0]);
    if (this.bound / ratios[n - 1] >= knots[n - 1]) found.push(this.bound / ratios[n - 1]);
    for (let left = 0; left < n - 1; left++) {
      const bend = (ratios[left + 1] - ratios[left]) / (knots[left + 1] - knots[left]), width = MARGIN * knots[left + 1];
      for (const root of quadraticRoots(bend, ratios[left] - bend * knots[left], -this.bound)) {
        if (root >= knots[left] - width && root <= knots[left + 1] + width) found.push(root);
      }
    }
    return [Math.min(...found), Math.max(...found)];
  }
}

function quadraticRoots(square, linear, constant) {
  if (square === 0) return linear === 0 ? [] : [-constant / linear];
  const discriminant = linear * linear - 4 * square * constant;
  if (discriminant < -MARGIN * linear * linear) return [];
  const root = Math.sqrt(Math.max(discriminant, 0)), sum = -(linear + (linear < 0 ? -root : root)) / 2;
  return sum === 0 ? [0] : [sum / square, constant / sum];
}
