"use strict";
// Tables of the class `sortable`: a click or key press on a header sorts by its column, empty values always last.
(function () {
  const status = document.getElementById("status");
  const collator = new Intl.Collator("zh-CN", { numeric: true });
  const words = { ascending: "升序", descending: "降序" };

  function keyOf(row, column, kind) {
    const cell = row.cells[column];
    if (kind === "text") return cell.textContent.trim();
    const value = cell.dataset.value === undefined ? cell.textContent.trim() : cell.dataset.value;
    return value === "" || value === "—" ? null : Number(value);
  }

  function compare(a, b, sign) {
    if (a === null || b === null) return (a === null) - (b === null);
    return sign * (typeof a === "number" ? a - b : collator.compare(a, b));
  }

  function sort(table, header) {
    const order = header.getAttribute("aria-sort") === "ascending" ? "descending" : "ascending";
    const sign = order === "ascending" ? 1 : -1;
    const body = table.tBodies[0];
    const keyed = Array.from(body.rows, (row) => [keyOf(row, header.cellIndex, header.dataset.sort), row]);
    keyed.sort((a, b) => compare(a[0], b[0], sign));
    body.append(...keyed.map((pair) => pair[1]));
    for (const other of header.parentElement.cells) {
      if (other.hasAttribute("aria-sort")) other.setAttribute("aria-sort", other === header ? order : "none");
    }
    status.textContent = "已按" + header.textContent.trim() + words[order] + "排列";
  }

  for (const table of document.querySelectorAll("table.sortable")) {
    for (const header of table.querySelectorAll("thead th[data-sort]")) {
      const button = document.createElement("button");
      button.type = "button";
      button.append(...header.childNodes);
      button.addEventListener("click", () => sort(table, header));
      header.append(button);
      if (!header.hasAttribute("aria-sort")) header.setAttribute("aria-sort", "none");
    }
  }
})();
