// An architecture, layer by layer.
const Architecture = (() => {
  // From the letters of a code: width, depth, bias, then a choice for each layer slot, twice.
  const decoded = (space, letters) => {
    const choice = (place) => letters.charCodeAt(place) - 48;
    const slots = (letters.length - 3) / 2;
    const depth = space.n_layer[choice(1)];
    const layers = [];
    for (let i = 0; i < depth; i++) {
      layers.push({ mlp_ratio: space.mlp_ratio[choice(3 + i)], n_head: space.n_head[choice(3 + slots + i)] });
    }
    return { embed_dim: space.embed_dim[choice(0)], n_layer: depth, bias: space.bias[choice(2)], layers };
  };

  const at = (problem, points, place) => {
    const width = 3 + 2 * Math.max(...problem.space.n_layer);
    return decoded(problem.space, points.c.slice(place * width, (place + 1) * width));
  };

  const short = (one) => `embed_dim ${one.embed_dim}, ${one.n_layer} layers, ${one.bias ? "bias" : "no bias"}`;

  const box = (value, choices, what) => {
    const found = document.createElement("span");
    const share = choices.length > 1 ? choices.indexOf(value) / (choices.length - 1) : 1;
    found.style.setProperty("--share", `${Math.round(15 + 75 * share)}%`);
    found.className = `${what} ${share > 0.5 ? "strong" : ""}`;
    found.textContent = value;
    return found;
  };

  const show = (space, one, heading) => {
    const place = document.getElementById("architecture");
    const title = document.createElement("p");
    const name = document.createElement("b");
    name.textContent = heading;
    title.append(name, ` ${short(one)}`);
    const list = document.createElement("ol");
    one.layers.forEach((layer, i) => {
      const item = document.createElement("li");
      item.title = `layer ${i + 1}: mlp_ratio ${layer.mlp_ratio}, n_head ${layer.n_head}`;
      item.setAttribute("aria-label", item.title);
      item.append(box(layer.mlp_ratio, space.mlp_ratio, "mlp"), box(layer.n_head, space.n_head, "head"));
      list.append(item);
    });
    place.replaceChildren(title, key(), list);
  };

  const key = () => {
    const found = document.createElement("div");
    found.className = "key";
    for (const word of ["layer", "mlp_ratio", "n_head"]) {
      const one = document.createElement("span");
      one.textContent = word;
      found.append(one);
    }
    return found;
  };

  return { decoded, at, short, show };
})();
