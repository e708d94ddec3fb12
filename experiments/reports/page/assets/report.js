// Puts the page together.
const painted = () => new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve)));

const start = async () => {
  Tables.prepare();
  Runs.start(JSON.parse(await Payload.text("data")));
  Theme.start();
  for (const part of [Controls, Overview, Reference, Ranking, Tables]) part.start();
  await painted(); // all but the pictures can be read by now
  performance.mark("readable");
  await Payload.run("plotly");
  for (const part of [Fronts, Keyboard, Curves, Runtimes]) {
    part.start();
    await painted();
  }
  performance.mark("drawn");
  document.documentElement.dataset.ready = "yes";
};

window.hwbenchReport = { State, Runs, Hypervolume, Attainment, Numbers };
start().catch((error) => {
  const place = document.getElementById("trouble");
  place.textContent = `The pictures could not be drawn (${error.message}). A browser of 2023 or later is needed.`;
  place.hidden = false;
  throw error;
});
