// The reference point of hypervolumes, in normalised units; one for all problems of as many objectives.
const Reference = (() => {
  const PRESETS = [1.01, 1.1, 2];
  const [LEAST, MOST] = [0.05, 5];

  const start = () => {
    const presets = document.querySelector("#reference .presets");
    presets.append("Reference point ", ...PRESETS.map((value) => {
      const button = document.createElement("button");
      button.type = "button";
      button.textContent = value;
      button.dataset.reference = value;
      button.addEventListener("click", () => move(Runs.problem.objectives.map(() => value)));
      return button;
    }));
    State.on("problem", offer);
    State.on("problem references", show);
  };

  const move = (to) => {
    const references = new Map(State.now.references);
    references.set(to.length, to.map((one) => Math.min(Math.max(Math.round(one * 1e4) / 1e4, LEAST), MOST)));
    State.set({ references });
  };

  const offer = () => {
    const problem = Runs.problem;
    document.getElementById("reference").hidden = !Runs.canMove(problem);
    const fields = problem.objectives.map((one, k) => {
      const label = document.createElement("label");
      const input = document.createElement("input");
      Object.assign(input, { type: "number", step: 0.05, min: LEAST, max: MOST });
      input.dataset.objective = k;
      input.addEventListener("change", () => {
        if (!input.validity.valid || input.value === "") return show();
        const to = [...Runs.referenceOf(problem)];
        to[k] = Number(input.value);
        move(to);
      });
      label.append(one.short, " ", input);
      return label;
    });
    document.querySelector("#reference .coordinates").replaceChildren(...fields);
  };

  const show = () => {
    const reference = Runs.referenceOf(Runs.problem);
    document.querySelectorAll("#reference input").forEach((input, k) => (input.value = reference[k]));
    for (const button of document.querySelectorAll("#reference .presets button")) {
      const value = Number(button.dataset.reference);
      button.setAttribute("aria-pressed", reference.every((one) => Math.abs(one - value) < 1e-9));
    }
  };

  return { start, move };
})();
