// The charts of the account page beyond drawing: the period that touches and gaps share, labels of gaps where they fit,
// and marks that open the timeline in place. Without it, a mark is a link to the same address.
(() => {
  "use strict";

  const DAY = 86400000; // ms
  const PX_A_CHARACTER = 6.4; // of a label
  const chart = (name) => document.querySelector(`[data-chart="${name}"].js-plotly-plot`);
  const time = (value) => (typeof value === "number" ? value : Date.parse(String(value).replace(" ", "T")));

  // ---- labels: the longest gaps first, each only where it stands free ----------------------------------------------

  let isFitting = false;
  const fitLabels = async (element) => {
    const layout = element.layout;
    const axis = element._fullLayout?.xaxis;
    const labels = layout?.annotations ?? [];
    if (isFitting || !axis || !labels.some((label) => label.name?.startsWith("gap-"))) return;
    const [from, to] = axis.range.map(time);
    const px = (at) => ((time(at) - from) / (to - from)) * axis._length;
    const taken = [];
    const isFree = (left, right) => taken.every(([l, r]) => right + 6 < l || left > r + 6);
    const update = {};
    const order = labels.map((label, index) => ({ label, index, days: Number(label.name?.split("-")[1] ?? Infinity) }));
    for (const { label, index, days } of order.sort((one, other) => other.days - one.days)) {
      const width = label.text.length * PX_A_CHARACTER;
      const right = label.xanchor === "right" ? px(label.x) : px(label.x) + width / 2;
      const fits = right - width >= -4 && right <= axis._length + 8 && isFree(right - width, right);
      if (fits) taken.push([right - width, right]);
      if (Number.isFinite(days) && (label.visible ?? true) !== fits) update[`annotations[${index}].visible`] = fits;
    }
    if (!Object.keys(update).length) return;
    isFitting = true;
    await window.Plotly.relayout(element, update);
    isFitting = false;
  };

  // ---- the period: buttons, and the same one for both charts ---------------------------------------------------------

  const panel = document.querySelector("[data-periods]");
  const shared = (panel?.dataset.periods ?? "lanes gaps").split(" ");

  const bounds = (element) => {
    const axis = element.layout.xaxis;
    return [time(axis.minallowed), time(axis.maxallowed)];
  };

  const press = (months) => panel?.querySelectorAll("button").forEach((button) => {
    button.setAttribute("aria-pressed", String(Number(button.dataset.months) === months));
  });

  const showRange = (element, range) => {
    const [least, most] = bounds(element);
    const cut = [Math.max(range[0], least), Math.min(range[1], most)].map((at) => new Date(at).toISOString().slice(0, 10));
    return window.Plotly.relayout(element, { "xaxis.range": cut });
  };

  let isSharing = false;
  const share = async (range, but = null) => {
    isSharing = true;
    for (const element of shared.map(chart)) if (element && element !== but) await showRange(element, range);
    isSharing = false;
  };

  panel?.addEventListener("click", (event) => {
    const button = event.target.closest("button");
    const element = button && shared.map(chart).find(Boolean);
    if (!element) return;
    const months = Number(button.dataset.months);
    const [least, most] = bounds(element);
    press(months);
    share([months ? most - months * 30.44 * DAY : least, most]);
  });

  // ---- what is drawn ------------------------------------------------------------------------------------------------

  const known = new WeakSet();
  document.addEventListener("chart-drawn", (event) => {
    const element = event.target;
    if (!shared.includes(element.dataset.chart)) return;
    if (panel) panel.hidden = false;
    fitLabels(element);
    if (known.has(element)) return;
    known.add(element);
    element.on("plotly_relayout", (change) => {
      fitLabels(element);
      const isRange = Object.keys(change).some((key) => key.startsWith("xaxis."));
      if (!isRange || isSharing) return;
      press(-1); // a stretch chosen by hand is none of the periods
      share(element._fullLayout.xaxis.range.map(time), element);
    });
    element.on("plotly_afterplot", () => fitLabels(element));
  });

  // ---- a mark opens its entry of the timeline in place, under an address that can be shared ---------------------------

  const kept = ["list", "place", "as_of"];
  const find = (hash) => {
    const entry = document.getElementById(hash.slice(1));
    if (!entry) return;
    document.querySelector("#stream .is-target")?.classList.remove("is-target");
    if (entry.matches("#stream li")) {
      entry.classList.add("is-target");
      entry.tabIndex = -1;
      entry.focus({ preventScroll: true });
    }
    entry.scrollIntoView({ block: entry.matches("#stream li") ? "center" : "start" });
  };

  document.addEventListener("chart-open", (event) => {
    const url = new URL(event.detail.url ?? "", window.location.href);
    if (!event.detail.url || url.pathname !== window.location.pathname) return;
    for (const name of kept) {
      const value = new URLSearchParams(window.location.search).get(name);
      if (value && !url.searchParams.has(name)) url.searchParams.set(name, value);
    }
    const stream = document.getElementById("stream");
    if (!url.hash || !stream || !window.htmx) {
      event.preventDefault();
      window.location.assign(url);
      return;
    }
    event.preventDefault();
    const link = document.createElement("a");
    link.href = `${url.pathname}${url.search}${url.hash}`;
    link.hidden = true;
    link.setAttribute("hx-get", `${url.pathname}${url.search}`);
    link.setAttribute("hx-target", "#stream");
    link.setAttribute("hx-push-url", link.getAttribute("href"));
    document.body.append(link);
    window.htmx.process(link);
    document.body.addEventListener("htmx:afterSettle", () => find(url.hash), { once: true });
    link.click();
    link.remove();
  });

  // A page that is opened at an entry: the browser's own jump may have come before the page had its height.
  if (/^#touch-\d+$/.test(window.location.hash)) window.addEventListener("load", () => find(window.location.hash));
})();
