// The ranking on the problem, at the time and with the reference point that are set.
const Ranking = (() => {
  const start = () => State.on("problem chosen tick references", draw);

  const draw = () => {
    const problem = Runs.problem;
    const evaluation = Runs.evaluationOf(problem);
    const now = Runs.ranking(problem);
    const usual = Runs.ranking(problem, evaluation, problem.objectives.map(() => Runs.data.reference));
    const before = new Map(usual.map((one) => [one.group, one.rank]));
    const most = now.reduce((a, b) => Math.max(a, b.high), 0) || 1;
    document.getElementById("ranking").replaceChildren(...now.map((one) => row(one, before.get(one.group), most)));
    for (const place of document.querySelectorAll(".moment")) {
      place.textContent = `after ${Numbers.count(evaluation)} evaluations`;
    }
    hint(problem, now);
  };

  const row = (one, usual, most) => {
    const { name, colour } = Drawing.optimizer(one.group);
    const button = document.createElement("button");
    button.type = "button";
    button.dataset.optimizer = one.group.optimizer;
    button.setAttribute("aria-pressed", State.now.chosen.has(one.group.optimizer));
    button.className = State.isChosen(one.group.optimizer) ? "" : "faint";
    button.style.setProperty("--colour", colour);
    button.style.setProperty("--low", `${(100 * Math.max(one.low, 0)) / most}%`);
    button.style.setProperty("--median", `${(100 * Math.max(one.median, 0)) / most}%`);
    button.style.setProperty("--high", `${(100 * Math.max(one.high, 0)) / most}%`);
    button.title = `${name}: regret ${Numbers.regret(one.median)}, quartiles ${Numbers.regret(one.low)} to ${Numbers.regret(one.high)}`;
    button.append(part("rank", one.rank), part("name", name), part("change", change(one.rank, usual)));
    button.append(part("value", Numbers.regret(one.median)), part("bar", ""));
    const item = document.createElement("li");
    item.append(button);
    return item;
  };

  const part = (kind, text) => {
    const found = document.createElement("span");
    found.className = kind;
    found.textContent = text;
    return found;
  };

  const change = (rank, usual) => {
    if (rank === usual) return "";
    return rank < usual ? `▲${usual - rank}` : `▼${rank - usual}`;
  };

  const hint = (problem, now) => {
    const said = ["Median regret; the bar spans the quartiles."];
    if (!Runs.isUsual(Runs.referenceOf(problem))) {
      said.push(`Arrows: places won and lost against the reference point ${Runs.data.reference}.`);
      const some = now.find((one) => one.seeds < one.group.seeds);
      if (some) {
        said.push(some.isOfOne ? `Of one run of ${some.group.seeds} of each, that of median regret at 1.1.`
          : `Of the first ${some.seeds} of ${some.group.seeds} seeds.`);
      }
    }
    document.getElementById("ranking-hint").textContent = said.join(" ");
  };

  return { start };
})();
