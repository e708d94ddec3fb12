// Exact hypervolumes of points that are minimised, given one after the other in one array.
const Hypervolume = (() => {
  const of1 = (values, reference) => Math.max(reference[0] - Math.min(Infinity, ...values), 0);

  const of2 = (values, [rx, ry]) => {
    const points = [];
    for (let i = 0; i < values.length; i += 2) {
      if (values[i] < rx && values[i + 1] < ry) points.push([values[i], values[i + 1]]);
    }
    points.sort((a, b) => a[0] - b[0] || a[1] - b[1]);
    let area = 0;
    let top = ry;
    for (const [x, y] of points) {
      if (y >= top) continue;
      area += (rx - x) * (top - y);
      top = y;
    }
    return area;
  };

  // Slices along the third objective; of the points below a slice, a staircase of the first two with its area.
  const of3 = (values, [rx, ry, rz]) => {
    const points = [];
    for (let i = 0; i < values.length; i += 3) {
      if (values[i] < rx && values[i + 1] < ry && values[i + 2] < rz) {
        points.push([values[i], values[i + 1], values[i + 2]]);
      }
    }
    points.sort((a, b) => a[2] - b[2]);
    const xs = []; // ascending
    const ys = []; // descending
    let area = 0;
    let volume = 0;
    let z = 0;
    for (const [x, y, height] of points) {
      volume += area * (height - z);
      z = height;
      let low = 0;
      let high = xs.length;
      while (low < high) {
        const middle = (low + high) >> 1;
        if (xs[middle] <= x) low = middle + 1;
        else high = middle;
      }
      if (low > 0 && ys[low - 1] <= y) continue; // a point before it is as good
      const start = low > 0 && xs[low - 1] === x ? low - 1 : low;
      let end = start;
      let left = x;
      let top = start > 0 ? ys[start - 1] : ry;
      while (end < xs.length && ys[end] >= y) {
        area += Math.max(xs[end] - left, 0) * (top - y);
        left = Math.max(left, xs[end]);
        top = ys[end];
        end += 1;
      }
      area += ((end < xs.length ? xs[end] : rx) - left) * (top - y);
      xs.splice(start, end - start, x);
      ys.splice(start, end - start, y);
    }
    return volume + area * (rz - z);
  };

  const of = (values, reference) => [of1, of2, of3][reference.length - 1](values, reference);
  return { of };
})();
