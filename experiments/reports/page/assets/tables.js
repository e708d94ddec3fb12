// Tables that sort, and that follow what is selected.
const Tables = (() => {
  const prepare = () => {
    for (const button of document.querySelectorAll("details.table th button")) {
      button.addEventListener("click", () => sort(button.closest("th")));
    }
  };

  const start = () => {
    document.getElementById("all-problems").addEventListener("change", follow);
    document.getElementById("all-problems").checked = !Drawing.isNarrow();
    document.getElementById("all-problems-label").hidden = Runs.data.problems.length < 2;
    for (const button of document.querySelectorAll("details.table button.name")) {
      button.style.setProperty("--colour", Runs.data.optimizers[button.dataset.optimizer].colour);
      button.addEventListener("click", () => State.toggle(Number(button.dataset.optimizer)));
    }
    State.on("problem chosen", follow);
  };

  const sort = (head) => {
    const table = head.closest("table");
    const column = head.cellIndex;
    const isDescending = head.getAttribute("aria-sort") === "ascending";
    for (const other of table.querySelectorAll("th")) other.removeAttribute("aria-sort");
    head.setAttribute("aria-sort", isDescending ? "descending" : "ascending");
    const isNumber = head.classList.contains("number");
    const keyed = [...table.tBodies[0].rows].map((row) => {
      const text = row.cells[column].textContent;
      return [isNumber ? Numbers.inCell(text) : text, row];
    });
    const compare = (a, b) => (isNumber ? a - b : a.localeCompare(b, "en", { numeric: true }));
    keyed.sort(([a], [b]) => {
      if (a === null || b === null) return (a === null) - (b === null); // what has no number comes last
      return isDescending ? compare(b, a) : compare(a, b);
    });
    table.tBodies[0].append(...keyed.map(([, row]) => row));
  };

  const follow = () => {
    const all = document.getElementById("all-problems").checked;
    document.getElementById("tables-title").parentElement.classList.toggle("one-problem", !all);
    const titles = Runs.data.problems.map((problem) => problem.title);
    const current = String(titles.indexOf(Runs.problem.title));
    for (const row of document.querySelectorAll("details.table tbody tr")) {
      const { problem, optimizers } = row.dataset;
      row.hidden = !all && problem !== "" && problem !== current;
      row.classList.toggle("current", titles.length > 1 && problem === current);
      const own = optimizers.split(" ").filter(Boolean).map(Number);
      row.classList.toggle("faint", own.length > 0 && !own.some(State.isChosen));
      row.classList.toggle("chosen", own.some((one) => State.now.chosen.has(one)));
    }
  };

  return { prepare, start };
})();
