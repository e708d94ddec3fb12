// The surface that half of some runs attain, of two objectives: steps from left to right.
const Attainment = (() => {
  // Of each run its front as [x, y], by ascending x and descending y.
  const median = (fronts) => {
    const needed = Math.ceil(fronts.length / 2);
    const all = [...new Set(fronts.flatMap((front) => front.map((point) => point[0])))].sort((a, b) => a - b);
    const places = fronts.map(() => 0);
    const best = fronts.map(() => Infinity);
    const steps = [];
    let lowest = Infinity;
    for (const x of all) {
      fronts.forEach((front, run) => {
        while (places[run] < front.length && front[places[run]][0] <= x) best[run] = front[places[run]++][1];
      });
      const y = [...best].sort((a, b) => a - b)[needed - 1];
      if (y < lowest) steps.push([x, y]);
      lowest = Math.min(lowest, y);
    }
    return steps;
  };

  return { median };
})();
