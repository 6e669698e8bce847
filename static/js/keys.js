// Keys. Elements declare theirs with data-key; rows are [data-row] and carry the keys of their own actions inside.
// j k move, Enter opens, x picks, / searches, ? lists every key that works on this page. Off while typing.
(() => {
  "use strict";

  const typing = (element) =>
    element.isContentEditable || element.matches("input:not([type=checkbox], [type=radio]), textarea, select");
  const rows = () => [...document.querySelectorAll("[data-row]")];
  const selected = () => document.querySelector("[data-row].sel");
  let lastIndex = 0; // where the selection was, for when its row is swapped away

  const select = (row) => {
    selected()?.classList.remove("sel");
    if (!row) return;
    row.classList.add("sel");
    row.tabIndex = -1;
    row.focus({ preventScroll: true });
    row.scrollIntoView({ block: "nearest" });
    lastIndex = rows().indexOf(row);
  };

  const move = (step) => {
    const all = rows();
    if (!all.length) return;
    const current = selected();
    const index = current ? all.indexOf(current) + step : step > 0 ? Math.min(lastIndex, all.length - 1) : 0;
    select(all[Math.max(0, Math.min(all.length - 1, index))]);
  };

  const visible = (element) => element.getClientRects().length > 0;
  const holder = (key) => {
    const match = `[data-key="${CSS.escape(key)}"]`;
    return selected()?.querySelector(match) ?? [...document.querySelectorAll(match)].find((element) => !element.closest("[data-row]") && visible(element));
  };

  const showKeys = () => {
    const dialog = document.getElementById("keymap");
    const list = dialog?.querySelector("[data-keymap]");
    if (!list) return;
    const names = new Map([["j", "Next row"], ["k", "Previous row"], ["Enter", "Open the row"], ["/", "Search"], ["?", "This list"]]);
    if (!rows().length) ["j", "k", "Enter"].forEach((key) => names.delete(key));
    if (document.querySelector("[data-row] .pick input")) names.set("x", "Pick the row");
    for (const element of document.querySelectorAll("[data-key]")) {
      names.set(element.dataset.key, element.dataset.keyName ?? element.getAttribute("aria-label") ?? element.textContent.trim().replace(/\s+[A-Z[\]/]$/, ""));
    }
    list.replaceChildren(...[...names].flatMap(([key, name]) => {
      const term = document.createElement("dt");
      const mark = document.createElement("kbd");
      const meaning = document.createElement("dd");
      mark.textContent = key;
      term.append(mark);
      meaning.textContent = name;
      return [term, meaning];
    }));
    dialog.showModal();
  };

  const act = {
    j: () => move(1),
    k: () => move(-1),
    x: () => selected()?.querySelector(".pick input")?.click(),
    Enter: () => selected()?.querySelector("a[href]")?.click(),
    "/": () => (document.querySelector("[data-search]") ?? document.querySelector("[type=search]"))?.focus(),
    "?": showKeys,
  };

  document.addEventListener("keydown", (event) => {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
    // The first Escape empties the search box, as browsers do; the next one leaves it, so that the keys work again.
    if (event.key === "Escape" && event.target.matches("[data-search]") && !event.target.value) event.target.blur();
    if (document.querySelector("dialog[open]") || typing(event.target)) return;
    const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
    if (key === "Enter" && event.target.matches("a, button, summary, input, [role=button]")) return;
    const target = holder(key);
    const action = act[key];
    if (!target && !(action && (key !== "Enter" || selected()))) return;
    event.preventDefault();
    if (target) target.click();
    else action();
  });

  document.addEventListener("focusin", (event) => {
    const row = event.target.closest?.("[data-row]");
    if (row && row !== selected()) {
      selected()?.classList.remove("sel");
      row.classList.add("sel");
      lastIndex = rows().indexOf(row);
    }
  });

  // A row that was acted on is swapped or leaves: the selection stays at its place in the list.
  let wasSelected = "";
  document.body.addEventListener("htmx:beforeSwap", () => { wasSelected = selected()?.id ?? ""; });
  document.body.addEventListener("htmx:afterSettle", () => {
    if (!wasSelected || selected()) return;
    const all = rows();
    const row = document.getElementById(wasSelected) ?? all[Math.min(lastIndex, all.length - 1)];
    if (row && !document.querySelector("dialog[open]")) select(row);
    else row?.classList.add("sel");
  });
})();
