// What the runs had found by when, in front of the exact front.
const Fronts = (() => {
  let element = null;

  const start = () => {
    element = document.getElementById("fronts");
    for (const name of ["x", "y"]) {
      document.getElementById(`axis-${name}`).addEventListener("change", (event) => {
        State.set({ [name]: Number(event.target.value) });
      });
    }
    State.on("problem", offerAxes);
    State.on("problem", showExample);
    State.on("problem chosen tick x y", draw);
    State.on("references", () => (Handle.isHeld ? Handle.place() : draw()));
    Theme.onChange(draw);
  };

  const wire = () => {
    element.on("plotly_hover", ({ points }) => showArchitecture(points[0]));
    Handle.start(element, draw);
  };

  const offerAxes = () => {
    const { objectives } = Runs.problem;
    document.getElementById("axes").hidden = objectives.length < 3;
    for (const [name, place] of [["x", 0], ["y", Math.min(1, objectives.length - 1)]]) {
      const select = document.getElementById(`axis-${name}`);
      select.replaceChildren(...objectives.map((one, i) => new Option(one.label, i)));
      select.value = place;
    }
    State.set({ x: 0, y: Math.min(1, objectives.length - 1) });
  };

  // A normalised value in the units that people read.
  const shown = (problem, k, value) => (problem.ideal[k] + value * problem.scale[k]) * problem.objectives[k].factor;
  const normalised = (problem, k, value) => (value / problem.objectives[k].factor - problem.ideal[k]) / problem.scale[k];

  const draw = () => {
    const problem = Runs.problem;
    const { x, y } = State.now;
    const hasFronts = problem.objectives.length > 1;
    element.closest(".picture").classList.toggle("empty", !hasFronts);
    hint(problem, hasFronts);
    if (!hasFronts) return;
    const groups = Drawing.groups(problem).filter((group) => State.isChosen(group.optimizer) && group.shown >= 0);
    const lines = problem.objectives.length === 2 ? groups.map((group) => attained(problem, group)) : [];
    const points = groups.map((group) => found(problem, group));
    const range = (k) => [-0.04, Math.max(1, Runs.referenceOf(problem)[k]) + 0.08].map((one) => shown(problem, k, one));
    const ascending = (k) => range(k).sort((a, b) => a - b);
    Drawing.show(element, [exact(problem), ...lines, ...points], Drawing.layout({
      xaxis: Drawing.axis(problem.objectives[x].label, { range: ascending(x) }),
      yaxis: Drawing.axis(problem.objectives[y].label, { range: ascending(y) }),
      uirevision: `${State.now.problem} ${x} ${y}`,
    }), wire);
  };

  const column = (problem, points, places, k) => {
    const m = problem.objectives.length;
    return places.map((place) => shown(problem, k, points.v[place * m + k]));
  };

  const scatter = (problem, points, places, name, more) => {
    const { x, y } = State.now;
    const [across, up] = [x, y].map((k) => Drawing.escaped(problem.objectives[k].short));
    const architectures = points.c ? places.map((place) => Architecture.at(problem, points, place)) : [];
    return {
      type: "scatter", mode: "markers", name,
      x: column(problem, points, places, x), y: column(problem, points, places, y),
      text: architectures.map(Architecture.short),
      hovertemplate: `<b>${Drawing.escaped(name)}</b><br>${across} %{x:.5~g}<br>${up} %{y:.5~g}<br>%{text}<extra></extra>`,
      ...more,
      meta: { ...more.meta, name, architectures },
    };
  };

  const exact = (problem) => {
    const points = problem.front.shown;
    const n = points.v.length / problem.objectives.length;
    return scatter(problem, points, [...Array(n).keys()], "exact front", {
      marker: { size: problem.objectives.length > 2 ? 4 : 3.5, color: Theme.colour("text"), opacity: 0.75 }, meta: {},
    });
  };

  const found = (problem, group) => {
    const { name, colour, symbol } = Drawing.optimizer(group);
    const run = group.runs[group.shown];
    const places = Runs.frontOf(problem, run, Runs.evaluationOf(problem));
    const about = run.seed === null ? name : `${name}, seed ${run.seed}`;
    return scatter(problem, run, places, about, {
      marker: { size: 8, color: colour, symbol, line: { width: 1, color: Theme.colour("page") } },
      meta: { optimizer: group.optimizer },
    });
  };

  // The median attainment surface of two objectives, as a staircase.
  const attained = (problem, group) => {
    const evaluation = Runs.evaluationOf(problem);
    const firsts = group.runs.filter((run) => !run.aside);
    const runs = firsts.length ? firsts : group.runs;
    const fronts = runs.map((run) => Runs.frontOf(problem, run, evaluation).map((i) => [run.v[2 * i], run.v[2 * i + 1]]));
    const steps = Attainment.median(fronts);
    const corners = steps.flatMap(([x, y], i) => (i ? [[x, steps[i - 1][1]], [x, y]] : [[x, 10], [x, y]]));
    if (steps.length) corners.push([10, steps.at(-1)[1]]);
    const { name, colour, dash } = Drawing.optimizer(group);
    const { x, y } = State.now;
    return {
      type: "scatter", mode: "lines", name, x: corners.map((one) => shown(problem, x, one[x])),
      y: corners.map((one) => shown(problem, y, one[y])), line: { color: colour, dash, width: 1.4 },
      hoverinfo: "skip", meta: { optimizer: group.optimizer },
    };
  };

  const showArchitecture = (point) => {
    const { architectures, name } = point.data.meta;
    const one = architectures && architectures[point.pointNumber];
    if (one) Architecture.show(Runs.problem.space, one, name);
  };

  // As if a pointer were at a point of a trace.
  const pointAt = (curve, point) => {
    showArchitecture({ data: element.data[curve], pointNumber: point });
    Plotly.Fx.hover(element, [{ curveNumber: curve, pointNumber: point }]);
  };

  // Until something is pointed at: what lies nearest to the ideal point, of the points of the exact front that are drawn.
  const showExample = () => {
    const problem = Runs.problem;
    const points = problem.front.shown;
    const m = problem.objectives.length;
    const far = (place) => Math.hypot(...points.v.subarray(place * m, (place + 1) * m));
    const places = [...Array(points.v.length / m).keys()];
    const nearest = places.reduce((best, one) => (far(one) < far(best) ? one : best), 0);
    const about = m > 1 ? "exact front, nearest to the ideal point" : "exact optimum";
    Architecture.show(problem.space, Architecture.at(problem, points, nearest), about);
  };

  const hint = (problem, hasFronts) => {
    const what = problem.objectives.length === 2
      ? "Lines: what half of the runs attain (median attainment surface). Points: the non-dominated set of the run of median regret."
      : "Points: the non-dominated set of the run of median regret.";
    const black = " Small points: the exact front" +
      (problem.front.shown.v.length / problem.objectives.length < problem.front.n
        ? `, ${problem.front.shown.v.length / problem.objectives.length} of its ${Numbers.count(problem.front.n)}.` : ".");
    document.getElementById("fronts-hint").textContent = hasFronts
      ? what + black + " Point at one to see its architecture below." +
        (Runs.canMove(problem) ? " Drag the reference point, and the ranking follows." : "")
      : "One objective has no front.";
  };

  return { start, shown, normalised, pointAt, get element() { return element; } };
})();
