"""A program of your own, as an exact transformer: how often was this word said before, and what followed it last time?

    logdepth compile examples/own_program.py --out said-before
    logdepth run examples/own_program.py words.csv      # a first line `word`, then a number on every line

The file is executed, and defines one program; `oracle` says by other means what it should give. In Python: see below.
"""

from logdepth import Table, compile_program, interpret, read_model, verify_program, write_model

# What every row, a token, does: look at other rows, and compute on what it has read. 0 means "none".
table = Table("said before", rows=100, causal=True)
word = table.input("word", high=20)
times = table.count(query=word, key=word, name="times, now included")
table.output("before", table.map(lambda t: t - 1, times, high=99, name="times before"))
word_before = table.previous(word)
table.output("next", table.last(key=word_before, query=word, values=word, name="next"))
program = table.program()


def oracle(columns):
    text = [0, *columns["word"].tolist()]  # "none" stands before the first word
    earlier = [[j for j in range(i) if text[j] == text[i]] for i in range(1, len(text))]
    return {
        "before": [len([j for j in rows if j]) for rows in earlier],
        "next": [text[rows[-1] + 1] if rows else 0 for rows in earlier],
    }


if __name__ == "__main__":
    # Weights that are exactly right on every table of 1 to 100 rows, or a refusal that says what would do.
    model = compile_program(program)
    verification = verify_program(program, model)
    print(f"{model.measured}\n{verification.instances} tables, {verification.wrong} wrong")
    write_model(model, "said-before")  # a folder of safetensors and JSON, which load_model.py runs without logdepth
    model = read_model("said-before")
    line = "to be or not to be that is the question"
    text = line.split()
    words = list(dict.fromkeys(text))
    columns = {"word": [words.index(each) + 1 for each in text]}
    outputs = model.run(columns)
    for each, before, following in zip(text, outputs["before"], outputs["next"], strict=True):
        print(f"{each:10}{before} before", f", then: {words[following - 1]}" if following else "", sep="")
    assert all((outputs[name] == exact).all() for name, exact in interpret(program, columns).items())
