// The runs: what each had found by when, and how good that was.
const Runs = (() => {
  let data = null;
  const cache = new Map();

  const start = (values) => {
    data = values;
    for (const problem of data.problems) {
      problem.ticks = ticksOf(problem);
      for (const group of problem.groups) {
        for (const run of group.runs) {
          let evaluation = 0;
          run.e = run.e.map((step) => (evaluation += step));
          run.v = Float64Array.from(run.v, (value) => value * data.unit);
        }
      }
      if (problem.front.v) problem.front.v = Float64Array.from(problem.front.v, (value) => value * data.unit);
      problem.front.shown.v = Float64Array.from(problem.front.shown.v, (value) => value * data.unit);
    }
  };

  // Evaluations at which the time can stand: those of all curves up to the common budget.
  const ticksOf = (problem) => {
    const all = new Set(problem.groups.flatMap((group) => group.curves.evaluations));
    return [...all].filter((one) => one <= problem.budget).sort((a, b) => a - b);
  };

  const size = (problem) => problem.objectives.length;
  const evaluationOf = (problem, tick = State.now.tick) => problem.ticks[Math.min(tick, problem.ticks.length - 1)];
  const referenceOf = (problem) =>
    State.now.references.get(size(problem)) || problem.objectives.map(() => data.reference);
  const isUsual = (reference) => reference.every((one) => Math.abs(one - data.reference) < 1e-9);
  // Whether the page has what it takes to compute with another reference point.
  const canMove = (problem) => Boolean(problem.front.v) && problem.groups.every((group) => group.runs.length > 0);

  const countUntil = (run, evaluation) => {
    let n = run.e.length;
    while (n > 0 && run.e[n - 1] > evaluation) n -= 1;
    return n;
  };

  // Places of the points of a run that are non-dominated after so many evaluations.
  const frontOf = (problem, run, evaluation) => {
    const m = size(problem);
    const n = countUntil(run, evaluation);
    const places = [];
    for (let i = n - 1; i >= 0; i--) {
      const isBeaten = places.some((other) => {
        for (let k = 0; k < m; k++) if (run.v[other * m + k] > run.v[i * m + k]) return false;
        return true;
      });
      if (!isBeaten) places.push(i);
    }
    return places.sort((a, b) => run.v[a * m] - run.v[b * m]);
  };

  const optimum = (problem, reference) => {
    const key = `${data.problems.indexOf(problem)} ${reference}`;
    if (!cache.has(key)) cache.set(key, Hypervolume.of(problem.front.v, reference));
    return cache.get(key);
  };

  const regretOf = (problem, run, evaluation, reference) => {
    const until = countUntil(run, evaluation) * size(problem);
    const best = optimum(problem, reference);
    return best > 0 ? 1 - Hypervolume.of(run.v.subarray(0, until), reference) / best : NaN;
  };

  const atCurve = (group, name, evaluation) => {
    let place = group.curves.evaluations.length - 1;
    while (place > 0 && group.curves.evaluations[place] > evaluation) place -= 1;
    return group.curves[name].map((curve) => curve[place]);
  };

  // The groups of a problem with the median and quartiles of their regret, the best first.
  const ranking = (problem, evaluation = evaluationOf(problem), reference = referenceOf(problem)) => {
    const key = `ranking ${data.problems.indexOf(problem)} ${evaluation} ${reference}`;
    if (!cache.has(key)) cache.set(key, ranked(problem, evaluation, reference));
    return cache.get(key);
  };

  const ranked = (problem, evaluation, reference) => {
    const found = problem.groups.map((group) => {
      if (isUsual(reference) || !canMove(problem)) {
        const [low, median, high] = atCurve(group, "regret", evaluation);
        return { group, low, median, high, seeds: group.seeds };
      }
      const firsts = group.runs.filter((run) => !run.aside);
      const runs = firsts.length ? firsts : group.runs;
      const regrets = runs.map((run) => regretOf(problem, run, evaluation, reference)).sort((a, b) => a - b);
      const [low, median, high] = [0.25, 0.5, 0.75].map((share) => Numbers.quantile(regrets, share));
      return { group, low, median, high, seeds: runs.length, isOfOne: !firsts.length };
    });
    found.sort((a, b) => a.median - b.median);
    found.forEach((one, place) => {
      const before = found[place - 1];
      one.rank = before && before.median === one.median ? before.rank : place + 1;
    });
    return found;
  };

  return {
    start, size, evaluationOf, referenceOf, isUsual, canMove, frontOf, regretOf, optimum, ranking, ticksOf,
    get data() { return data; },
    get problem() { return data.problems[State.now.problem]; },
  };
})();
