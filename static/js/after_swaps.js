// What a swap takes from whoever does not see it: the place of the focus, and the news that something changed.
// The focus returns to the twin of the control that had it; the headline and the count of what came in are spoken.
(() => {
  "use strict";

  const spoken = document.getElementById("spoken");
  let left = null; // the control that had the focus and is about to be swapped away

  const firstWords = (element) => [...element.childNodes].find((node) => node.nodeType === Node.TEXT_NODE && node.data.trim())?.data.trim();
  const nameOf = (element) => [element.tagName, element.id, element.name ?? "", element.getAttribute("aria-label") ?? firstWords(element) ?? element.firstElementChild?.textContent.trim()].join("|");

  document.body.addEventListener("htmx:beforeSwap", (event) => {
    const active = document.activeElement;
    left = event.detail.shouldSwap && active !== document.body && event.detail.target?.contains(active) ? { name: nameOf(active), tag: active.tagName } : null;
  });

  const returnFocus = (target) => {
    const isLost = document.activeElement === document.body || document.activeElement === null;
    if (!left || !isLost || !target?.isConnected || document.querySelector("dialog[open]")) return;
    const twin = [...target.querySelectorAll(left.tag)].find((each) => nameOf(each) === left.name && each.checkVisibility());
    const place = twin ?? target.querySelector("h1, h2") ?? target;
    if (!twin) place.tabIndex = -1;
    place.focus({ preventScroll: true });
  };

  const tell = (target) => {
    if (!spoken || !target?.isConnected || target.closest("dialog, .toasts")) return;
    const parts = [...target.querySelectorAll("h1, .pager > span:first-child, .empty h2")].map((each) => each.textContent.trim());
    const words = parts.filter(Boolean).join(" ");
    if (words && words !== spoken.textContent) spoken.textContent = words;
  };

  document.body.addEventListener("htmx:afterSettle", (event) => {
    const target = event.detail.target;
    returnFocus(target);
    tell(target);
    left = null;
  });
})();
