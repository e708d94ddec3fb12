// Dark or light, as the system has it or as the reader wants it; and what pictures take from the style sheet.
const Theme = (() => {
  const kinds = ["system", "dark", "light"];
  const prefersDark = matchMedia("(prefers-color-scheme: dark)");
  const listeners = [];
  let isPrinting = false;
  let kind = "system";

  const isDark = () => !isPrinting && (kind === "dark" || (kind === "system" && prefersDark.matches));
  const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();

  const apply = () => {
    document.documentElement.dataset.theme = isDark() ? "dark" : "light";
    const button = document.getElementById("theme");
    button.textContent = `Theme: ${kind}`;
    for (const tell of listeners) tell();
  };

  const start = () => {
    document.getElementById("theme").addEventListener("click", () => {
      kind = kinds[(kinds.indexOf(kind) + 1) % kinds.length];
      apply();
    });
    document.getElementById("print").addEventListener("click", () => window.print());
    prefersDark.addEventListener("change", apply);
    for (const [event, value] of [["beforeprint", true], ["afterprint", false]]) {
      addEventListener(event, () => {
        isPrinting = value;
        apply();
      });
    }
    apply();
  };

  return { start, colour, isDark, onChange: (tell) => listeners.push(tell), get isPrinting() { return isPrinting; } };
})();
