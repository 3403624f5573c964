// What is wrong with a page as it is drawn now: sentences.
(() => {
  const found = new Set(), { scrollWidth, clientWidth } = document.documentElement;  // innerWidth grows where a phone zooms out
  const seen = node => node.checkVisibility();
  if (scrollWidth > clientWidth + 1) found.add(`the page is ${scrollWidth} pixels wide`);

  // labels that are cut off at the edge of their drawing
  for (const text of document.querySelectorAll("svg text")) {
    const svg = text.ownerSVGElement, box = text.getBoundingClientRect(), frame = svg.getBoundingClientRect();
    if (!box.width || !seen(text) || getComputedStyle(svg).overflow === "visible") continue;
    const inside = box.left >= frame.left - 2 && box.right <= frame.right + 2 && box.top >= frame.top - 6 && box.bottom <= frame.bottom + 6;
    if (!inside) found.add(`cut off in ‘${svg.getAttribute("aria-label") || ""}’: ${text.textContent.slice(0, 30)}`);
  }

  // text with too little contrast; a dot in place of a zero is no text
  const pen = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
  const rgba = colour => {
    pen.clearRect(0, 0, 1, 1);
    pen.fillStyle = colour;
    pen.fillRect(0, 0, 1, 1);
    return [...pen.getImageData(0, 0, 1, 1).data];
  };
  const linear = value => value <= 0.03928 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  const light = ([r, g, b]) => 0.2126 * linear(r / 255) + 0.7152 * linear(g / 255) + 0.0722 * linear(b / 255);
  const under = node => {
    for (let at = node; at; at = at.parentElement) {
      const colour = rgba(getComputedStyle(at).backgroundColor);
      if (colour[3] > 250) return colour;
    }
    return [255, 255, 255, 255];
  };
  const isFaded = node => node && (getComputedStyle(node).opacity !== "1" || isFaded(node.parentElement));
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let text = walker.nextNode(); text; text = walker.nextNode()) {
    const node = text.parentElement, style = getComputedStyle(node), words = text.textContent.trim();
    if (!words || !seen(node) || node.closest("svg, script, style, .quiet-status, .skip, .behind, .zero") || rgba(style.color)[3] === 0 || isFaded(node)) continue;
    const [dim, bright] = [light(rgba(style.color)), light(under(node))].sort((a, b) => a - b), contrast = (bright + 0.05) / (dim + 0.05);
    const size = parseFloat(style.fontSize), isLarge = size >= 24 || (size >= 18.6 && Number(style.fontWeight) >= 700);
    if (contrast < (isLarge ? 3 : 4.5)) found.add(`contrast ${contrast.toFixed(1)} of ‘${words.slice(0, 30)}’ in ${node.tagName.toLowerCase()}.${node.className}`);
  }
  return [...found].slice(0, 12);
})()
