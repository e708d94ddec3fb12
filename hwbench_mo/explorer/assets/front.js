// The exact Pareto front of a quality and a cost under limits, by going through the cells with bounds.

const TILE = 8; // columns of cells whose bounds are looked at before they are
const BINS = 2048; // of a cost, from its least to its greatest

// `query`: quality and cost, limits ({target, bound}) and confidence (0: medians). Points ascend in cost: {at, i, j, cost,
// quality}, where cost and quality are values; the quality falls (perplexity) or rises (accuracy).
function frontUnder(cells, query) {
  const { space } = cells;
  const limits = query.limits.map(({ target, bound }) => new Limit(space, target, bound, query.confidence));
  const points = [];
  for (const blocks of cells.groups()) {
    const found = groupFront(cells, blocks, query, limits);
    const { e, b } = blocks[0], cost = space.model(query.cost), quality = space.model(query.quality);
    for (const point of found) {
      point.cost = cost.value(cost.sign * point.x, e, b);
      point.quality = quality.value(quality.sign * point.y, e, b);
      points.push(point);
    }
  }
  const sign = space.model(query.quality).sign;
  return staircase(points, (point) => point.cost, (point) => sign * point.quality);
}

// Those that no other dominates, ascending in the first; of equal ones, one.
function staircase(points, first, second) {
  points.sort((a, b) => first(a) - first(b) || second(a) - second(b));
  let least = Infinity;
  return points.filter((point) => {
    const better = second(point) < least;
    if (better) least = second(point);
    return better;
  });
}

// Of the blocks of one width and bias: sums x (cost) and y (quality) are compared.
function groupFront(cells, blocks, query, limits) {
  const { e, b, group } = blocks[0];
  const views = blocks.map((block) => blockView(cells, block, query, limits));
  const low = Math.min(...views.map((view) => view.lowX)), high = Math.max(...views.map((view) => view.highX));
  const scale = high > low ? (BINS - 1) / (high - low) : 0;
  const below = new Float64Array(BINS + 1).fill(Infinity); // the least y of all bins before each
  const binX = new Float64Array(BINS).fill(Infinity), binY = new Float64Array(BINS).fill(Infinity);
  let kept = [];
  const onLimit = limits.map((limit, l) => {
    const [surely, never] = limit.thresholds(e, b, group, Math.max(...views.map((view) => view.errors[l]?.most || 0)));
    return { surely, never, limit };
  });
  const visit = (view, i, tile) => {
    const { x, y, others, errors } = view, q = view.q, left = y.left;
    const last = Math.min((tile + 1) * TILE, x.head.length), ownX = x.mlp[i], ownY = y.mlp[i];
    columns: for (let j = tile * TILE; j < last; j++) {
      const atX = ownX + x.head[j];
      let atY = ownY + y.head[j];
      if (left) for (let c = 0; c < q; c++) atY += left[i * q + c] * view.counts[j * q + c];
      const bin = ((atX - low) * scale) | 0;
      if (atY >= below[bin] || (atY >= binY[bin] && atX >= binX[bin])) continue;
      for (let l = 0; l < others.length; l++) {
        const column = others[l], sum = column === y ? atY : column.mlp[i] + column.head[j];
        const { surely, never, limit } = onLimit[l];
        if (sum <= surely) continue;
        if (sum > never) continue columns;
        const error = errors[l] ? errorAt(errors[l], i, j) : 0;
        if (!limit.holds(limit.sign * sum, error, e, b, group)) continue columns;
      }
      kept.push({ at: view.at, i, j, x: atX, y: atY });
      if (atY < binY[bin] || (atY === binY[bin] && atX < binX[bin])) [binX[bin], binY[bin]] = [atX, atY];
      for (let next = bin + 1; next <= BINS && below[next] > atY; next++) below[next] = atY;
      if (kept.length > 1 << 15) kept = staircase(kept, (point) => point.x, (point) => point.y);
    }
  };
  const row = (view, i, stride) => {
    const { x, y, others, tiles, q } = view, left = y.left;
    for (let l = 0; l < others.length; l++) {
      if (others[l] !== y && others[l].mlp[i] + view.least[l] > onLimit[l].never) return;
    }
    tiles: for (let tile = 0; tile < tiles.n; tile += stride) {
      let atY = y.mlp[i] + tiles.y[tile];
      if (left) for (let c = 0; c < q; c++) {
        const factor = left[i * q + c];
        atY += factor * (factor > 0 ? tiles.fewest : tiles.most)[tile * q + c];
      }
      if (atY >= below[((x.mlp[i] + tiles.x[tile] - low) * scale) | 0]) continue;
      for (let l = 0; l < others.length; l++) {
        const sum = others[l] === y ? atY : others[l].mlp[i] + tiles.others[l][tile];
        if (sum > onLimit[l].never) continue tiles;
      }
      visit(view, i, tile);
    }
  };
  // A first pass over a few rows and tiles finds points that spare the others.
  for (const view of views) for (let i = 0; i < view.x.mlp.length; i += 11) row(view, i, 3);
  for (const view of views) for (let i = 0; i < view.x.mlp.length; i++) row(view, i, 1);
  return staircase(kept, (point) => point.x, (point) => point.y);
}

// The sums of a block's cells, and what none in a tile of columns is below.
function blockView(cells, block, query, limits) {
  const x = cells.column(block, query.cost), y = cells.column(block, query.quality);
  const others = limits.map((limit) => cells.column(block, limit.target));
  const errors = limits.map((limit) => (limit.z ? cells.errorColumn(block, limit.target) : null));
  const q = cells.space.nHead, counts = block.head.flat, n = Math.ceil(block.head.n / TILE);
  const tileLeast = (column) => (column.tiles ||= leastOf(column.head, n));
  const ranges = (block.head.ranges ||= countRanges(counts, q, n));
  const tiles = { n, x: tileLeast(x), y: tileLeast(y), others: others.map(tileLeast), ...ranges };
  const least = others.map((column) => (column.least ??= Math.min(...tileLeast(column))));
  const [lowX, highX] = (x.range ||= [Math.min(...x.mlp) + Math.min(...x.head), Math.max(...x.mlp) + Math.max(...x.head)]);
  return { at: block.at, x, y, others, errors, q, counts, tiles, least, lowX, highX };
}

function leastOf(sums, n) {
  return Float64Array.from({ length: n }, (_, tile) => Math.min(...sums.subarray(tile * TILE, (tile + 1) * TILE)));
}

function countRanges(counts, q, n) {
  const fewest = new Float64Array(n * q).fill(Infinity), most = new Float64Array(n * q);
  for (let at = 0; at < counts.length; at++) {
    const tile = Math.floor(Math.floor(at / q) / TILE) * q + (at % q);
    fewest[tile] = Math.min(fewest[tile], counts[at]);
    most[tile] = Math.max(most[tile], counts[at]);
  }
  return { fewest, most };
}
