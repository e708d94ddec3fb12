// Parts of forms: buttons of which one is chosen, choices, and the scale of a slider.

// Radio buttons as one row of segments; made anew only where their choices change, so that the focus stays.
function segments(holder, name, choices, chosen, choose) {
  const key = JSON.stringify(choices);
  if (holder.dataset.key !== key) {
    holder.dataset.key = key;
    holder.replaceChildren(...choices.map(([value, label]) => h("label", {},
      h("input", { type: "radio", name, value, onchange: () => choose(value) }), h("span", {}, label))));
  }
  for (const input of holder.querySelectorAll("input")) input.checked = input.value === chosen;
}

// Choices by group; a group without a name stands alone.
function options(select, groups, chosen) {
  select.replaceChildren(...groups.flatMap(([group, choices]) => {
    const made = choices.map(([value, label]) => h("option", { value, selected: value === chosen }, label));
    return group === null ? made : [h("optgroup", { label: group }, ...made)];
  }));
  select.value = chosen;
}

function deviceOptions(space, metric) {
  const names = choicesOfCost(space, metric), kinds = [...new Set(names.map((name) => space.facts.devices[name].kind))];
  return kinds.map((kind) => [{ GPU: "GPUs", CPU: "CPUs" }[kind] || "Your own", names.filter((name) => space.facts.devices[name].kind === kind).map((name) => [name, space.facts.devices[name].label])]);
}

function targetFor(space, metric, device) {
  if (space.targets[metric]) return metric;
  const names = choicesOfCost(space, metric);
  return `${metric}@${names.includes(device) ? device : names[0]}`;
}

const shownNumber = (value) => String(Number(value.toPrecision(4)));

// What a slider reaches: some metrics go down to a thousandth, where nobody looks; a number can be typed.
const reach = ([low, high]) => [Math.max(low, high / 60), high];

function placeOn(range, bound) {
  const [low, high] = reach(range);
  return Math.min(Math.max(Math.round((STEPS * Math.log(bound / low)) / Math.log(high / low)), 0), STEPS);
}

// A place on the slider as a bound of three digits; at its ends rounded so that the least architecture, or each, keeps it.
function boundAt(range, place, sign) {
  const [low, high] = reach(range), value = low * (high / low) ** (place / STEPS), step = 10 ** (Math.floor(Math.log10(value)) - 2);
  const round = place === 0 || place === STEPS ? (sign > 0 ? Math.ceil : Math.floor) : Math.round;
  return Number((round(value / step) * step).toPrecision(3));
}

// A limit to begin with: in the middle of what there is.
function startBound(target) {
  const { sign } = State.space.model(target);
  return boundAt(State.range(target), STEPS * (sign > 0 ? 0.6 : 0.4), sign);
}
