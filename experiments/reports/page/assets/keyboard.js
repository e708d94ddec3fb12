// Keys: the time, the problem, the selection, and a walk from point to point in the picture of fronts.
const Keyboard = (() => {
  let place = null; // {curve, point} of the walk

  const start = () => {
    document.addEventListener("keydown", everywhere);
    document.getElementById("fronts").addEventListener("keydown", walk);
    State.on("problem chosen tick x y", () => (place = null));
  };

  const everywhere = (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.target.closest("input:not([type=checkbox]):not([type=range]), select, textarea")) return;
    const n = Runs.data.problems.length;
    const goes = {
      ",": () => Controls.step(-1),
      ".": () => Controls.step(1),
      "[": () => State.set({ problem: (State.now.problem + n - 1) % n }),
      "]": () => State.set({ problem: (State.now.problem + 1) % n }),
      Escape: Controls.clear,
    };
    if (!event.target.closest("button, summary, input, a")) goes[" "] = Controls.play;
    const go = goes[event.key];
    if (!go) return;
    event.preventDefault();
    go();
  };

  const walk = (event) => {
    const { element } = Fronts;
    const curves = element.data.map((trace, i) => [trace, i]).filter(([trace]) => trace.mode === "markers" && trace.x.length);
    if (!curves.length) return;
    if (event.key === "Enter" && place) return select(element.data[place.curve]);
    const by = { ArrowRight: [1, 0], ArrowLeft: [-1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[event.key];
    if (!by) return;
    event.preventDefault();
    const current = place ? curves.findIndex(([, i]) => i === place.curve) : Math.min(1, curves.length - 1);
    const to = (current + by[1] + curves.length) % curves.length;
    const [trace, curve] = curves[to];
    const last = trace.x.length - 1;
    const point = !place || by[1] ? Math.min(place ? place.point : 0, last) : Math.min(Math.max(place.point + by[0], 0), last);
    place = { curve, point };
    Fronts.pointAt(curve, point);
  };

  const select = (trace) => {
    if (trace.meta.optimizer !== undefined) State.toggle(trace.meta.optimizer);
  };

  return { start };
})();
