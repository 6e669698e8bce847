// The stream: how far it was read is remembered, so that Back and reload return to where one was; a link to an entry
// inside a fold opens it. Without this script "Older" is a link and each page has its own address.
(() => {
  "use strict";

  const section = document.getElementById("stream");
  if (!section) return;

  const key = () => `hark-stream:${location.pathname}${location.search}`;
  const read = () => {
    try {
      return JSON.parse(sessionStorage.getItem(key())) ?? {};
    } catch {
      return {};
    }
  };
  const keep = (values) => {
    try {
      sessionStorage.setItem(key(), JSON.stringify({ ...read(), ...values }));
    } catch {
      // Full or forbidden: then Back leads to the top, as without a script.
    }
  };

  const pagesShown = () => Number(document.getElementById("stream-entries")?.dataset.pages ?? 1);

  // ---- more entries come: remember how many pages there are, and say so when all of it is fetched again -------------

  document.body.addEventListener("htmx:afterSwap", (event) => {
    const list = document.getElementById("stream-entries");
    if (event.detail.target.id === "stream-more" && list) list.dataset.pages = String(pagesShown() + 1);
    if (["stream", "stream-more"].includes(event.detail.target.id)) keep({ pages: pagesShown() });
  });
  document.body.addEventListener("htmx:configRequest", (event) => {
    if (event.detail.elt.id === "stream-refresh" && pagesShown() > 1) event.detail.parameters.pages = pagesShown();
  });

  let waiting = 0;
  window.addEventListener("scroll", () => {
    clearTimeout(waiting);
    waiting = setTimeout(() => keep({ y: window.scrollY }), 120);
  }, { passive: true });

  // ---- back, or reload: read on to where one was, then go there ------------------------------------------------------

  const restore = () => {
    const how = performance.getEntriesByType("navigation")[0]?.type;
    const { pages = 1, y = 0 } = how === "back_forward" || how === "reload" ? read() : {};
    if (pages <= pagesShown()) {
      keep({ pages: pagesShown() });
      return;
    }
    const refresh = document.getElementById("stream-refresh");
    document.body.addEventListener("htmx:afterSettle", () => window.scrollTo({ top: y, behavior: "instant" }), { once: true });
    window.htmx.ajax("GET", refresh.getAttribute("hx-get"), { source: refresh, target: "#stream", values: { pages } });
  };
  if (document.readyState === "complete") restore();
  else window.addEventListener("load", restore);

  // ---- an entry that is linked to may lie in a fold ------------------------------------------------------------------

  const reveal = () => {
    const entry = location.hash.length > 1 ? document.getElementById(decodeURIComponent(location.hash.slice(1))) : null;
    const fold = entry?.closest("details:not([open])");
    if (!fold || !section.contains(fold)) return;
    fold.open = true;
    entry.scrollIntoView();
  };
  window.addEventListener("hashchange", reveal);
  reveal();
})();
