// Curves of an indicator: medians over seeds, with quartiles where there are few or some are selected.
const Curves = (() => {
  const AXES = { evaluations: "evaluations", hours: "simulated hours", seconds: "seconds of the optimizer itself" };
  const MOST_BANDS = 6;
  let element = null;

  const start = () => {
    element = document.getElementById("curves");
    const indicator = document.getElementById("indicator");
    indicator.append(...Runs.data.indicators.map((one) => new Option(one.label, one.name)));
    indicator.addEventListener("change", () => State.set({ indicator: indicator.value }));
    const against = document.getElementById("against");
    against.append(...Object.entries(AXES).map(([value, label]) => new Option(label, value)));
    against.addEventListener("change", () => State.set({ against: against.value }));
    const logarithmic = document.getElementById("log-y");
    logarithmic.addEventListener("change", () => State.set({ logarithmic: logarithmic.checked }));
    State.on("problem chosen indicator against logarithmic", draw);
    State.on("tick", mark);
    Theme.onChange(draw);
  };

  const draw = () => {
    const problem = Runs.problem;
    const { indicator, against } = State.now;
    const what = Runs.data.indicators.find((one) => one.name === indicator);
    const groups = Drawing.groups(problem).filter((group) => group.curves[against]);
    const isLog = State.now.logarithmic && !what.larger && indicator !== "anytime";
    const few = groups.filter((group) => State.isChosen(group.optimizer)).length <= MOST_BANDS;
    const bands = few ? groups.map((group) => band(group, isLog)).filter(Boolean) : [];
    const range = rangeOf(groups, indicator, isLog);
    const height = Drawing.heightOf(element);
    Drawing.show(element, [...bands, ...groups.map((group) => line(group, what))], Drawing.layout({
      margin: { l: 64, r: Drawing.isNarrow() ? 12 : 170, t: 12, b: 48 },
      xaxis: Drawing.axis(AXES[against], { type: "log", dtick: 1, minor: { ticks: "outside", ticklen: 3 } }),
      yaxis: Drawing.axis(what.label, {
        type: isLog ? "log" : "linear", range, ...(isLog && range ? Drawing.ticks(range) : {}),
      }),
      annotations: Drawing.isNarrow() ? [] : Drawing.labels(ends(groups, indicator, isLog, range), height),
      shapes: shapes(),
      uirevision: `${State.now.problem} ${indicator} ${against} ${isLog}`,
    }));
    hint(problem, groups, few);
  };

  const medianOf = (group, indicator) => {
    const curves = group.curves[indicator];
    return curves[curves.length >> 1];
  };

  const line = (group, what) => {
    const { name, colour, dash } = Drawing.optimizer(group);
    const isOn = State.isChosen(group.optimizer);
    return {
      type: "scatter", mode: "lines", x: group.curves[State.now.against], y: medianOf(group, what.name), name,
      line: { color: colour, dash, width: isOn ? 2.2 : 1.2 }, opacity: isOn ? 1 : 0.2,
      meta: { optimizer: group.optimizer },
      hovertemplate: `<b>${Drawing.escaped(name)}</b><br>%{x:,} ${AXES[State.now.against]}<br>${what.label} %{y:.4g}<extra></extra>`,
    };
  };

  const band = (group, isLog) => {
    const curves = group.curves[State.now.indicator];
    if (!State.isChosen(group.optimizer) || curves.length < 3 || group.seeds < 2) return null;
    const x = group.curves[State.now.against];
    const least = isLog ? 1e-9 : -Infinity;
    const low = curves[0].map((value) => Math.max(value, least));
    return {
      type: "scatter", mode: "lines", x: [...x, ...[...x].reverse()], y: [...low, ...[...curves[2]].reverse()],
      fill: "toself", fillcolor: `${Drawing.optimizer(group).colour}2e`, line: { width: 0 }, hoverinfo: "skip",
    };
  };

  const shares = (group, indicator) => medianOf(group, indicator).filter((value) => value !== null);

  const rangeOf = (groups, indicator, isLog) => {
    const all = groups.flatMap((group) => group.curves[indicator].flat())
      .filter((value) => value !== null && (!isLog || value > 0))
      .map((value) => (isLog ? Math.log10(value) : value));
    if (!all.length) return undefined;
    const low = all.reduce((a, b) => Math.min(a, b));
    const high = all.reduce((a, b) => Math.max(a, b));
    const margin = (high - low || 1) * 0.04;
    return [low - margin, high + margin];
  };

  const ends = (groups, indicator, isLog, range) => groups
    .filter((group) => State.isChosen(group.optimizer) && shares(group, indicator).length)
    .map((group) => {
      const { name, colour } = Drawing.optimizer(group);
      const last = shares(group, indicator).at(-1);
      const value = isLog ? Math.log10(Math.max(last, 1e-12)) : last;
      const share = range ? (value - range[0]) / (range[1] - range[0]) : 0;
      return { text: Drawing.short(name), colour, share: Math.min(Math.max(share, 0), 1) };
    });

  // Where the time stands.
  const shapes = () => {
    const evaluation = Runs.evaluationOf(Runs.problem);
    if (State.now.against !== "evaluations" || evaluation === Runs.problem.budget) return [];
    return [{
      type: "line", x0: evaluation, x1: evaluation, y0: 0, y1: 1, yref: "paper",
      line: { color: Theme.colour("muted"), width: 1, dash: "dot" },
    }];
  };

  const mark = () => element.layout && Plotly.relayout(element, { shapes: shapes() });

  const hint = (problem, groups, few) => {
    const said = ["Medians over seeds" + (few ? ", with quartiles" : "; select a few for their quartiles") + "."];
    if (Drawing.leftOut(problem)) said.push(`Drawn are the best ${Drawing.MOST} of ${problem.groups.length}, and those that you select.`);
    const without = problem.groups.length - Drawing.leftOut(problem) - groups.length;
    if (without) said.push(`${without} did not record it.`);
    document.getElementById("curves-hint").textContent = said.join(" ");
  };

  return { start };
})();
