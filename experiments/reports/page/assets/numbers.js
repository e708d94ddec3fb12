// Numbers as people read them.
const Numbers = (() => {
  const significant = (value, digits = 4) => {
    if (value === null || value === undefined || Number.isNaN(value)) return "–";
    if (value === 0) return "0";
    const size = Math.floor(Math.log10(Math.abs(value)));
    if (size < -4 || size > 8) return value.toExponential(digits - 1);
    const rounded = value.toFixed(Math.max(digits - 1 - size, 0));
    return size >= 4 ? Number(rounded).toLocaleString("en") : rounded;
  };

  const regret = (value) => (value === null || Number.isNaN(value) ? "–" : value.toFixed(4));

  const quantile = (sorted, share) => {
    const place = (sorted.length - 1) * share;
    const low = Math.floor(place);
    return sorted[low] + (sorted[Math.min(low + 1, sorted.length - 1)] - sorted[low]) * (place - low);
  };

  // The first number in a cell, by which it is sorted; nothing where there is none.
  const inCell = (text) => {
    const found = /-?\d[\d,]*\.?\d*(e[+-]?\d+)?/i.exec(text);
    if (!found) return null;
    const value = Number(found[0].replaceAll(",", ""));
    return text.trim().startsWith("<") ? value - 1e-9 : value;
  };

  const count = (value) => value.toLocaleString("en");

  return { significant, regret, quantile, inCell, count };
})();
