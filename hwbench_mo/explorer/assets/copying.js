// What is taken away: the command that gives the same answer, and the architecture with its numbers as JSON.

const plain = (value) => String(Number(value.toPrecision(12)));

function commandOf(found) {
  const { space } = State, goal = goalTarget();
  const limits = State.limits.map(({ target, bound }) => [target, bound]);
  if (State.picked !== null && found.place !== found.best) {
    // Any point of the front is the best within its own cost.
    const own = limitAt(space, found.architecture, State.costTarget());
    const rest = limits.filter(([target]) => target !== State.costTarget());
    limits.splice(0, limits.length, ...rest, [State.costTarget(), own]);
  }
  const quality = State.picked !== null && found.place !== found.best ? State.quality : goal;
  return [
    `python -m hwbench_mo recommend ${space.name}`, space.targets[quality].sign < 0 ? `--maximise ${quality}` : `--minimise ${quality}`,
    ...limits.map(([target, bound]) => `--limit ${target}=${plain(bound)}`), `--confidence ${State.confidence || "none"}`,
    ...(State.data.options ? [State.data.options] : []),
  ].join(" ");
}

// The least limit, to six digits, that an architecture keeps.
function limitAt(space, architecture, target) {
  const limit = new Limit(space, target, 1, State.confidence), sum = sumOf(space, architecture, target);
  const amount = limit.amount(sum, limit.z ? errorOfSum(space, architecture, target) : 0, architecture.e, architecture.b, architecture.e * space.facts.bias.length + architecture.b);
  return limitRounded(amount, limit.sign);
}

// To six digits, so that what takes this amount keeps the limit.
function limitRounded(amount, sign) {
  const step = 10 ** (Math.floor(Math.log10(amount)) - 5);
  return Number(((sign > 0 ? Math.ceil(amount / step) : Math.floor(amount / step)) * step).toPrecision(6));
}

function jsonOf({ architecture }) {
  const { space } = State, metrics = {};
  for (const target of Object.keys(space.targets)) {
    const p = predict(space, architecture, target), { batch, sequence } = space.pass(target);
    metrics[target] = {
      unit: space.targets[target].unit || null, median: p.median, quantile_05: p.quantiles[0], quantile_95: p.quantiles[1],
      standard_error: Number.isNaN(p.standardError) ? null : p.standardError, support: Number.isNaN(p.support) ? null : p.support, batch, sequence,
    };
  }
  return {
    space: space.name, goal: goalTarget(), limits: Object.fromEntries(State.limits.map(({ target, bound }) => [target, bound])),
    confidence: State.confidence || null, edited: State.edited !== null, architecture: asDict(space, architecture), metrics,
  };
}

const Copying = {
  found: null,

  draw(found) {
    this.found = found;
    byId("command").textContent = State.edited ? "An architecture that was changed by hand is no answer of a command: copy the JSON." : commandOf(found);
    byId("copy-command").disabled = Boolean(State.edited);
    byId("python").textContent = [
      "# a folder that transformers loads and trains; --onnx writes ONNX, too", "python -m hwbench_mo export architecture.json --out my_model", "",
      "# or in Python, as plain torch", "import json", "import hwbench_mo as hb", "",
      'architecture = hb.Architecture.from_dict(json.load(open("architecture.json"))["architecture"])', "network = hb.build_model(architecture)",
    ].join("\n");
  },

  async copy(text, button) {
    try {
      await navigator.clipboard.writeText(text);
    } catch {
      const area = h("textarea", { class: "away" });
      area.value = text;
      document.body.append(area);
      area.select();
      document.execCommand("copy");
      area.remove();
    }
    byId("said").textContent = `${button.dataset.what} copied.`;
    const label = button.textContent;
    if (label !== "Copied") {
      button.textContent = "Copied";
      setTimeout(() => { button.textContent = label; }, 1500);
    }
  },

  listen() {
    byId("copy-command").addEventListener("click", ({ target }) => this.copy(commandOf(this.found), target));
    byId("copy-json").addEventListener("click", ({ target }) => this.copy(JSON.stringify(jsonOf(this.found), null, 2), target));
    byId("copy-link").addEventListener("click", ({ target }) => this.copy(location.href, target));
    byId("save-json").addEventListener("click", () => {
      const url = URL.createObjectURL(new Blob([JSON.stringify(jsonOf(this.found), null, 2)], { type: "application/json" }));
      h("a", { href: url, download: "architecture.json" }).click();
      setTimeout(() => URL.revokeObjectURL(url), 1000);
    });
  },
};
