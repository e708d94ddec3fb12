// Count vectors, and the best order of layers within each, by dynamic programming over layers.

const COUNTS = new Map();

// Every way in which n layers take k choices, in lexicographic order, one after another; `before` says which vector of
// one layer less each comes from by its last choice, -1 where none does.
function countVectors(n, k) {
  const key = `${n},${k}`;
  if (COUNTS.has(key)) return COUNTS.get(key);
  const rows = [];
  (function fill(row, left) {
    if (row.length === k - 1) return rows.push([...row, left]);
    for (let own = 0; own <= left; own++) fill([...row, own], left - own);
  })([], n);
  const found = { n: rows.length, flat: Uint8Array.from(rows.flat()), place: new Map(rows.map((row, i) => [row.join(), i])), before: null };
  COUNTS.set(key, found);
  if (n > 0) {
    const fewer = countVectors(n - 1, k);
    found.before = new Int32Array(rows.length * k).fill(-1);
    rows.forEach((row, i) => {
      for (let c = 0; c < k; c++) {
        if (row[c] === 0) continue;
        row[c]--;
        found.before[i * k + c] = fewer.place.get(row.join());
        row[c]++;
      }
    });
  }
  return found;
}

// The least minimised sum of one kind, mlp or head, within each count vector of a block; `choices(i)` attains it.
function bestOrders(model, kind, { e, b, d, n }) {
  const main = model[kind], byDepth = model[`${kind}_by_depth`], pairs = model[`${kind}_pairs`];
  const k = main.shape[3], sign = model.sign;
  const entry = (slot, c) => sign * (main.get(e, b, slot, c) + (byDepth ? byDepth.get(e, b, d, slot, c) : 0));
  const came = [];
  let sums = null;
  for (let slot = 0; slot < n; slot++) {
    const vectors = countVectors(slot + 1, k), next = new Float64Array(vectors.n * k).fill(Infinity);
    const from = new Uint8Array(vectors.n * k);
    const entries = Array.from({ length: k }, (_, c) => entry(slot, c));
    const together = Array.from({ length: k * k }, (_, at) =>
      pairs && slot > 0 ? sign * pairs.get(e, b, slot - 1, Math.floor(at / k), at % k) : 0);
    for (let i = 0; i < vectors.n; i++) {
      for (let c = 0; c < k; c++) {
        const before = vectors.before[i * k + c];
        if (before < 0) continue;
        let least = slot === 0 ? 0 : Infinity;
        for (let last = 0; slot > 0 && last < k; last++) {
          const sum = sums[before * k + last] + together[last * k + c];
          if (sum < least) [least, from[i * k + c]] = [sum, last];
        }
        next[i * k + c] = least + entries[c];
      }
    }
    sums = next;
    came.push(from);
  }
  const vectors = countVectors(n, k), least = new Float64Array(vectors.n), last = new Uint8Array(vectors.n);
  for (let i = 0; i < vectors.n; i++) {
    for (let c = 1; c < k; c++) if (sums[i * k + c] < sums[i * k + last[i]]) last[i] = c;
    least[i] = sums[i * k + last[i]];
  }
  const choices = (i) => {
    const found = new Array(n);
    let at = i, choice = last[i];
    for (let slot = n - 1; slot >= 0; slot--) {
      found[slot] = choice;
      const before = came[slot][at * k + choice];
      at = countVectors(slot + 1, k).before[at * k + choice];
      choice = before;
    }
    return found;
  };
  return { least, choices };
}
