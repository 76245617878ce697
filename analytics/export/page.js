"use strict";
// Tooltips, highlighting of a place, hiding of other definitions, sorting of tables. All text is set as text, never as markup.
(function () {
  const tip = document.getElementById("tip");

  function line(words, strong) {
    const part = document.createElement(strong ? "strong" : "div");
    part.textContent = words;
    tip.append(part);
  }

  function show(mark, x, y) {
    const facts = mark.dataset;
    tip.replaceChildren();
    line(facts.place + " " + facts.label, true);
    if (facts.note) line(facts.note);
    if (facts.sentence) line("“" + facts.sentence + "” " + facts.cite);
    tip.hidden = false;
    const box = tip.getBoundingClientRect();
    tip.style.left = Math.max(8, Math.min(x + 14, innerWidth - box.width - 8)) + "px";
    tip.style.top = (y + box.height + 24 > innerHeight ? Math.max(8, y - box.height - 14) : y + 14) + "px";
  }

  function hide() { tip.hidden = true; }

  document.querySelectorAll(".m[data-place]").forEach(function (mark) {
    mark.setAttribute("tabindex", "0");
    mark.setAttribute("role", "img");
    mark.setAttribute("aria-label", mark.dataset.place + " " + mark.dataset.label + " " + mark.dataset.sentence);
    mark.addEventListener("mousemove", function (event) { show(mark, event.clientX, event.clientY); });
    mark.addEventListener("mouseleave", hide);
    mark.addEventListener("focus", function () { const box = mark.getBoundingClientRect(); show(mark, box.left + box.width / 2, box.bottom); });
    mark.addEventListener("blur", hide);
  });
  document.addEventListener("keydown", function (event) { if (event.key === "Escape") hide(); });

  let chosen = "";
  document.querySelectorAll("button[data-highlight]").forEach(function (button) {
    button.addEventListener("click", function () {
      chosen = chosen === button.dataset.highlight ? "" : button.dataset.highlight;
      document.querySelectorAll("button[data-highlight]").forEach(function (each) { each.setAttribute("aria-pressed", String(each.dataset.highlight === chosen)); });
      document.querySelectorAll(".m[data-place]").forEach(function (mark) { mark.classList.toggle("dim", chosen !== "" && mark.dataset.place !== chosen); });
    });
  });

  const other = document.getElementById("other");
  if (other) other.addEventListener("click", function () {
    const pressed = other.getAttribute("aria-pressed") !== "true";
    other.setAttribute("aria-pressed", String(pressed));
    document.querySelectorAll('.m[data-faded="1"]').forEach(function (mark) { mark.classList.toggle("gone", pressed); });
  });

  document.querySelectorAll("th button").forEach(function (button) {
    button.addEventListener("click", function () {
      const head = button.parentElement, table = head.closest("table"), body = table.tBodies[0];
      const at = Array.from(head.parentElement.children).indexOf(head), up = head.getAttribute("aria-sort") !== "ascending";
      const key = function (row) { const cell = row.children[at]; return cell.dataset.value !== undefined ? Number(cell.dataset.value) : cell.textContent; };
      const rows = Array.from(body.rows).sort(function (one, two) {
        const a = key(one), b = key(two);
        const order = typeof a === "number" && typeof b === "number" ? a - b : String(a).localeCompare(String(b), document.documentElement.lang);
        return up ? order : -order;
      });
      head.parentElement.querySelectorAll("th").forEach(function (each) { each.removeAttribute("aria-sort"); });
      head.setAttribute("aria-sort", up ? "ascending" : "descending");
      body.append(...rows);
    });
  });
})();
