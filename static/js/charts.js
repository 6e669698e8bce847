// Draws the figures that the server built: <div data-chart="ID"> takes the JSON of <script type="application/json" id="ID">.
// Colours are written in figures as CSS custom properties, "var(--silent)" or, half transparent, "var(--silent, 50%)" (both
// pass plotly.py's validator); here they become the colours of the theme, and are drawn again when it changes. Plotly is
// fetched only when a chart comes into view; without it, each chart's table stays.
//
// Plotly works under style-src 'self' with two exceptions that figures therefore avoid: <b>, <i> and <span> in texts (use
// font.weight, font.style) and heatmap traces (use a table), which both write style attributes as markup.
(() => {
  "use strict";

  const script = document.currentScript;
  const dark = matchMedia("(prefers-color-scheme: dark)");
  const narrow = matchMedia("(max-width: 600px)");
  const coarse = matchMedia("(pointer: coarse)");

  // Plotly's bundle adds the style sheet of its map traces as an inline <style> unless an element with this id exists. Hark
  // draws no maps and allows no inline styles, so it is told that the sheet is there.
  const mapStyle = document.createElement("meta");
  mapStyle.id = "9f215cf04c5486422605d13261cb87401f4e7763b6296af81e98efbc0130da53";
  document.head.append(mapStyle);

  let loading = null;
  const loadPlotly = () => {
    loading ??= new Promise((resolve, reject) => {
      const element = document.createElement("script");
      element.src = script.dataset.plotly;
      element.addEventListener("load", () => resolve(window.Plotly));
      element.addEventListener("error", () => { loading = null; reject(new Error("plotly did not load")); });
      document.head.append(element);
    });
    return loading;
  };

  // A probe resolves light-dark(), color-mix() and nested variables to a plain rgb() that Plotly can read.
  const probe = document.createElement("span");
  probe.hidden = true;
  const canvas = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
  const colour = (text) => {
    probe.style.color = "";
    probe.style.color = text;
    canvas.clearRect(0, 0, 1, 1);
    canvas.fillStyle = getComputedStyle(probe).color;
    canvas.fillRect(0, 0, 1, 1);
    const [r, g, b, a] = canvas.getImageData(0, 0, 1, 1).data;
    return `rgba(${r},${g},${b},${(a / 255).toFixed(3)})`;
  };

  const themed = (value, known) => {
    if (typeof value === "string") {
      if (!/^var\(--/.test(value)) return value;
      if (!known.has(value)) known.set(value, colour(value.replace(/^var\((--[\w-]+),\s*([\d.]+%)\)$/, "color-mix(in srgb, var($1) $2, transparent)")));
      return known.get(value);
    }
    if (Array.isArray(value)) return value.map((item) => themed(item, known));
    if (value && typeof value === "object") {
      return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, themed(item, known)]));
    }
    return value;
  };

  const axis = (known) => ({
    gridcolor: themed("var(--chart-grid)", known),
    linecolor: themed("var(--chart-grid)", known),
    zerolinecolor: themed("var(--chart-grid)", known),
    tickfont: { color: themed("var(--muted)", known), size: 11.5 },
    title: { font: { color: themed("var(--muted)", known), size: 12 } },
    automargin: true,
    fixedrange: true,
  });

  const merged = (base, over) => {
    const result = { ...base };
    for (const [key, value] of Object.entries(over ?? {})) {
      const both = value && result[key] && typeof value === "object" && typeof result[key] === "object" && !Array.isArray(value);
      result[key] = both ? merged(result[key], value) : value;
    }
    return result;
  };

  const dressed = (layout, known) => {
    const base = {
      paper_bgcolor: "rgba(0,0,0,0)",
      plot_bgcolor: "rgba(0,0,0,0)",
      margin: { l: 8, r: 12, t: 8, b: 8, pad: 4 },
      font: { family: getComputedStyle(document.body).fontFamily, size: 12.5, color: themed("var(--ink)", known) },
      hoverlabel: {
        bgcolor: themed("var(--card)", known),
        bordercolor: themed("var(--edge)", known),
        font: { color: themed("var(--ink)", known), size: 12.5 },
        align: "left",
      },
      // Below the container, not a share of the plot below it: the taller the plot, the further away it would stand.
      legend: { orientation: "h", x: 0, y: 0, yref: "container", yanchor: "bottom", font: { color: themed("var(--muted)", known) } },
      dragmode: false,
      autosize: true,
      transition: { duration: 0 }, // nothing moves, whatever the reader's setting for motion
      xaxis: axis(known),
      yaxis: axis(known),
    };
    for (const key of Object.keys(layout)) if (/^[xy]axis\d+$/.test(key)) base[key] = axis(known);
    const result = merged(base, themed(layout, known));
    // Days as the page writes them, 8 Nov, and from months on Nov 2026, at every zoom.
    for (const [key, one] of Object.entries(result)) {
      if (/^[xy]axis\d*$/.test(key) && one.type === "date" && !one.tickformat) one.tickformatstops = [{ dtickrange: [null, "M1"], value: "%-d %b" }, { dtickrange: ["M1", null], value: "%b %Y" }];
    }
    delete result.template; // plotly.py's default template paints its own white background
    delete result.width; // the figure is as wide as its card
    return result;
  };

  const shown = new Map();

  const draw = async (element) => {
    const source = document.getElementById(element.dataset.chart);
    if (!source) return;
    const figure = JSON.parse(source.textContent);
    const Plotly = await loadPlotly();
    document.body.append(probe);
    const known = new Map();
    const data = themed(figure.data, known);
    const layout = dressed(figure.layout ?? {}, known);
    if (narrow.matches) {
      layout.font.size = 11.5;
      for (const name of Object.keys(layout).filter((key) => /^xaxis\d*$/.test(key))) {
        layout[name] = { ...layout[name], nticks: Math.min(layout[name].nticks ?? 4, 4), tickangle: 0 };
      }
    }
    probe.remove();
    if (coarse.matches) layout.dragmode = false; // a finger that drags scrolls the page
    await Plotly.react(element, data, layout, {
      displayModeBar: false,
      responsive: true,
      scrollZoom: false,
      doubleClick: layout.dragmode ? "reset" : false,
      showTips: false,
    });
    if (!shown.has(element)) {
      element.on("plotly_click", (event) => {
        const url = address(event.points?.[0]);
        const opening = new CustomEvent("chart-open", { bubbles: true, cancelable: true, detail: { url } });
        if (url && element.dispatchEvent(opening)) window.location.assign(url); // a page may open it in place
      });
      element.closest(".chart")?.classList.toggle("clickable", figure.data.some((trace) => links(trace.customdata)));
    }
    shown.set(element, true);
    element.setAttribute("aria-busy", "false");
    element.dispatchEvent(new CustomEvent("chart-drawn", { bubbles: true }));
  };

  // A mark's customdata names the page behind it: {"url": "/..."} or a list whose item is such a path. Own pages only.
  const own = (text) => typeof text === "string" && /^\/(?!\/)/.test(text);
  const address = (point) => {
    const data = point?.customdata;
    if (own(data)) return data;
    if (Array.isArray(data)) return data.find(own);
    return own(data?.url) ? data.url : undefined;
  };
  const links = (customdata) => Array.isArray(customdata) && customdata.some((item) => address({ customdata: item }));

  const fallBack = (element) => {
    element.closest(".chart")?.setAttribute("hidden", "");
    const table = element.closest("figure, .card, section")?.querySelector("details.chart-data");
    if (table) table.open = true;
  };

  const watcher = new IntersectionObserver((entries) => {
    for (const entry of entries) {
      if (!entry.isIntersecting) continue;
      watcher.unobserve(entry.target);
      draw(entry.target).catch(() => fallBack(entry.target));
    }
  }, { rootMargin: "300px" });

  const find = (root) => root.querySelectorAll?.("[data-chart]").forEach((element) => {
    if (!shown.has(element)) watcher.observe(element);
  });

  const redraw = () => {
    for (const element of shown.keys()) {
      if (element.isConnected) draw(element).catch(() => fallBack(element));
      else shown.delete(element);
    }
  };
  dark.addEventListener("change", redraw);
  narrow.addEventListener("change", redraw);
  new MutationObserver(redraw).observe(document.documentElement, { attributes: true, attributeFilter: ["data-theme"] });

  document.body.addEventListener("htmx:load", (event) => find(event.target));
  find(document);
})();
