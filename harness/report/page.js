"use strict";
/* Sorting, filtering and curves of the table of jobs; everything else on the page works without. */
(function () {
    const table = document.getElementById("job-table");
    const theme = document.getElementById("theme");
    const root = document.documentElement;
    const isDark = () => root.dataset.theme ? root.dataset.theme === "dark" :
        matchMedia("(prefers-color-scheme: dark)").matches;
    const nameTheme = () => { theme.textContent = isDark() ? "Light" : "Dark"; };

    theme.hidden = false;
    theme.addEventListener("click", () => {
        root.dataset.theme = isDark() ? "light" : "dark";
        nameTheme();
    });
    nameTheme();
    if (!table)
        return;

    const body = table.tBodies[0];
    const rows = Array.from(body.rows);
    const curves = JSON.parse(document.getElementById("data").textContent).curves;
    const search = document.getElementById("filter-text");
    const selects = Array.from(document.querySelectorAll(".filters select"));
    const count = document.getElementById("job-count");

    /* ---- filter ---- */
    const texts = rows.map(row => row.textContent.toLowerCase());

    function shows(row, i) {
        const words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
        return words.every(word => texts[i].includes(word)) && selects.every(
            select => !select.value || row.cells[select.dataset.column].textContent === select.value);
    }
    function filter() {
        let n = 0;
        rows.forEach((row, i) => {
            const shown = shows(row, i);
            row.hidden = !shown;
            if (row.curves)
                row.curves.hidden = !shown;
            n += shown;
        });
        count.textContent = n + " of " + rows.length + " rows";
    }
    for (const select of selects) {
        const seen = new Set(rows.map(row => row.cells[select.dataset.column].textContent));
        for (const value of seen)
            select.add(new Option(value, value));
        select.addEventListener("change", filter);
    }
    search.addEventListener("input", filter);
    document.querySelector(".filters").hidden = false;
    filter();

    /* ---- sort: empty cells last, whichever way ---- */
    function keyOf(row, column, isNumber) {
        const text = row.cells[column].textContent;
        if (!isNumber)
            return text;
        return text === "" || text === "-" ? NaN : Number(text.replace(/,/g, ""));
    }
    function sortBy(header, column) {
        const up = header.getAttribute("aria-sort") !== "ascending";
        const isNumber = header.classList.contains("n");
        const keyed = rows.map((row, i) => ({row, i, key: keyOf(row, column, isNumber)}));
        keyed.sort((a, b) => {
            if (isNumber) {
                if (isNaN(a.key) || isNaN(b.key))
                    return isNaN(a.key) - isNaN(b.key) || a.i - b.i;
                return (up ? a.key - b.key : b.key - a.key) || a.i - b.i;
            }
            return (up ? 1 : -1) * a.key.localeCompare(b.key) || a.i - b.i;
        });
        for (const other of table.tHead.rows[0].cells)
            if (other.hasAttribute("aria-sort"))
                other.setAttribute("aria-sort", "none");
        header.setAttribute("aria-sort", up ? "ascending" : "descending");
        for (const item of keyed) {
            body.append(item.row);
            if (item.row.curves)
                body.append(item.row.curves);
        }
    }
    Array.from(table.tHead.rows[0].cells).forEach((header, column) => {
        if (!header.hasAttribute("aria-sort"))
            return;
        const button = document.createElement("button");
        button.type = "button";
        button.append(...header.childNodes);
        header.append(button);
        button.addEventListener("click", () => sortBy(header, column));
    });

    /* ---- curves ---- */
    const W = 320, H = 190, LEFT = 44, RIGHT = 8, TOP = 22, BOTTOM = 24;

    function svg(name, attributes, text) {
        const element = document.createElementNS("http://www.w3.org/2000/svg", name);
        for (const key in attributes)
            element.setAttribute(key, attributes[key]);
        if (text !== undefined)
            element.textContent = text;
        return element;
    }
    /* Values without gaps; a curve is [epochs, mean, least, most], the last two empty for one seed. */
    const known = values => values.filter(value => value !== null);

    function chart(title, parts) {
        const all = parts.flatMap(part => known(part.y.concat(part.low, part.high)));
        const epochs = parts.flatMap(part => part.x);
        if (all.length === 0)
            return null;
        let low = Math.min(...all), high = Math.max(...all);
        if (high - low < 1e-9) { low -= 0.5; high += 0.5; }
        const first = Math.min(...epochs), last = Math.max(...epochs);
        const px = x => LEFT + (W - LEFT - RIGHT) * (last > first ? (x - first) / (last - first) : 0.5);
        const py = y => TOP + (H - TOP - BOTTOM) * (1 - (y - low) / (high - low));
        const digits = high - low < 1 ? 2 : 1;
        const ends = parts.map(part => part.name + " " + known(part.y).slice(-1)[0]).join(", ");
        const picture = svg("svg", {viewBox: "0 0 " + W + " " + H, role: "img",
            "aria-label": title + " by epoch, at the end: " + ends});
        picture.append(svg("text", {x: LEFT, y: 13}, title));
        for (const y of [low, (low + high) / 2, high]) {
            picture.append(svg("line", {x1: LEFT, x2: W - RIGHT, y1: py(y), y2: py(y), stroke: "var(--rule)"}));
            picture.append(svg("text", {x: LEFT - 6, y: py(y) + 4, "text-anchor": "end"}, y.toFixed(digits)));
        }
        for (const x of last > first ? [first, last] : [first])
            picture.append(svg("text", {x: px(x), y: H - 8, "text-anchor": "middle"}, x));
        picture.append(svg("text", {x: (LEFT + W - RIGHT) / 2, y: H - 8, "text-anchor": "middle"}, "epoch"));
        parts.forEach((part, i) => {
            const points = part.x.map((x, k) => [x, part.y[k], part.low[k], part.high[k]]).filter(p => p[1] !== null);
            const join = list => list.map(p => px(p[0]).toFixed(1) + "," + py(p[1]).toFixed(1)).join(" ");
            if (part.low.length)
                picture.append(svg("polygon", {fill: part.colour, opacity: 0.2, points:
                    join(points.map(p => [p[0], p[2]]).concat(points.map(p => [p[0], p[3]]).reverse()))}));
            if (points.length === 1)
                picture.append(svg("circle", {cx: px(points[0][0]), cy: py(points[0][1]), r: 3, fill: part.colour}));
            else
                picture.append(svg("polyline", {fill: "none", stroke: part.colour, "stroke-width": 2,
                    "stroke-dasharray": part.dash, points: join(points)}));
            picture.append(svg("text", {x: W - RIGHT - 44 * (parts.length - 1 - i), y: 13, "text-anchor": "end",
                style: "fill:" + part.colour}, part.name));
        });
        return picture;
    }
    function partsOf(curve, which) {
        return [["train", "var(--curve-train)", "4 3"], ["test", "var(--curve-test)", "none"]]
            .filter(([name]) => curve[name])
            .map(([name, colour, dash]) => {
                const values = curve[name][which];
                return {name, colour, dash, x: curve[name].epochs, y: values[0], low: values[1], high: values[2]};
            });
    }
    function toggle(row, button) {
        const open = button.getAttribute("aria-expanded") === "true";
        button.setAttribute("aria-expanded", String(!open));
        if (open) {
            row.curves.remove();
            row.curves = null;
            return;
        }
        const curve = curves[row.dataset.curve];
        const cell = document.createElement("td");
        const box = document.createElement("div");
        row.curves = document.createElement("tr");
        cell.colSpan = row.cells.length;
        box.className = "curves";
        for (const picture of [chart("loss", partsOf(curve, "loss")), chart("top-1 %", partsOf(curve, "top1"))])
            if (picture)
                box.append(picture);
        if (curve.seeds > 1) {
            const note = document.createElement("p");
            note.className = "note";
            note.textContent = "Mean of " + curve.seeds + " seeds; the band is from the least to the most.";
            box.append(note);
        }
        cell.append(box);
        row.curves.append(cell);
        row.after(row.curves);
    }
    for (const row of rows) {
        if (!(row.dataset.curve in curves))
            continue;
        const button = document.createElement("button");
        button.type = "button";
        button.textContent = "curves";
        button.setAttribute("aria-expanded", "false");
        button.setAttribute("aria-label", "curves of " + row.cells[0].textContent + " " + row.cells[1].textContent +
            ", row " + (Number(row.dataset.curve) + 1));
        row.cells[row.cells.length - 1].append(button);
        button.addEventListener("click", () => toggle(row, button));
    }
})();
