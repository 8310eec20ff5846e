"""What a stand-in Examplary knows, by subject and language, and how it finds the subject of a teacher's words."""

from __future__ import annotations

import re
from dataclasses import dataclass

from sandbox.examplary.knowledge import (
    biology,
    chemistry,
    computing,
    economics,
    general,
    geography,
    history,
    language,
    mathematics,
    physics,
)
from sandbox.examplary.knowledge.bank import Bank


@dataclass(frozen=True, slots=True)
class Subject:
    """A school subject: its banks by language, and words (English, Dutch) that give it away; ``*`` is any letters."""

    banks: dict[str, Bank]
    words: str = ""

    def hits(self, text: str) -> int:
        """How many words of ``text`` belong to this subject."""
        wanted = "|".join(re.escape(word).replace(r"\*", r"\w*") for word in self.words.split())
        return len(re.findall(rf"\b(?:{wanted})\b", text.lower())) if wanted else 0


_GENERAL = "general"
SUBJECTS = {
    "biology": Subject(
        {"en": biology.EN, "nl": biology.NL},
        "*biolog* cell cells cel cellen plant plants planten animal* dier dieren gene genes genetic* genetica dna "
        "evolution* evolutie* ecolog* ecosyst* photosynth* fotosynth* anatom* organ organs organen organism* bacteri* "
        "mammal* zoogdier* heart hart blood bloed botan* zoolog* lichaam insect*",
    ),
    "chemistry": Subject(
        {"en": chemistry.EN, "nl": chemistry.NL},
        "*chemi* *scheikund* nask2 atom atoms atoom atomen molecul* element elements elementen acid* zuur zuren basen "
        "periodic periodiek reaction* reactie* redox stoichiometr* stoffen ion ions ionen ph",
    ),
    "physics": Subject(
        {"en": physics.EN, "nl": physics.NL},
        "*physics *fysica *natuurkund* nask nask1 mechanic* mechanica force forces kracht krachten motion "
        "beweging energy "
        "energie electric* elektric* optic* optica light licht sound geluid heat warmte wave waves golven gravity "
        "zwaartekracht quantum* kwantum* magnet* newton thermodynamic* thermodynamica",
    ),
    "mathematics": Subject(
        {"en": mathematics.EN, "nl": mathematics.NL},
        "math* *wiskund* reken* arithmetic algebra* geometr* meetkund* calculus fraction* breuk* equation* "
        "vergelijking* "
        "statistic* statistiek* trigonometr* goniometrie probability kansrekening integral* derivative* afgeleide* "
        "function functions functies percentage* procent* number numbers getal getallen",
    ),
    "geography": Subject(
        {"en": geography.EN, "nl": geography.NL},
        "*geograph* *aardrijkskund* geografie topograf* topograph* map maps kaart kaarten climat* klimaat* weather "
        "river rivers rivier* capitals hoofdsted* countr* landen continent* werelddel* volcano* vulkan* vulkaan "
        "earthquake* aardbeving* population bevolking* europe europa geolog* urban* ocean* zee zeeën",
    ),
    "history": Subject(
        {"en": history.EN, "nl": history.NL},
        "*histor* *geschiedenis* war wars *oorlog* medieval middeleeuw* roman romans romeins* romeinen greek* "
        "grieken greeks egypt* revolution revolutions revolutie* empire* century eeuw gouden antiquity oudheid "
        "colon* kolon* slavery slavernij holocaust napoleon* reformati* renaissance verlichting enlightenment",
    ),
    "language": Subject(
        {"en": language.EN, "nl": language.NL},
        "language* taal* talen english engels dutch nederlands* literatu* letterkund* gramma* spelling poet* "
        "poem* poëzie gedicht* "
        "novel novels reading lezen writing schrijv* shakespeare lingu* taalkund* french frans german duits "
        "spanish spaans drama essay* verhaal verhalen story stories ontled*",
    ),
    "computing": Subject(
        {"en": computing.EN, "nl": computing.NL},
        "informatica informatik* comput* program* code coding software algorit* data database* databank* python "
        "java javascript network* netwerk* cyber* internet web webdesign ict digital* ai robot*",
    ),
    "economics": Subject(
        {"en": economics.EN, "nl": economics.NL},
        "*econom* bedrijf* business finan* market* markt* money geld inflati* trade handel tax taxes belasting* "
        "accounting "
        "boekhoud* bank banks banken banking budget* demand aanbod supply monopol* entrepreneur* ondernem* m&o beco",
    ),
    _GENERAL: Subject({"en": general.EN, "nl": general.NL}),
}


def subject_of(subject: str, title: str) -> str:
    """The key in :data:`SUBJECTS` for what the teacher wrote: the subject counts first, then the title."""
    for text in (subject, title):
        best = max(SUBJECTS, key=lambda key: SUBJECTS[key].hits(text))
        if SUBJECTS[best].hits(text):
            return best
    return _GENERAL
