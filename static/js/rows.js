// Rows of accounts that are worked through: ranges of picks, rows that leave quietly, what is open stays open when the
// list is fetched again. Every action is a form or a link without it.
(() => {
  "use strict";

  const list = document.getElementById("list");
  if (!list) return;

  // ---- picking a range: shift with the pointer, or X from the row picked last ------------------------------------

  const boxes = () => [...list.querySelectorAll(".pick input[name=ids]")];
  let anchor = ""; // the account whose box was turned last

  const pickRange = (to) => {
    const all = boxes();
    const from = all.findIndex((box) => box.value === anchor);
    const end = all.indexOf(to);
    if (end < 0) return;
    const [first, last] = from < 0 ? [end, end] : [Math.min(from, end), Math.max(from, end)];
    for (const box of all.slice(first, last + 1)) box.checked = true;
    to.dispatchEvent(new Event("change", { bubbles: true })); // the counter follows
  };

  list.addEventListener("click", (event) => {
    const box = event.target.closest(".pick input[name=ids]");
    if (!box) return;
    if (event.shiftKey && box.checked) pickRange(box);
    anchor = box.value;
  });

  document.addEventListener("keydown", (event) => {
    if (event.key !== "X" || event.ctrlKey || event.metaKey || event.altKey) return;
    if (document.querySelector("dialog[open]") || event.target.matches("input:not([type=checkbox]), textarea, select")) return;
    const box = list.querySelector("[data-row].sel .pick input[name=ids]");
    if (!box) return;
    event.preventDefault(); // keys.js leaves alone what was handled
    pickRange(box);
    anchor = box.value;
  }, { capture: true });

  document.addEventListener("click", (event) => {
    if (!event.target.closest("[data-unpick]")) return;
    for (const box of boxes()) box.checked = false;
    boxes()[0]?.dispatchEvent(new Event("change", { bubbles: true }));
  });
  const showClear = () => list.querySelectorAll("[data-unpick]").forEach((button) => { button.hidden = false; });
  showClear();

  // What was picked and acted on is done with; what was only looked at stays picked.
  document.body.addEventListener("htmx:afterRequest", (event) => {
    if (event.detail.successful && event.detail.requestConfig.verb === "post" && event.detail.xhr.status === 204) {
      for (const box of boxes()) box.checked = false;
    }
  });

  // ---- fetched again: never under somebody's hands ---------------------------------------------------------------

  const isRefresh = (detail) => detail.target === list && detail.requestConfig?.elt === list;
  // What a row sends must find its row again: a form that was swapped away meanwhile tells nobody of its answer.
  const isSending = () => Boolean(list.querySelector(".htmx-request:not([data-live])"));
  const isBusy = () =>
    isSending() ||
    Boolean(document.querySelector("dialog[open]")) ||
    Boolean(list.querySelector("details.menu[open]")) ||
    list.contains(document.activeElement) && document.activeElement.matches("input:not([type=checkbox]), select, textarea");

  let isOwed = false; // a refresh that was put off; it is made up for when the hands are free
  document.body.addEventListener("htmx:beforeRequest", (event) => {
    const { requestConfig } = event.detail;
    if (requestConfig.elt !== list || requestConfig.triggeringEvent?.type !== "accounts-rescored" || !isBusy()) return;
    event.preventDefault();
    isOwed = true;
  });
  const payBack = () => {
    if (!isOwed || isBusy()) return;
    isOwed = false;
    document.body.dispatchEvent(new CustomEvent("accounts-rescored"));
  };
  document.addEventListener("close", () => setTimeout(payBack), { capture: true }); // of a dialog; it does not bubble
  document.addEventListener("toggle", () => setTimeout(payBack), { capture: true });
  document.addEventListener("focusout", () => setTimeout(payBack));
  document.body.addEventListener("htmx:afterRequest", () => setTimeout(payBack));

  // ---- rows that leave do so quietly; what was open stays open ---------------------------------------------------

  const isCalm = window.matchMedia("(prefers-reduced-motion: reduce)");
  let opened = [];
  let scrolled = 0;

  document.body.addEventListener("htmx:beforeSwap", (event) => {
    if (!isRefresh(event.detail) || !event.detail.shouldSwap) return;
    if (isSending()) {
      event.detail.shouldSwap = false;
      isOwed = true;
      return;
    }
    opened = [...list.querySelectorAll("details[id][open]:not(.menu)")].map((one) => [one.id, [...one.children].slice(1)]);
    scrolled = window.scrollY;
    const staying = new Set([...event.detail.serverResponse.matchAll(/id="(account-\d+)"/g)].map((match) => match[1]));
    const leaving = [...list.querySelectorAll("[data-row]")].filter((row) => !staying.has(row.id));
    if (!leaving.length || isCalm.matches) return;
    for (const row of leaving) row.classList.add("leaving");
    event.detail.swapOverride = "innerHTML swap:220ms";
  });

  document.body.addEventListener("htmx:afterSwap", (event) => {
    if (event.detail.target !== list) return;
    showClear();
    for (const [id, children] of opened) {
      const details = document.getElementById(id);
      if (!details) continue;
      if (details.matches(".all-reasons")) [...details.children].slice(1).forEach((child, place) => child.replaceWith(children[place] ?? child));
      details.open = true;
    }
    if (opened.length) window.scrollTo({ top: scrolled, behavior: "instant" });
    opened = [];
  });
})();
