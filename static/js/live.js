// The page stays true by itself: it asks every minute, and when its tab is looked at again, whether anything changed.
// The tab's icon carries the count, as its title does.
(() => {
  "use strict";

  // ---- asking ----------------------------------------------------------------------------------------------------

  document.body.addEventListener("htmx:beforeRequest", (event) => {
    if (event.detail.elt.matches("[data-live]") && document.hidden) event.preventDefault();
  });
  document.addEventListener("visibilitychange", () => {
    if (!document.hidden) document.body.dispatchEvent(new CustomEvent("page-seen"));
  });
  // Nobody asked for it, so nobody is told when it fails: the next minute asks again.
  for (const name of ["htmx:sendError", "htmx:timeout", "htmx:responseError"]) {
    document.addEventListener(name, (event) => {
      if (event.detail.elt?.matches?.("[data-live]")) event.stopPropagation();
    }, { capture: true });
  }

  // ---- the icon --------------------------------------------------------------------------------------------------

  const link = document.querySelector("link[rel=icon]");
  if (!link) return;
  const plain = link.href;
  const size = 64;
  let shown = "";

  const draw = (image, count) => {
    const canvas = document.createElement("canvas");
    canvas.width = canvas.height = size;
    const pen = canvas.getContext("2d");
    pen.drawImage(image, 0, 0, size, size);
    const words = count > 99 ? "99+" : String(count);
    const height = 34;
    const width = Math.max(height, 14 + 17 * words.length);
    pen.fillStyle = "#b3361b";
    pen.beginPath();
    pen.roundRect(size - width, size - height, width, height, height / 2);
    pen.fill();
    pen.fillStyle = "#ffffff";
    pen.font = "bold 28px system-ui, sans-serif";
    pen.textAlign = "center";
    pen.textBaseline = "middle";
    pen.fillText(words, size - width / 2, size - height / 2 + 2);
    link.type = "image/png";
    link.href = canvas.toDataURL("image/png");
  };

  const showCount = () => {
    const count = document.querySelector("[data-page-count]")?.dataset.pageCount ?? "";
    if (count === shown) return;
    shown = count;
    if (!Number(count)) {
      link.type = "image/svg+xml";
      link.href = plain;
      return;
    }
    const image = new Image(size, size);
    image.addEventListener("load", () => { if (count === shown) draw(image, Number(count)); });
    image.src = plain;
  };

  document.body.addEventListener("htmx:afterSettle", showCount);
  showCount();
})();
