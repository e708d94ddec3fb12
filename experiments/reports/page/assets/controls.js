// The problem, the optimizers and the time.
const Controls = (() => {
  const PAUSE = 180; // milliseconds from one checkpoint to the next
  let playing = null;

  const start = () => {
    const select = document.getElementById("problem");
    select.append(...Runs.data.problems.map((problem, place) => new Option(problem.title, place)));
    select.addEventListener("change", () => State.set({ problem: Number(select.value) }));
    document.getElementById("optimizers").append(...Runs.data.optimizers.map(chip), clearing());
    document.getElementById("play").addEventListener("click", play);
    document.getElementById("time").addEventListener("input", (event) => {
      stop();
      go(Number(event.target.value));
    });
    document.getElementById("ranking").addEventListener("click", (event) => {
      const button = event.target.closest("button");
      if (button) State.toggle(Number(button.dataset.optimizer));
    });
    document.getElementById("copy").addEventListener("click", copy);
    State.on("problem", () => (select.value = State.now.problem));
    State.on("problem tick", showTime);
    State.on("problem chosen", showChosen);
  };

  const chip = ({ name, colour }, place) => {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "chip";
    button.textContent = name;
    button.dataset.optimizer = place;
    button.style.setProperty("--colour", colour);
    button.addEventListener("click", () => State.toggle(place));
    return button;
  };

  const clearing = () => {
    const button = document.createElement("button");
    button.type = "button";
    button.id = "clear";
    button.textContent = "Clear selection";
    button.addEventListener("click", clear);
    return button;
  };

  const clear = () => State.set({ chosen: new Set() });

  const showChosen = () => {
    const present = new Set(Runs.problem.groups.map((group) => group.optimizer));
    for (const button of document.querySelectorAll("#optimizers .chip")) {
      const place = Number(button.dataset.optimizer);
      button.setAttribute("aria-pressed", State.now.chosen.has(place));
      button.classList.toggle("faint", !State.isChosen(place));
      button.classList.toggle("absent", !present.has(place));
      button.title = present.has(place) ? "" : "did not run on this problem";
    }
    document.getElementById("clear").hidden = !State.now.chosen.size;
  };

  const last = () => Runs.problem.ticks.length - 1;
  const tick = () => Math.min(State.now.tick, last());
  const go = (to) => State.set({ tick: to >= last() ? Infinity : Math.max(to, 0) });

  const showTime = () => {
    const slider = document.getElementById("time");
    slider.max = last();
    slider.value = tick();
    const evaluation = Runs.evaluationOf(Runs.problem);
    const said = `${Numbers.count(evaluation)} of ${Numbers.count(Runs.problem.budget)} evaluations`;
    slider.setAttribute("aria-valuetext", said);
    document.getElementById("time-text").textContent = said;
  };

  const stop = () => {
    clearInterval(playing);
    playing = null;
    showPlaying();
  };

  const play = () => {
    if (playing) return stop();
    if (tick() === last()) go(0);
    playing = setInterval(() => (tick() < last() ? go(tick() + 1) : stop()), PAUSE);
    showPlaying();
  };

  const showPlaying = () => {
    const button = document.getElementById("play");
    button.textContent = playing ? "❚❚" : "▶";
    button.setAttribute("aria-pressed", Boolean(playing));
    button.title = playing ? "Pause (Space)" : "Play (Space)";
  };

  const step = (by) => {
    stop();
    go(tick() + by);
  };

  const copy = async () => {
    const text = document.getElementById("commands").textContent;
    const button = document.getElementById("copy");
    try {
      await navigator.clipboard.writeText(text);
      button.textContent = "Copied";
    } catch {
      getSelection().selectAllChildren(document.getElementById("commands"));
      button.textContent = "Selected";
    }
  };

  return { start, play, step, clear };
})();
