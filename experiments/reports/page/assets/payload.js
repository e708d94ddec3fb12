// What the page carries for its scripts: compressed text in elements that are never shown.
const Payload = (() => {
  const bytes = (id) => {
    const letters = atob(document.getElementById(id).textContent.trim());
    const found = new Uint8Array(letters.length);
    for (let i = 0; i < letters.length; i++) found[i] = letters.charCodeAt(i);
    return found;
  };

  const text = async (id) => {
    const stream = new Blob([bytes(id)]).stream().pipeThrough(new DecompressionStream("deflate"));
    return new Response(stream).text();
  };

  // Run a script that the page carries.
  const run = async (id) => {
    const script = document.createElement("script");
    script.textContent = await text(id);
    document.head.append(script);
    document.getElementById(id).remove();
  };

  return { text, run };
})();
