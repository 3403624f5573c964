"""Multi-step questions in words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import torch
from torch import Tensor

from logdepth.learn.samplers.sampler import NOT_ASKED, Batch, Sampler, choice_without_replacement
from logdepth.tasks import parameter
from logdepth.tasks.prompts import PEOPLE, PROFESSIONS, RELATIONS

WORDS = ("The", "of", "is", ".", "What", "the", "profession", "'s", "?", "_")


@dataclass(frozen=True)
class Questions(Sampler):
    """Facts, then a question: "The mother of John is Helen . … What is the profession of John 's mother ?"

    The text states every relation of every person, in random order, so that the order says nothing of the question. No
    person is a relation of himself. A question of k steps goes through k - 1 relations and then to the profession; the
    answer is due at "?". Shorter questions have "_" before them. Without those, the text is one that `read_kin` reads.
    Source: after the multi-step questions of Weston, Chopra and Bordes (2014).
    """

    name: ClassVar[str] = "questions"
    summary: ClassVar[str] = "in words: the profession of a person's friend's mother, from facts in random order"
    group_name: ClassVar[str] = "steps"

    people: int = parameter(8, low=2, high=len(PEOPLE), help="people that there are, with relations + 1 facts each")
    relations: int = parameter(3, low=1, high=len(RELATIONS), help="relations between them; a fact has seven words")
    most_steps: int = parameter(4, low=1, high=16, help="steps of a question are uniform from 1 to this")

    @property
    def tokens(self) -> tuple[str, ...]:
        return (*PEOPLE[: self.people], *RELATIONS[: self.relations], *PROFESSIONS, *WORDS)

    @property
    def facts(self) -> int:
        """Facts of a sequence."""
        return self.people * (self.relations + 1)

    @property
    def length(self) -> int:
        return 7 * self.facts + 2 * self.most_steps + 5

    @property
    def groups(self) -> range:
        return range(1, self.most_steps + 1)

    def word(self, name: str) -> int:
        """The id of a token."""
        return self.tokens.index(name)

    def sequences(self, groups: Tensor, generator: torch.Generator) -> Batch:
        rows, device = len(groups), generator.device

        def uniform(most: int, *shape: int) -> Tensor:
            return torch.randint(most, (rows, *shape), generator=generator, device=device)

        # What holds: (relation, person) -> token id; the profession is the last relation.
        others = torch.arange(self.people, device=device) + 1 + uniform(self.people - 1, self.relations, self.people)
        professions = uniform(len(PROFESSIONS), 1, self.people) + self.word(PROFESSIONS[0])
        related = torch.cat([others % self.people, professions], dim=1).flatten(1)
        # What is asked.
        asked = uniform(self.relations, self.most_steps)
        first_person = person = uniform(self.people)
        for step in range(self.most_steps):
            relation = torch.where(groups == step + 1, self.relations, asked[:, step])
            fact = relation * self.people + torch.where(groups > step, person, 0)
            person = torch.where(groups > step, related.gather(1, fact[:, None])[:, 0], person)
        # The facts.
        told = choice_without_replacement(rows, self.facts, self.facts, generator)
        names = [self.word(name) for name in (*RELATIONS[: self.relations], "profession")]
        relation_word = torch.tensor(names, device=device)

        def every(name: str, like: Tensor) -> Tensor:
            return torch.full_like(like, self.word(name))

        sentence = [
            every("The", told),
            relation_word[told // self.people],
            every("of", told),
            told % self.people,
            every("is", told),
            related.gather(1, told),
            every(".", told),
        ]
        question = self.question(groups, first_person, relation_word[asked])
        inputs = torch.cat([torch.stack(sentence, dim=2).flatten(1), question], dim=1)
        targets = torch.full_like(inputs, NOT_ASKED)
        targets[:, -1] = person
        return Batch(inputs, targets, targets != NOT_ASKED, groups)

    def question(self, groups: Tensor, person: Tensor, relations: Tensor) -> Tensor:
        """What is the profession of PERSON ('s RELATION)… ? with "_" in front, (B, 2 most_steps + 5)."""
        rows, width = len(groups), 2 * self.most_steps + 5
        start = torch.tensor(
            [self.word(name) for name in ("What", "is", "the", "profession", "of")], device=groups.device
        )
        words = torch.cat([start.expand(rows, -1), person[:, None]], dim=1)  # 6 words
        possessive = torch.full_like(relations, self.word("'s"))
        words = torch.cat([words, torch.stack([possessive, relations], dim=2).flatten(1)[:, : width - 7]], dim=1)
        words = torch.cat([words, torch.full_like(person, self.word("?"))[:, None]], dim=1)
        # Position p of the row takes word p - shift; the question mark stays last.
        place = torch.arange(width - 1, device=groups.device) - 2 * (self.most_steps - groups)[:, None]
        shifted = torch.where(place >= 0, words.gather(1, place.clamp(min=0)), self.word("_"))
        return torch.cat([shifted, words[:, -1:]], dim=1)
