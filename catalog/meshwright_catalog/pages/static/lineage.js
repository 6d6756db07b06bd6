// Zooms and drags the picture, marks what a node or column is made from and reaches, moves between nodes by arrow keys,
// and keeps place and focus from one state of the page to the next. Without it the page works by its links.
const graph = document.getElementById("graph");
const region = graph.parentElement;
const lines = [...graph.querySelectorAll("path.line")];
const nodes = [...graph.querySelectorAll("g.node")];
const [, , width, height] = graph.getAttribute("viewBox").split(" ").map(Number);
const link = (node) => node.querySelector("a");
const nodeOf = (event) => event.target.closest("g.node");

// Marking: the lines upstream and downstream of a node, or of a column where lines tell of columns.

function reached(node, column, near, far) {
  const seen = new Map([[`${node}\n${column}`, [node, column]]]), found = new Set();
  for (const [here, name] of seen.values())
    for (const line of lines) {
      const its = line.dataset[`${near}Column`];
      if (line.dataset[near] !== here || (name && its && its !== name)) continue;
      found.add(line);
      const next = [line.dataset[far], line.dataset[`${far}Column`]];
      seen.set(next.join("\n"), next);
    }
  return found;
}

function mark(target) {
  const node = target?.closest("g.node")?.dataset.node, column = target?.closest("g.row")?.dataset.column ?? "";
  const found = node ? new Set([...reached(node, column, "target", "source"), ...reached(node, column, "source", "target")]) : new Set();
  for (const line of lines) line.classList.toggle("marked", found.has(line));
  region.classList.toggle("marking", found.size > 0);
}

for (const kind of ["focusin", "mouseover"]) graph.addEventListener(kind, (event) => mark(event.target));
graph.addEventListener("focusout", () => mark(null));
graph.addEventListener("mouseleave", () => mark(null));

// Zooming: the picture is drawn larger or smaller, and what was at a point of the region stays there.

const zoom = document.querySelector(".zoom");
let scale = 1;

function show(wanted, x, y) {
  const ours = region.getBoundingClientRect(), before = graph.getBoundingClientRect();
  [x, y] = [x ?? ours.x + ours.width / 2, y ?? ours.y + ours.height / 2];
  const at = [(x - before.x) / scale, (y - before.y) / scale];
  scale = Math.min(3, Math.max(Math.min(0.1, fit()), wanted));
  graph.setAttribute("width", width * scale);
  graph.setAttribute("height", height * scale);
  const after = graph.getBoundingClientRect();
  region.scrollBy(after.x + at[0] * scale - x, after.y + at[1] * scale - y);
  zoom.querySelector("output").textContent = `${Math.round(scale * 100)} %`;
}

const fit = () => Math.min(1, region.clientWidth / width, (innerHeight * 0.74) / height);
const zooms = { in: () => show(scale * 1.25), out: () => show(scale / 1.25), fit: () => show(fit()) };
zoom.hidden = false;
zoom.addEventListener("click", (event) => zooms[event.target.dataset?.zoom]?.());
region.addEventListener("wheel", (event) => {
  if (!event.ctrlKey && !event.metaKey) return;
  event.preventDefault();
  show(scale * Math.exp(-event.deltaY / 400), event.clientX, event.clientY);
}, { passive: false });

// Dragging: with the mouse from an empty place.

region.addEventListener("pointerdown", (event) => {
  if (event.pointerType !== "mouse" || event.button !== 0 || nodeOf(event)) return;
  if (event.offsetX > region.clientWidth && event.target === region) return;
  const from = [event.clientX + region.scrollLeft, event.clientY + region.scrollTop];
  const move = (moved) => region.scrollTo(from[0] - moved.clientX, from[1] - moved.clientY);
  region.classList.add("dragged");
  addEventListener("pointermove", move);
  addEventListener("pointerup", () => { removeEventListener("pointermove", move); region.classList.remove("dragged"); }, { once: true });
});

// Keys: arrows from node to node, + - 0 to zoom; only while the picture has the focus.

const middle = (node) => { const box = node.querySelector("rect").getBoundingClientRect(); return [box.x + box.width / 2, box.y + box.height / 2]; };

function next(from, key) {
  const [x, y] = middle(from), near = 12 * scale; // a stack of boxes is not quite as wide as a box
  const ahead = { ArrowRight: (dx) => dx > near, ArrowLeft: (dx) => dx < -near, ArrowDown: (dx, dy) => Math.abs(dx) < near && dy > 1, ArrowUp: (dx, dy) => Math.abs(dx) < near && dy < -1 }[key];
  let best = null, least = Infinity;
  for (const node of nodes) {
    if (!link(node)) continue;
    const [dx, dy] = middle(node).map((value, i) => value - [x, y][i]);
    const far = Math.abs(dx) * 4 + Math.abs(dy);
    if (ahead(dx, dy) && far < least) [best, least] = [node, far];
  }
  return best;
}

region.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  const zoomed = { "+": zooms.in, "=": zooms.in, "-": zooms.out, 0: zooms.fit }[event.key];
  const from = nodeOf(event);
  if (zoomed) zoomed();
  if (zoomed || (from && event.key.startsWith("Arrow"))) event.preventDefault();
  const to = from && event.key.startsWith("Arrow") && next(from, event.key);
  if (to) { link(to).focus({ preventScroll: true }); to.scrollIntoView({ block: "nearest", inline: "nearest" }); }
});

// Keeping one's place: a link of the picture leads to the same picture in another state.

const place = (node) => { const [box, ours] = [node.querySelector("rect").getBoundingClientRect(), region.getBoundingClientRect()]; return [box.x - ours.x, box.y - ours.y]; };

graph.addEventListener("click", (event) => {
  const node = nodeOf(event), clicked = event.target.closest("a");
  if (!node || !clicked || !clicked.href.baseVal.includes("#")) return;
  const kept = { node: node.dataset.node, place: place(node), scale, page: scrollY, nth: [...node.querySelectorAll("a")].indexOf(clicked) };
  sessionStorage.setItem("lineage", JSON.stringify(kept));
});

function centred(node) {
  const [x, y] = place(node), box = node.querySelector("rect").getBoundingClientRect();
  region.scrollBy(x + box.width / 2 - region.clientWidth / 2, y + box.height / 2 - region.clientHeight / 2);
}

function resume() {
  const kept = JSON.parse(sessionStorage.getItem("lineage") ?? "null");
  sessionStorage.removeItem("lineage");
  const node = kept && nodes.find((each) => each.dataset.node === kept.node && location.hash === `#${each.id}`);
  if (!node) return centred(graph.querySelector(".node:target") ?? graph.querySelector(".node.found") ?? graph.querySelector(".node.centre"));
  show(kept.scale);
  const links = node.querySelectorAll("a");
  const free = document.activeElement === document.body; // a field that somebody already writes in keeps the focus
  if (free) links[Math.min(kept.nth, links.length - 1)]?.focus({ preventScroll: true });
  const [x, y] = place(node);
  region.scrollBy(x - kept.place[0], y - kept.place[1]);
  scrollTo(scrollX, kept.page);
}

addEventListener("load", () => requestAnimationFrame(resume)); // going to the #node ends with it having no focus
