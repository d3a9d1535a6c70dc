// The single faults: filtered, sorted and shown a page at a time. Texts are only ever set as text, never as markup.
(function () {
  const data = JSON.parse(document.getElementById("data").textContent);
  const form = document.getElementById("filters");
  const table = document.getElementById("every");
  const found = document.getElementById("found");
  const [previous, next] = [document.getElementById("previous"), document.getElementById("next")];
  const collator = new Intl.Collator("zh-CN", { numeric: true });
  const SIZE = 100;
  const names = ["sender", "code", "file", "sheet", "cell", "header", "value", "message", "remedy", "aside"];
  const faults = data.rows.map((row, order) => {
    const fault = { order, severity: row[0] };
    names.forEach((name, i) => { fault[name] = data.texts[row[i + 1]]; });
    return fault;
  });
  const place = (f) => [f.file, f.sheet, f.cell].filter(Boolean).join(" · ");
  const columns = [
    ["处理", (f) => data.severities[f.severity], (a, b) => a.severity - b.severity],
    ["报送单位", (f) => f.sender],
    ["问题", (f) => data.titles[f.code]],
    ["位置", place],
    ["栏目", (f) => f.header],
    ["填写内容", (f) => f.value],
    ["说明", (f) => f.message + (f.aside ? "（办公室掌握：" + f.aside + "）" : "")],
    ["处理办法", (f) => f.remedy],
  ];
  const open = faults.filter((fault) => fault.severity < data.open).length; // the others are listed when asked for
  const view = { page: 0, column: null, sign: 1, shown: faults };

  function matches(fault) {
    const text = form.elements.text.value.trim().toLowerCase();
    return (form.elements.sender.value === "" || fault.sender === form.elements.sender.value)
      && (form.elements.rule.value === "" || fault.code === form.elements.rule.value)
      && (form.elements.severity.value === "" ? fault.severity < data.open : String(fault.severity) === form.elements.severity.value)
      && (text === "" || columns.some((column) => column[1](fault).toLowerCase().includes(text)));
  }

  function select() {
    view.shown = faults.filter(matches);
    if (view.column !== null) {
      const [, read, by] = columns[view.column];
      const compare = by || ((a, b) => collator.compare(read(a), read(b)));
      view.shown.sort((a, b) => view.sign * compare(a, b) || a.order - b.order);
    }
    view.page = 0;
    draw();
  }

  function draw() {
    const pages = Math.max(Math.ceil(view.shown.length / SIZE), 1);
    const rows = view.shown.slice(view.page * SIZE, (view.page + 1) * SIZE).map(rowOf);
    table.tBodies[0].replaceChildren(...rows);
    found.textContent = "符合条件的问题" + view.shown.length + "处，共" + open + "处";
    document.getElementById("page").textContent = "第" + (view.page + 1) + "页，共" + pages + "页";
    previous.disabled = view.page === 0;
    next.disabled = view.page >= pages - 1;
  }

  function rowOf(fault) {
    const row = document.createElement("tr");
    for (const [i, column] of columns.entries()) {
      const cell = row.appendChild(document.createElement("td"));
      if (i === 0) {
        const mark = cell.appendChild(document.createElement("span"));
        mark.className = "severity " + data.classes[fault.severity];
        mark.textContent = column[1](fault);
      } else {
        cell.textContent = column[1](fault) || "—";
        if (i === 3) cell.className = "place";
      }
    }
    return row;
  }

  function order(column) {
    view.sign = view.column === column ? -view.sign : 1;
    view.column = column;
    for (const [i, header] of [...table.tHead.rows[0].cells].entries()) {
      header.setAttribute("aria-sort", i !== column ? "none" : view.sign > 0 ? "ascending" : "descending");
    }
    select();
  }

  function turn(by) {
    view.page += by;
    draw();
    table.scrollIntoView({ block: "start" });
  }

  function options(name, pairs) {
    const list = form.elements[name];
    for (const [value, text] of pairs) list.add(new Option(text, value));
  }

  function show(row) {
    form.reset();
    form.elements.sender.value = row.dataset.sender || "";
    form.elements.rule.value = row.dataset.rule || "";
    form.elements.severity.value = row.dataset.severity || "";
    select();
    document.getElementById("single").scrollIntoView();
  }

  for (const [i, [title]] of columns.entries()) {
    const header = table.tHead.rows[0].appendChild(document.createElement("th"));
    header.scope = "col";
    header.setAttribute("aria-sort", "none");
    const button = header.appendChild(document.createElement("button"));
    button.type = "button";
    button.textContent = title;
    button.addEventListener("click", () => order(i));
  }
  const distinct = (read) => [...new Set(faults.map(read))];
  options("sender", distinct((f) => f.sender).sort(collator.compare).map((name) => [name, name]));
  options("rule", distinct((f) => f.code).map((code) => [code, data.titles[code]]).sort((a, b) => collator.compare(a[1], b[1])));
  options("severity", data.severities.map((name, i) => [String(i), name]));
  for (const cell of document.querySelectorAll("td.sum")) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "show";
    button.textContent = cell.textContent;
    button.setAttribute("aria-label", "查看这" + cell.textContent.trim() + "处");
    button.addEventListener("click", () => show(cell.parentElement));
    cell.replaceChildren(button);
  }
  form.addEventListener("input", select);
  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("reset", () => setTimeout(select));
  previous.addEventListener("click", () => turn(-1));
  next.addEventListener("click", () => turn(1));
  form.hidden = faults.length === 0;
  document.getElementById("faults").hidden = faults.length === 0;
  select();
})();
