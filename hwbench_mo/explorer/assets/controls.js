// Space, goal, device, cost, confidence, and limits with their sliders.

const STEPS = 250; // of a slider, evenly on a logarithmic scale

const Controls = {
  draw() {
    const { space, data } = State;
    segments(byId("spaces"), "space", data.spaces.map((one) => [one.name, one.label]), space.name, (name) => this.space(name));
    const cost = `Least ${METRIC_LABELS[State.metric].toLowerCase().replace("macs", "MACs").replace("flops", "FLOPs")}`;
    segments(byId("goals"), "goal", [["perplexity", "Lowest perplexity"], ["accuracy", "Highest accuracy"], ["cost", cost]], State.goal, (goal) => this.goal(goal));
    segments(byId("confidences"), "confidence", CONFIDENCES.map((one) => [String(one), one ? `${digits(100 * one)} %` : "Median"]), String(State.confidence), (one) => this.set({ confidence: Number(one) }));
    const hasDevice = Boolean(space.targets[State.costTarget()].device);
    options(byId("metric"), this.metrics(), State.metric);
    options(byId("device"), deviceOptions(space, hasDevice ? State.metric : "latency"), State.device);
    byId("limits").replaceChildren(...State.limits.map((limit, place) => this.limit(limit, place)));
    byId("pass").textContent = `A pass is ${passInWords(space, State.costTarget())}.`;
    byId("by-order").textContent = this.byOrder();
  },

  metrics() {
    return [[null, COSTS.filter((metric) => targetOf(State.space, metric, State.device) in State.space.targets || choicesOfCost(State.space, metric).length).map((metric) => [metric, METRIC_LABELS[metric]])]];
  },

  byOrder() {
    const { space } = State, names = Object.keys(space.targets).filter((target) => space.targets[target].by_order && !isQuality(space.targets[target]));
    return names.length ? `${names.map((target) => labelOf(space, target)).join(", ")} depends on the order of layers in ${space.facts.label}: it is shown, but cannot be a limit here; the command line can limit it.` : "";
  },

  limit({ target, bound }, place) {
    const { space } = State, facts = space.targets[target], range = State.range(target);
    const metricChoices = [[null, [...(State.limits.some((one, at) => at !== place && one.target === State.quality) ? [] : [[State.quality, METRIC_LABELS[State.quality]]]), ...this.metrics()[0][1]]]];
    const metric = h("select", { "aria-label": `What limit ${place + 1} is on` }), device = h("select", { "aria-label": `Device of limit ${place + 1}`, hidden: !facts.device });
    options(metric, metricChoices, facts.metric);
    if (facts.device) options(device, deviceOptions(space, facts.metric), facts.device);
    metric.addEventListener("change", () => this.retarget(place, targetFor(space, metric.value, facts.device || State.device)));
    device.addEventListener("change", () => this.retarget(place, `${facts.metric}@${device.value}`));
    const number = h("input", { type: "number", step: "any", min: 0, "aria-label": `Bound of limit ${place + 1}` }), slider = h("input", { type: "range", min: 0, max: STEPS, "aria-label": `${labelOf(space, target)}, limit` });
    number.addEventListener("change", () => {
      const [factor] = shownUnit(facts, State.limits[place].bound), typed = Number((Number(number.value) / factor).toPrecision(12));
      this.bound(place, typed > 0 ? typed : State.limits[place].bound);
      slider.value = placeOn(range, State.limits[place].bound);
    });
    slider.value = placeOn(range, bound);
    slider.addEventListener("input", () => this.bound(place, boundAt(range, Number(slider.value), facts.sign)));
    const words = facts.sign > 0 ? "at most" : "at least";
    const made = h("li", { class: "limit" }, h("div", { class: "row" }, metric, device, h("button", { type: "button", class: "remove", "aria-label": `Remove the limit on ${lowerLabel(space, target)}`, onclick: () => this.remove(place) }, "×")),
      h("div", { class: "row" }, h("label", {}, `${words} `, number, " ", h("span", { class: "unit" })), h("span", { class: "use" })), slider,
      h("div", { class: "ends" }, h("span", {}, quantity(facts, reach(range)[0], 3)), h("span", { class: "per" }), h("span", {}, quantity(facts, range[1], 3))));
    this.say(made, { target, bound });
    return made;
  },

  // The slider stays as it is while it is dragged; what depends on it changes.
  bound(place, bound) {
    State.limits = State.limits.map((limit, at) => (at === place ? { ...limit, bound } : limit));
    this.say(byId("limits").children[place], State.limits[place]);
    Page.refresh({ later: true });
  },

  say(holder, { target, bound }) {
    const facts = State.space.targets[target], [factor, unit] = shownUnit(facts, bound);
    holder.querySelector("input[type=number]").value = shownNumber(bound * factor);
    holder.querySelector(".unit").textContent = unit;
    holder.querySelector("input[type=range]").setAttribute("aria-valuetext", quantity(facts, bound));
    holder.querySelector(".per").textContent = perToken(State.space, target, bound);
  },

  retarget(place, target) {
    const bound = startBound(target);
    State.limits = State.limits.map((limit, at) => (at === place ? { target, bound } : limit)).filter((limit, at, all) => all.findIndex((one) => one.target === limit.target) === at);
    Page.refresh({ limits: true });
    byId("limits").children[Math.min(place, State.limits.length - 1)].querySelector("select").focus();
  },

  add() {
    const { space } = State, taken = new Set(State.limits.map(({ target }) => target));
    const wanted = [State.costTarget(), `latency@${State.device}`, "memory_bfloat16", `energy@${State.device}`, State.quality, "params", "flops",
      ...Object.keys(space.targets)].find((target) => space.targets[target] && !taken.has(target) && canLimit(space, target, State.quality));
    if (!wanted) return;
    State.limits = [...State.limits, { target: wanted, bound: startBound(wanted) }];
    Page.refresh({ limits: true });
    byId("limits").lastElementChild.querySelector("input[type=range]").focus();
  },

  remove(place) {
    State.limits = State.limits.filter((_, at) => at !== place);
    Page.refresh({ limits: true });
    byId("add-limit").focus();
  },

  space(name) {
    State.open(name);
    State.limits = State.defaults();
    Page.refresh({ limits: true });
  },

  goal(goal) {
    const before = State.quality, value = Page.found?.point?.quality;
    this.set({ goal }, false);
    State.limits = State.limits.filter(({ target }) => canLimit(State.space, target, State.quality));
    const limited = State.limits.some(({ target }) => target === State.quality);
    // The least cost of all is of no use: the quality of what was shown becomes a limit.
    if (goal === "cost" && !limited && before === State.quality && value) {
      State.limits = [...State.limits, { target: State.quality, bound: Number((Math.ceil(value * 100) / 100).toFixed(2)) }];
    }
    Page.refresh({ limits: true });
  },

  device(name) {
    if (!canCost(State.space, targetOf(State.space, State.metric, name))) return this.set({ metric: "latency", device: name });
    return this.set({ device: name });
  },

  set(changes, refresh = true) {
    Object.assign(State, changes);
    if (changes.metric && !State.space.targets[changes.metric] && !choicesOfCost(State.space, changes.metric).includes(State.device)) [State.device] = choicesOfCost(State.space, changes.metric);
    if (refresh) Page.refresh({ limits: true });
  },

  listen() {
    byId("metric").addEventListener("change", ({ target }) => this.set({ metric: target.value }));
    byId("device").addEventListener("change", ({ target }) => this.device(target.value));
    byId("add-limit").addEventListener("click", () => this.add());
  },
};
