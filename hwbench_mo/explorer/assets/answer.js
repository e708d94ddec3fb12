// From what was chosen to one architecture: the front under the limits, its best point, and what limits it.

// The front, which point is shown, and its architecture; `chosen` is null where nothing keeps the limits.
function answer() {
  const start = performance.now(), { cells, space } = State;
  const front = frontUnder(cells, State.query);
  const best = State.goal === "cost" ? 0 : front.length - 1;
  const place = State.picked === null ? best : Math.min(State.picked, front.length - 1);
  const point = front[place] || null;
  const own = point && cells.architecture(point.at, point.i, point.j, State.quality);
  const architecture = State.edited || own;
  return { front, best, place, point, architecture, milliseconds: performance.now() - start, space };
}

// What is limited of an architecture, limit by limit, and whether it is kept.
function limitUse(space, architecture) {
  const group = architecture.e * space.facts.bias.length + architecture.b;
  return State.limits.map(({ target, bound }) => {
    const limit = new Limit(space, target, bound, State.confidence), sum = sumOf(space, architecture, target);
    const error = limit.z ? errorOfSum(space, architecture, target) : 0;
    const amount = limit.amount(sum, error, architecture.e, architecture.b, group);
    return { target, bound, amount, kept: limit.sign * amount <= limit.sign * bound };
  });
}

// The value of the goal with one limit loosened by a share of it.
function loosened(place, share) {
  const limits = State.limits.map((limit, at) => {
    const sign = State.space.model(limit.target).sign;
    return at === place ? { ...limit, bound: limit.bound * (1 + sign * share) } : limit;
  });
  const front = frontUnder(State.cells, { ...State.query, limits });
  if (!front.length) return null;
  return State.goal === "cost" ? front[0].cost : front.at(-1).quality;
}

// Where nothing keeps the limits: to what each would have to be loosened, all others kept; null where that does not help.
function loosest(place) {
  const { space, cells } = State, { target } = State.limits[place], others = State.limits.filter((_, at) => at !== place);
  const asCost = target !== State.quality;
  const front = frontUnder(cells, { ...State.query, cost: asCost ? target : State.costTarget(), limits: others });
  if (!front.length) return null;
  const point = asCost ? front[0] : front.at(-1);
  const architecture = cells.architecture(point.at, point.i, point.j, State.quality);
  const limit = new Limit(space, target, 1, State.confidence);
  return limit.amount(sumOf(space, architecture, target), limit.z ? errorOfSum(space, architecture, target) : 0,
    architecture.e, architecture.b, architecture.e * space.facts.bias.length + architecture.b);
}

function goalTarget() {
  return State.goal === "cost" ? State.costTarget() : State.quality;
}

// As `Architecture.to_dict` writes it and `Architecture.from_dict` reads it.
function asDict(space, { e, b, d, mlp, head }) {
  const facts = space.facts;
  return {
    format: "hwbench_mo.architecture/1", embed_dim: facts.embed_dim[e], n_layer: facts.n_layer[d],
    mlp_ratio: mlp.map((choice) => facts.mlp_ratio[choice]), n_head: head.map((choice) => facts.n_head[choice]), bias: facts.bias[b],
  };
}
