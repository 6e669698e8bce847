// A form that is sent after the session ended comes to nothing. What was typed is put back once the same person has
// signed in again in this tab. It waits in the tab's own storage from the moment the form is sent until the server has
// answered with any page but the sign-in page; passwords, files and hidden fields are never kept, and signing out
// forgets everything. Forms sent by htmx stay on their page: trouble.js.
(() => {
  "use strict";

  const KEPT = "hark-draft";
  const LONGEST = 60 * 60 * 1000; // ms; who comes back later than that begins anew

  const person = document.body.dataset.person ?? "";
  const here = () => window.location.pathname + window.location.search;
  const sentForms = () => [...document.querySelectorAll("form[method=post]:not([hx-post])")];
  const isTold = (field) => field.name && !field.matches("[type=password], [type=hidden], [type=file], [type=submit], button");

  const stored = () => {
    try {
      return JSON.parse(window.sessionStorage.getItem(KEPT));
    } catch {
      return null; // no storage, or something that is no draft
    }
  };
  const store = (draft) => {
    try {
      if (draft) window.sessionStorage.setItem(KEPT, JSON.stringify(draft));
      else window.sessionStorage.removeItem(KEPT);
    } catch {
      // no storage: nothing is kept, as without JavaScript
    }
  };

  // ---- a form is sent ------------------------------------------------------------------------------------------

  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.matches("[data-sign-out]")) store(null);
    const place = sentForms().indexOf(form);
    if (!person || place < 0 || form.querySelector("[type=password]")) return;
    const fields = [...form.elements].filter(isTold).map((field) => {
      if (field.matches("[type=checkbox], [type=radio]")) return [field.name, field.value, field.checked];
      if (field.matches("select[multiple]")) return [field.name, [...field.selectedOptions].map((one) => one.value), null];
      return [field.name, field.value, null];
    });
    if (fields.length) store({ person, place, page: here(), at: Date.now(), fields });
  });

  // ---- a page has come: the sign-in page, or an answer --------------------------------------------------------------

  const put = (form, fields) => {
    for (const [name, value, isChecked] of fields) {
      const same = [...form.elements].filter((field) => field.name === name && isTold(field));
      const field = isChecked === null ? same[0] : same.find((one) => one.value === value);
      if (!field) continue;
      if (isChecked !== null) field.checked = isChecked;
      else if (Array.isArray(value)) for (const option of field.options) option.selected = value.includes(option.value);
      else field.value = value;
      field.dispatchEvent(new Event("change", { bubbles: true }));
    }
  };

  const draft = stored();
  if (!draft) return;
  const isSigningIn = document.querySelector("[data-unsent]");
  if (!person) {
    if (isSigningIn) store({ ...draft, isUnsent: true });
    else if (!draft.isUnsent) store(null);
    return;
  }
  if (!draft.isUnsent || draft.person !== person || Date.now() - draft.at > LONGEST) return store(null);
  if (draft.page !== here()) return;
  store(null);
  const form = sentForms()[draft.place];
  if (!form) return;
  put(form, draft.fields);
  const words = document.getElementById("draft-template").content.firstElementChild.cloneNode(true);
  form.prepend(words);
  form.closest("details")?.setAttribute("open", "");
  (form.querySelector("textarea, input:not([type=hidden])") ?? form).focus();
})();
