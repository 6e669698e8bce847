// Saves a chart as a picture: a button with data-png="ID" beside <div data-chart="ID">. The browser draws it, title and all,
// in the colours of the theme; no server takes part. Without this script the buttons stay hidden.
(() => {
  "use strict";

  const WIDTH = 1200, HEIGHT = 675, SCALE = 2;

  const show = (root) => root.querySelectorAll?.("button[data-png]").forEach((button) => { button.hidden = false; });

  // Plotly writes an SVG without its own detour over a blob, which the content policy would refuse as a picture.
  const pictured = async (element, title) => {
    const card = element.closest(".card") ?? document.body;
    const layout = {
      ...element.layout,
      paper_bgcolor: getComputedStyle(card).backgroundColor,
      title: { text: title, x: 0.02, xanchor: "left", font: { size: 20, color: getComputedStyle(card).color } },
      margin: { ...element.layout.margin, l: 24, r: 24, t: 64, b: 24 },
    };
    const source = await window.Plotly.toImage({ data: element.data, layout }, { format: "svg", width: WIDTH, height: HEIGHT });
    const image = new Image();
    image.src = source;
    await image.decode();
    const canvas = document.createElement("canvas");
    canvas.width = WIDTH * SCALE;
    canvas.height = HEIGHT * SCALE;
    canvas.getContext("2d").drawImage(image, 0, 0, canvas.width, canvas.height);
    return canvas.toDataURL("image/png");
  };

  document.addEventListener("click", async (event) => {
    const button = event.target.closest?.("button[data-png]");
    const element = button && document.querySelector(`[data-chart="${CSS.escape(button.dataset.png)}"]`);
    if (!element?.layout || !window.Plotly) return; // not drawn yet
    button.disabled = true;
    try {
      const link = document.createElement("a");
      link.href = await pictured(element, button.closest(".card")?.querySelector("h2")?.textContent ?? "");
      link.download = `hark-${button.dataset.png}-${new Date().toISOString().slice(0, 10)}.png`;
      link.click();
    } finally {
      button.disabled = false;
    }
  });

  document.body.addEventListener("htmx:load", (event) => show(event.target));
  show(document);
})();
