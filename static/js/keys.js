// Keys. Elements declare theirs with data-key; rows are [data-row] and carry the keys of their own actions inside.
// j k move, Enter opens, x picks, / searches, ? lists every key that works on this page. Off while typing.
// A key may be two: data-key="c n" is c, then n. While rows are picked, a key acts on all of them.
(() => {
  "use strict";

  const typing = (element) =>
    element.isContentEditable || element.matches("input:not([type=checkbox], [type=radio]), textarea, select");
  const rows = () => [...document.querySelectorAll("[data-row]")];
  const selected = () => document.querySelector("[data-row].sel");
  let lastIndex = 0; // where the selection was, for when its row is swapped away

  const select = (row, isInPlace = false) => {
    selected()?.classList.remove("sel");
    if (!row) return;
    row.classList.add("sel");
    row.tabIndex = -1;
    row.focus({ preventScroll: true });
    if (!isInPlace) row.scrollIntoView({ block: "nearest" }); // the same row, fetched again, does not move the page
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
    const forPicked = [...document.querySelectorAll(`.selection ${match}`)].find(visible);
    return forPicked ?? selected()?.querySelector(match) ?? [...document.querySelectorAll(match)].find((element) => !element.closest("[data-row]") && visible(element));
  };

  // The first of two keys waits for the second, and says which there are.
  let begun = "";
  const forget = () => {
    begun = "";
    document.getElementById("chord")?.remove();
  };
  const begin = (key) => {
    const ways = [...(selected()?.querySelectorAll(`[data-key^="${CSS.escape(key)} "]`) ?? [])];
    if (!ways.length) return false;
    begun = key;
    const hint = document.createElement("div");
    hint.id = "chord";
    hint.className = "chord";
    hint.setAttribute("role", "status");
    for (const way of ways) {
      const mark = document.createElement("kbd");
      mark.textContent = way.dataset.key.split(" ")[1];
      hint.append(mark, way.dataset.keyName);
    }
    document.body.append(hint);
    return true;
  };

  const showKeys = () => {
    const dialog = document.getElementById("keymap");
    const list = dialog?.querySelector("[data-keymap]");
    if (!list) return;
    const names = new Map([["j", "Next row"], ["k", "Previous row"], ["Enter", "Open the row"], ["/", "Search"], ["?", "This list"]]);
    if (!rows().length) ["j", "k", "Enter"].forEach((key) => names.delete(key));
    if (document.querySelector("[data-row] .pick input")) {
      names.set("x", "Pick the row");
      names.set("u", "Undo");
      names.set("X", "Pick every row from the last one picked");
    }
    for (const element of document.querySelectorAll("[data-key]")) {
      names.set(element.dataset.key, element.dataset.keyName ?? element.getAttribute("aria-label") ?? element.textContent.trim().replace(/\s+[A-Z[\]/]$/, ""));
    }
    list.replaceChildren(...[...names].flatMap(([key, name]) => {
      const term = document.createElement("dt");
      const meaning = document.createElement("dd");
      for (const one of key.split(" ")) {
        const mark = document.createElement("kbd");
        mark.textContent = one;
        term.append(mark, " ");
      }
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
    if (begun && key !== "Shift") {
      const way = key === "Escape" ? null : selected()?.querySelector(`[data-key="${CSS.escape(`${begun} ${key}`)}"]`);
      forget();
      event.preventDefault();
      way?.click();
      return;
    }
    const target = holder(key);
    if (!target && begin(key)) {
      event.preventDefault();
      return;
    }
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
  // Two answers may overlap: between the swap of the first and its settling no row is selected, which is not a choice.
  document.body.addEventListener("htmx:beforeSwap", () => { wasSelected = selected()?.id ?? wasSelected; });
  document.body.addEventListener("htmx:afterSettle", () => {
    if (!wasSelected || selected()) return;
    const all = rows();
    const same = document.getElementById(wasSelected);
    const row = same ?? all[Math.min(lastIndex, all.length - 1)];
    // Focus that is somewhere else, in a search box or a dialog, stays there.
    const isFree = document.activeElement === document.body && !document.querySelector("dialog[open]");
    if (row && isFree) select(row, Boolean(same));
    else row?.classList.add("sel");
  });
})();
