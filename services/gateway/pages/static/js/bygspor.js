// What makes the pages pleasanter where there is JavaScript. Nothing here is needed: every page works without it.
"use strict";

// An open menu closes by Escape and by a click beside it.
function closeMenus(except) {
  document.querySelectorAll("details.user-menu[open]").forEach((menu) => {
    if (menu !== except) menu.removeAttribute("open");
  });
}
document.addEventListener("click", (event) => closeMenus(event.target.closest("details.user-menu")));
document.addEventListener("keydown", (event) => {
  const menu = event.key === "Escape" && document.querySelector("details.user-menu[open]");
  if (menu) {
    menu.removeAttribute("open");
    menu.querySelector("summary").focus();
  }
});

// A form is sent once, however often its button is pressed; coming back to it by the browser's button frees it.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.dataset.sent) event.preventDefault();
  else if (form.method === "post" && !form.matches("[hx-post],[data-hx-post]")) form.dataset.sent = "yes";
});
window.addEventListener("pageshow", () => {
  document.querySelectorAll("form[data-sent]").forEach((form) => delete form.dataset.sent);
});

// Where htmx gets no usable answer, the page says so instead of standing still.
function tell(event) {
  const area = document.getElementById("flash");
  const template = document.getElementById(event.type === "htmx:sendError" ? "no-answer" : "bad-answer");
  area.replaceChildren(template.content.cloneNode(true));
  area.scrollIntoView({ block: "nearest" });
}
document.addEventListener("htmx:sendError", tell);
document.addEventListener("htmx:responseError", tell);
