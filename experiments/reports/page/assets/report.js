// Puts the page together.
const start = async () => {
  Tables.prepare();
  Runs.start(JSON.parse(await Payload.text("data")));
  await Payload.run("plotly");
  Theme.start();
  for (const element of document.querySelectorAll(".chart")) await Plotly.newPlot(element, [], {}, Drawing.config);
  for (const part of [Controls, Overview, Fronts, Reference, Ranking, Curves, Runtimes, Tables, Keyboard]) part.start();
  document.documentElement.dataset.ready = "yes";
};

window.hwbenchReport = { State, Runs, Hypervolume, Attainment, Numbers };
start().catch((error) => {
  const place = document.getElementById("trouble");
  place.textContent = `The pictures could not be drawn (${error.message}). A browser of 2023 or later is needed.`;
  place.hidden = false;
  throw error;
});
