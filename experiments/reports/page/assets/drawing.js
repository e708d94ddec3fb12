// What all pictures have in common.
const Drawing = (() => {
  const MOST = 20; // optimizers in a picture, unless more are selected

  const PRINTED = { width: 680, height: 400 }; // a page of A4 or letter between its margins

  const optimizer = (group) => Runs.data.optimizers[group.optimizer];

  // The groups of a problem that a picture shows: all, or of many the best and those that are selected.
  const groups = (problem) => {
    const ordered = Runs.ranking(problem, problem.budget, problem.objectives.map(() => Runs.data.reference));
    return ordered.map((one) => one.group).filter((group, place) => place < MOST || State.now.chosen.has(group.optimizer));
  };

  const leftOut = (problem) => problem.groups.length - groups(problem).length;

  // Plotly reads some HTML in its texts; names are only shown.
  const escaped = (text) => text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");

  const axis = (title, more = {}) => ({
    title: { text: escaped(title), standoff: 8 },
    gridcolor: Theme.colour("grid"),
    linecolor: Theme.colour("line"),
    zerolinecolor: Theme.colour("grid"),
    ticks: "outside",
    tickcolor: Theme.colour("line"),
    automargin: true,
    ...more,
  });

  const layout = (more) => ({
    font: { family: "system-ui, sans-serif", size: 13, color: Theme.colour("text") },
    paper_bgcolor: "rgba(0,0,0,0)",
    plot_bgcolor: "rgba(0,0,0,0)",
    margin: { l: 60, r: 16, t: 12, b: 48 },
    showlegend: false,
    hovermode: "closest",
    dragmode: isNarrow() ? false : "zoom",
    ...(Theme.isPrinting ? { autosize: false, ...PRINTED } : { autosize: true }),
    modebar: { bgcolor: "rgba(0,0,0,0)", color: Theme.colour("muted"), activecolor: Theme.colour("text") },
    hoverlabel: { bgcolor: Theme.colour("card"), bordercolor: Theme.colour("line"), font: { color: Theme.colour("text") } },
    ...more,
  });

  // On a phone a finger scrolls the page, and nothing stands in the way of the points.
  const config = {
    displayModeBar: innerWidth < 700 ? false : "hover",
    responsive: true,
    displaylogo: false,
    modeBarButtons: [["toImage", "zoom2d", "pan2d", "zoomIn2d", "zoomOut2d", "resetScale2d"]],
    toImageButtonOptions: { scale: 2 },
  };

  // Of the part of a picture in which lines are.
  const heightOf = (element) => (Theme.isPrinting ? PRINTED.height : element.clientHeight) - 60;

  const isNarrow = () => innerWidth < 700;

  // Labels at the right end of lines, moved apart where they would cover each other.
  // items: {text, colour, share}, where share is 0 at the bottom of the picture and 1 at its top.
  const labels = (items, height) => {
    const gap = 15 / height;
    const sorted = [...items].sort((a, b) => a.share - b.share);
    sorted.forEach((one, i) => (one.at = i ? Math.max(one.share, sorted[i - 1].at + gap) : one.share));
    let above = 1;
    for (const one of [...sorted].reverse()) {
      one.at = Math.min(one.at, above);
      above = one.at - gap;
    }
    return sorted.map((one) => ({
      text: escaped(one.text), x: 1, xref: "paper", xanchor: "left", xshift: 6, y: one.at, yref: "paper",
      yanchor: "middle", showarrow: false, font: { color: one.colour, size: 12 },
    }));
  };

  const short = (text, most = 22) => (text.length > most ? `${text.slice(0, most - 1)}…` : text);

  // Draw into an element, the first time with what it listens to; a click on what is of an optimizer selects that.
  const show = (element, traces, layout, wire = () => {}) => {
    if (element.data) return Plotly.react(element, traces, layout, config);
    Plotly.newPlot(element, traces, layout, config);
    element.on("plotly_click", ({ points }) => {
      const found = points[0].data.meta;
      if (found && found.optimizer !== undefined) State.toggle(found.optimizer);
    });
    wire(element);
  };

  // Ticks of a logarithmic axis at 1, 2 and 5 of each tenfold, or of many tenfolds at 1 alone.
  const ticks = ([low, high]) => {
    const found = [];
    for (let tenfold = Math.floor(low); tenfold <= Math.ceil(high); tenfold++) {
      for (const one of high - low > 3 ? [1] : [1, 2, 5]) {
        const value = one * 10 ** tenfold;
        if (Math.log10(value) >= low && Math.log10(value) <= high) found.push(value);
      }
    }
    return { tickvals: found, ticktext: found.map((value) => String(Number(value.toPrecision(1)))) };
  };

  return { MOST, optimizer, groups, leftOut, axis, layout, heightOf, isNarrow, labels, escaped, short, show, ticks };
})();
