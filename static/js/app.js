// What every page needs: dialogs, menus, toasts, focus that survives swaps, and words when a request fails.
// Nothing here is required to do the job: each form and link works without it.
(() => {
  "use strict";

  const dialog = document.getElementById("dialog");
  const dialogBody = document.getElementById("dialog-body");
  const toasts = document.getElementById("toasts");
  let openedFrom = null; // what had the focus when the dialog opened; it may have been swapped since, so by id first

  // ---- dialogs -------------------------------------------------------------------------------------------------

  const rememberOpener = () => {
    const element = document.activeElement;
    openedFrom = { element, row: element?.closest?.("[data-row]")?.id ?? "", id: element?.id ?? "" };
  };

  const returnFocus = () => {
    if (!openedFrom) return;
    const { element, row, id } = openedFrom;
    // An item of a menu is out of reach when the menu has closed meanwhile: then what opens the menu takes the focus.
    const home = element?.isConnected ? element : document.getElementById(id) ?? document.getElementById(row);
    const target = home?.checkVisibility() === false ? home.closest("details.menu")?.querySelector("summary") : home;
    if (target && target.matches("[data-row]")) target.tabIndex = -1;
    target?.focus?.({ preventScroll: true });
    openedFrom = null;
  };

  const openDialog = () => {
    if (!dialog || dialog.open) return;
    dialog.showModal();
    const first = dialogBody.querySelector("[autofocus]")
      ?? dialogBody.querySelector("form :is(input:checked, input:not([type=hidden], [type=radio]), select, textarea)")
      ?? dialogBody.querySelector("button");
    first?.focus();
  };

  const closeDialog = () => {
    if (dialog?.open) dialog.close();
  };

  dialog?.addEventListener("close", () => {
    dialogBody.replaceChildren();
    returnFocus();
  });

  document.addEventListener("click", (event) => {
    if (event.target === dialog) closeDialog(); // the backdrop belongs to the dialog element
    if (event.target.closest("[data-close]")) {
      const toast = event.target.closest(".toast");
      if (toast) toast.remove();
      else if (dialog?.open) {
        event.preventDefault();
        closeDialog();
      }
    }
    for (const menu of document.querySelectorAll("details.menu[open]")) {
      if (!menu.contains(event.target)) menu.open = false;
    }
  });

  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    for (const menu of document.querySelectorAll("details.menu[open]")) {
      menu.open = false;
      menu.querySelector("summary").focus();
    }
  });

  document.body.addEventListener("htmx:beforeRequest", (event) => {
    if (event.detail.target === dialogBody && !dialog.open) rememberOpener();
  });
  document.body.addEventListener("htmx:afterSwap", (event) => {
    if (event.detail.target !== dialogBody) return;
    if (dialogBody.childElementCount) openDialog();
    else closeDialog();
  });
  document.body.addEventListener("close-dialog", closeDialog); // a response may ask for it: HX-Trigger: close-dialog

  // ---- toasts: the server renders them, here they only leave ---------------------------------------------------

  const lifetimes = { read: 9000, undo: 20000 }; // ms; long enough to read a line, and to think again and undo it
  const watchToast = (toast) => {
    if (toast.dataset.watched || toast.classList.contains("error")) return;
    toast.dataset.watched = "1";
    const lifetime = toast.querySelector("[data-undo]:not([hidden]), form") ? lifetimes.undo : lifetimes.read;
    let timer = setTimeout(() => toast.remove(), lifetime);
    const hold = () => clearTimeout(timer);
    const release = () => { timer = setTimeout(() => toast.remove(), lifetime); };
    toast.addEventListener("pointerenter", hold);
    toast.addEventListener("pointerleave", release);
    toast.addEventListener("focusin", hold);
    toast.addEventListener("focusout", release);
    toast.addEventListener("submit", () => toast.remove());
  };
  const watchToasts = () => toasts?.querySelectorAll(".toast").forEach(watchToast);
  if (toasts) new MutationObserver(watchToasts).observe(toasts, { childList: true });
  watchToasts();

  const say = (words, kind = "error", undo = "") => {
    const toast = document.getElementById("toast-template").content.firstElementChild.cloneNode(true);
    toast.classList.add(kind);
    toast.firstElementChild.textContent = words;
    const button = toast.querySelector("[data-undo]");
    for (const older of toasts.querySelectorAll("[data-undo]")) delete older.dataset.key; // the key undoes the newest
    if (undo) {
      button.hidden = false;
      Object.assign(button.dataset, { key: "u", keyName: "Undo" });
      button.addEventListener("click", () => {
        toast.remove();
        const [path, query] = undo.split("?");
        const sent = new URLSearchParams(query);
        const values = Object.fromEntries([...new Set(sent.keys())].map((name) => [name, sent.getAll(name)]));
        window.htmx.ajax("POST", path, { source: document.body, swap: "none", values });
      });
    }
    toasts.append(toast);
  };
  // HX-Trigger: {"toast": {"text": "...", "undo": "/address/to/post/to/?sent=as&the=body"}}
  document.body.addEventListener("toast", (event) => say(event.detail.text, event.detail.kind ?? "info", event.detail.undo));

  // ---- words when a request fails ------------------------------------------------------------------------------

  const reasons = {
    403: "You may read this, but not change it. Ask the account's manager or the team lead.",
    404: "This is no longer here. Reload the page to see what changed.",
    413: "That is too large to send.",
    429: "Too many tries. Wait a minute, then try again.",
  };
  document.body.addEventListener("htmx:responseError", (event) => {
    const status = event.detail.xhr.status;
    if (status === 401 || status >= 500) return; // trouble.js: what can be tried again
    say(reasons[status] ?? `That did not work (error ${status}). Nothing was changed; try again.`);
  });

  // ---- scores follow a touch within seconds: lists look again a few times, then rest ---------------------------

  const looks = [1500, 4000, 9000]; // ms after the change; the worker usually needs one or two seconds
  let pending = [];
  document.body.addEventListener("accounts-changed", () => {
    pending.forEach(clearTimeout);
    pending = looks.map((wait) => setTimeout(() => {
      const isBusy = document.querySelector("#list details.menu[open]"); // never take a menu away from under the pointer
      if (!document.hidden && !isBusy) document.body.dispatchEvent(new CustomEvent("accounts-rescored"));
    }, wait));
  });

  // ---- title --------------------------------------------------------------------------------------------------

  document.body.addEventListener("htmx:afterSettle", () => {
    const counted = document.querySelector("[data-page-title]"); // lists carry their count into the tab title
    if (counted) document.title = counted.dataset.pageTitle;
  });

  // ---- forms that send themselves when a choice changes (a button does it without JavaScript) ------------------

  document.addEventListener("change", (event) => {
    const form = event.target.closest("form[data-autosubmit]");
    if (form) form.requestSubmit();
  });
  for (const button of document.querySelectorAll("form[data-autosubmit] [data-nojs]")) button.hidden = true;
  document.body.addEventListener("htmx:load", (event) => {
    event.target.querySelectorAll?.("form[data-autosubmit] [data-nojs]").forEach((button) => { button.hidden = true; });
  });

  // ---- logging a touch: what the channel hides is not left chosen (the server ignores it either way) --------------

  document.addEventListener("change", (event) => {
    const form = event.target.matches("[name=channel]") && event.target.closest(".touch-form");
    if (!form) return;
    const isShown = (choice) => choice.closest("label").getClientRects().length > 0;
    const stale = form.querySelectorAll("[name=outcome]:checked, [name=direction]:checked");
    for (const choice of stale) if (!isShown(choice)) choice.checked = false;
    if (!form.querySelector("[name=outcome]:checked")) {
      const usual = [...form.querySelectorAll("[name=outcome]")].find(isShown);
      if (usual) usual.checked = true;
    }
  });

  // ---- picked rows stay picked when the list is fetched again ---------------------------------------------------

  let picks = [];
  document.body.addEventListener("htmx:beforeSwap", (event) => {
    if (event.detail.target?.id === "list") {
      picks = [...document.querySelectorAll(".pick input[name=ids]:checked")].map((box) => box.value);
    }
  });
  document.body.addEventListener("htmx:afterSwap", (event) => {
    if (event.detail.target?.id !== "list" || !picks.length) return;
    const boxes = [...document.querySelectorAll(".pick input[name=ids]")].filter((box) => picks.includes(box.value));
    boxes.forEach((box) => { box.checked = true; });
    boxes[0]?.dispatchEvent(new Event("change", { bubbles: true })); // the counter follows
  });

  // ---- pick all rows -------------------------------------------------------------------------------------------

  document.addEventListener("change", (event) => {
    const all = event.target.closest("[data-pick-all]");
    const listing = event.target.closest(".listing");
    if (!listing) return;
    const boxes = [...listing.querySelectorAll(".pick input:not([data-pick-all])")];
    if (all) boxes.forEach((box) => { box.checked = all.checked; });
    const picked = boxes.filter((box) => box.checked).length;
    const counter = listing.querySelector("[data-picked]");
    if (counter) counter.textContent = String(picked);
    const head = listing.querySelector("[data-pick-all]");
    if (head) {
      head.checked = picked > 0 && picked === boxes.length;
      head.indeterminate = picked > 0 && picked < boxes.length;
    }
  });
})();
