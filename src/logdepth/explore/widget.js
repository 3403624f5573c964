// The explorer in a notebook (anywidget): its page in a frame, and what Python and the page say to each other.
// Python asks in `_asked`, the page says in `_said` what it shows: see logdepth/explore/widget.py.

function render({ model, el }) {
  const frame = document.createElement("iframe");
  frame.title = model.get("_title");
  frame.setAttribute("sandbox", "allow-scripts");  // an origin of its own: its scripts do not reach the notebook
  frame.style.cssText = `width: 100%; height: ${model.get("_height")}px; border: 0`;
  const core = ({ input, off }) => JSON.stringify([input, off]);
  let shown = null;  // what this frame shows
  const ask = what => frame.contentWindow && frame.contentWindow.postMessage({ logdepth: what }, "*");
  const answered = () => model.get("_said").number === model.get("_asked").number;
  const follow = () => { if (core(model.get("_said")) !== shown) ask(model.get("_said")); };  // another frame of this widget said it
  const question = () => ask(model.get("_asked"));
  const hear = ({ source, data }) => {
    if (source !== frame.contentWindow || !data || !data.logdepth) return;
    shown = core(data.logdepth);
    model.set("_said", data.logdepth);
    model.save_changes();
  };
  addEventListener("message", hear);
  frame.addEventListener("load", () => ask(answered() ? model.get("_said") : model.get("_asked")));
  model.on("change:_asked", question);
  model.on("change:_said", follow);
  frame.srcdoc = model.get("_page");
  el.append(frame);
  return () => {
    removeEventListener("message", hear);
    model.off("change:_asked", question);
    model.off("change:_said", follow);
  };
}

export default { render };
