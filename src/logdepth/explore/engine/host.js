// A notebook around the page (explore/widget.js): it asks for an input and for heads that are off, and is told what the page shows.
// A page says nothing before it is asked.

// -> {tell(what is shown), follow(act)}; act: what is done with a question, {number, input, off}. What is said bears the number of
// the latest question that it answers.
export function listenToHost() {
  let asked = null, shown = null, act = null, number = null;
  const say = () => { if (number !== null && shown) parent.postMessage({ logdepth: { ...shown, number } }, "*"); };
  const answer = async () => {
    const one = asked;
    await act(one);
    number = one.number;
    say();
  };
  addEventListener("message", ({ source, data }) => {
    if (source !== parent || parent === window || !data || !data.logdepth) return;
    asked = data.logdepth;
    if (act) answer();
  });
  return {
    tell(what) { shown = what; say(); },
    follow(given) { act = given; if (asked) answer(); },
  };
}
