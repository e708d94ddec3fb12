// The least perplexity under limits, and the front against one metric: by going through the cells of count vectors.
const BINS = 400;
const STEPS = 4096;  // of the sums of a block, each of which is in one bin of the front

const Search = {
  // {best, front, nearest}: the best cell, cells of the front in order of the metric, or how far off the nearest is.
  run(tables, limits, metric, sure) {
    const best = {sum: Infinity, cell: null};
    const range = Search.range(tables, metric);
    const bins = new Float64Array(BINS).fill(Infinity), cells = new Array(BINS).fill(null);
    for (const block of tables.blocks) Search.block(tables, block, limits, metric, sure, range, best, bins, cells);
    const front = [];
    let least = Infinity;
    for (let k = 0; k < BINS; k++) {
      if (cells[k] && bins[k] < least) { least = bins[k]; front.push(cells[k]); }
    }
    return {best: best.cell, front: Search.tidied(tables, front, metric)};
  },

  range(tables, metric) {
    tables.ranges = tables.ranges || new Map();
    if (!tables.ranges.has(metric)) {
      let low = Infinity, high = -Infinity;
      for (const block of tables.blocks) {
        const {mlp, head} = tables.column(block, metric);
        low = Math.min(low, tables.value(block, metric, Math.min(...mlp) + Math.min(...head))[0]);
        high = Math.max(high, tables.value(block, metric, Math.max(...mlp) + Math.max(...head))[0]);
      }
      tables.ranges.set(metric, [low, high]);
    }
    return tables.ranges.get(metric);
  },

  block(tables, block, limits, metric, sure, range, best, bins, cells) {
    const goal = tables.column(block, "perplexity"), x = tables.column(block, metric);
    const limited = limits.map(({name, bound}) => {
      const [keeps, breaks] = tables.bounds(block, name, bound, sure);
      const {mlp, head} = tables.column(block, name);
      return {name, bound, keeps, breaks, mlp, head, least: Math.min(...head), leastMlp: Math.min(...mlp)};
    });
    if (limited.some((limit) => limit.leastMlp + limit.least > limit.breaks)) return;
    const columns = [];
    for (let j = 0; j < goal.head.length; j++) {
      if (limited.every((limit) => limit.leastMlp + limit.head[j] <= limit.breaks)) columns.push(j);
    }
    const bin = Search.binsOf(tables, block, metric, x, range);
    const c = goal.left ? block.head[0].length : 0;
    const heads = c ? Float64Array.from(columns.flatMap((j) => block.head[j])) : null;
    for (let i = 0; i < goal.mlp.length; i++) {
      if (limited.some((limit) => limit.mlp[i] + limit.least > limit.breaks)) continue;
      const own = goal.mlp[i], left = goal.left && goal.left[i], along = x.mlp[i] - bin.low;
      for (let k = 0; k < columns.length; k++) {
        const j = columns[k];
        let sum = own + goal.head[j];
        for (let d = 0; d < c; d++) sum += left[d] * heads[k * c + d];
        const at = bin.of[((along + x.head[j]) * bin.scale) | 0];
        if (sum >= best.sum && sum >= bins[at]) continue;
        let kept = true;
        for (let n = 0; n < limited.length && kept; n++) {
          const limit = limited[n], amount = limit.mlp[i] + limit.head[j];
          if (amount > limit.breaks) kept = false;
          else if (amount > limit.keeps) kept = tables.amount(block, limit.name, i, j, sure) <= limit.bound;
        }
        if (!kept) continue;
        if (sum < bins[at]) { bins[at] = sum; cells[at] = {block, i, j}; }
        if (sum < best.sum) { best.sum = sum; best.cell = {block, i, j}; }
      }
    }
  },

  // Which bin of the front each of many equal steps of the sums of a block is in.
  binsOf(tables, block, metric, {mlp, head}, [low, high]) {
    block.bins = block.bins || new Map();
    if (!block.bins.has(metric)) {
      const least = Math.min(...mlp) + Math.min(...head), most = Math.max(...mlp) + Math.max(...head);
      const width = (most - least) || 1, of = new Int32Array(STEPS + 2);
      for (let k = 0; k < of.length; k++) {
        const value = tables.value(block, metric, least + width * k / STEPS)[0];
        of[k] = Math.max(0, Math.min(BINS - 1, Math.floor((value - low) / (high - low || 1) * BINS)));
      }
      block.bins.set(metric, {low: least, scale: STEPS / width, of});
    }
    return block.bins.get(metric);
  },

  // Values of cells, without those that another dominates.
  tidied(tables, cells, metric) {
    const points = cells.map((cell) => ({cell,
      x: tables.value(cell.block, metric, tables.sum(cell.block, metric, cell.i, cell.j))[0],
      y: tables.value(cell.block, "perplexity", tables.sum(cell.block, "perplexity", cell.i, cell.j))[0]}));
    points.sort((a, b) => a.x - b.x || a.y - b.y);
    let least = Infinity;
    return points.filter((point) => point.y < least && ((least = point.y), true));
  },

  // The least that a limit can be, over all architectures, for what cannot be kept.
  least(tables, name, sure) {
    let least = Infinity;
    for (const block of tables.blocks) {
      const {mlp, head} = tables.column(block, name);
      const i = mlp.indexOf(Math.min(...mlp)), j = head.indexOf(Math.min(...head));
      least = Math.min(least, tables.amount(block, name, i, j, sure));
    }
    return least;
  },
};
