"""Questions of several steps: reading is the inverse of writing; texts of the laboratory and of others are read."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from logdepth.learn.samplers import Questions, generator_of
from logdepth.numerics.errors import UsageError
from logdepth.tasks import make_task
from logdepth.tasks.prompts import PEOPLE, PROFESSION, PROFESSIONS, RELATIONS, Fact, KinPrompt, read_kin

JOHN = Fact("mother", "John", "Helen")
HELEN = Fact("profession", "Helen", "painter")


@st.composite
def prompts(draw):
    people = draw(st.lists(st.sampled_from(PEOPLE), min_size=1, max_size=5, unique=True))
    kinds = draw(st.lists(st.sampled_from([*RELATIONS, PROFESSION]), min_size=1, max_size=3, unique=True))
    facts = [
        Fact(kind, person, draw(st.sampled_from(PROFESSIONS if kind == PROFESSION else people)))
        for person in people
        for kind in kinds
    ]
    relations = draw(st.lists(st.sampled_from(kinds), min_size=1, max_size=4))
    return KinPrompt(tuple(draw(st.permutations(facts))), draw(st.sampled_from(people)), tuple(relations))


@settings(max_examples=60)
@given(prompts())
def test_reading_is_the_inverse_of_writing(prompt):
    assert read_kin(prompt.text) == prompt
    assert read_kin("The mother of Ann is Eve. Q: Who is Ann's mother?\nA: Eve.\n" + prompt.text) == prompt


@pytest.mark.parametrize(
    ("question", "relations"),
    [
        ("What is the profession of John's mother?", ("mother", "profession")),
        ("What is John's mother's profession?", ("mother", "profession")),
        ("Who is the friend of the mother of John?", ("mother", "friend")),
        ("Who is the friend of John's mother's teacher?", ("mother", "teacher", "friend")),
        ("who is John’s mother?", ("mother",)),
    ],
)
def test_questions_in_either_form_are_read(question, relations):
    assert read_kin(JOHN.text + question) == KinPrompt((JOHN,), "John", relations)


@pytest.mark.parametrize(
    "said",
    [
        "The mother of John is Helen.",
        "John's mother is Helen.",
        "Helen is the mother of John.",
        "Helen is John's mother.",
    ],
)
def test_facts_in_any_form_are_read(said):
    prompt = read_kin(f"{said} Helen is a painter.\nWhat is the profession of John's mother?")
    assert prompt.facts == (JOHN, HELEN)


ASKED = "What is the profession of John's mother?"


@pytest.mark.parametrize(
    "text",
    [
        f"Q: {ASKED}\n{JOHN.text}{HELEN.text}",
        f"{JOHN.text}{HELEN.text}Q: Who is John's mother?\nA: Helen.\nQ: {ASKED}\nA: ",
        f"{JOHN.text}{HELEN.text}Who is John's mother? {ASKED}",
        f"{JOHN.text}{HELEN.text}Q: {ASKED}".replace(" ", "\t "),
        f"{JOHN.text}Helen's profession is a painter. {ASKED}",
    ],
)
def test_what_is_written_carelessly_is_read(text):
    assert read_kin(text) == KinPrompt((JOHN, HELEN), "John", ("mother", "profession"))


def test_a_name_that_ends_in_s_has_its_apostrophe_alone_or_with_an_s():
    fact = Fact("mother", "James", "Helen")
    for whose in ("James'", "James's"):
        prompt = read_kin(f"{whose} mother is Helen. Who is {whose} mother?")
        assert prompt == KinPrompt((fact,), "James", ("mother",))


def test_the_text_of_the_laboratory_is_read_and_its_target_is_what_the_facts_say():
    sampler = Questions(people=5, most_steps=4)
    batch = sampler.draw(40, generator_of(0, 0))
    for tokens, target, steps in zip(batch.inputs, batch.targets[:, -1], batch.group.tolist(), strict=True):
        prompt = read_kin(" ".join(sampler.tokens[token] for token in tokens if sampler.tokens[token] != "_"))
        assert len(prompt.relations) == steps and len(prompt.facts) == sampler.facts
        known = {(fact.person, fact.relation): fact.value for fact in prompt.facts}
        found = prompt.person
        for relation in prompt.relations:
            found = known[found, relation]
        assert found == sampler.tokens[target]
        task = make_task("kin", n=20, k=steps)
        assert task.in_words(task.solve(prompt), prompt) == f"{found}."


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (JOHN.text, "asks no question"),
        (JOHN.text + "Who is Jon's mother?", "asks about 'Jon', of whom it states nothing. Did you mean 'John'?"),
        (JOHN.text + "John likes Helen. Who is John's mother?", "'John likes Helen', which is no fact"),
        (JOHN.text + "The mother of John is Eve. Who is John's mother?", "mother of John is stated twice"),
        (JOHN.text + "The mother of John's mother is Eve. Who is John's mother?", "is about one relation"),
        ("Q: Who is John's mother?\nA: ", "asks about 'John', of whom it states nothing"),
        (JOHN.text + "Who is John?", "a relation of John; none is given"),
        (JOHN.text + "What is the color of the sky?", "names 'the sky', which is no person"),
    ],
)
def test_what_is_no_prompt_gets_one_line(text, said):
    with pytest.raises(UsageError) as error:
        read_kin(text, "question.txt")
    assert said in str(error.value) and "\n" not in str(error.value)


def test_the_task_reads_a_question_from_a_file_and_answers_in_words(tmp_path):
    path = tmp_path / "question.txt"
    path.write_text(JOHN.text + HELEN.text + "What is the profession of John's mother?")
    task = make_task("kin", n=4, k=2)
    instance = task.read(path)
    assert task.in_words(task.solve(instance), instance) == "painter."
    path.write_text(JOHN.text + HELEN.text + "Who is Helen's mother's mother?")
    instance = task.read(path)
    assert task.in_words(task.solve(instance), instance) == "No fact says so."
    with pytest.raises(UsageError, match=r"kin follows 3 relations; .* asks for 2"):
        make_task("kin", n=4, k=3).read(path)
