// Marks what a node is made from and reaches, and moves between nodes by arrow keys; the page works without it.
const graph = document.getElementById("graph");
const lines = [...graph.querySelectorAll("path.line")];
const nodes = [...graph.querySelectorAll("g.node")];

function reached(from, near, far) {
  const seen = new Set([from]);
  for (const node of seen)
    for (const line of lines) if (line.dataset[near] === node) seen.add(line.dataset[far]);
  return seen;
}

function mark(node) {
  const up = node && reached(node, "target", "source");
  const down = node && reached(node, "source", "target");
  for (const line of lines) {
    const { source, target } = line.dataset;
    line.classList.toggle("marked", Boolean(node) && ((up.has(source) && up.has(target)) || (down.has(source) && down.has(target))));
  }
}

const link = (node) => node.querySelector("a");
const middle = (node) => { const box = node.querySelector("rect").getBoundingClientRect(); return [box.x + box.width / 2, box.y + box.height / 2]; };

function next(from, key) {
  const [x, y] = middle(from);
  const ahead = { ArrowRight: (dx) => dx > 1, ArrowLeft: (dx) => dx < -1, ArrowDown: (dx, dy) => Math.abs(dx) < 1 && dy > 1, ArrowUp: (dx, dy) => Math.abs(dx) < 1 && dy < -1 }[key];
  let best = null, least = Infinity;
  for (const node of nodes) {
    if (!link(node)) continue;
    const [dx, dy] = middle(node).map((value, i) => value - [x, y][i]);
    const far = Math.abs(dx) * 4 + Math.abs(dy);
    if (ahead(dx, dy) && far < least) [best, least] = [node, far];
  }
  return best;
}

graph.addEventListener("keydown", (event) => {
  const from = event.target.closest("g.node");
  if (!from || !event.key.startsWith("Arrow")) return;
  const to = next(from, event.key);
  event.preventDefault();
  if (to) { link(to).focus(); to.scrollIntoView({ block: "nearest", inline: "nearest" }); }
});
for (const kind of ["focusin", "mouseover"]) graph.addEventListener(kind, (event) => mark(event.target.closest("g.node")?.dataset.node));
graph.addEventListener("focusout", () => mark(null));
graph.addEventListener("mouseleave", () => mark(null));

const region = graph.parentElement;
const centre = graph.querySelector("g.centre rect");
region.scrollLeft = centre.x.baseVal.value + centre.width.baseVal.value / 2 - region.clientWidth / 2;
region.scrollTop = centre.y.baseVal.value + centre.height.baseVal.value / 2 - region.clientHeight / 2;
