// The explorer: what a page has of the engine. Everything else in this folder stands behind it.
//
//   const explorer = await open(page);        // page: {packed}, that Python wrote (logdepth/explore/contents.py)
//   explorer.title, explorer.parameters       // texts
//   explorer.word                             // what a row is called: "token", "row"
//   explorer.asks                             // {low, high} of the k that a trained model is asked; null of others
//   explorer.form                             // what inputs look like, see below
//   explorer.examples                         // [{name, input}]: inputs that come with the page; the first is shown first
//   explorer.refusal(input)                   // "" or, in one sentence, why this input is not taken
//   explorer.size(input)                      // {tokens, scores}: how large its run is
//   explorer.heads                            // how many heads every step has
//   await explorer.run(input, {ablate, most, answered}) // run the model; null if a later call overtook this one
//     // ablate: [[step, head], …] heads that add nothing, both from 0; most: tokens that are shown, 64; answered: called as soon as
//     // the answer is there, with what comes at the end, but `data` holds the answer or the outputs alone
//     // -> {data, columns, answer, seconds, worker}: answer: its entries as numbers, or the output columns of a program, name ->
//     //    numbers; of a trained model letters. `data` is what pages/page.js draws, of the form of logdepth/pages/run.py:
//     //    {causal, labels, shown, blocks, start, steps, noise, word, chain, graph, answer | outputs}
//     //    answer.exact and answer.right are null where no exact answer is known here
//     //    columns: name -> numbers, what the model was given. A graph's `x`, `y` are those of the input, if it has them.
//     // throws Refused with a sentence for readers
//   await explorer.product({step, head, query, key})   // of the latest run: both vectors, and all scores and weights of the query,
//     // see product.js; step and head from 0. null while another run is on its way
//   await explorer.sum({step, token, column})  // how a number of the stream comes to be in a block, see sums.js
//   await explorer.check()                    // run the reference inputs and compare with what the library computed:
//     // {inputs, numbers, meant, wrong, streams, bits, integers, far, sentence}: inputs run; numbers of answers compared, how many of
//     // them with what a program of one's own gives, and how many differ; residual streams compared, how many are equal to the last bit, and how many as integers; in one sentence.
//     // Of a trained model no streams are compared; `far`: how far the logit of an answer is from the library's, at most
//
// Inputs are plain JSON, by the kind of the form:
//
//   form.kind "text":    "abca"; a trained model: "3 abca"                          form: {most, column, letters}
//   form.kind "numbers": [3, 1, 2]                         form: {most, column, low, high}  high null: its length
//   form.kind "graph":   {vertices: ["a", "b"], edges: [[1, 2]], weights: [7] | null, question: [1, 2] | null, x, y}
//                        form: {most, most_edges, directed, both_ways, weight: column | null, highest_weight, question: column | null}
//   form.kind "facts":   {names: ["John"], relations: ["mother"], facts: [[1, 1, 1]], question: [1, 1]}   form: {most, steps, …}
//   form.kind "table":   {name: [numbers], …}              form: {most, columns: [{name, high, letters, values}]}
//       letters: value t, from 1, is letter t, and 0 is none; values: value v stands for values[v]; else null
//
// A vertex's number is its place in `vertices`, from 1; x and y are places in a frame of width 1, and may be left out.
import { Refused } from "./refused.js";
import { openSubject } from "./subject.js";
import { startWorker } from "./worker.js";

const SOON = 40;  // ms that a run may stop the page: a keystroke is answered within 50
const REHEARSALS = 6, REST = 30;  // runs that tell how quick a page is, and ms between them
const LIVE = 1e6, PATIENT = 3e7, MOST = 2e8;  // attention scores: of a run that does not stop the page; of one that ends sooner than a new worker begins; of the largest

export async function open(page) {
  const { contents, subject } = await openSubject(page);
  let worker = null, latest = 0, running = 0, holder = null, pace = Infinity;  // pace: ms that the latest answer took for each score; running: scores of what the worker runs; holder: what holds the run at hand, a worker or the page
  return {
    title: contents.title,
    parameters: contents.parameters,
    word: contents.subject.word,
    asks: contents.subject.asks || null,
    form: subject.form,
    examples: contents.examples,
    heads: subject.heads,
    size: subject.size,
    refusal: input => reasonAgainst(subject, input),
    async check() {
      const found = await check(subject, contents.checks);
      pace = Math.min(pace, await paceOf(subject, contents.checks.map(({ input }) => input)));
      return found;
    },
    product: async given => holder && holder.ask("product", given),
    sum: async given => holder && holder.ask("sum", given),
    async run(input, { answered = null, ...options } = {}) {
      const number = ++latest, reason = reasonAgainst(subject, input), started = performance.now();
      if (reason) throw new Refused(reason);
      if (running > PATIENT) { worker.stop(); worker = null; }
      holder = null;
      const { scores } = subject.size(input), away = scores > LIVE && scores * pace > SOON ? worker = worker || startWorker(page) : null, here = { ask: async (does, ...given) => subject[does](...given) };
      const runBy = async place => {
        const found = await place.ask("answer", input, options), ran = { ...found, seconds: (performance.now() - started) / 1000, worker: place === away };
        if (!found || number !== latest) return null;
        pace = found.took / scores;
        if (answered) answered(ran);
        const data = await place.ask("draw", options);
        if (data) holder = place;
        return data && { ...ran, data };
      };
      if (away && away.busy) await away.rest();  // of all that comes meanwhile only the latest is run
      if (number !== latest) return null;
      running = away ? scores : 0;
      const ran = await Promise.resolve(away && runBy(away)).finally(() => { if (number === latest) running = 0; });
      return number === latest ? ran || runBy(here) : null;
    },
  };
}

function reasonAgainst(subject, input) {
  try {
    subject.encode(input);
  } catch (error) {
    if (error instanceof Refused) return error.message;
    throw error;
  }
  const { tokens, scores } = subject.size(input);
  return scores > MOST ? `${tokens.toLocaleString("en")} tokens make ${Math.round(scores).toLocaleString("en")} attention scores, too many for a page.` : "";
}

// How many ms a score takes in the page, once its browser has compiled what it runs often: of the largest of some inputs. It gives up where that is slow.
async function paceOf(subject, inputs) {
  const sizes = inputs.map(input => subject.size(input).scores), scores = Math.max(0, ...sizes), largest = inputs[sizes.indexOf(scores)];
  let least = Infinity;
  for (let times = 0; times < REHEARSALS && scores > LIVE && scores < PATIENT && least > SOON / 2 && !(times > 1 && least > 4 * SOON); times++) {
    await new Promise(resolve => setTimeout(resolve, REST));  // the page stays alive
    const started = performance.now();
    subject.rehearse(largest);
    least = Math.min(least, performance.now() - started);
  }
  return least / scores;
}

// ---- the check of a page by itself ----

async function check(subject, references) {
  const sums = { numbers: 0, meant: 0, wrong: 0, streams: 0, bits: 0, integers: 0, far: 0 };
  for (const reference of references) {
    const found = subject.compare(reference);
    for (const name of Object.keys(found)) sums[name] = name === "far" ? Math.max(sums.far, found.far) : sums[name] + found[name];
    await new Promise(resolve => setTimeout(resolve));  // the page stays alive
  }
  return { inputs: references.length, ...sums, sentence: sentence(references.length, sums) };
}

function sentence(inputs, { numbers, meant, wrong, streams, bits, integers, far }) {
  const count = value => value.toLocaleString("en"), ran = `This page ran ${count(inputs)} reference inputs when it was loaded`;
  if (wrong || integers < streams) return `${ran}: ${count(wrong)} of ${count(numbers)} numbers, and ${count(streams - integers)} of ${count(streams)} residual streams, differ from the library’s. Do not trust what it shows.`;
  if (!streams) return `${ran}: all ${count(numbers)} answers equal the library’s; no logit of an answer is further from its own than ${far.toPrecision(2)}.`;
  return `${ran}: all ${count(numbers)} numbers equal the library’s${meant ? `, ${count(meant)} of them what the program itself gives` : ""}; of ${count(streams)} residual streams ${bits === streams ? "all are equal to the last bit" : `${count(bits)} are equal to the last bit, and the others equal as integers`}.`;
}
