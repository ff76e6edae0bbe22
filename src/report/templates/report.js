"use strict";
// Sorting for tables, filtering and "show all" for long ones. Without it the page reads as it is.
const FIRST = 100;
const MONTHS = "JanFebMarAprMayJunJulAugSepOctNovDec";

// What a cell is sorted by; null comes last either way.
function key(text, kind) {
  if (kind === "text") return text === "–" ? null : text.toLowerCase();
  if (kind === "date") {
    const day = /^(?:(\d+) )?([A-Z][a-z]{2}) (\d{4})$/.exec(text);
    return day && day[3] * 384 + (MONTHS.indexOf(day[2]) / 3) * 32 + Number(day[1] || 0);
  }
  const number = /[−+]?\d[\d,]*(?:\.\d+)?/.exec(text);
  return number && Number(number[0].replace("−", "-").replaceAll(",", ""));
}

function compare(a, b, way) {
  if (a === null || b === null) return (a === null) - (b === null);
  const order = typeof a === "string" ? a.localeCompare(b, "en", { numeric: true }) : a - b;
  return order * way;
}

function drawRow(texts, heads) {
  const row = document.createElement("tr");
  texts.forEach((text, at) => {
    const cell = document.createElement(at ? "td" : "th");
    if (!at) cell.scope = "row";
    if (at && heads[at].dataset.sort !== "text") cell.classList.add("right");
    const quiet = text === "–" || text === "no clear change" || text.startsWith("○");
    if (at && (quiet || heads[at].classList.contains("interval"))) cell.classList.add("quiet");
    cell.textContent = text;
    row.append(cell);
  });
  return row;
}

function tools(box, state, redraw) {
  const bar = document.createElement("div");
  bar.className = "tools";
  const label = box.querySelector("caption").firstChild.textContent.trim();
  const filter = document.createElement("input");
  filter.type = "search";
  filter.placeholder = "Filter";
  filter.setAttribute("aria-label", "Filter " + label);
  const all = document.createElement("button");
  all.type = "button";
  const said = document.createElement("output");
  filter.addEventListener("input", () => { state.filter = filter.value.toLowerCase(); redraw(); });
  all.addEventListener("click", () => { state.all = !state.all; redraw(); });
  bar.append(filter, all, said);
  box.prepend(bar);
  state.report = (shown, found) => {
    all.textContent = state.all ? "Show the first " + FIRST : "Show all " + found.toLocaleString("en");
    all.hidden = found <= FIRST;
    said.textContent = shown.toLocaleString("en") + " of " + found.toLocaleString("en") + " shown";
  };
}

function enliven(box) {
  const heads = [...box.querySelectorAll("thead th")];
  const body = box.querySelector("tbody");
  const rest = box.querySelector("script");
  const rows = [...body.rows].map((row) => ({ row, texts: [...row.cells].map((c) => c.textContent) }));
  if (rest) rows.push(...JSON.parse(rest.textContent).map((texts) => ({ row: null, texts })));
  if (rows.length < 3) return;
  const state = { order: rows, filter: "", all: false, report: () => {} };
  const redraw = () => {
    const found = state.order.filter((r) => r.texts.some((t) => t.toLowerCase().includes(state.filter)));
    const shown = state.all ? found : found.slice(0, FIRST);
    body.replaceChildren(...shown.map((r) => (r.row ??= drawRow(r.texts, heads))));
    state.report(shown.length, found.length);
  };
  heads.forEach((head, at) => {
    if (head.classList.contains("interval")) return;
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = head.dataset.label = head.textContent;
    head.replaceChildren(button);
    button.addEventListener("click", () => {
      const kind = head.dataset.sort;
      const was = head.getAttribute("aria-sort");
      const first = kind === "text" ? "ascending" : "descending";
      const now = !was ? first : was === "ascending" ? "descending" : "ascending";
      heads.forEach((other) => other.removeAttribute("aria-sort"));
      head.setAttribute("aria-sort", now);
      const way = now === "ascending" ? 1 : -1;
      // A row that sums up the others stays above them.
      const keyed = rows.map((r) => [key(r.texts[at], kind), r, Number(r.row?.className === "sum")]);
      keyed.sort((a, b) => b[2] - a[2] || compare(a[0], b[0], way));
      state.order = keyed.map((entry) => entry[1]);
      redraw();
    });
  });
  if ("long" in box.dataset) {
    tools(box, state, redraw);
    redraw();
  }
}

document.querySelectorAll(".tabular").forEach(enliven);
