// What is selected and shown. Whoever draws something asks to be told when a part of it changes.
const State = (() => {
  const now = {
    problem: 0,
    chosen: new Set(), // optimizers; none: all of them
    tick: Infinity, // a place in the problem's checkpoints; beyond them: the end
    references: new Map(), // by the number of objectives
    indicator: "regret",
    against: "evaluations",
    logarithmic: true,
    x: 0,
    y: 1,
  };
  const listeners = [];

  const set = (changes) => {
    const changed = Object.keys(changes).filter((key) => now[key] !== changes[key]);
    Object.assign(now, changes);
    if (changed.length) for (const [keys, tell] of listeners) if (keys.some((key) => changed.includes(key))) tell();
  };

  const on = (keys, tell) => {
    listeners.push([keys.split(" "), tell]);
    tell();
  };

  const toggle = (optimizer) => {
    const chosen = new Set(now.chosen);
    if (!chosen.delete(optimizer)) chosen.add(optimizer);
    set({ chosen });
  };

  const isChosen = (optimizer) => !now.chosen.size || now.chosen.has(optimizer);

  return { now, set, on, toggle, isChosen };
})();
