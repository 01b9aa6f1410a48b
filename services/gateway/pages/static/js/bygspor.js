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

// A form is sent once, however often its button is pressed. Some answers leave the page as it is (a file, the browser's
// back button), so a little later it may be sent again.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.dataset.sent) {
    event.preventDefault();
  } else if (form.getAttribute("method") === "post" && !form.matches("[hx-post]")) {
    form.dataset.sent = "yes";
    setTimeout(() => delete form.dataset.sent, 4000);
  }
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

// A secret is copied by a button, where the browser lets a page do that.
document.querySelectorAll("button[data-copies]").forEach((button) => {
  if (!navigator.clipboard) return;
  button.hidden = false;
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(document.getElementById(button.dataset.copies).textContent);
    button.nextElementSibling.textContent = button.dataset.copied;
    button.textContent = button.dataset.copied;
  });
});

// A password can be seen while it is typed.
document.querySelectorAll("input[type=password]").forEach((field) => {
  const button = document.getElementById("show-password").content.firstElementChild.cloneNode(true);
  button.setAttribute("aria-controls", field.id);
  button.addEventListener("click", () => {
    const shown = field.type === "password";
    field.type = shown ? "text" : "password";
    button.setAttribute("aria-pressed", String(shown));
  });
  field.after(button);
});
