// Cells: pairs of count vectors, one of mlp_ratio and one of n_head, for each width, bias and depth. A hardware metric has
// one value in a cell, and perplexity a best one. All sums are minimised.

class Cells {
  constructor(space) {
    this.space = space;
    this.columns = new Map();
    this.errors = new Map();
    this.blocks = [];
    const { embed_dim, bias, n_layer } = space.facts;
    embed_dim.forEach((_, e) => bias.forEach((_, b) => n_layer.forEach((n, d) => {
      const mlp = countVectors(n, space.nMlp), head = countVectors(n, space.nHead);
      this.blocks.push({ at: this.blocks.length, e, b, d, n, group: e * bias.length + b, mlp, head });
    })));
  }

  // Blocks of one width and bias: within them, sums are ordered as values are.
  groups() {
    const found = [];
    for (const block of this.blocks) (found[block.group] ||= []).push(block);
    return found;
  }

  column(block, target) {
    const key = `${block.at} ${target}`;
    if (!this.columns.has(key)) this.columns.set(key, this.sums(block, this.space.model(target)));
    return this.columns.get(key);
  }

  // Sums of the rows and of the columns of a block's cells, the latter with the base; `left` are factors of the counts of
  // n_head, where products of counts are part of a model.
  sums(block, model) {
    const { e, b, d } = block, { sign } = model, k = this.space.nMlp, q = this.space.nHead;
    let mlp, head, choices = null;
    if (model.byOrder) {
      const one = bestOrders(model, "mlp", block), other = bestOrders(model, "head", block);
      [mlp, head] = [one.least, other.least];
      choices = { mlp: one.choices, head: other.choices };
    } else {
      const dot = (kind, vectors, c) => {
        const table = model[kind], sums = new Float64Array(vectors.n);
        for (let i = 0; i < vectors.n; i++) for (let x = 0; x < c; x++) sums[i] += vectors.flat[i * c + x] * sign * table.get(e, b, 0, x);
        return sums;
      };
      [mlp, head] = [dot("mlp", block.mlp, k), dot("head", block.head, q)];
    }
    const base = sign * model.base.get(e, b, d);
    for (let j = 0; j < head.length; j++) head[j] += base;
    const left = model.products ? this.products(block, model, mlp, head) : null;
    return { mlp, head, left, choices };
  }

  products(block, model, mlp, head) {
    const { e, b } = block, { sign } = model, k = this.space.nMlp, q = this.space.nHead;
    const P = (x, y) => sign * model.products.get(e, b, x, y);
    const own = (vectors, c, from, sums) => {
      for (let i = 0; i < vectors.n; i++) {
        for (let x = 0; x < c; x++) for (let y = 0; y < c; y++) {
          sums[i] += vectors.flat[i * c + x] * vectors.flat[i * c + y] * P(from + x, from + y);
        }
      }
    };
    own(block.mlp, k, 0, mlp);
    own(block.head, q, k, head);
    const left = new Float64Array(block.mlp.n * q);
    for (let i = 0; i < block.mlp.n; i++) for (let y = 0; y < q; y++) for (let x = 0; x < k; x++) {
      left[i * q + y] += block.mlp.flat[i * k + x] * (P(x, k + y) + P(k + y, x));
    }
    return left;
  }

  // Standard errors of sums: r numbers a row and a column of the cells, whose squares add up; null where none are counted.
  errorColumn(block, target) {
    const key = `${block.at} ${target}`;
    if (!this.errors.has(key)) this.errors.set(key, this.errorSums(block, target));
    return this.errors.get(key);
  }

  errorSums(block, target) {
    const facts = this.space.targets[target], base = this.space.table(target, "error_base");
    if (!base || facts.by_order) return null;
    const { e, b, d } = block, r = base.shape[3], step = facts.error_step;
    const sums = (kind, vectors, c, start) => {
      const table = this.space.table(target, `error_${kind}`), found = new Float64Array(vectors.n * r);
      for (let i = 0; i < vectors.n; i++) for (let f = 0; f < r; f++) {
        let sum = start ? start(f) : 0;
        for (let x = 0; x < c; x++) sum += vectors.flat[i * c + x] * table.data[table.start(e, b, 0, x) + f];
        found[i * r + f] = sum * step;
      }
      return found;
    };
    const mlp = sums("mlp", block.mlp, this.space.nMlp, null);
    const head = sums("head", block.head, this.space.nHead, (f) => base.data[base.start(e, b, d) + f]);
    const column = { mlp, head, r, most: 0 };
    // The length of a sum of vectors is convex in the counts: it is greatest where every layer is the same.
    const corners = (vectors, c) => Array.from({ length: vectors.n }, (_, i) => i).filter((i) =>
      vectors.flat.subarray(i * c, i * c + c).some((count) => count === block.n));
    for (const i of corners(block.mlp, this.space.nMlp)) for (const j of corners(block.head, this.space.nHead)) {
      column.most = Math.max(column.most, errorAt(column, i, j) * (1 + 1e-9));
    }
    return column;
  }

  // The architecture of a cell that is the best in a metric.
  architecture(at, i, j, target) {
    const block = this.blocks[at], { choices } = this.column(block, target);
    return { e: block.e, b: block.b, d: block.d, mlp: choices.mlp(i), head: choices.head(j) };
  }

  // From the least to the greatest amount that a limit is compared with; a slider's ends, and no part of an answer.
  range(limit) {
    const { target, sign } = limit;
    let [low, high] = [Infinity, -Infinity];
    for (const block of this.blocks) {
      const { mlp, head } = this.column(block, target), error = limit.z ? this.errorColumn(block, target) : null;
      for (const pick of [Math.min, Math.max]) {
        const i = mlp.indexOf(mlp.reduce((a, b) => pick(a, b))), j = head.indexOf(head.reduce((a, b) => pick(a, b)));
        const value = limit.amount(sign * (mlp[i] + head[j]), error ? errorAt(error, i, j) : 0, block.e, block.b, block.group);
        [low, high] = [Math.min(low, value), Math.max(high, value)];
      }
    }
    return [low, high];
  }
}

function errorAt(column, i, j) {
  let square = 0;
  for (let f = 0; f < column.r; f++) {
    const sum = column.mlp[i * column.r + f] + column.head[j * column.r + f];
    square += sum * sum;
  }
  return Math.sqrt(square);
}
