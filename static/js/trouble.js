// When an htmx request comes to nothing. Offline, too slow, or a mistake of the server: a bar that offers to try again,
// and the form stays as it was. The session ended: straight to the sign-in page and back, or, when something was typed,
// a dialog that keeps it. Without JavaScript the browser and the error pages say the same.
(() => {
  "use strict";

  const signedOut = document.getElementById("signed-out");
  const template = document.getElementById("trouble-template");
  let failed = null; // the last request that came to nothing, as htmx described it
  let bar = null;

  // ---- a request again -----------------------------------------------------------------------------------------

  const again = () => {
    const detail = failed;
    failed = null;
    dismiss();
    if (!detail) return;
    const { elt, target, requestConfig } = detail;
    if (!elt.isConnected) return window.location.reload();
    const button = requestConfig.triggeringEvent?.submitter;
    if (elt.matches("form:not([hx-trigger])")) elt.requestSubmit(button?.isConnected ? button : null);
    else window.htmx.ajax(requestConfig.verb, requestConfig.path, { source: elt, target });
  };

  // ---- the bar: in the open dialog, as everything outside of it is out of reach ----------------------------------

  const dismiss = () => {
    const hadFocus = bar?.contains(document.activeElement);
    const home = bar?.parentElement;
    bar?.remove();
    bar = null;
    if (hadFocus) (home.closest("dialog")?.querySelector("input:not([type=hidden]), textarea, button") ?? document.getElementById("main"))?.focus();
  };

  const tell = (words, detail) => {
    failed = detail;
    const home = document.querySelector("dialog[open]") ?? document.body;
    if (bar?.parentElement !== home) {
      bar?.remove();
      bar = template.content.firstElementChild.cloneNode(true);
      bar.querySelector("[data-retry]").addEventListener("click", again);
      bar.querySelector("[data-dismiss]").addEventListener("click", dismiss);
      home.prepend(bar);
    }
    bar.querySelector("p").textContent = words;
  };

  const unreachable = "Hark cannot be reached. What you typed is kept; check your connection, then try again.";
  const broken = {
    502: "Hark is being restarted. What you typed is kept; try again in a moment.",
    503: "Hark cannot reach its database right now. What you typed is kept; try again in a minute.",
  };
  const ours = "That is our mistake: Hark met an error it did not expect. Nothing was changed, and what you typed is kept.";

  document.body.addEventListener("htmx:sendError", (event) => tell(unreachable, event.detail));
  document.body.addEventListener("htmx:timeout", (event) => tell("That took too long. What you typed is kept; try again.", event.detail));
  document.body.addEventListener("htmx:afterRequest", (event) => { if (event.detail.successful) dismiss(); });
  document.body.addEventListener("htmx:responseError", (event) => {
    const { xhr } = event.detail;
    if (xhr.status === 401) askToSignIn(event.detail);
    else if (xhr.status >= 500) tell(broken[xhr.status] ?? ours, event.detail);
  });

  // ---- signed out ----------------------------------------------------------------------------------------------

  const isTyped = (field) => {
    if (field.matches("[type=search], [type=hidden], [type=submit]") || field.closest("[data-autosubmit]")) return false;
    if (field.matches("[type=checkbox], [type=radio]")) return field.checked !== field.defaultChecked;
    if (field.matches("select")) return [...field.options].some((option) => option.selected !== option.defaultSelected) && field.selectedIndex > 0;
    return field.value !== field.defaultValue;
  };
  const somethingIsTyped = () => [...document.querySelectorAll("form :is(input, select, textarea)")].some(isTyped);

  const askToSignIn = (detail) => {
    const address = detail.xhr.getResponseHeader("Hark-Sign-In");
    if (!address) return;
    if (!somethingIsTyped()) {
      window.location.assign(address);
      return;
    }
    failed = detail;
    signedOut.querySelector("[data-sign-in]").href = address;
    if (!signedOut.open) signedOut.showModal();
    signedOut.querySelector("[data-sign-in]").focus();
  };

  signedOut?.querySelector("[data-go-on]").addEventListener("click", () => {
    signedOut.close();
    again();
  });

  // ---- signing in anew makes the form's own token old: the one in the cookie counts ------------------------------

  const token = () => /(?:^|;\s*)csrftoken=([^;]+)/.exec(document.cookie)?.[1];

  document.body.addEventListener("htmx:configRequest", (event) => {
    const current = token();
    if (!current) return;
    event.detail.headers["X-CSRFToken"] = current;
    if (event.detail.parameters.csrfmiddlewaretoken) event.detail.parameters.csrfmiddlewaretoken = current;
  });
  document.addEventListener("submit", (event) => {
    const field = event.target.elements?.namedItem("csrfmiddlewaretoken");
    const current = token();
    if (field && current) field.value = current;
  });
})();
