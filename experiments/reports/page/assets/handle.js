// The reference point in the picture of fronts, which a pointer drags and arrow keys move.
const Handle = (() => {
  const STEP = 0.05;
  let chart = null;
  let handle = null;
  let isHeld = false;

  const start = (element, whenReleased) => {
    chart = element;
    handle = document.getElementById("handle");
    chart.on("plotly_afterplot", place);
    chart.on("plotly_relayouting", place);
    handle.addEventListener("pointerdown", (event) => {
      isHeld = true;
      handle.setPointerCapture(event.pointerId);
    });
    handle.addEventListener("pointermove", (event) => isHeld && follow(event));
    for (const end of ["pointerup", "pointercancel"]) {
      handle.addEventListener(end, () => {
        isHeld = false;
        whenReleased();
      });
    }
    handle.addEventListener("keydown", step);
    place();
  };

  const axes = () => [[State.now.x, chart._fullLayout.xaxis], [State.now.y, chart._fullLayout.yaxis]];

  const place = () => {
    const problem = Runs.problem;
    const reference = Runs.referenceOf(problem);
    handle.hidden = !Runs.canMove(problem) || problem.objectives.length < 2;
    if (handle.hidden) return;
    const [left, top] = axes().map(([k, axis]) => axis._offset + axis.d2p(Fronts.shown(problem, k, reference[k])));
    const [, inX] = axes()[0];
    const [, inY] = axes()[1];
    handle.hidden = left < inX._offset || left > inX._offset + inX._length ||
      top < inY._offset - 1 || top > inY._offset + inY._length + 1;
    handle.classList.toggle("inward", left < inX._offset + inX._length / 2);
    handle.style.left = `${left}px`;
    handle.style.top = `${top}px`;
    handle.setAttribute("aria-valuetext", `${reference[State.now.x]}, ${reference[State.now.y]}`);
  };

  const follow = (event) => {
    const problem = Runs.problem;
    const box = chart.getBoundingClientRect();
    const at = [event.clientX - box.left, event.clientY - box.top];
    const moved = [...Runs.referenceOf(problem)];
    axes().forEach(([k, axis], i) => {
      const pixel = Math.min(Math.max(at[i] - axis._offset, 0), axis._length);
      moved[k] = Math.round(Fronts.normalised(problem, k, axis.p2d(pixel)) * 200) / 200;
    });
    Reference.move(moved);
  };

  const step = (event) => {
    const by = { ArrowRight: [1, 0], ArrowLeft: [-1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] }[event.key];
    if (!by) return;
    event.preventDefault();
    const problem = Runs.problem;
    const moved = [...Runs.referenceOf(problem)];
    axes().forEach(([k], i) => (moved[k] += by[i] * STEP * Math.sign(problem.objectives[k].factor)));
    Reference.move(moved);
  };

  return { start, place, get isHeld() { return isHeld; } };
})();
