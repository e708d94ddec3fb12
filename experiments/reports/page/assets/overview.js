// Every optimizer on every problem.
const Overview = (() => {
  const start = () => State.on("problem chosen tick references", draw);

  const draw = () => {
    const { problems, optimizers } = Runs.data;
    const share = (State.now.tick + 1) / Runs.problem.ticks.length;
    const shownOptimizers = ordered(problems, optimizers);
    const head = document.createElement("tr");
    head.append(cell("th", "problem"), ...shownOptimizers.map((place) => nameOf(place)));
    const rows = problems.map((problem, place) => {
      const last = Runs.evaluationOf(Runs.problem);
      const evaluation = share >= 1 ? problem.budget : nearest(problem, last);
      const ranking = new Map(Runs.ranking(problem, evaluation).map((one) => [one.group.optimizer, one]));
      const row = document.createElement("tr");
      row.className = place === State.now.problem ? "current" : "";
      row.append(problemOf(problem, place), ...shownOptimizers.map((optimizer) => found(problem, place, optimizer, ranking)));
      return row;
    });
    const table = document.getElementById("overview");
    const thead = document.createElement("thead");
    const tbody = document.createElement("tbody");
    thead.append(head);
    tbody.append(...rows);
    table.replaceChildren(thead, tbody);
  };

  const nearest = (problem, evaluation) =>
    problem.ticks.reduce((best, one) => (one <= evaluation ? one : best), problem.ticks[0]);

  // By mean rank, where one that did not run counts as the last; of many the first ones and those that are selected.
  const ordered = (problems, optimizers) => {
    const sums = optimizers.map(() => problems.length);
    for (const problem of problems) {
      for (const one of Runs.ranking(problem, problem.budget, problem.objectives.map(() => Runs.data.reference))) {
        sums[one.group.optimizer] += one.rank / problem.groups.length - 1;
      }
    }
    const places = optimizers.map((_, place) => place).sort((a, b) => sums[a] - sums[b]);
    return places.filter((one, place) => place < Drawing.MOST || State.now.chosen.has(one));
  };

  const cell = (kind, text) => {
    const found = document.createElement(kind);
    found.textContent = text;
    return found;
  };

  const button = (text, tell) => {
    const found = document.createElement("button");
    found.type = "button";
    found.textContent = text;
    found.addEventListener("click", tell);
    return found;
  };

  const nameOf = (place) => {
    const { name, colour } = Runs.data.optimizers[place];
    const head = document.createElement("th");
    const own = button(name, () => State.toggle(place));
    own.style.setProperty("--colour", colour);
    own.dataset.optimizer = place;
    head.scope = "col";
    head.className = State.isChosen(place) ? "" : "faint";
    head.append(own);
    return head;
  };

  const problemOf = (problem, place) => {
    const head = document.createElement("th");
    head.scope = "row";
    head.append(button(problem.title, () => State.set({ problem: place })));
    return head;
  };

  const found = (problem, place, optimizer, ranking) => {
    const one = ranking.get(optimizer);
    if (!one) return cell("td", "–");
    const data = document.createElement("td");
    const n = problem.groups.length;
    const share = n > 1 ? (n - one.rank) / (n - 1) : 1;
    data.className = [one.rank === 1 ? "best" : "", State.isChosen(optimizer) ? "" : "faint"].join(" ");
    data.style.setProperty("--share", `${Math.round(share ** 1.5 * 55)}%`);
    const own = button(Numbers.regret(one.median), () => {
      State.set({ problem: place, chosen: new Set([optimizer]) });
    });
    own.title = `rank ${one.rank} of ${n}`;
    data.append(own);
    return data;
  };

  return { start };
})();
