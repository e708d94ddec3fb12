// Empirical distributions of runtimes, over all problems.
const Runtimes = (() => {
  let element = null;

  const start = () => {
    element = document.getElementById("runtimes");
    State.on("chosen", draw);
    Theme.onChange(draw);
  };

  const draw = () => {
    const all = [...Runs.data.runtimes].sort((a, b) => b.share.at(-1) - a.share.at(-1));
    const some = all.filter((one, place) => place < Drawing.MOST || State.now.chosen.has(one.optimizer));
    const top = Math.min(1, Math.max(0.1, ...some.map((one) => one.share.at(-1) ?? 0)) * 1.06);
    const end = Math.max(...Runs.data.problems.map((problem) => Math.max(...problem.groups.map((group) => group.budget))));
    const lines = some.map((one) => {
      const { name, colour, dash } = Runs.data.optimizers[one.optimizer];
      const isOn = State.isChosen(one.optimizer);
      return {
        type: "scatter", mode: "lines", x: [...one.x, end], y: [...one.share, one.share.at(-1)], name,
        line: { shape: "hv", color: colour, dash, width: isOn ? 2.2 : 1.2 }, opacity: isOn ? 1 : 0.2,
        meta: { optimizer: one.optimizer },
        hovertemplate: `<b>${Drawing.escaped(name)}</b> (${one.problems} problems)<br>%{y:.1%} of targets within %{x:,} evaluations<extra></extra>`,
      };
    });
    const height = Drawing.heightOf(element);
    const ends = some.filter((one) => State.isChosen(one.optimizer) && one.share.length).map((one) => ({
      text: Drawing.short(Runs.data.optimizers[one.optimizer].name),
      colour: Runs.data.optimizers[one.optimizer].colour,
      share: one.share.at(-1) / top,
    }));
    Drawing.show(element, lines, Drawing.layout({
      margin: { l: 64, r: Drawing.isNarrow() ? 12 : 170, t: 12, b: 48 },
      xaxis: Drawing.axis("evaluations", { type: "log", dtick: 1, minor: { ticks: "outside", ticklen: 3 } }),
      yaxis: Drawing.axis("share of targets reached", { range: [0, top], tickformat: ".0%" }),
      annotations: Drawing.isNarrow() ? [] : Drawing.labels(ends, height),
    }));
  };

  return { start };
})();
